#pragma once

#include <initializer_list>
#include <vector>

#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/tensor.hpp>

// Operations that move elements about. Negative axes count from the end. Those that return a view share the elements of
// their input.

namespace xg {

/// The same elements in another shape; one size may be -1. A view where the strides allow. Throws ShapeError.
XG_EXPORT Tensor reshape(const Tensor& x, const Shape& shape);
/// Axes `first` to `last`, both included, as one: a view where the strides allow. Rank 0 becomes rank 1. Throws
/// ShapeError.
XG_EXPORT Tensor flatten(const Tensor& x, std::int64_t first = 0, std::int64_t last = -1);
/// Axis `axis` as several of `sizes`, one of which may be -1: a view. Throws ShapeError.
XG_EXPORT Tensor unflatten(const Tensor& x, std::int64_t axis, const Shape& sizes);
/// x without its axes of size 1, or without those of `axes` that have size 1: a view. As in PyTorch given axes of other
/// sizes stay. Throws ShapeError for axes that are out of range or given twice.
XG_EXPORT Tensor squeeze(const Tensor& x, const Axes& axes = {});
/// x with a new axis of size 1, which is axis `axis` of the result: a view. Throws ShapeError.
XG_EXPORT Tensor unsqueeze(const Tensor& x, std::int64_t axis);
/// x with axes of size 1 in front up to rank 1, as NumPy's: a view.
XG_EXPORT Tensor atleast_1d(const Tensor& x);
/// The same up to rank 2: a vector of n becomes (1, n).
XG_EXPORT Tensor atleast_2d(const Tensor& x);
/// The same up to rank 3: a vector of n becomes (1, n, 1), a matrix (n, m) becomes (n, m, 1).
XG_EXPORT Tensor atleast_3d(const Tensor& x);

/// Axes `a` and `b` exchanged: a view. Throws ShapeError.
XG_EXPORT Tensor transpose(const Tensor& x, std::int64_t a = -1, std::int64_t b = -2);
/// The same, by NumPy's name.
XG_EXPORT Tensor swapaxes(const Tensor& x, std::int64_t a, std::int64_t b);
/// x with its axes in the given order, each once: a view. Throws ShapeError.
XG_EXPORT Tensor permute(const Tensor& x, const Shape& axes);
/// Axes `source` moved to the positions `destination`, the others in their order: a view. Throws ShapeError.
XG_EXPORT Tensor moveaxis(const Tensor& x, const Axes& source, const Axes& destination);

/// Elements start, start + step, … before `stop` along `axis`. As in Python, negative positions count from the end and
/// what is out of range is cut off; a negative step goes down from `start` to behind `stop`, so that `slice(x, 0, -1,
/// -n - 1, -1)` turns n rows over. A view, or with a negative step a copy. Throws ShapeError, and ValueError for a step
/// of 0.
XG_EXPORT Tensor slice(const Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t stop,
                       std::int64_t step = 1);
/// Entry `i` along `axis`, which goes away: a view. Throws ShapeError, IndexError.
XG_EXPORT Tensor select(const Tensor& x, std::int64_t axis, std::int64_t i);
/// The elements in reversed order along `axes`, all by default; a copy. Throws ShapeError.
XG_EXPORT Tensor flip(const Tensor& x, const Axes& axes = {});
/// Pieces of `size` along `axis`, the last one shorter where it does not divide: views. Throws ShapeError, ValueError.
XG_EXPORT std::vector<Tensor> split(const Tensor& x, std::int64_t size, std::int64_t axis = 0);
/// Pieces of the given sizes, which must add up to that of the axis.
XG_EXPORT std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes, std::int64_t axis = 0);
XG_EXPORT std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, std::int64_t axis = 0);
/// At most `chunks` pieces of equal size along `axis`, the last one shorter where it does not divide: views. As in
/// PyTorch there may be fewer. Throws ShapeError, ValueError.
XG_EXPORT std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, std::int64_t axis = 0);
/// The entries along `axis`, which goes away: views. Throws ShapeError.
XG_EXPORT std::vector<Tensor> unbind(const Tensor& x, std::int64_t axis = 0);

/// Repeats x along axes of size 1, and new ones in front, to `shape`: a view. Throws ShapeError.
XG_EXPORT Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The tensors one after another along `axis`; the other sizes must agree. dtypes are promoted. Throws ShapeError, and
/// ValueError for none.
XG_EXPORT Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis = 0);
/// Tensors of one shape along a new axis, which is axis `axis` of the result. dtypes are promoted. Throws ShapeError,
/// and ValueError for none.
XG_EXPORT Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis = 0);
/// The elements of the flattened x moved on by `shift`; those that leave at the end come back at the beginning.
XG_EXPORT Tensor roll(const Tensor& x, std::int64_t shift);
/// The same along an axis. Throws ShapeError.
XG_EXPORT Tensor roll(const Tensor& x, std::int64_t shift, std::int64_t axis);
/// The same along several axes, shifts[i] along axes[i]; an axis may come twice. Throws ShapeError where there are not
/// as many.
XG_EXPORT Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes);
/// x as a whole repeats[i] times along axis i, as PyTorch's Tensor.repeat: more numbers than axes make new axes in
/// front. Throws ShapeError for fewer and ValueError for negative ones.
XG_EXPORT Tensor repeat(const Tensor& x, const Shape& repeats);
/// The same with NumPy's rule for fewer numbers than axes: they are for the last axes.
XG_EXPORT Tensor tile(const Tensor& x, const Shape& repeats);
/// Each element of the flattened x `n` times in a row, as NumPy's repeat. Throws ValueError for a negative number.
XG_EXPORT Tensor repeat_interleave(const Tensor& x, std::int64_t n);
/// Each entry along `axis` n times in a row. Throws ShapeError, ValueError.
XG_EXPORT Tensor repeat_interleave(const Tensor& x, std::int64_t n, std::int64_t axis);
/// Entry i along `axis` repeats[i] times in a row; `repeats` is an int64 vector of as many. Throws ShapeError,
/// DTypeError, ValueError.
XG_EXPORT Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::int64_t axis);

}  // namespace xg
