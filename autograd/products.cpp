#include <type_traits>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/fold.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/reduction.hpp>
#include <xgrad/autograd/detail/softmax_kernels.hpp>
#include <xgrad/autograd/ops.hpp>

// prod and logsumexp.

namespace xg {

using detail::body;
using detail::data_as;
using detail::Lines;
using detail::make_tensor;
using detail::Plan;
using detail::record;
using detail::record_reduction;
using detail::saved;
using detail::wrt;

namespace {

template <class T>
struct Product
    : detail::SimpleFold<Product<T>, T, std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>> {
    using A = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
    static A start() { return 1; }
    static A add(A a, T x) { return a * static_cast<A>(x); }
    static A join(A a, A b) { return a * b; }
    static T finish(A a) { return static_cast<T>(a); }
};

/// The product of all other elements, where some are 0: that of those before times that of those behind.
Tensor product_of_others(const Tensor& x, std::size_t axis) {
    Shape shape = body(x).shape;
    shape[axis] -= 1;
    const auto along = static_cast<std::int64_t>(axis);
    const Tensor none = zeros(shape, {.dtype = body(x).dtype});
    shape[axis] = 1;
    const Tensor last = concat({none, ones(shape, {.dtype = body(x).dtype})}, along);
    return detail::shifted(cumprod(x, along), axis, 1) * detail::recurrence(last, x, axis, detail::Direction::backward);
}

/// Along one axis.
Tensor product_along(const Tensor& x, std::size_t axis, bool keepdims) {
    const Plan plan(x, {static_cast<std::int64_t>(axis)}, "prod");
    Tensor y = make_tensor(plan.kept_shape, body(x).dtype);
    const Lines lines = detail::lines_over(x, plan.reduced);
    detail::dispatch(body(x).dtype, [&]<class T>(T*) { detail::fold(lines, Product<T>{}, data_as<T>(y)); });
    return record_reduction("prod", std::move(y), plan, keepdims, x,
                            [axis, x = saved(x)](const Tensor& g, const Tensor& y) {
                                const Tensor v = x.get();
                                if (body(v).numel == 0) return zeros_like(v);
                                // Dividing is cheaper, but gives nothing where a factor is 0 or all have left the
                                // type's range.
                                const bool divisible = all(y.detach()).item() != 0 && all(equal(y - y, 0)).item() != 0;
                                return g * (divisible ? y / v : product_of_others(v, axis));
                            });
}

}  // namespace

Tensor prod(const Tensor& v, const Axes& axes, bool keepdims) {
    const Plan plan(v, axes, "prod");
    const Tensor x = body(v).dtype == boolean ? detail::cast(v, int64, "prod") : v;
    std::size_t marked = 0, axis = 0;
    for (std::size_t i = 0; i < plan.reduced.rank(); ++i) {
        if (plan.reduced[i] == 0) continue;
        ++marked;
        axis = i;
    }
    if (marked == 1) return product_along(x, axis, keepdims);
    const Tensor flat = detail::gathered_axes(x, plan.reduced, plan.count);
    const Tensor y = product_along(flat, body(flat).shape.rank() - 1, false);
    return keepdims ? y.reshape(plan.kept_shape) : y;
}

Tensor logsumexp(const Tensor& v, const Axes& axes, bool keepdims) {
    const Plan plan(v, axes, "logsumexp");
    const Tensor x = detail::floating(v, "logsumexp");
    Tensor y = make_tensor(plan.kept_shape, body(x).dtype);
    detail::logsumexp_lines(detail::lines_over(x, plan.reduced), y);
    return record_reduction("logsumexp", std::move(y), plan, keepdims, x,
                            [x = saved(x)](const Tensor& g, const Tensor& y) { return g * exp(x.get() - y); });
}

}  // namespace xg
