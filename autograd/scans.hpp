#pragma once

#include <xgrad/autograd/tensor.hpp>

// Running sums, products and extrema along an axis; a negative one counts from the end. A tensor of rank 0 counts as
// one element, of axis 0. They throw ShapeError for an axis that is out of range.

namespace xg {

/// The sum of all elements up to each one. bool is summed as int64. float32 is summed in double precision, so that long
/// axes stay exact to the last bits.
XG_EXPORT Tensor cumsum(const Tensor& x, std::int64_t axis);
/// The product of all elements up to each one. bool is multiplied as int64. The gradient holds where elements are 0,
/// too.
XG_EXPORT Tensor cumprod(const Tensor& x, std::int64_t axis);
/// log(Σ exp(x)) over all elements up to each one, without overflow. Integers give float32.
XG_EXPORT Tensor logcumsumexp(const Tensor& x, std::int64_t axis);

/// Running extrema: `auto [values, indices] = xg::cummax(x, 0);`.
struct CumulativeResult {
    Tensor values;
    Tensor indices;  ///< int64: where along the axis each value lies.
};

/// The greatest element up to each one, and its position: the last of several. NaN, once met, stays. The gradient goes
/// to that position.
XG_EXPORT CumulativeResult cummax(const Tensor& x, std::int64_t axis);
/// The least element up to each one, and its position: the last of several. NaN, once met, stays. The gradient goes to
/// that position.
XG_EXPORT CumulativeResult cummin(const Tensor& x, std::int64_t axis);

/// The differences of neighbours, x[i + 1] - x[i], taken n times; of bool, whether they differ. Throws ValueError for n
/// < 0, and ShapeError for rank 0.
XG_EXPORT Tensor diff(const Tensor& x, std::int64_t n = 1, std::int64_t axis = -1);

}  // namespace xg
