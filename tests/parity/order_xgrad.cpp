#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"

// Scans, sorting, quantiles and counting.

namespace parity {
namespace {

/// What is worked on along an axis; a tensor of rank 0 has axis 0.
const Array& line(Draw& d) {
    const Array& x = d.real({.distinct = d.random.coin()});
    if (x.shape.empty())
        d.integer("axis", -1, 0);
    else
        d.axis("axis", x.shape.size());
    return x;
}

void along(Draw& d) { line(d); }

void integers_along(Draw& d) { d.axis("axis", d.integers(d.shape(1, 3), -3, 3).shape.size()); }

void with_zeros(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    d.mask_of(x.shape);
    d.axis("axis", x.shape.size());
}

/// How many elements there are along the option "axis".
std::int64_t length(const Draw& d, const Array& x) {
    const std::int64_t axis = d.step.options.integer("axis"), rank = static_cast<std::int64_t>(x.shape.size());
    return rank == 0 ? 1 : x.shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
}

std::function<void(Draw&)> sorted(std::function<void(Draw&)> draw) {
    return [draw = std::move(draw)](Draw& d) {
        draw(d);
        d.flag("descending");
    };
}

void top(Draw& d) {
    const Array& x = line(d);
    d.integer("k", x.shape.empty() ? 1 : 0, length(d, x));
    d.flag("largest");
}

void kth(Draw& d) {
    d.integer("k", 1, length(d, line(d)));
    d.flag("keepdims");
}

void differences(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    d.axis("axis", x.shape.size());
    d.integer("n", 0, 3);
}

const std::vector<Choice> kBetween = {
    {static_cast<std::int64_t>(xg::QuantileMethod::linear), "xg::QuantileMethod::linear"},
    {static_cast<std::int64_t>(xg::QuantileMethod::midpoint), "xg::QuantileMethod::midpoint"}};
const std::vector<Choice> kAt = {
    {static_cast<std::int64_t>(xg::QuantileMethod::lower), "xg::QuantileMethod::lower"},
    {static_cast<std::int64_t>(xg::QuantileMethod::higher), "xg::QuantileMethod::higher"},
    {static_cast<std::int64_t>(xg::QuantileMethod::nearest), "xg::QuantileMethod::nearest"}};

/// Of some axes; q of rank 0 or 1, or a number.
std::function<void(Draw&)> quantiles(std::vector<Choice> methods, bool number) {
    return [methods = std::move(methods), number](Draw& d) {
        const Array& x = d.real({.min_rank = 1, .min_size = 1, .distinct = d.random.coin()});
        if (number) {
            d.number("q", 0, 1);
        } else {
            const Array& q = d.real_of(d.shape(0, 1), {.low = 0, .high = 1});
            // Wild numbers may lie outside.
            Draw::need(std::all_of(q.values.begin(), q.values.end(), [](double v) { return v >= 0 && v <= 1; }));
        }
        d.axes("axes", x.shape.size());
        d.flag("keepdims");
        d.choice("method", methods);
    };
}

/// Ties, and q where the result passes from one element to the next.
double quantile_distance(const Values& in, const Options& o) {
    double least = order_gaps(true)(in, o), n = 1;
    const auto rank = static_cast<std::int64_t>(in[0]->shape.size());
    for (const std::int64_t axis : o.list("axes"))
        n *= static_cast<double>(in[0]->shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)]);
    std::vector<double> qs;
    if (in.size() > 1)
        qs = in[1]->values;
    else
        qs = {o.number("q")};
    for (const double q : qs) {
        if (!(q > kNearest && q < 1 - kNearest)) return in.size() > 1 ? 0 : least;
        // In halves, for the method "nearest". A number's product with n - 1 is the same on both sides.
        const double rank_of = q * (n - 1) * 2;
        if (in.size() > 1 && n > 1) least = std::min(least, std::abs(rank_of - std::round(rank_of)));
    }
    return least;
}

/// A sequence in order, and values to put into it.
void places(Draw& d) {
    const Array& v = d.real({.min_rank = 1});
    Array sequence{Kind::real, {d.size()}, {}};
    if (d.random.coin()) {
        sequence.shape = v.shape;
        sequence.shape.back() = d.random.integer(0, 4);
    }
    const std::int64_t n = sequence.shape.back();
    sequence.values.resize(static_cast<std::size_t>(elements(sequence.shape)));
    Draw::need(sequence.values.size() <= Maker::kMaxElements);
    for (double& s : sequence.values) s = d.random.number(-2, 2);
    for (auto row = sequence.values.begin(); n > 0 && row != sequence.values.end(); row += n) std::sort(row, row + n);
    d.leaf(std::move(sequence));
    d.flag("right");
}

void integer_places(Draw& d) {
    Array sequence{Kind::integer, {d.random.integer(0, 6)}, {}};
    for (std::int64_t i = 0; i < sequence.shape[0]; ++i)
        sequence.values.push_back(static_cast<double>(d.random.integer(-2, 2)));
    std::sort(sequence.values.begin(), sequence.values.end());
    d.integers(d.shape(0, 3), -3, 3);
    d.leaf(std::move(sequence));
    d.flag("right");
}

double place_distance(const Values& in, const Options&) {
    double least = 1;
    for (const double s : in[1]->values)
        for (const double v : in[0]->values)
            if (std::isfinite(v)) least = std::min(least, std::abs(v - s));
    return least;
}

const Array& whole_numbers(Draw& d) {
    d.integer("minlength", 0, 8);
    return d.integers({d.random.integer(0, 7)}, 0, 5);
}

/// Elements off the edges of `bins` bins of equal width from low to high; other than the outer ones where those are
/// elements themselves.
double bin_distance(const Array& x, double low, double high, std::int64_t bins, bool outer) {
    double least = 1;
    for (const double v : x.values)
        for (std::int64_t i = outer ? 0 : 1; std::isfinite(v) && i < bins + (outer ? 1 : 0); ++i) {
            const double edge = low + (high - low) * static_cast<double>(i) / static_cast<double>(bins);
            least = std::min(least, std::abs(v - edge));
        }
    return least;
}

double range_distance(const Values& in, const Options& o) {
    return bin_distance(*in[0], o.number("low"), o.number("high"), o.integer("bins"), true);
}

/// From the least to the greatest; those must differ, and be known.
double own_range_distance(const Values& in, const Options& o) {
    if (in[0]->values.empty()) return 1;
    const auto [low, high] = std::minmax_element(in[0]->values.begin(), in[0]->values.end());
    return std::min(*high - *low, bin_distance(*in[0], *low, *high, o.integer("bins"), false));
}

void range(Draw& d) {
    d.number("low", -2, 0);
    d.number("high", 0.125, 2);
    d.integer("bins", 1, 5);
    d.flag("density");
}

}  // namespace

void add_order(Table& t) {
    t.push_back({"cumsum", along, XGRAD(xg::cumsum(in[0], o.integer("axis")))});
    t.push_back({"cumsum of integers", integers_along, XGRAD(xg::cumsum(in[0], o.integer("axis")))});
    t.push_back({"cumprod", along, XGRAD(xg::cumprod(in[0], o.integer("axis")))});
    t.push_back(
        {"cumprod with zeros", with_zeros, XGRAD(xg::cumprod(xg::where(in[1], in[0], 0.0), o.integer("axis")))});
    t.push_back({"cummax", along, XGRAD(xg::cummax(in[0], o.integer("axis"))), order_gaps(true), true, true});
    t.push_back({"cummax of integers", integers_along, XGRAD(xg::cummax(in[0], o.integer("axis")))});
    t.push_back({"cummin", along, XGRAD(xg::cummin(in[0], o.integer("axis"))), order_gaps(true), true, true});
    t.push_back({"cummin of integers", integers_along, XGRAD(xg::cummin(in[0], o.integer("axis")))});
    t.push_back({"diff", differences, XGRAD(xg::diff(in[0], o.integer("n"), o.integer("axis")))});
    t.push_back({"diff of mask",
                 [](Draw& d) {
                     d.axis("axis", d.mask_of(d.shape(1, 3)).shape.size());
                     d.integer("n", 0, 2);
                 },
                 XGRAD(xg::diff(in[0], o.integer("n"), o.integer("axis")))});

    t.push_back({"sort", sorted(along), XGRAD(xg::sort(in[0], o.integer("axis"), o.flag("descending"))),
                 order_gaps(true), true, true});
    t.push_back(
        {"sort of integers", sorted(integers_along), XGRAD(xg::sort(in[0], o.integer("axis"), o.flag("descending")))});
    t.push_back({"argsort", sorted(along), XGRAD(xg::argsort(in[0], o.integer("axis"), o.flag("descending"))),
                 order_gaps(true), true, true});
    // libtorch takes any of several equal ones from here on.
    t.push_back({"topk", top, XGRAD(xg::topk(in[0], o.integer("k"), o.integer("axis"), {.largest = o.flag("largest")})),
                 order_gaps(false), true, true});
    t.push_back({"topk in any order", top,
                 XGRAD(xg::sort(xg::topk(in[0], o.integer("k"), o.integer("axis"),
                                         {.largest = o.flag("largest"), .sorted = false})
                                    .values,
                                o.integer("axis"))
                           .values),
                 order_gaps(true)});
    t.push_back({"kthvalue", kth, XGRAD(xg::kthvalue(in[0], o.integer("k"), o.integer("axis"), o.flag("keepdims"))),
                 order_gaps(false), true, true});
    t.push_back({"median", unary(), XGRAD(xg::median(in[0])), order_gaps(true)});
    t.push_back({"median along an axis",
                 [](Draw& d) {
                     const Array& x = line(d);
                     Draw::need(length(d, x) > 0);
                     d.flag("keepdims");
                 },
                 XGRAD(xg::median(in[0], o.integer("axis"), o.flag("keepdims"))), order_gaps(false), true, true});
    t.push_back({"quantile", quantiles(kAt, false),
                 XGRAD(xg::quantile(in[0], in[1], o.list("axes"),
                                    {.keepdims = o.flag("keepdims"), .method = o.as<xg::QuantileMethod>("method")})),
                 quantile_distance});
    t.push_back({"quantile of a number", quantiles(kAt, true),
                 XGRAD(xg::quantile(in[0], o.number("q"), o.list("axes"),
                                    {.keepdims = o.flag("keepdims"), .method = o.as<xg::QuantileMethod>("method")})),
                 quantile_distance});
    t.push_back({"quantile between", quantiles(kBetween, false),
                 XGRAD(xg::quantile(in[0], in[1], o.list("axes"),
                                    {.keepdims = o.flag("keepdims"), .method = o.as<xg::QuantileMethod>("method")})),
                 // Beside an infinite element libtorch's are NaN at times, for inf - inf.
                 quantile_distance, false});
    t.push_back({"quantile of a number between", quantiles(kBetween, true),
                 XGRAD(xg::quantile(in[0], o.number("q"), o.list("axes"),
                                    {.keepdims = o.flag("keepdims"), .method = o.as<xg::QuantileMethod>("method")})),
                 quantile_distance, false});

    t.push_back(
        {"searchsorted", places, XGRAD(xg::searchsorted(in[1], in[0], o.flag("right"))), place_distance, true, true});
    t.push_back({"searchsorted of integers", integer_places, XGRAD(xg::searchsorted(in[1], in[0], o.flag("right")))});
    // libtorch puts NaN anywhere and counts it 0 times.
    t.push_back({"unique", unary(), XGRAD(xg::unique(in[0])), gaps(), true, true});
    t.push_back({"unique of integers", [](Draw& d) { d.integers(d.shape(0, 3), -3, 3); }, XGRAD(xg::unique(in[0]))});
    t.push_back(
        {"bincount", [](Draw& d) { whole_numbers(d); }, XGRAD(xg::bincount(in[0], {}, o.integer("minlength")))});
    t.push_back({"bincount with weights", [](Draw& d) { d.real_of(whole_numbers(d).shape); },
                 XGRAD(xg::bincount(in[0], in[1], o.integer("minlength")))});
    t.push_back({"histogram",
                 [](Draw& d) {
                     d.real();
                     range(d);
                 },
                 XGRAD(xg::histogram(in[0], o.integer("bins"),
                                     {.low = o.number("low"), .high = o.number("high"), .density = o.flag("density")})),
                 range_distance, true, true});
    t.push_back(
        {"histogram with weights",
         [](Draw& d) {
             const Array& x = d.real();
             d.real_of(x.shape, {.low = 0.05});
             range(d);
         },
         XGRAD(xg::histogram(
             in[0], o.integer("bins"),
             {.low = o.number("low"), .high = o.number("high"), .weights = in[1], .density = o.flag("density")})),
         range_distance, true, true});
    t.push_back({"histogram over all",
                 [](Draw& d) {
                     d.real();
                     d.integer("bins", 1, 5);
                 },
                 // Of an infinite range there are no bins.
                 XGRAD(xg::histogram(in[0], o.integer("bins"))), own_range_distance, false});
    t.push_back({"histogram between edges",
                 [](Draw& d) {
                     d.real();
                     Array edges{Kind::real, {d.random.integer(2, 5)}, {}};
                     for (std::int64_t i = 0; i < edges.shape[0]; ++i) edges.values.push_back(d.random.number(-2, 2));
                     std::sort(edges.values.begin(), edges.values.end());
                     d.leaf(std::move(edges));
                     d.flag("density");
                 },
                 XGRAD(xg::histogram(in[0], in[1], {.density = o.flag("density")})), place_distance, true, true});
}

}  // namespace parity
