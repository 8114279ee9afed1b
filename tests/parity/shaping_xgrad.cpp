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

void flat(Draw& d) {
    const auto rank = static_cast<std::int64_t>(d.real().shape.size());
    const std::int64_t first = d.random.integer(0, std::max<std::int64_t>(rank - 1, 0)),
                       last = d.random.integer(first, std::max<std::int64_t>(rank - 1, 0));
    const std::int64_t n = std::max<std::int64_t>(rank, 1);
    d.set("first", d.random.coin(0.3) ? first - n : first);
    d.set("last", d.random.coin(0.3) ? last - n : last);
}

void unflat(Draw& d) {
    const Array& x = d.real({.min_rank = 1, .max_rank = 3});
    const std::int64_t n = x.shape[d.axis("axis", x.shape.size())];
    Sizes divisors, sizes;
    for (std::int64_t k = 1; k <= n; ++k)
        if (n % k == 0) divisors.push_back(k);
    if (n == 0) divisors.push_back(0);
    const std::int64_t first =
        divisors[static_cast<std::size_t>(d.random.integer(0, static_cast<std::int64_t>(divisors.size()) - 1))];
    sizes = {first, n == 0 ? d.size() : n / first};
    if (n > 0 && d.random.coin(0.3)) sizes[d.random.coin() ? 0 : 1] = -1;
    if (sizes.size() + x.shape.size() < 5 && d.random.coin(0.2)) sizes.push_back(1);
    d.set("sizes", sizes);
}

void new_axis(Draw& d) {
    const auto rank = static_cast<std::int64_t>(d.real({.max_rank = 3}).shape.size());
    d.integer("axis", -rank - 1, rank);
}

void all_axes(Draw& d) {
    const std::size_t rank = d.real().shape.size();
    d.axes("axes", rank, rank);
}

/// Several axes and as many places for them.
void moves(Draw& d) {
    const std::size_t rank = d.real({.min_rank = 1}).shape.size();
    const Sizes from = d.axes("from", rank);
    Sizes to = d.axes("to", rank, rank);
    to.resize(from.size());
    d.set("to", to);
}

void one_entry(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::int64_t n = x.shape[d.axis("axis", x.shape.size())];
    d.integer("i", -n, n - 1);
}

void backwards(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::int64_t n = x.shape[d.axis("axis", x.shape.size())];
    d.integer("start", -n - 2, n + 1);
    d.integer("stop", -n - 2, n + 1);
    d.integer("step", -3, -1);
}

/// Sizes that add up to the axis's, some of them 0.
void sizes_of_pieces(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    std::int64_t left = x.shape[d.axis("axis", x.shape.size())];
    Sizes sizes;
    while (left > 0 || sizes.empty()) {
        sizes.push_back(d.random.integer(0, left));
        left -= sizes.back();
    }
    d.set("sizes", sizes);
}

std::function<void(Draw&)> pieces(const char* option) {
    return [option](Draw& d) {
        const Array& x = d.real({.min_rank = 1});
        d.axis("axis", x.shape.size());
        d.integer(option, 1, 4);
    };
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

    t.push_back({"slice backwards", backwards,
                 XGRAD(xg::slice(in[0], o.integer("axis"), o.integer("start"), o.integer("stop"), o.integer("step")))});
    t.push_back({"flatten", flat, XGRAD(xg::flatten(in[0], o.integer("first"), o.integer("last")))});
    t.push_back({"unflatten", unflat, XGRAD(xg::unflatten(in[0], o.integer("axis"), o.list("sizes")))});
    t.push_back({"squeeze", unary(), XGRAD(xg::squeeze(in[0]))});
    t.push_back({"squeeze of axes",
                 [](Draw& d) {
                     Sizes shape = d.shape(0, 3);
                     for (std::int64_t& n : shape)
                         if (d.random.coin()) n = 1;
                     d.axes("axes", d.real_of(shape).shape.size(), 0);
                 },
                 XGRAD(xg::squeeze(in[0], o.list("axes")))});
    t.push_back({"unsqueeze", new_axis, XGRAD(xg::unsqueeze(in[0], o.integer("axis")))});
    t.push_back({"atleast_1d", unary({.max_rank = 2}), XGRAD(xg::atleast_1d(in[0]))});
    t.push_back({"atleast_2d", unary({.max_rank = 3}), XGRAD(xg::atleast_2d(in[0]))});
    t.push_back({"atleast_3d", unary(), XGRAD(xg::atleast_3d(in[0]))});
    t.push_back({"swapaxes", two_axes, XGRAD(xg::swapaxes(in[0], o.integer("a"), o.integer("b")))});
    t.push_back({"permute", all_axes, XGRAD(xg::permute(in[0], o.list("axes")))});
    t.push_back({"moveaxis", moves, XGRAD(xg::moveaxis(in[0], o.list("from"), o.list("to")))});
    t.push_back({"select", one_entry, XGRAD(xg::select(in[0], o.integer("axis"), o.integer("i")))});
    t.push_back({"split", pieces("size"), XGRAD(xg::split(in[0], o.integer("size"), o.integer("axis")))});
    t.push_back({"split into sizes", sizes_of_pieces, XGRAD(xg::split(in[0], o.list("sizes"), o.integer("axis")))});
    t.push_back({"chunk", pieces("chunks"), XGRAD(xg::chunk(in[0], o.integer("chunks"), o.integer("axis")))});
    t.push_back({"unbind",
                 [](Draw& d) {
                     const Array& x = d.real({.min_rank = 1});
                     d.axis("axis", x.shape.size());
                 },
                 XGRAD(xg::unbind(in[0], o.integer("axis")))});
}

}  // namespace parity
