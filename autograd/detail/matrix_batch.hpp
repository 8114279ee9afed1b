#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/threads.hpp>

// What operations on batches of matrices, (..., m, n), have in common.

namespace xg::detail {

/// Throws ValueError for an undefined tensor, DTypeError unless it is of a floating-point type, and ShapeError unless
/// it has rank 2 or more, a square last pair of axes where `square`, and sizes that LAPACK can count.
void check_matrices(const Tensor& x, const char* operation, bool square = false);
/// Throws ShapeError where the last two axes are longer than LAPACK can count.
void check_lapack_size(const Shape& shape, const char* operation);

inline std::int64_t rows_of(const Tensor& x) { return body(x).shape[body(x).shape.rank() - 2]; }
inline std::int64_t columns_of(const Tensor& x) { return body(x).shape.back(); }

/// A shape without its last two axes.
inline Shape batch_of(const Shape& shape) { return Shape(shape.data(), shape.rank() - 2); }

inline Shape with_axis(const Shape& batch, std::int64_t n) { return batch.inserted(batch.rank(), n); }
inline Shape with_matrix(const Shape& batch, std::int64_t m, std::int64_t n) {
    return with_axis(with_axis(batch, m), n);
}

/// "matrix" for the only one, or "matrix (1, 2) of the batch".
std::string matrix_name(const Shape& batch, std::int64_t index);

/// Throws ValueError, naming the matrix, where one has an element that is NaN or infinite; of the lower triangles
/// alone, if `lower`.
void check_finite(const Tensor& x, const char* operation, bool lower = false);

/// Whether one of n numbers is NaN.
template <class T>
bool any_nan(const T* x, std::int64_t n) {
    bool found = false;
    for (std::int64_t i = 0; i < n; ++i) found |= x[i] != x[i];
    return found;
}

/// Calls `f` with a null pointer of float or double.
template <class F>
decltype(auto) dispatch_floating(DType dtype, F&& f) {
    if (dtype == DType::float32) return f(static_cast<float*>(nullptr));
    return f(static_cast<double*>(nullptr));
}

/// Calls `f(i)` for each matrix of a batch, in parallel if `work`, the operations that one takes, is enough of it.
template <class F>
void each_matrix(std::int64_t count, std::int64_t work, F&& f) {
    constexpr std::int64_t worth_sharing = 1 << 16;
    const std::int64_t together = std::max<std::int64_t>(1, worth_sharing / std::max<std::int64_t>(work, 1));
    parallel_for((count + together - 1) / together, [&](std::int64_t task) {
        for (std::int64_t i = task * together; i < std::min(count, (task + 1) * together); ++i) f(i);
    });
}

/// The first matrix of which the code is not 0; -1 if none is.
inline std::int64_t first_failure(const std::vector<int>& codes) {
    const auto found = std::find_if(codes.begin(), codes.end(), [](int code) { return code != 0; });
    return found == codes.end() ? -1 : found - codes.begin();
}

// Of recorded operations:

/// The lower or upper triangle of each matrix, 0 elsewhere; without the diagonal, if `strict`.
Tensor lower_part(const Tensor& x, bool strict = false);
Tensor upper_part(const Tensor& x, bool strict = false);
/// The diagonals, (..., n) of (..., n, n), and matrices of diagonals.
Tensor diagonal_of(const Tensor& x);
Tensor diagonal_matrix(const Tensor& v);
/// (..., n) as rows (..., 1, n), and as columns (..., n, 1).
Tensor as_row(const Tensor& v);
Tensor as_column(const Tensor& v);
/// x - xᵀ and (x + xᵀ) / 2.
Tensor skew(const Tensor& x);
Tensor symmetric(const Tensor& x);

}  // namespace xg::detail
