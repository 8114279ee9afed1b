#include <xgrad/autograd/reductions.hpp>

#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/detail/reduction.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::Plan;
using detail::record;
using detail::record_reduction;
using detail::Reduction;
using detail::saved;
using detail::wrt;

namespace {

/// Sums over the axes that are marked with 1; they stay, with size 1.
Tensor sum_marked(const Tensor& x, const Shape& reduced) {
    return record("sum", detail::reduce(Reduction::sum, x, reduced),
                  wrt(x, [shape = body(x).shape](const Tensor& g) { return broadcast_to(g, shape); }));
}

Tensor sum_of(const char* operation, const Tensor& x, const Plan& plan, bool keepdims) {
    return record_reduction(operation, detail::reduce(Reduction::sum, x, plan.reduced), plan, keepdims, x,
                            [shape = body(x).shape](const Tensor& g) { return broadcast_to(g, shape); });
}

Tensor extremum(const char* operation, Reduction kind, const Tensor& x, const Axes& axes, bool keepdims) {
    const Plan plan(x, axes, operation);
    if (plan.count == 0 && plan.dropped_shape.elements() > 0)
        throw ShapeError(std::string(operation) + ": no elements to choose from along the reduced axes of the shape " +
                         body(x).shape.str());
    return record_reduction(operation, detail::reduce(kind, x, plan.reduced), plan, keepdims, x,
                            [x = saved(x), reduced = plan.reduced](const Tensor& g, const Tensor& y) {
                                return g * detail::tie_shares(x.get(), y, reduced);
                            });
}

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
    const Plan plan(x, axes, "sum");
    return sum_of("sum", body(x).dtype == boolean ? detail::cast(x, int64, "sum") : x, plan, keepdims);
}

Tensor mean(const Tensor& v, const Axes& axes, bool keepdims) {
    const Plan plan(v, axes, "mean");
    const Tensor x = detail::floating(v, "mean");
    return record_reduction(
        "mean", detail::reduce(Reduction::mean, x, plan.reduced), plan, keepdims, x,
        [shape = body(x).shape, n = plan.count](const Tensor& g) { return broadcast_to(g / n, shape); });
}

Tensor nansum(const Tensor& x, const Axes& axes, bool keepdims) {
    const Plan plan(x, axes, "nansum");
    if (is_floating(body(x).dtype)) return sum_of("nansum", where(equal(x, x), x, 0), plan, keepdims);
    return sum_of("nansum", detail::cast(x, int64, "nansum"), plan, keepdims);
}

Tensor nanmean(const Tensor& x, const Axes& axes, bool keepdims) {
    const Plan plan(x, axes, "nanmean");
    if (!is_floating(body(x).dtype)) return mean(detail::floating(x, "nanmean"), axes, keepdims);
    return nansum(x, axes, keepdims) / sum(equal(x, x), axes, keepdims);
}

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
    return extremum("max", Reduction::max, x, axes, keepdims);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
    return extremum("min", Reduction::min, x, axes, keepdims);
}

namespace detail {

Tensor tie_shares(const Tensor& x, const Tensor& y, const Shape& reduced) {
    const NoGrad no_grad;
    const Tensor v = x.detach(), hit = where(equal(v, y), 1, where(not_equal(v, v), 1, zeros_like(v)));
    return hit / reduce(Reduction::sum, hit, reduced);
}

Tensor sum_to(const Tensor& g, const Shape& shape, const char* operation) {
    const Shape& from = body(g).shape;
    bool fits = from.rank() >= shape.rank();
    const std::size_t extra = fits ? from.rank() - shape.rank() : 0;
    Shape reduced = Shape::filled(from.rank(), 0);
    for (std::size_t i = 0; fits && i < from.rank(); ++i) {
        const std::int64_t size = i < extra ? 1 : shape[i - extra];
        reduced[i] = size != from[i] ? 1 : 0;
        fits = size == from[i] || size == 1;
    }
    if (!fits)
        throw GradError("backward of " + std::string(operation) + ": its formula returned a gradient of shape " +
                        from.str() + " for an input of shape " + shape.str());
    return sum_marked(g, reduced).reshape(shape);
}

}  // namespace detail
}  // namespace xg
