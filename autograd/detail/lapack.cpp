#include <xgrad/autograd/detail/lapack.hpp>

#include <algorithm>
#include <cstddef>

#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/error.hpp>

// The few Fortran routines that are used, as LAPACK declares them; after the arguments come the lengths of the strings,
// as gfortran passes them.
extern "C" {
void sgetrf_(const int* m, const int* n, float* a, const int* lda, int* pivots, int* info);
void sgetrs_(const char* trans, const int* n, const int* r, const float* a, const int* lda, const int* pivots, float* b,
             const int* ldb, int* info, std::size_t);
void sgetri_(const int* n, float* a, const int* lda, const int* pivots, float* work, const int* lwork, int* info);
void spotrf_(const char* uplo, const int* n, float* a, const int* lda, int* info, std::size_t);
void strsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m, const int* n,
            const float* alpha, const float* a, const int* lda, float* b, const int* ldb, std::size_t, std::size_t,
            std::size_t, std::size_t);
void sgelqf_(const int* m, const int* n, float* a, const int* lda, float* tau, float* work, const int* lwork,
             int* info);
void sorglq_(const int* m, const int* n, const int* k, float* a, const int* lda, const float* tau, float* work,
             const int* lwork, int* info);
void ssyevd_(const char* job, const char* uplo, const int* n, float* a, const int* lda, float* w, float* work,
             const int* lwork, int* iwork, const int* liwork, int* info, std::size_t, std::size_t);
void sgesdd_(const char* job, const int* m, const int* n, float* a, const int* lda, float* s, float* u, const int* ldu,
             float* vt, const int* ldvt, float* work, const int* lwork, int* iwork, int* info, std::size_t);
void sgelsd_(const int* m, const int* n, const int* r, float* a, const int* lda, float* b, const int* ldb, float* s,
             const float* rcond, int* rank, float* work, const int* lwork, int* iwork, int* info);
void dgetrf_(const int* m, const int* n, double* a, const int* lda, int* pivots, int* info);
void dgetrs_(const char* trans, const int* n, const int* r, const double* a, const int* lda, const int* pivots,
             double* b, const int* ldb, int* info, std::size_t);
void dgetri_(const int* n, double* a, const int* lda, const int* pivots, double* work, const int* lwork, int* info);
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info, std::size_t);
void dtrsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m, const int* n,
            const double* alpha, const double* a, const int* lda, double* b, const int* ldb, std::size_t, std::size_t,
            std::size_t, std::size_t);
void dgelqf_(const int* m, const int* n, double* a, const int* lda, double* tau, double* work, const int* lwork,
             int* info);
void dorglq_(const int* m, const int* n, const int* k, double* a, const int* lda, const double* tau, double* work,
             const int* lwork, int* info);
void dsyevd_(const char* job, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
             const int* lwork, int* iwork, const int* liwork, int* info, std::size_t, std::size_t);
void dgesdd_(const char* job, const int* m, const int* n, double* a, const int* lda, double* s, double* u,
             const int* ldu, double* vt, const int* ldvt, double* work, const int* lwork, int* iwork, int* info,
             std::size_t);
void dgelsd_(const int* m, const int* n, const int* r, double* a, const int* lda, double* b, const int* ldb, double* s,
             const double* rcond, int* rank, double* work, const int* lwork, int* iwork, int* info);
}

namespace xg::detail {
namespace {

/// The routines of each type by one name.
template <class T>
struct Routines;
template <>
struct Routines<float> {
    static constexpr auto getrf = sgetrf_;
    static constexpr auto getrs = sgetrs_;
    static constexpr auto getri = sgetri_;
    static constexpr auto potrf = spotrf_;
    static constexpr auto trsm = strsm_;
    static constexpr auto gelqf = sgelqf_;
    static constexpr auto orglq = sorglq_;
    static constexpr auto syevd = ssyevd_;
    static constexpr auto gesdd = sgesdd_;
    static constexpr auto gelsd = sgelsd_;
};
template <>
struct Routines<double> {
    static constexpr auto getrf = dgetrf_;
    static constexpr auto getrs = dgetrs_;
    static constexpr auto getri = dgetri_;
    static constexpr auto potrf = dpotrf_;
    static constexpr auto trsm = dtrsm_;
    static constexpr auto gelqf = dgelqf_;
    static constexpr auto orglq = dorglq_;
    static constexpr auto syevd = dsyevd_;
    static constexpr auto gesdd = dgesdd_;
    static constexpr auto gelsd = dgelsd_;
};

int narrow(std::int64_t n) { return static_cast<int>(n); }

constexpr int kAsk = -1;

/// The length of the working memory that LAPACK asked for; a little more, since a float holds no large integers
/// exactly. Throws ShapeError where its own count of it does not fit into an int.
template <class T>
int length_of(T wanted) {
    const double length = static_cast<double>(wanted) * (1 + 1e-6) + 1;
    if (!(wanted >= T(0) && length <= static_cast<double>(kLapackSize)))
        throw ShapeError("LAPACK: the matrix is too large for this decomposition");
    return static_cast<int>(length);
}

template <class T>
void triangle(char side, char uplo, char trans, char diag, int m, int n, const T* a, int lda, T* b, int ldb) {
    const T one = 1;
    Routines<T>::trsm(&side, &uplo, &trans, &diag, &m, &n, &one, a, &lda, b, &ldb, 1, 1, 1, 1);
}

}  // namespace

template <class T>
int lu_factor(std::int64_t n, T* a, int* pivots) {
    use_one_blas_thread();
    const int size = narrow(n);
    int info = 0;
    Routines<T>::getrf(&size, &size, a, &size, pivots, &info);
    return info;
}

template <class T>
void lu_solve(std::int64_t n, std::int64_t r, const T* factors, const int* pivots, bool transposed, T* b) {
    use_one_blas_thread();
    const int size = narrow(n), columns = narrow(r);
    if (r == 1) {
        const char trans = transposed ? 'N' : 'T';
        int info = 0;
        Routines<T>::getrs(&trans, &size, &columns, factors, &size, pivots, b, &size, &info, 1);
        return;
    }
    // To LAPACK b is the (r, n) matrix bᵀ, and xᵀ stands to the left of aᵀ = P · L · U, or of its transpose.
    const auto swap = [&](std::int64_t i) {
        if (const std::int64_t other = pivots[i] - 1; other != i)
            std::swap_ranges(b + i * r, b + (i + 1) * r, b + other * r);
    };
    if (transposed) {
        for (std::int64_t i = 0; i < n; ++i) swap(i);
        triangle('R', 'L', 'T', 'U', columns, size, factors, size, b, columns);
        triangle('R', 'U', 'T', 'N', columns, size, factors, size, b, columns);
    } else {
        triangle('R', 'U', 'N', 'N', columns, size, factors, size, b, columns);
        triangle('R', 'L', 'N', 'U', columns, size, factors, size, b, columns);
        for (std::int64_t i = n; i-- > 0;) swap(i);
    }
}

template <class T>
void lu_invert(std::int64_t n, T* factors, const int* pivots) {
    use_one_blas_thread();
    const int size = narrow(n);
    int info = 0;
    T wanted = 0;
    Routines<T>::getri(&size, factors, &size, pivots, &wanted, &kAsk, &info);
    const int length = length_of(wanted);
    const Scratch<T> work(length);
    Routines<T>::getri(&size, factors, &size, pivots, work.data(), &length, &info);
}

template <class T>
void solve_triangle(std::int64_t m, std::int64_t n, const T* a, std::int64_t stride, bool transposed, bool upper,
                    bool left, bool unit, T* b) {
    use_one_blas_thread();
    // bᵀ is (n, m), and what stood to the left stands to the right. The memory of a row-major lower triangle is a
    // column-major upper one.
    const bool flipped = transposed == upper;
    triangle(left ? 'R' : 'L', flipped ? 'U' : 'L', transposed ? 'T' : 'N', unit ? 'U' : 'N', narrow(n), narrow(m), a,
             narrow(stride), b, narrow(n));
}

template <class T>
int cholesky_factor(std::int64_t n, T* a) {
    use_one_blas_thread();
    const char uplo = 'U';
    const int size = narrow(n);
    int info = 0;
    Routines<T>::potrf(&uplo, &size, a, &size, &info, 1);
    // Not every implementation stops at a NaN.
    for (std::int64_t i = 0; info == 0 && i < n; ++i)
        if (!(a[i * n + i] > T(0))) info = narrow(i + 1);
    return info;
}

template <class T>
void qr_factor(std::int64_t m, std::int64_t n, T* a, T* q, T* r) {
    use_one_blas_thread();
    // aᵀ = L · Q' is a = Q'ᵀ · Lᵀ.
    const std::int64_t k = std::min(m, n);
    const int rows = narrow(n), columns = narrow(m), rank = narrow(k);
    int info = 0;
    T first = 0, second = 0;
    const Scratch<T> tau(k);
    Routines<T>::gelqf(&rows, &columns, a, &rows, tau.data(), &first, &kAsk, &info);
    Routines<T>::orglq(&rank, &columns, &rank, q, &rank, tau.data(), &second, &kAsk, &info);
    const int length = length_of(std::max(first, second));
    const Scratch<T> work(length);
    Routines<T>::gelqf(&rows, &columns, a, &rows, tau.data(), work.data(), &length, &info);
    for (std::int64_t i = 0; i < k; ++i) {
        std::fill_n(r + i * n, i, T(0));
        std::copy(a + i * n + i, a + i * n + n, r + i * n + i);
    }
    for (std::int64_t i = 0; i < m; ++i) std::copy_n(a + i * n, k, q + i * k);
    Routines<T>::orglq(&rank, &columns, &rank, q, &rank, tau.data(), work.data(), &length, &info);
}

template <class T>
int symmetric_eigen(std::int64_t n, T* a, T* values) {
    use_one_blas_thread();
    const char job = 'V', uplo = 'U';
    const int size = narrow(n);
    int info = 0, integers = 0;
    T wanted = 0;
    Routines<T>::syevd(&job, &uplo, &size, a, &size, values, &wanted, &kAsk, &integers, &kAsk, &info, 1, 1);
    const int length = length_of(wanted);
    const Scratch<T> work(length);
    const Scratch<int> integer_work(integers);
    Routines<T>::syevd(&job, &uplo, &size, a, &size, values, work.data(), &length, integer_work.data(), &integers,
                       &info, 1, 1);
    return info;
}

template <class T>
int singular_values(std::int64_t m, std::int64_t n, T* a, T* u, T* s, T* vh) {
    use_one_blas_thread();
    // aᵀ = V · S · Uᵀ.
    const char job = 'S';
    const int rows = narrow(n), columns = narrow(m), k = std::min(rows, columns);
    int info = 0;
    T wanted = 0;
    const Scratch<int> integer_work(8 * static_cast<std::int64_t>(k));
    Routines<T>::gesdd(&job, &rows, &columns, a, &rows, s, vh, &rows, u, &k, &wanted, &kAsk, integer_work.data(), &info,
                       1);
    const int length = length_of(wanted);
    const Scratch<T> work(length);
    Routines<T>::gesdd(&job, &rows, &columns, a, &rows, s, vh, &rows, u, &k, work.data(), &length, integer_work.data(),
                       &info, 1);
    return info;
}

template <class T>
int least_squares(std::int64_t m, std::int64_t n, std::int64_t r, T* a, T* b, T cutoff, T* s, std::int64_t* rank) {
    use_one_blas_thread();
    const int rows = narrow(m), columns = narrow(n), sides = narrow(r), tall = std::max(rows, columns);
    int info = 0, integers = 0, found = 0;
    T wanted = 0;
    Routines<T>::gelsd(&rows, &columns, &sides, a, &rows, b, &tall, s, &cutoff, &found, &wanted, &kAsk, &integers,
                       &info);
    const int length = length_of(wanted);
    const Scratch<T> work(length);
    const Scratch<int> integer_work(std::max(integers, 1));
    Routines<T>::gelsd(&rows, &columns, &sides, a, &rows, b, &tall, s, &cutoff, &found, work.data(), &length,
                       integer_work.data(), &info);
    *rank = found;
    return info;
}

template int lu_factor(std::int64_t, float*, int*);
template void lu_solve(std::int64_t, std::int64_t, const float*, const int*, bool, float*);
template void lu_invert(std::int64_t, float*, const int*);
template void solve_triangle(std::int64_t, std::int64_t, const float*, std::int64_t, bool, bool, bool, bool, float*);
template int cholesky_factor(std::int64_t, float*);
template void qr_factor(std::int64_t, std::int64_t, float*, float*, float*);
template int symmetric_eigen(std::int64_t, float*, float*);
template int singular_values(std::int64_t, std::int64_t, float*, float*, float*, float*);
template int least_squares(std::int64_t, std::int64_t, std::int64_t, float*, float*, float, float*, std::int64_t*);
template int lu_factor(std::int64_t, double*, int*);
template void lu_solve(std::int64_t, std::int64_t, const double*, const int*, bool, double*);
template void lu_invert(std::int64_t, double*, const int*);
template void solve_triangle(std::int64_t, std::int64_t, const double*, std::int64_t, bool, bool, bool, bool, double*);
template int cholesky_factor(std::int64_t, double*);
template void qr_factor(std::int64_t, std::int64_t, double*, double*, double*);
template int symmetric_eigen(std::int64_t, double*, double*);
template int singular_values(std::int64_t, std::int64_t, double*, double*, double*, double*);
template int least_squares(std::int64_t, std::int64_t, std::int64_t, double*, double*, double, double*, std::int64_t*);

}  // namespace xg::detail
