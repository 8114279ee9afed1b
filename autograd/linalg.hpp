#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// The matrix product, by NumPy's rules: (n, k) · (k, m) gives (n, m); a vector on the left is a row, on the right a
/// column, and its axis goes away; axes before the last two are broadcast. Throws ShapeError where the inner sizes
/// differ or an operand has rank 0.
XG_EXPORT Tensor matmul(const Tensor& a, const Tensor& b);

/// The sum of the products of two vectors' elements, (n,) and (n,). Throws ShapeError for other shapes, as in PyTorch.
XG_EXPORT Tensor dot(const Tensor& a, const Tensor& b);

/// The sums of the products along an axis of the broadcast operands.
XG_EXPORT Tensor vecdot(const Tensor& a, const Tensor& b, std::int64_t axis = -1);

/// The products of all pairs of elements of two vectors: (n,) and (m,) give (n, m). Throws ShapeError for other shapes.
XG_EXPORT Tensor outer(const Tensor& a, const Tensor& b);

/// The Kronecker product: each element of a times all of b. Sizes multiply axis by axis, counted from the last.
XG_EXPORT Tensor kron(const Tensor& a, const Tensor& b);

/// The sums of the diagonals, (...), of (..., m, n). Throws ShapeError below rank 2.
XG_EXPORT Tensor trace(const Tensor& x);

/// The vector products along an axis of 3 elements of the broadcast operands. Throws ShapeError where it has another
/// size.
XG_EXPORT Tensor cross(const Tensor& a, const Tensor& b, std::int64_t axis = -1);

/// What `linear` does to its result, in the same pass over memory.
enum class Activation : std::uint8_t { none, relu };

/// x · wᵀ + b: a fully connected layer. x is (…, in), w (out, in), b (out) or undefined for none; the result is (…,
/// out). With `Activation::relu` negative results become 0. All of one floating-point dtype: throws ShapeError,
/// DTypeError.
XG_EXPORT Tensor linear(const Tensor& x, const Tensor& w, const Tensor& b = {},
                        Activation activation = Activation::none);

}  // namespace xg
