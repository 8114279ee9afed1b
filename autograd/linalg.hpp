#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// The matrix product, by NumPy's rules: (n, k) · (k, m) gives (n, m); a vector on the left is a row, on the right a column, and its axis
/// goes away; axes before the last two are broadcast. Throws ShapeError where the inner sizes differ or an operand has rank 0.
XG_EXPORT Tensor matmul(const Tensor& a, const Tensor& b);

/// What `linear` does to its result, in the same pass over memory.
enum class Activation : std::uint8_t { none, relu };

/// x · wᵀ + b: a fully connected layer. x is (…, in), w (out, in), b (out) or undefined for none; the result is (…, out). With
/// `Activation::relu` negative results become 0. All of one floating-point dtype: throws ShapeError, DTypeError.
XG_EXPORT Tensor linear(const Tensor& x, const Tensor& w, const Tensor& b = {},
                        Activation activation = Activation::none);

}  // namespace xg
