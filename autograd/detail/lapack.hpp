#pragma once

#include <cstdint>

// Single dense matrices through LAPACK, on the calling thread alone. All matrices are row-major and without gaps unless
// said: a row-major matrix is the transpose of a column-major one, so each function asks LAPACK for the transposed
// problem, and nothing is copied around. Sizes are at least 1. T is float or double.

namespace xg::detail {

/// The most rows or columns that LAPACK can count.
inline constexpr std::int64_t kLapackSize = 0x7fffffff;

/// Factors the (n, n) matrix `a` in place for `lu_solve` and `lu_invert`: the transpose of `a` is P · L · U. Its
/// diagonal becomes that of U; `pivots` gets n numbers, from 1 on, of which each that differs from its place swaps two
/// columns. Returns 0, or the number, from 1 on, of the first diagonal element of U that is 0.
template <class T>
int lu_factor(std::int64_t n, T* a, int* pivots);

/// Solves a · x = b, or aᵀ · x = b, in place of the (n, r) matrix `b`, with the factors of a.
template <class T>
void lu_solve(std::int64_t n, std::int64_t r, const T* factors, const int* pivots, bool transposed, T* b);

/// Turns the factors of a into a's inverse.
template <class T>
void lu_invert(std::int64_t n, T* factors, const int* pivots);

/// Solves a · x = b, or x · a = b where not `left`, in place of the (m, n) matrix `b`, for a triangular `a` whose rows
/// are `stride` apart, or whose columns are, if `transposed`. What is on the other side of a's diagonal is not read;
/// nor is the diagonal, if `unit`.
template <class T>
void solve_triangle(std::int64_t m, std::int64_t n, const T* a, std::int64_t stride, bool transposed, bool upper,
                    bool left, bool unit, T* b);

/// Replaces the lower triangle of the (n, n) matrix `a` by that of its Cholesky factor L, a = L · Lᵀ; the rest is not
/// touched. Returns 0, or the order, from 1 on, of the first leading part that is not positive definite.
template <class T>
int cholesky_factor(std::int64_t n, T* a);

/// The reduced QR decomposition of the (m, n) matrix `a`, which is overwritten; with k = min(m, n), q is (m, k) and r
/// (k, n).
template <class T>
void qr_factor(std::int64_t m, std::int64_t n, T* a, T* q, T* r);

/// The eigenvalues of a symmetric (n, n) matrix, ascending, and in the rows of `a` their eigenvectors. Only the lower
/// triangle of `a` is read. Returns 0 unless it did not converge.
template <class T>
int symmetric_eigen(std::int64_t n, T* a, T* values);

/// The reduced singular value decomposition of the (m, n) matrix `a`, which is overwritten; with k = min(m, n), u is
/// (m, k), vh (k, n), and the k singular values descend. Returns 0 unless it did not converge.
template <class T>
int singular_values(std::int64_t m, std::int64_t n, T* a, T* u, T* s, T* vh);

/// The x of least norm with the least |a · x - b|, by singular values. Column-major: `a` is (m, n), b (max(m, n), r),
/// of which the first m rows are given and the first n become x. Singular values, descending, below `cutoff` times the
/// first are taken for 0; `rank` counts the others. Returns 0 unless it did not converge.
template <class T>
int least_squares(std::int64_t m, std::int64_t n, std::int64_t r, T* a, T* b, T cutoff, T* s, std::int64_t* rank);

}  // namespace xg::detail
