#pragma once

#include <xgrad/autograd/tensor.hpp>

// Linear systems, determinants and decompositions of matrices, through LAPACK. All take batches: the last two axes are
// the matrices', those before are any. They take float32 and float64 and throw DTypeError for other dtypes, and
// ShapeError for shapes that do not fit. Matrices of size 0 and batches of none are taken.
//
// All derivatives can be differentiated again. Where there is no derivative backward throws GradError and says why: it
// is found only when the gradient is asked for. Errors in the elements themselves (a singular matrix, say) are
// ValueErrors that name the matrix in the batch. The formulas are those of Giles, Collected matrix derivative results
// for forward and reverse mode algorithmic differentiation (2008), unless another source is named.

namespace xg {

/// The x with a · x = b, by LU factors with partial pivoting. a is (..., n, n); b is (..., n, r), or vectors: (n,), or
/// a's shape without its last axis. Axes before these broadcast. Infinity goes through; a matrix with a NaN gives
/// nothing but NaN. Throws ValueError where a pivot is exactly 0.
XG_EXPORT Tensor solve(const Tensor& a, const Tensor& b);

/// Which triangle is solved, and where it stands.
struct TriangularOptions {
    bool upper = false;          ///< The upper triangle is read, else the lower.
    bool left = true;            ///< a · x = b, else x · a = b.
    bool unitriangular = false;  ///< The diagonal is taken for 1, and not read.
};

/// The x with a · x = b for triangular a, (..., n, n), and b, (..., n, r), or (..., r, n) where a is on the right. The
/// other triangle is not read. A 0 on the diagonal gives infinities and NaN, as in PyTorch.
XG_EXPORT Tensor solve_triangular(const Tensor& a, const Tensor& b, const TriangularOptions& options = {});

/// The x with L · Lᵀ · x = b, for a lower triangle `l`, (..., n, n), as `cholesky` gives it, and b, (..., n, r); or
/// with Uᵀ · U · x = b, where `upper`.
XG_EXPORT Tensor cholesky_solve(const Tensor& b, const Tensor& l, bool upper = false);

/// The inverses of (..., n, n). Infinity goes through; of a matrix with a NaN all elements are NaN. Throws ValueError
/// where a pivot of the LU factors is exactly 0. For a⁻¹ · b `solve` is faster and more precise.
XG_EXPORT Tensor inv(const Tensor& a);

/// The determinants, (...), of (..., n, n); 1 for n = 0, NaN for a matrix with a NaN. The gradient is that of the
/// adjugate, at singular matrices, too: from LU factors where these are regular, else from singular values; PyTorch
/// gives 0 there. The second derivative of singular matrices of a rank below n - 1 throws GradError.
XG_EXPORT Tensor det(const Tensor& a);

struct SlogdetResult {
    Tensor sign;       ///< -1, 0 or 1, (...), or NaN for a matrix with a NaN; no gradient flows through it.
    Tensor logabsdet;  ///< The logarithm of the determinant's absolute value, (...); -inf for singular matrices.
};
/// Sign and logarithm of the determinants of (..., n, n): det = sign · exp(logabsdet), without overflow. A gradient at
/// a singular matrix throws GradError.
XG_EXPORT SlogdetResult slogdet(const Tensor& a);

/// The whole power n of (..., m, m), by repeated squaring; of the inverse for n < 0, which throws ValueError where
/// there is none.
XG_EXPORT Tensor matrix_power(const Tensor& a, std::int64_t n);

/// The lower triangular L with a = L · Lᵀ, for symmetric positive definite (..., n, n). Only the lower triangle of `a`
/// is read; the gradient is symmetric. Throws ValueError where a matrix is not positive definite or has NaN.
/// Derivative: Murray, Differentiation of the Cholesky decomposition (2016).
XG_EXPORT Tensor cholesky(const Tensor& a);

struct QrResult {
    Tensor q;  ///< (..., m, k), orthonormal columns, k = min(m, n).
    Tensor r;  ///< (..., k, n), upper triangular.
};
/// The reduced decomposition a = Q · R of (..., m, n). As LAPACK's, R's diagonal may be negative. Of a matrix with a
/// NaN all of Q and of R's upper triangle is NaN. A gradient where R's diagonal has a 0, to rounding, throws GradError:
/// the first min(m, n) columns of `a` must be independent. Derivative: Walter & Lehmann, Algorithmic differentiation of
/// linear algebra functions (2010).
XG_EXPORT QrResult qr(const Tensor& a);

struct EighResult {
    Tensor eigenvalues;   ///< (..., n), ascending.
    Tensor eigenvectors;  ///< (..., n, n), orthonormal, in columns, each up to its sign.
};
/// Eigenvalues and -vectors of symmetric (..., n, n). Only the lower triangle is read; the gradient is symmetric.
/// Throws ValueError for NaN and infinity. A gradient of the eigenvectors throws GradError where it depends on two of
/// which the eigenvalues are equal to rounding; one that is 0 along both does not.
XG_EXPORT EighResult eigh(const Tensor& a);

struct SvdResult {
    Tensor u;   ///< (..., m, k), orthonormal columns, k = min(m, n).
    Tensor s;   ///< (..., k), descending, none negative.
    Tensor vh;  ///< (..., k, n), orthonormal rows.
};
/// The reduced singular value decomposition a = U · diag(S) · Vh of (..., m, n); columns of U and rows of Vh up to a
/// common sign. Throws ValueError for NaN and infinity. The gradient of S always exists; one of U and Vh throws
/// GradError where it depends on two vectors of which the singular values are equal to rounding, or on the space of
/// those that are 0; one that is 0 along these does not. Derivative: Townsend, Differentiating the singular value
/// decomposition (2016).
XG_EXPORT SvdResult svd(const Tensor& a);

/// What counts as 0. A singular value does if it is at most max(absolute, relative · the greatest).
struct PinvOptions {
    double absolute = 0;   ///< At least 0.
    double relative = -1;  ///< Negative: max(m, n) times the dtype's epsilon, or 0 where `absolute` is given.
};
/// The Moore-Penrose inverses, (..., n, m), of (..., m, n), by singular values. Throws ValueError for NaN and infinity,
/// for options of NaN and for an `absolute` below 0. The gradient is that along matrices of the same rank: Golub &
/// Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate
/// (1973).
XG_EXPORT Tensor pinv(const Tensor& a, const PinvOptions& options = {});

struct LstsqResult {
    Tensor solution;  ///< (..., n, r), or (..., n) for vectors.
    Tensor
        residuals;  ///< |a · x - b|² of each column, (..., r) or (...); of shape (0,) where m <= n or a rank is below n.
    Tensor rank;             ///< int64, (...).
    Tensor singular_values;  ///< Of a, (..., min(m, n)); no gradient flows through them.
};
/// The x with the least |a · x - b|, and of these the shortest, by singular values. a is (..., m, n), b (..., m, r), or
/// vectors: (m,), or a's shape without its last axis. Axes before these broadcast. Singular values of at most `cutoff`
/// times the greatest count as 0; negative: max(m, n) times the dtype's epsilon. Throws ValueError for NaN and infinity
/// in `a`. A gradient throws GradError where the rank is below min(m, n): x then jumps.
XG_EXPORT LstsqResult lstsq(const Tensor& a, const Tensor& b, double cutoff = -1);

}  // namespace xg
