#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"

namespace parity {
namespace {

void new_shape(Draw& d) {
    const Array& x = d.real();
    // The same sizes in another order, two of them joined, or one cut in two; and perhaps one left to be found.
    Sizes shape = x.shape;
    for (std::size_t i = shape.size(); i > 1; --i)
        std::swap(shape[i - 1], shape[static_cast<std::size_t>(d.random.integer(0, static_cast<std::int64_t>(i) - 1))]);
    if (shape.size() > 1 && d.random.coin()) {
        shape[0] *= shape[1];
        shape.erase(shape.begin() + 1);
    }
    if (d.random.coin(0.3))
        shape.insert(shape.begin() + d.random.integer(0, static_cast<std::int64_t>(shape.size())), 1);
    if (!x.values.empty() && !shape.empty() && d.random.coin(0.3))
        shape[static_cast<std::size_t>(d.random.integer(0, static_cast<std::int64_t>(shape.size()) - 1))] = -1;
    Draw::need(shape.size() <= 4);
    d.set("shape", shape);
}

void two_axes(Draw& d) {
    const std::size_t rank = d.real({.min_rank = 1}).shape.size();
    d.axis("a", rank);
    d.axis("b", rank);
}

void part(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::int64_t n = x.shape[d.axis("axis", x.shape.size())];
    // From the end, too, and beyond it.
    d.integer("start", -n - 1, n + 1);
    d.integer("stop", -n - 1, n + 2);
    d.integer("step", 1, 3);
}

void larger(Draw& d) {
    const Array& x = d.real({.max_rank = 3});
    Sizes shape = x.shape;
    for (std::int64_t& n : shape)
        if (n == 1 && d.random.coin(0.6)) n = d.size();
    while (shape.size() < 4 && d.random.coin(0.4)) shape.insert(shape.begin(), d.size());
    d.set("shape", shape);
}

void several(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::size_t axis = d.axis("axis", x.shape.size());
    for (std::int64_t more = d.random.integer(0, 3); more > 0; --more) {
        Sizes other = x.shape;
        if (d.random.coin(0.5)) other[axis] = d.size();
        d.real_of(other);
    }
}

}  // namespace

void add_shaping(Table& t) {
    t.push_back({"reshape", new_shape, XGRAD(xg::reshape(in[0], o.list("shape")))});
    t.push_back({"transpose", two_axes, XGRAD(xg::transpose(in[0], o.integer("a"), o.integer("b")))});
    t.push_back({"transpose of matrices", unary({.min_rank = 2}), XGRAD(in[0].transpose())});
    t.push_back({"slice", part,
                 XGRAD(xg::slice(in[0], o.integer("axis"), o.integer("start"), o.integer("stop"), o.integer("step")))});
    t.push_back({"slice of entry",
                 [](Draw& d) {
                     const std::int64_t n = d.real({.min_rank = 1, .min_size = 1}).shape[0];
                     d.integer("i", -n, n - 1);
                 },
                 XGRAD(in[0][o.integer("i")])});
    t.push_back({"broadcast_to", larger, XGRAD(xg::broadcast_to(in[0], o.list("shape")))});
    t.push_back({"concat", several, XGRAD(xg::concat(in, o.integer("axis")))});
    t.push_back({"to", unary(), XGRAD(in[0].to(xg::float64))});
    t.push_back({"to int64 and back", unary({.low = -1e5, .high = 1e5}), XGRAD(in[0].to(xg::int64).to(xg::float64)),
                 [](const Values& in, const Options&) {
                     double least = 1;
                     for (const double v : in[0]->values) least = std::min(least, std::abs(v - std::round(v)));
                     return least;
                 },
                 false});
    t.push_back({"clone", unary(), XGRAD(in[0].clone())});
    t.push_back({"contiguous", unary(), XGRAD(in[0].contiguous())});
    t.push_back({"detach", unary(), XGRAD(in[0].detach())});
}

}  // namespace parity
