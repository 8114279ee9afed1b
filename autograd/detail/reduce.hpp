#pragma once

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

enum class Reduction : std::uint8_t { sum, mean, max, min };

/// Reduces x over the axes that `reduced` marks with 1; these have size 1 in the result. Not recorded. float64 partial
/// sums. `mean` is for floating-point types: it divides before it rounds, so that sums beyond the type's range do no
/// harm.
Tensor reduce(Reduction kind, const Tensor& x, const Shape& reduced);

/// 1/n for each of the n elements of x that equal the result y of their reduction (and for NaN), 0 for the others.
/// Constant, so not recorded.
Tensor tie_shares(const Tensor& x, const Tensor& y, const Shape& reduced);

/// Sums a gradient back to the `shape` of the input of `operation` that was broadcast. Recorded. Throws GradError where
/// it cannot be.
Tensor sum_to(const Tensor& gradient, const Shape& shape, const char* operation);

}  // namespace xg::detail
