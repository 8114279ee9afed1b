#pragma once

#include <xgrad/autograd/detail/body.hpp>

// Loops over index arrays. Indices may be negative, as in NumPy; all that write add or store in the order of the
// indices, whatever the number of threads, so that duplicates give the same bits each time.

namespace xg::detail {

/// Whose indices they are, for messages.
struct IndexedAxis {
    const char* operation;
    std::size_t axis;
    const Shape& shape;
};

/// Throws DTypeError, naming `operation`, unless t holds int64.
void check_indices(const Tensor& t, const char* operation);

/// Rows of `inner` elements that lie as (outer, size, inner) in an array, and as (outer, n, inner) where they are
/// picked out of it.
struct Rows {
    std::int64_t outer, size, inner, n;
};

/// to[o, i, :] = from[o, index[i], :]. Throws IndexError.
void take_rows(const Rows& rows, DType dtype, const char* from, const std::int64_t* index, char* to,
               const IndexedAxis& what);
/// to[o, index[i], :] += from[o, i, :]; the partial sums of many float32 are float64. Throws IndexError, maybe after it
/// has begun.
void add_rows(const Rows& rows, DType dtype, char* to, const std::int64_t* index, const char* from,
              const IndexedAxis& what);
/// to[o, index[i], :] = from[o, i, :]; of duplicates the last counts. Throws IndexError, maybe after it has begun.
void put_rows(const Rows& rows, DType dtype, char* to, const std::int64_t* index, const char* from,
              const IndexedAxis& what);

/// to[i] += step · (index[i] counted from the front of `size`), for n of them. Throws IndexError.
void add_positions(const std::int64_t* index, std::int64_t n, std::int64_t size, std::int64_t step, std::int64_t* to,
                   const IndexedAxis& what);

/// x's entries along axis `at`, one for each index. Recorded as `operation`.
Tensor take_entries(const char* operation, const Tensor& x, const Tensor& indices, std::size_t at,
                    const IndexedAxis& what);

/// An index array of shape `shape`, contiguous, each element of which picks a place along `axis` of an array of
/// `strides`; along the other axes it stays where it is.
struct Along {
    Shape shape;
    std::size_t axis;
    Shape strides;      // of the array that is indexed
    std::int64_t size;  // of its axis
};

/// to[…, j, …] = from[…, index[…, j, …], …], with `to` contiguous. Throws IndexError.
void gather_along(const Along& along, DType dtype, const char* from, const std::int64_t* index, char* to,
                  const IndexedAxis& what);
/// to[…, index[…, j, …], …] += from[…, j, …], with both contiguous. Throws IndexError, maybe after it has begun.
void add_along(const Along& along, DType dtype, char* to, const std::int64_t* index, const char* from,
               const IndexedAxis& what);
/// The same that stores; of duplicates the last counts.
void put_along(const Along& along, DType dtype, char* to, const std::int64_t* index, const char* from,
               const IndexedAxis& what);

}  // namespace xg::detail
