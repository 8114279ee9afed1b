#pragma once

#include <initializer_list>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Elements picked by indices and masks, and put back. Indices are int64 tensors; negative ones count from the end, as
// in NumPy. Those that are out of range throw IndexError, which names index, axis and shape; other dtypes throw
// DTypeError. Where several indices name one place, what they bring there is added in the order of the indices: results
// do not depend on the number of threads.

namespace xg {

/// Entries of x along `axis`, one for each index: the result has the shape of `indices` in place of the axis, as
/// NumPy's take. Throws ShapeError.
XG_EXPORT Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis);
/// Elements of the flattened x, in the shape of `indices`.
XG_EXPORT Tensor take(const Tensor& x, const Tensor& indices);
/// `take` for a vector of indices (or a single one, of rank 0), as PyTorch's index_select. Throws ShapeError.
XG_EXPORT Tensor index_select(const Tensor& x, std::int64_t axis, const Tensor& index);
/// x with entry i of `src` along `axis` added to entry index[i]. `src` has x's shape, but for as many entries along the
/// axis as `index` has. Throws ShapeError, and DTypeError unless x and src are of one dtype.
XG_EXPORT Tensor index_add(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src);

/// y[i, j, …] = x[index[i, j, …], j, …] for axis 0, and so for the others, in the shape of `index`: of x's rank, and at
/// most its size along the other axes. Throws ShapeError.
XG_EXPORT Tensor gather(const Tensor& x, std::int64_t axis, const Tensor& index);
/// `gather` whose operands are broadcast against each other along the other axes, as NumPy's take_along_axis. Throws
/// ShapeError.
XG_EXPORT Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::int64_t axis);
/// x with src[i, j, …] added to its element (index[i, j, …], j, …), for axis 0; the reverse of `gather`. `index` is at
/// most as large as `src` along each axis, and as x along all but `axis`. Throws ShapeError, and DTypeError unless x
/// and src are of one dtype.
XG_EXPORT Tensor scatter_add(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src);
/// The same, but what src brings replaces x's elements. Of several for one place the last in row-major order counts,
/// and it alone has a gradient.
XG_EXPORT Tensor scatter(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src);
XG_EXPORT Tensor scatter(const Tensor& x, std::int64_t axis, const Tensor& index, Scalar value);

/// The elements where `mask` (bool) holds, as a vector in row-major order; x and mask are broadcast. Throws ShapeError,
/// DTypeError.
XG_EXPORT Tensor masked_select(const Tensor& x, const Tensor& mask);
/// x with `value` where `mask` (bool) holds; x and mask are broadcast. Throws ShapeError, and DTypeError for a value
/// that x's dtype cannot hold.
XG_EXPORT Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value);
/// The same with a tensor of rank 0.
XG_EXPORT Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value);
/// The positions of all elements other than 0, in row-major order: int64 of shape (number, rank). NaN is other than 0.
XG_EXPORT Tensor nonzero(const Tensor& x);

/// Python's start:stop:step as an entry of `index`. What is left out is open.
struct Slice {
    std::optional<std::int64_t> start = {};
    std::optional<std::int64_t> stop = {};
    std::int64_t step = 1;
};

/// Python's `...` as an entry of `index`: all axes that no other entry is for.
struct Ellipsis {};

/// A new axis of size 1 as an entry of `index`.
struct NewAxis {};
inline constexpr NewAxis newaxis{};

/// An entry of `index`: a number, a Slice, Ellipsis, newaxis, an int64 tensor of indices or a bool tensor.
class IndexEntry {
public:
    template <class T>
        requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
    IndexEntry(T i) : value_(static_cast<std::int64_t>(i)) {}
    IndexEntry(const Slice& slice) : value_(slice) {}
    IndexEntry(Ellipsis ellipsis) : value_(ellipsis) {}
    IndexEntry(NewAxis axis) : value_(axis) {}
    IndexEntry(const Tensor& indices) : value_(indices) {}

    using Value = std::variant<std::int64_t, Slice, Ellipsis, NewAxis, Tensor>;
    const Value& value() const noexcept { return value_; }

private:
    Value value_;
};

/// x[entries…] by NumPy's rules: `index(x, {Slice{1, 3}, Ellipsis{}, newaxis, -1, rows})`.
///
/// A number picks an entry and takes its axis away, a Slice picks a range, and axes without an entry stay whole. int64
/// tensors are broadcast together, and so are numbers beside them; their axes take the place of the first of them where
/// all stand side by side, else come first. A bool tensor stands for as many axes as it has, and for the indices at
/// which it holds. Without tensors, and with steps above 0, the result is a view. Throws IndexError for too many
/// entries, indices out of range and masks of another shape; ShapeError for tensors that do not broadcast; DTypeError
/// for other dtypes; ValueError for a step of 0 and a second Ellipsis.
XG_EXPORT Tensor index(const Tensor& x, const std::vector<IndexEntry>& entries);

/// x with x[entries…] replaced by `values`, which broadcast to its shape; with `accumulate` they are added instead. Of
/// several values for one place the last in row-major order counts, and it alone has a gradient. Throws as `index`
/// does, and ShapeError for values that do not broadcast, DTypeError unless they are of x's dtype.
XG_EXPORT Tensor index_put(const Tensor& x, const std::vector<IndexEntry>& entries, const Tensor& values,
                           bool accumulate = false);

}  // namespace xg
