#pragma once

#include <xgrad/autograd/tensor.hpp>

// Numbers made into probabilities along an axis; a negative one counts from the end. A tensor of rank 0 counts as one
// element. Integers give float32. They throw ShapeError for an axis that is out of range.

namespace xg {

/// exp(x) / Σ exp(x), without overflow: positive, with a sum of 1 along `axis`. Lines that hold NaN or +inf, or -inf
/// alone, give NaN.
XG_EXPORT Tensor softmax(const Tensor& x, std::int64_t axis);
/// x - log(Σ exp(x)): the logarithm of `softmax`, exact where that underflows.
XG_EXPORT Tensor log_softmax(const Tensor& x, std::int64_t axis);
/// `softmax` of -x.
XG_EXPORT Tensor softmin(const Tensor& x, std::int64_t axis);

}  // namespace xg
