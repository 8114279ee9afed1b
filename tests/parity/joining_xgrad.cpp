#include <algorithm>

#include "families_xgrad.hpp"

// Arrays put together of others, of themselves many times, or of their own elements in another order.

namespace parity {
namespace {

void alike(Draw& d) {
    const Array& x = d.real({.max_rank = 3});
    const auto rank = static_cast<std::int64_t>(x.shape.size());
    d.integer("axis", -rank - 1, rank);
    for (std::int64_t more = d.random.integer(0, 3); more > 0; --more) d.real_of(x.shape);
}

void some_axes(Draw& d) { d.axes("axes", d.real().shape.size(), 0); }

void shift(Draw& d) {
    d.real();
    d.integer("shift", -7, 7);
}

void shift_along(Draw& d) {
    d.axis("axis", d.real({.min_rank = 1}).shape.size());
    d.integer("shift", -7, 7);
}

/// An axis may come twice.
void shifts(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const auto rank = static_cast<std::int64_t>(x.shape.size());
    Sizes by, axes;
    for (std::int64_t n = d.random.integer(1, 3); n > 0; --n) {
        by.push_back(d.random.integer(-4, 4));
        axes.push_back(d.random.integer(-rank, rank - 1));
    }
    d.set("shifts", by);
    d.set("axes", axes);
}

/// Numbers for axes; for as many as there are, or more, unless `fewer` may do.
std::function<void(Draw&)> numbers(bool fewer) {
    return [fewer](Draw& d) {
        const auto rank = static_cast<std::int64_t>(d.real({.max_rank = 3}).shape.size());
        Sizes repeats(
            static_cast<std::size_t>(d.random.integer(fewer ? 0 : rank, std::min<std::int64_t>(rank + 1, 4))));
        for (std::int64_t& n : repeats) n = d.random.coin(0.05) ? 0 : d.random.integer(1, 3);
        d.set("repeats", repeats);
    };
}

void times_along(Draw& d) {
    d.axis("axis", d.real({.min_rank = 1}).shape.size());
    d.integer("n", 0, 3);
}

void own_times_along(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    d.integers({x.shape[d.axis("axis", x.shape.size())]}, 0, 3);
}

}  // namespace

void add_joining(Table& t) {
    t.push_back({"stack", alike, XGRAD(xg::stack(in, o.integer("axis")))});
    t.push_back({"flip", some_axes, XGRAD(xg::flip(in[0], o.list("axes")))});
    t.push_back({"flip of all", unary(), XGRAD(xg::flip(in[0]))});
    t.push_back({"roll", shift, XGRAD(xg::roll(in[0], o.integer("shift")))});
    t.push_back({"roll along an axis", shift_along, XGRAD(xg::roll(in[0], o.integer("shift"), o.integer("axis")))});
    t.push_back({"roll along axes", shifts,
                 XGRAD(xg::roll(in[0], std::vector<std::int64_t>(o.list("shifts")),
                                std::vector<std::int64_t>(o.list("axes"))))});
    t.push_back({"repeat", numbers(false), XGRAD(xg::repeat(in[0], o.list("repeats")))});
    t.push_back({"tile", numbers(true), XGRAD(xg::tile(in[0], o.list("repeats")))});
    t.push_back(
        {"repeat_interleave", times_along, XGRAD(xg::repeat_interleave(in[0], o.integer("n"), o.integer("axis")))});
    t.push_back({"repeat_interleave of all",
                 [](Draw& d) {
                     d.real();
                     d.integer("n", 0, 3);
                 },
                 XGRAD(xg::repeat_interleave(in[0], o.integer("n")))});
    t.push_back({"repeat_interleave with numbers", own_times_along,
                 XGRAD(xg::repeat_interleave(in[0], in[1], o.integer("axis")))});
}

}  // namespace parity
