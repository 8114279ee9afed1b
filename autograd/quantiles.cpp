#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

// quantile, made of sort.

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_tensor;
using detail::Plan;

namespace {

/// Positions in `ordered`'s last axis: `ranks` rounded by `round`, but the last one where NaN is.
Tensor positions(const Tensor& ordered, const std::vector<double>& ranks, double (*round)(double)) {
    const Tensor rows = detail::make_alias(ordered).contiguous();
    Shape shape = body(ordered).shape;
    const std::int64_t n = shape.back(), m = static_cast<std::int64_t>(ranks.size()), count = shape.elements() / n;
    shape[shape.rank() - 1] = m;
    Tensor at = make_tensor(shape, int64);
    auto* const to = data_as<std::int64_t>(at);
    detail::dispatch(body(rows).dtype, [&]<class T>(T*) {
        for (std::int64_t r = 0; r < count; ++r) {
            const T greatest = data_as<T>(rows)[r * n + n - 1];
            for (std::int64_t k = 0; k < m; ++k)
                to[r * m + k] =
                    greatest != greatest ? n - 1 : static_cast<std::int64_t>(round(ranks[static_cast<std::size_t>(k)]));
        }
    });
    return at;
}

double lower(double rank) { return std::floor(rank); }
double upper(double rank) { return std::ceil(rank); }
double even(double rank) { return std::nearbyint(rank); }

/// The quantiles, along the last axis, of elements that are sorted along it.
Tensor between(const Tensor& ordered, const Tensor& q, const std::vector<double>& ranks, QuantileMethod method) {
    const std::size_t axis = body(ordered).shape.rank() - 1;
    const auto at = [&](double (*round)(double)) {
        return detail::pick_along(ordered, axis, positions(ordered, ranks, round));
    };
    if (method == QuantileMethod::lower) return at(lower);
    if (method == QuantileMethod::higher) return at(upper);
    if (method == QuantileMethod::nearest) return at(even);
    const Tensor low = at(lower), high = at(upper);
    // From an infinite element on nothing is added, lest inf - inf arises; but there is nothing between -inf and inf.
    const Tensor infinite = logical_and(equal(abs(low.detach()), HUGE_VAL), not_equal(high.detach(), -low.detach()));
    const Tensor distance = where(infinite, 0, high - low);
    if (method == QuantileMethod::midpoint) return low + distance * 0.5;
    std::vector<double> floors(ranks);
    for (double& v : floors) v = std::floor(v);
    const auto n = static_cast<double>(body(ordered).shape.back() - 1);
    const Tensor share = q.to(float64).reshape({-1}) * n -
                         from_data(floors, {static_cast<std::int64_t>(floors.size())}, {.dtype = float64});
    return low + distance * share.to(body(ordered).dtype);
}

}  // namespace

Tensor quantile(const Tensor& v, const Tensor& q, const Axes& axes, const QuantileOptions& options) {
    const Plan plan(v, axes, "quantile");
    detail::check_defined(q, "quantile");
    if (body(q).shape.rank() > 1)
        throw ShapeError("quantile: expected q of rank 0 or 1, got the shape " + body(q).shape.str());
    if (plan.count == 0)
        throw ShapeError("quantile: no elements along the reduced axes of the shape " + body(v).shape.str());
    std::vector<double> ranks = q.to_vector();
    for (double& rank : ranks) {
        if (!(rank >= 0 && rank <= 1)) throw ValueError(fmt::format("quantile: expected q from 0 to 1, got {}", rank));
        rank *= static_cast<double>(plan.count - 1);
    }
    const Tensor x = detail::floating(v, "quantile");
    const Tensor ordered = sort(detail::gathered_axes(x, plan.reduced, plan.count)).values;
    Tensor y = between(ordered, q, ranks, options.method);
    for (std::int64_t i = y.rank() - 1; i > 0; --i) y = transpose(y, i, i - 1);
    Shape shape = options.keepdims ? plan.kept_shape : plan.dropped_shape;
    if (body(q).shape.rank() == 1) shape = shape.inserted(0, static_cast<std::int64_t>(ranks.size()));
    return y.reshape(shape);
}

Tensor quantile(const Tensor& x, double q, const Axes& axes, const QuantileOptions& options) {
    return quantile(x, full({}, q, {.dtype = float64}), axes, options);
}

}  // namespace xg
