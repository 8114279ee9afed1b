#pragma once

#include <xgrad/autograd/detail/lines.hpp>

namespace xg::detail {

/// softmax and log_softmax of lines whose elements do not lie side by side: 64 of them at a time, or all that there
/// are. `x` and `y` are the first elements.
template <class T>
void softmax_columns(const Lines& lines, const T* x, T* y, bool logarithm);
/// Their gradients.
template <class T>
void softmax_backward_columns(const Lines& lines, const T* g, const T* y, T* out, bool logarithm);

}  // namespace xg::detail
