#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"

// Changes in place are no part of a graph: they change a copy that needs no gradient.

namespace parity {
namespace {

/// The shape of what broadcasts to `shape` and never beyond.
Sizes smaller(Draw& d, Sizes shape) {
    for (std::int64_t& n : shape)
        if (d.random.coin(0.2)) n = 1;
    if (d.random.coin(0.3) && !shape.empty())
        shape.erase(shape.begin(), shape.begin() + d.random.integer(0, static_cast<std::int64_t>(shape.size())));
    return shape;
}

void changed_by(Draw& d) {
    const Array& x = d.real();
    const Sizes other = smaller(d, x.shape);
    if (d.random.coin(0.1))
        d.integers(other, -3, 3);
    else
        d.real_of(other);
}

void changed_by_multiple(Draw& d) {
    changed_by(d);
    d.number("alpha", -2, 2);
}

void whole_changed_by(Draw& d) {
    const Array& x = d.integers(d.shape(), -9, 9);
    d.integers(smaller(d, x.shape), -3, 3);
}

void changed_by_number(Draw& d) {
    d.real();
    d.number("value", -2, 2);
}

}  // namespace

void add_in_place(Table& t) {
    t.push_back({"add_", changed_by_multiple, XGRAD([&](xg::Tensor x) {
                     return xg::add_(x, in[1].detach(), o.number("alpha"));
                 }(in[0].detach().clone()))});
    t.push_back({"add_ number", changed_by_number,
                 XGRAD([&](xg::Tensor x) { return xg::add_(x, o.number("value")); }(in[0].detach().clone()))});
    t.push_back({"add_ own entry", unary({.min_rank = 1, .min_size = 1}),
                 XGRAD([](xg::Tensor x) { return xg::add_(x, x[0]); }(in[0].detach().clone()))});
    t.push_back({"add_ of integers",
                 [](Draw& d) {
                     whole_changed_by(d);
                     d.integer("alpha", -2, 2);
                 },
                 XGRAD([&](xg::Tensor x) { return xg::add_(x, in[1], o.integer("alpha")); }(in[0].clone()))});
    t.push_back(
        {"mul_", changed_by, XGRAD([&](xg::Tensor x) { return xg::mul_(x, in[1].detach()); }(in[0].detach().clone()))});
    t.push_back({"mul_ number", changed_by_number,
                 XGRAD([&](xg::Tensor x) { return xg::mul_(x, o.number("value")); }(in[0].detach().clone()))});
    t.push_back(
        {"mul_ of integers", whole_changed_by, XGRAD([&](xg::Tensor x) { return xg::mul_(x, in[1]); }(in[0].clone()))});
    t.push_back({"axpy_", changed_by_multiple, XGRAD([&](xg::Tensor x) {
                     return xg::axpy_(x, o.number("alpha"), in[1].detach());
                 }(in[0].detach().clone()))});
    t.push_back({"copy_", changed_by,
                 XGRAD([&](xg::Tensor x) { return xg::copy_(x, in[1].detach()); }(in[0].detach().clone()))});
    // No integer is what an infinity or NaN becomes.
    t.push_back({"copy_ into integers",
                 [](Draw& d) {
                     const Array& x = d.integers(d.shape(), -9, 9);
                     d.real_of(smaller(d, x.shape), {.low = -1e5, .high = 1e5});
                 },
                 XGRAD([&](xg::Tensor x) { return xg::copy_(x, in[1].detach()); }(in[0].clone())),
                 [](const Values& in, const Options&) {
                     double least = 1;
                     for (const double v : in[1]->values) least = std::min(least, std::abs(v - std::round(v)));
                     return least;
                 },
                 false});
    t.push_back({"fill_", changed_by_number,
                 XGRAD([&](xg::Tensor x) { return xg::fill_(x, o.number("value")); }(in[0].detach().clone()))});
    t.push_back({"zero_", unary(), XGRAD([](xg::Tensor x) { return xg::zero_(x); }(in[0].detach().clone()))});
}

}  // namespace parity
