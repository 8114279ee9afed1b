#pragma once

#include <xgrad/autograd/tensor.hpp>

// Changes of a tensor in place, for what is not recorded: updates of parameters under NoGrad. The members of Tensor of
// the same names do the same.
//
// All return x. `other` broadcasts to x, never x to `other`: ShapeError. The result's dtype must fit x's: DTypeError,
// for floating-point numbers into an integer tensor, say; float64 into float32 is rounded. While recording is on,
// GradError if x or `other` needs a gradient, since these changes are no part of a graph. GradError, as for
// `mutable_data`, for a view of a tensor that still exists. `other` may share elements with x: it counts as it was
// before. Each is a change of the value: a backward that saved x will throw.

namespace xg {

/// x += alpha · other. `alpha` must be whole for integers.
XG_EXPORT Tensor& add_(Tensor& x, const Tensor& other, Scalar alpha = 1);
XG_EXPORT Tensor& add_(Tensor& x, Scalar other);
/// x *= other.
XG_EXPORT Tensor& mul_(Tensor& x, const Tensor& other);
XG_EXPORT Tensor& mul_(Tensor& x, Scalar other);
/// x += a · y, in one pass.
XG_EXPORT Tensor& axpy_(Tensor& x, Scalar a, const Tensor& y);
/// Gives x the elements of `other`, of any dtype: they are converted as `to` does.
XG_EXPORT Tensor& copy_(Tensor& x, const Tensor& other);
/// Sets all elements to `value`.
XG_EXPORT Tensor& fill_(Tensor& x, Scalar value);
/// Sets all elements to 0.
XG_EXPORT Tensor& zero_(Tensor& x);

}  // namespace xg
