#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// The mean of (prediction - target)² over all elements; NaN for none. The shapes must be equal, so that a (n,) beside a (n, 1) is not
/// silently broadcast to (n, n): throws ShapeError.
XG_EXPORT Tensor mse_loss(const Tensor& prediction, const Tensor& target);

}  // namespace xg
