#pragma once

#include <xgrad/autograd/losses.hpp>

// What the losses share.

namespace xg::detail {

/// Prediction and target of equal shapes, in the floating-point dtype of the result. Throws ShapeError and ValueError,
/// naming the operation.
struct LossPair {
    Tensor prediction, target;
    LossPair(const Tensor& p, const Tensor& t, const char* operation);
};

/// What a sum over losses of all elements of `shape` is multiplied with.
double loss_scale(LossReduction reduction, const Shape& shape);
/// The same of losses made by recorded operations.
Tensor reduced_loss(const Tensor& losses, LossReduction reduction);

/// x where it is at least `least`, which takes no gradient; NaN stays. As in PyTorch the derivative at `least` is 1.
Tensor at_least(const Tensor& x, double least);
/// log(1 + x) and log(1 + exp(x)), recorded, exact for small ones.
Tensor log_one_plus(const Tensor& x);
Tensor softplus(const Tensor& x);

/// Calls f with a null pointer of x's floating-point type.
template <class F>
void with_floating(const Tensor& x, F&& f) {
    if (x.dtype() == float32)
        f(static_cast<float*>(nullptr));
    else
        f(static_cast<double*>(nullptr));
}

}  // namespace xg::detail
