#pragma once

#include <utility>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>

namespace xg::detail {

/// Notes in the graph, as one operation, how y came about by reducing x, and returns it without the reduced axes unless
/// they are kept. y has size 1 along them; so have the gradient, and the result, that `formula` sees.
template <class F>
Tensor record_reduction(const Op& op, Tensor y, const Plan& plan, bool keepdims, const Tensor& x, F formula) {
    if (keepdims) return record(op, std::move(y), wrt(x, std::move(formula)));
    Tensor dropped = y.reshape(plan.dropped_shape);
    if constexpr (std::is_invocable_v<F, const Tensor&, const Tensor&>)
        return record(op, std::move(dropped),
                      wrt(x, [formula = std::move(formula), kept = plan.kept_shape](const Tensor& g, const Tensor& z) {
                          return formula(g.reshape(kept), z.reshape(kept));
                      }));
    else
        return record(op, std::move(dropped),
                      wrt(x, [formula = std::move(formula), kept = plan.kept_shape](const Tensor& g) {
                          return formula(g.reshape(kept));
                      }));
}

}  // namespace xg::detail
