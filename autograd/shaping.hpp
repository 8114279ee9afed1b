#pragma once

#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Operations that move elements about. Negative axes count from the end. Those that return a view share the elements of their input.

namespace xg {

/// The same elements in another shape; one size may be -1. A view where the strides allow. Throws ShapeError.
XG_EXPORT Tensor reshape(const Tensor& x, const Shape& shape);
/// Axes `a` and `b` exchanged: a view. Throws ShapeError.
XG_EXPORT Tensor transpose(const Tensor& x, std::int64_t a = -1, std::int64_t b = -2);
/// Elements start, start + step, … before `stop` along `axis`: a view. As in Python, negative positions count from the end and what is
/// out of range is cut off. Throws ShapeError, and ValueError for step < 1.
XG_EXPORT Tensor slice(const Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t stop,
                       std::int64_t step = 1);
/// Repeats x along axes of size 1, and new ones in front, to `shape`: a view. Throws ShapeError.
XG_EXPORT Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The tensors one after another along `axis`; the other sizes must agree. dtypes are promoted. Throws ShapeError, and ValueError for none.
XG_EXPORT Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis = 0);

}  // namespace xg
