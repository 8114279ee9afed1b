#include <algorithm>

#include "families_xgrad.hpp"

// Elements picked by indices and masks, and put back. Python's square brackets are in brackets_xgrad.cpp.

namespace parity {
namespace {

/// Positions along an axis of n, from either end.
const Array& positions(Draw& d, const Sizes& shape, std::int64_t n) {
    Draw::need(n > 0 || elements(shape) == 0);
    return d.integers(shape, -n, std::max<std::int64_t>(n, 1) - 1);
}

/// A shape of indices beside x: as long as drawn along `axis`, and no longer than x along the others.
Sizes beside(Draw& d, const Sizes& shape, std::size_t axis, std::int64_t length) {
    Sizes result = shape;
    for (std::int64_t& n : result)
        if (d.random.coin(0.2)) n = d.random.integer(0, n);
    result[axis] = length;
    return result;
}

void take(Draw& d) {
    const Array& x = d.real({.min_rank = 1, .max_rank = 3});
    const std::size_t axis = d.axis("axis", x.shape.size());
    positions(d, d.shape(0, 2), x.shape[axis]);
}

void take_of_all(Draw& d) {
    const Array& x = d.real();
    positions(d, d.shape(0, 3), static_cast<std::int64_t>(x.values.size()));
}

void rows(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::size_t axis = d.axis("axis", x.shape.size());
    positions(d, d.random.coin(0.1) ? Sizes{} : Sizes{d.random.integer(0, 6)}, x.shape[axis]);
}

void added_rows(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::size_t axis = d.axis("axis", x.shape.size());
    const std::int64_t n = d.random.integer(0, 6);
    positions(d, {n}, x.shape[axis]);
    Sizes shape = x.shape;
    shape[axis] = n;
    d.real_of(shape);
}

void gathered(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::size_t axis = d.axis("axis", x.shape.size());
    positions(d, beside(d, x.shape, axis, d.random.integer(0, 6)), x.shape[axis]);
}

/// Other axes of size 1 are stretched on either side.
void taken_along(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::size_t axis = d.axis("axis", x.shape.size());
    Sizes shape = x.shape;
    for (std::int64_t& n : shape) {
        if (n == 1 && d.random.coin(0.3))
            n = d.size();
        else if (d.random.coin(0.2))
            n = 1;
    }
    shape[axis] = d.random.integer(0, 5);
    positions(d, shape, x.shape[axis]);
}

/// x, indices and a source no smaller than these. Of indices that name one place twice libtorch says not which counts.
std::function<void(Draw&)> scattered(bool different, bool source) {
    return [different, source](Draw& d) {
        const Array& x = d.real({.min_rank = 1});
        const std::size_t axis = d.axis("axis", x.shape.size());
        const std::int64_t n = x.shape[axis];
        Sizes shape = beside(d, x.shape, axis, d.random.integer(0, different ? n : 6));
        if (different)
            d.different_integers(shape, axis, n);
        else
            positions(d, shape, n);
        if (!source) {
            d.number("value", -2, 2);
            return;
        }
        for (std::int64_t& size : shape) size += d.random.coin(0.1) ? 1 : 0;
        d.real_of(shape);
    };
}

void masked(Draw& d) { d.mask_beside(d.real().shape); }

void filled(Draw& d) {
    masked(d);
    d.number("value", -2, 2);
}

void filled_with_tensor(Draw& d) {
    masked(d);
    d.real_of({});
}

}  // namespace

void add_indexing(Table& t) {
    t.push_back({"take", take, XGRAD(xg::take(in[0], in[1], o.integer("axis")))});
    t.push_back({"take of all", take_of_all, XGRAD(xg::take(in[0], in[1]))});
    t.push_back({"index_select", rows, XGRAD(xg::index_select(in[0], o.integer("axis"), in[1]))});
    t.push_back({"index_add", added_rows, XGRAD(xg::index_add(in[0], o.integer("axis"), in[1], in[2]))});
    t.push_back({"gather", gathered, XGRAD(xg::gather(in[0], o.integer("axis"), in[1]))});
    t.push_back({"take_along_axis", taken_along, XGRAD(xg::take_along_axis(in[0], in[1], o.integer("axis")))});
    t.push_back(
        {"scatter_add", scattered(false, true), XGRAD(xg::scatter_add(in[0], o.integer("axis"), in[1], in[2]))});
    t.push_back({"scatter", scattered(true, true), XGRAD(xg::scatter(in[0], o.integer("axis"), in[1], in[2]))});
    t.push_back({"scatter of a number", scattered(false, false),
                 XGRAD(xg::scatter(in[0], o.integer("axis"), in[1], o.number("value")))});
    t.push_back({"masked_select", masked, XGRAD(xg::masked_select(in[0], in[1]))});
    t.push_back({"masked_fill", filled, XGRAD(xg::masked_fill(in[0], in[1], o.number("value")))});
    t.push_back({"masked_fill with a tensor", filled_with_tensor, XGRAD(xg::masked_fill(in[0], in[1], in[2]))});
    t.push_back({"nonzero", unary(), XGRAD(xg::nonzero(in[0])), off({0})});
    t.push_back({"nonzero of mask", [](Draw& d) { d.mask_of(d.shape(0, 3)); }, XGRAD(xg::nonzero(in[0]))});
    t.push_back({"nonzero of integers", [](Draw& d) { d.integers(d.shape(0, 3), -1, 1); }, XGRAD(xg::nonzero(in[0]))});
}

}  // namespace parity
