#pragma once

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

enum class Reduction : std::uint8_t { sum, max, min };

/// Reduces x over the axes that `reduced` marks with 1; these have size 1 in the result. Not recorded. float64 partial sums.
Tensor reduce(Reduction kind, const Tensor& x, const Shape& reduced);

/// Sums a gradient back to the `shape` of the input of `operation` that was broadcast. Recorded. Throws GradError where it cannot be.
Tensor sum_to(const Tensor& gradient, const Shape& shape, const char* operation);

}  // namespace xg::detail
