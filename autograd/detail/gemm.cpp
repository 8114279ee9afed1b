#include <xgrad/autograd/detail/gemm.hpp>

#include <cblas.h>

#include <climits>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include <xgrad/autograd/blas.hpp>
#include <xgrad/core/error.hpp>

// What of OpenBLAS is beyond CBLAS is looked up weakly, so that another CBLAS serves as well.
extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int);
[[gnu::weak]] char* openblas_get_config();
[[gnu::weak]] char* openblas_get_corename();
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
}

namespace xg::detail {

void use_one_blas_thread() {
    static const bool once = [] {
        if (openblas_set_num_threads != nullptr && std::getenv("OPENBLAS_NUM_THREADS") == nullptr)
            openblas_set_num_threads(1);
        return true;
    }();
    static_cast<void>(once);
}

namespace {

/// Products this small cost less in a plain loop than BLAS takes to start.
constexpr std::int64_t kTiny = 512;
/// And these, where a row of the result fits into few vector registers.
constexpr std::int64_t kSmall = 4096;

/// Row by row of the result, with b row-major.
template <class T, class Width>
void plain_rows(std::int64_t m, Width n, std::int64_t k, Matrix<T> a, const T* b, std::int64_t b_stride, T beta, T* c,
                std::int64_t stride) {
    const std::int64_t a_row = a.transposed ? 1 : a.stride, a_step = a.transposed ? a.stride : 1;
    T total[kSmall];
    for (std::int64_t i = 0; i < m; ++i) {
        for (std::int64_t j = 0; j < n; ++j) total[j] = beta == T(0) ? T(0) : beta * c[i * stride + j];
        for (std::int64_t l = 0; l < k; ++l) {
            const T factor = a.data[i * a_row + l * a_step];
            for (std::int64_t j = 0; j < n; ++j) total[j] += factor * b[l * b_stride + j];
        }
        for (std::int64_t j = 0; j < n; ++j) c[i * stride + j] = total[j];
    }
}

template <std::int64_t n>
using Fixed = std::integral_constant<std::int64_t, n>;

/// Of at most kSmall multiplications.
template <class T>
void plain(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T beta, T* c,
           std::int64_t stride) {
    T rows[kSmall];
    if (b.transposed && n > 1) {
        for (std::int64_t j = 0; j < n; ++j)
            for (std::int64_t l = 0; l < k; ++l) rows[l * n + j] = b.data[j * b.stride + l];
        b = {rows, n, false};
    } else if (b.transposed) {
        b.stride = 1;
    }
    switch (n) {
        case 1: return plain_rows(m, Fixed<1>(), k, a, b.data, b.stride, beta, c, stride);
        case 2: return plain_rows(m, Fixed<2>(), k, a, b.data, b.stride, beta, c, stride);
        case 4: return plain_rows(m, Fixed<4>(), k, a, b.data, b.stride, beta, c, stride);
        case 8: return plain_rows(m, Fixed<8>(), k, a, b.data, b.stride, beta, c, stride);
        case 16: return plain_rows(m, Fixed<16>(), k, a, b.data, b.stride, beta, c, stride);
        default: return plain_rows(m, n, k, a, b.data, b.stride, beta, c, stride);
    }
}

CBLAS_TRANSPOSE flag(bool transposed) { return transposed ? CblasTrans : CblasNoTrans; }

bool is_tiny(std::int64_t m, std::int64_t n, std::int64_t k) {
    const std::int64_t work = m * n * k;
    return work <= kTiny || (work <= kSmall && (n == 4 || n == 8 || n == 16));
}

int narrow(std::int64_t n) { return static_cast<int>(n); }

/// c = op(a) · x + beta · c for a vector x; BLAS's general product is slow at these.
template <class T, class Gemv>
void multiply_vector(Gemv gemv, std::int64_t rows, std::int64_t columns, Matrix<T> a, const T* x, std::int64_t x_step,
                     T beta, T* c, std::int64_t c_step) {
    if (beta == T(0)) {
        // Not all versions overwrite a NaN.
        for (std::int64_t i = 0; i < rows; ++i) c[i * c_step] = T(0);
        beta = 1;
    }
    gemv(CblasRowMajor, flag(a.transposed), narrow(a.transposed ? columns : rows),
         narrow(a.transposed ? rows : columns), T(1), a.data, narrow(a.stride), x, narrow(x_step), beta, c,
         narrow(c_step));
}

/// c = a · b^T + beta · c of two vectors, b's elements side by side: BLAS first clears c and then adds.
template <class T>
void outer(std::int64_t m, std::int64_t n, const T* a, std::int64_t a_step, const T* b, T beta, T* c,
           std::int64_t stride) {
    for (std::int64_t i = 0; i < m; ++i, c += stride) {
        const T factor = a[i * a_step];
        if (beta == T(0))
            for (std::int64_t j = 0; j < n; ++j) c[j] = factor * b[j];
        else
            for (std::int64_t j = 0; j < n; ++j) c[j] = beta * c[j] + factor * b[j];
    }
}

template <class T, class Gemm, class Gemv>
void multiply(Gemm gemm, Gemv gemv, std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T beta,
              T* c, std::int64_t stride) {
    if (m == 0 || n == 0) return;
    if (k == 0) {
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < n; ++j) c[i * stride + j] = beta == T(0) ? T(0) : beta * c[i * stride + j];
        return;
    }
    if (is_tiny(m, n, k)) return plain(m, n, k, a, b, beta, c, stride);
    if (k == 1 && n >= 8 && (!b.transposed || b.stride == 1))
        return outer(m, n, a.data, a.transposed ? std::int64_t{1} : a.stride, b.data, beta, c, stride);
    use_one_blas_thread();
    for (const std::int64_t size : {m, n, k, a.stride, b.stride, stride})
        if (size > INT_MAX) throw ShapeError("matmul: BLAS takes sizes below 2^31, got " + std::to_string(size));
    if (n == 1) return multiply_vector(gemv, m, k, a, b.data, b.transposed ? 1 : b.stride, beta, c, stride);
    if (m == 1) {
        b.transposed = !b.transposed;
        return multiply_vector(gemv, n, k, b, a.data, a.transposed ? a.stride : 1, beta, c, std::int64_t{1});
    }
    gemm(CblasRowMajor, flag(a.transposed), flag(b.transposed), narrow(m), narrow(n), narrow(k), T(1), a.data,
         narrow(a.stride), b.data, narrow(b.stride), beta, c, narrow(stride));
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<float> a, Matrix<float> b, float beta, float* c,
          std::int64_t stride) {
    multiply<float>(cblas_sgemm, cblas_sgemv, m, n, k, a, b, beta, c, stride);
}

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<double> a, Matrix<double> b, double beta, double* c,
          std::int64_t stride) {
    multiply<double>(cblas_dgemm, cblas_dgemv, m, n, k, a, b, beta, c, stride);
}

namespace {

void simple(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<float> a, Matrix<float> b, float* c) {
    for (std::int64_t i = 0; i < m; ++i) {
        for (std::int64_t j = 0; j < n; ++j) {
            c[i * n + j] = 0;
            for (std::int64_t l = 0; l < k; ++l)
                c[i * n + j] += a.data[a.transposed ? l * a.stride + i : i * a.stride + l] *
                                b.data[b.transposed ? j * b.stride + l : l * b.stride + j];
        }
    }
}

/// Whether products of all transposes agree with a plain loop.
bool products_are_right() {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(-1, 1);
    const std::int64_t m = 67, n = 65, k = 131;
    std::vector<float> a(static_cast<std::size_t>(m * k)), b(static_cast<std::size_t>(k * n)),
        c(static_cast<std::size_t>(m * n)), d(c);
    for (float& v : a) v = uniform(random);
    for (float& v : b) v = uniform(random);
    for (const bool ta : {false, true}) {
        for (const bool tb : {false, true}) {
            const Matrix<float> left{a.data(), ta ? m : k, ta}, right{b.data(), tb ? k : n, tb};
            gemm(m, n, k, left, right, 0, c.data(), n);
            simple(m, n, k, left, right, d.data());
            for (std::size_t i = 0; i < c.size(); ++i)
                if (!(std::abs(c[i] - d[i]) <= 1e-3F)) return false;
        }
    }
    return true;
}

std::string core_name() { return openblas_get_corename != nullptr ? openblas_get_corename() : ""; }

void reread_core(const char* core) {
    if (core != nullptr)
        setenv("OPENBLAS_CORETYPE", core, 1);
    else
        unsetenv("OPENBLAS_CORETYPE");
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv("OPENBLAS_CORETYPE");
}

}  // namespace
}  // namespace xg::detail

namespace xg {

std::string blas_description() {
    if (openblas_get_config == nullptr) return "CBLAS";
    const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_LAPACKE … Cooperlake MAX_THREADS=64"
    const std::size_t first = config.find(' '), second = config.find(' ', first + 1);
    return config.substr(0, second) + " " + detail::core_name();
}

std::string tune_blas() {
    detail::use_one_blas_thread();
#if defined(__x86_64__)
    const std::string core = detail::core_name();
    const bool slow =
        core == "Haswell" || core == "Zen" || core == "Prescott" || core == "Nehalem" || core == "Sandybridge";
    if (slow && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && std::getenv("OPENBLAS_CORETYPE") == nullptr &&
        gotoblas_dynamic_init != nullptr && gotoblas_dynamic_quit != nullptr) {
        detail::reread_core("SkylakeX");
        if (!detail::products_are_right()) detail::reread_core(nullptr);
        if (openblas_set_num_threads != nullptr && std::getenv("OPENBLAS_NUM_THREADS") == nullptr)
            openblas_set_num_threads(1);
    }
#endif
    return blas_description();
}

}  // namespace xg
