#include <cmath>

#include "families_xgrad.hpp"

namespace parity {
namespace {

/// What is reduced over some axes; at least one element along each where there must be something to reduce.
std::function<void(Draw&)> over_axes(std::int64_t min_size) {
    return [min_size](Draw& d) {
        const Array& x = d.real({.min_rank = 1, .min_size = min_size});
        d.axes("axes", x.shape.size());
        d.flag("keepdims");
    };
}

/// The axes and whether they stay.
void how(Draw& d, const Array& x) {
    d.axes("axes", x.shape.size());
    d.flag("keepdims");
}

/// Some are taken away by a mask.
void masked(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    d.mask_of(x.shape);
    how(d, x);
}

void integers(Draw& d) { how(d, d.integers(d.shape(1, 3), -1, 2)); }
void mask(Draw& d) { how(d, d.mask_of(d.shape(1, 3))); }

/// Something to choose from for each result; libtorch asks for it even where there are no results.
void choice(Draw& d, const Array& x) {
    for (const std::int64_t axis : d.axes("axes", x.shape.size()))
        Draw::need(
            x.shape[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis)] > 0);
    d.flag("keepdims");
}

void corrected(Draw& d) {
    over_axes(0)(d);
    d.number_of("correction", {0, 1, 2});
}

const std::vector<double> kPowers = {0, 0.5, 1, 1.5, 2, 2, 3};

void any_norm(Draw& d) {
    over_axes(0)(d);
    d.number_of("p", kPowers);
}

/// Powers that have no value without elements.
void extreme_norm(Draw& d) {
    choice(d, d.real({.min_rank = 1}));
    d.number_of("p", {-2.5, -1, HUGE_VAL, -HUGE_VAL});
}

/// Powers but 2 have kinks at 0, or in their derivatives; infinite ones at ties, too.
double norm_distance(const Values& in, const Options& o) {
    const double p = o.number("p");
    if (p == 2) return magnitude()(in, o);
    if (!std::isinf(p)) return off({0})(in, o);
    Array sizes = *in[0];
    for (double& v : sizes.values) v = std::abs(v);
    return both(off({0}), gaps(p > 0 ? 1 : -1))({&sizes}, o);
}

}  // namespace

void add_reductions(Table& t) {
    t.push_back({"sum", over_axes(0), XGRAD(xg::sum(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"sum of all", unary(), XGRAD(xg::sum(in[0]))});
    t.push_back({"sum of mask",
                 [](Draw& d) {
                     const Array& m = d.mask_beside(d.shape(1, 3));
                     d.axes("axes", m.shape.size());
                     d.flag("keepdims");
                 },
                 XGRAD(xg::sum(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"mean", over_axes(1), XGRAD(xg::mean(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"mean of all", unary({.min_size = 1}), XGRAD(xg::mean(in[0]))});
    t.push_back({"max", over_axes(1), XGRAD(xg::max(in[0], o.list("axes"), o.flag("keepdims"))), gaps(1)});
    t.push_back({"max of all", unary({.min_size = 1}), XGRAD(xg::max(in[0])), gaps(1)});
    t.push_back({"min", over_axes(1), XGRAD(xg::min(in[0], o.list("axes"), o.flag("keepdims"))), gaps(-1)});
    t.push_back({"min of all", unary({.min_size = 1}), XGRAD(xg::min(in[0])), gaps(-1)});

    t.push_back({"nansum", over_axes(0), XGRAD(xg::nansum(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"nansum with holes", masked,
                 XGRAD(xg::nansum(xg::where(in[1], in[0], NAN), o.list("axes"), o.flag("keepdims")))});
    t.push_back({"nansum of all", unary(), XGRAD(xg::nansum(in[0]))});
    t.push_back({"nanmean", over_axes(0), XGRAD(xg::nanmean(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"nanmean with holes", masked,
                 XGRAD(xg::nanmean(xg::where(in[1], in[0], NAN), o.list("axes"), o.flag("keepdims")))});
    t.push_back({"nanmean of all", unary(), XGRAD(xg::nanmean(in[0]))});
    t.push_back({"prod", over_axes(0), XGRAD(xg::prod(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back(
        {"prod with zeros", masked, XGRAD(xg::prod(xg::where(in[1], in[0], 0.0), o.list("axes"), o.flag("keepdims")))});
    t.push_back({"prod of all", unary(), XGRAD(xg::prod(in[0]))});
    t.push_back({"prod of integers", integers, XGRAD(xg::prod(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"var", corrected,
                 XGRAD(xg::var(in[0], o.list("axes"),
                               {.correction = o.number("correction"), .keepdims = o.flag("keepdims")}))});
    t.push_back({"var with any correction",
                 [](Draw& d) {
                     over_axes(0)(d);
                     d.number_of("correction", {-1, 0.5, 1.5, 3});
                 },
                 XGRAD(xg::var(in[0], o.list("axes"),
                               {.correction = o.number("correction"), .keepdims = o.flag("keepdims")}))});
    t.push_back({"var of all", unary(), XGRAD(xg::var(in[0]))});
    // Where all elements are equal it is 0, and its derivative a choice; but that of a single one is 0 on both sides.
    t.push_back(
        {"std", corrected,
         XGRAD(xg::std(in[0], o.list("axes"), {.correction = o.number("correction"), .keepdims = o.flag("keepdims")})),
         spread()});
    t.push_back({"std of all", unary(), XGRAD(xg::std(in[0])), spread()});
    t.push_back(
        {"norm", any_norm, XGRAD(xg::norm(in[0], o.number("p"), o.list("axes"), o.flag("keepdims"))), norm_distance});
    t.push_back({"norm with an extreme power", extreme_norm,
                 XGRAD(xg::norm(in[0], o.number("p"), o.list("axes"), o.flag("keepdims"))), norm_distance});
    t.push_back({"norm of all",
                 [](Draw& d) {
                     d.real();
                     d.number_of("p", kPowers);
                 },
                 XGRAD(xg::norm(in[0], o.number("p"))), norm_distance});

    t.push_back({"any", over_axes(0), XGRAD(xg::any(in[0], o.list("axes"), o.flag("keepdims"))), off({0})});
    t.push_back({"any of mask", mask, XGRAD(xg::any(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"any of integers", integers, XGRAD(xg::any(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"all", over_axes(0), XGRAD(xg::all(in[0], o.list("axes"), o.flag("keepdims"))), off({0})});
    t.push_back({"all of mask", mask, XGRAD(xg::all(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"all of integers", integers, XGRAD(xg::all(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back(
        {"count_nonzero", over_axes(0), XGRAD(xg::count_nonzero(in[0], o.list("axes"), o.flag("keepdims"))), off({0})});
    t.push_back({"count_nonzero of mask", mask, XGRAD(xg::count_nonzero(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back(
        {"count_nonzero of integers", integers, XGRAD(xg::count_nonzero(in[0], o.list("axes"), o.flag("keepdims")))});

    const auto choice_of_real = [](Draw& d) { choice(d, d.real({.min_rank = 1})); };
    const auto choice_of_integers = [](Draw& d) { choice(d, d.integers(d.shape(1, 3), -2, 2)); };
    t.push_back({"argmax", choice_of_real, XGRAD(xg::argmax(in[0], o.list("axes"), o.flag("keepdims"))),
                 order_gaps(true, 1), true, true});
    t.push_back(
        {"argmax of integers", choice_of_integers, XGRAD(xg::argmax(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"argmax of all", unary({.min_size = 1}), XGRAD(xg::argmax(in[0])), order_gaps(true, 1), true, true});
    t.push_back({"argmin", choice_of_real, XGRAD(xg::argmin(in[0], o.list("axes"), o.flag("keepdims"))),
                 order_gaps(true, -1), true, true});
    t.push_back(
        {"argmin of integers", choice_of_integers, XGRAD(xg::argmin(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"argmin of all", unary({.min_size = 1}), XGRAD(xg::argmin(in[0])), order_gaps(true, -1), true, true});
}

}  // namespace parity
