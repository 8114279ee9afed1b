#pragma once

#include <xgrad/autograd/detail/resample.hpp>
#include <xgrad/autograd/tensor.hpp>

namespace xg::detail {

/// x (N, C, H, W), or (N, C, L) with the rule of a single row, resampled along its last axes. Recorded.
Tensor resampled(const char* operation, const Tensor& x, const AxisRule& rows, const AxisRule& columns);

}  // namespace xg::detail
