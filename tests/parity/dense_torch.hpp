#pragma once

#include <ATen/ATen.h>

namespace parity {

/// A copy with the usual steps from one element to the next: for some others libtorch throws or has wrong derivatives.
inline at::Tensor dense(const at::Tensor& x) { return x.clone(at::MemoryFormat::Contiguous); }

/// The same tensor, whose gradient comes to what computed it in that layout.
inline at::Tensor dense_gradient(const at::Tensor& y) { return y.reshape({-1}).reshape(y.sizes()); }

}  // namespace parity
