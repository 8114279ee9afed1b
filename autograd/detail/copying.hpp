#pragma once

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

/// Copies an array of `shape`, of elements of `dtype`, whose steps (in elements, of any sign) are `from_strides`, to
/// where `to_strides` say. The two must not overlap, and no two elements of the target may.
void copy_strided(const Shape& shape, DType dtype, char* to, const Shape& to_strides, const char* from,
                  const Shape& from_strides);

/// t's elements in row-major order, outside of any graph: t itself, as an alias, where they lie so already; a copy that may
/// be written to, where `copied`. What is undefined stays so.
Tensor dense(const Tensor& t, bool copied = false);

}  // namespace xg::detail
