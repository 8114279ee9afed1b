#include <xgrad/autograd/detail/gemm.hpp>

#include <cblas.h>

#include <climits>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
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
namespace {

/// OpenBLAS must not start threads of its own inside of ours. Unless the host said otherwise in the environment.
void use_one_thread() {
    static const bool once = [] {
        if (openblas_set_num_threads != nullptr && std::getenv("OPENBLAS_NUM_THREADS") == nullptr)
            openblas_set_num_threads(1);
        return true;
    }();
    static_cast<void>(once);
}

/// Products this small cost less in a plain loop than BLAS takes to start.
constexpr std::int64_t kTiny = 512;

template <class T>
void plain(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T beta, T* c,
           std::int64_t stride) {
    const std::int64_t a_row = a.transposed ? 1 : a.stride, a_step = a.transposed ? a.stride : 1;
    const std::int64_t b_row = b.transposed ? 1 : b.stride, b_step = b.transposed ? b.stride : 1;
    for (std::int64_t i = 0; i < m; ++i) {
        for (std::int64_t j = 0; j < n; ++j) {
            T total = beta == T(0) ? T(0) : beta * c[i * stride + j];
            for (std::int64_t l = 0; l < k; ++l)
                total += a.data[i * a_row + l * a_step] * b.data[l * b_row + j * b_step];
            c[i * stride + j] = total;
        }
    }
}

CBLAS_TRANSPOSE flag(bool transposed) { return transposed ? CblasTrans : CblasNoTrans; }

template <class T, class F>
void multiply(F blas, std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T beta, T* c,
              std::int64_t stride) {
    if (m == 0 || n == 0) return;
    if (k == 0 || m * n * k <= kTiny) return plain(m, n, k, a, b, beta, c, stride);
    use_one_thread();
    for (const std::int64_t size : {m, n, k, a.stride, b.stride, stride})
        if (size > INT_MAX) throw ShapeError("matmul: BLAS takes sizes below 2^31, got " + std::to_string(size));
    blas(CblasRowMajor, flag(a.transposed), flag(b.transposed), static_cast<int>(m), static_cast<int>(n),
         static_cast<int>(k), T(1), a.data, static_cast<int>(a.stride), b.data, static_cast<int>(b.stride), beta, c,
         static_cast<int>(stride));
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<float> a, Matrix<float> b, float beta, float* c,
          std::int64_t stride) {
    multiply<float>(cblas_sgemm, m, n, k, a, b, beta, c, stride);
}

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<double> a, Matrix<double> b, double beta, double* c,
          std::int64_t stride) {
    multiply<double>(cblas_dgemm, m, n, k, a, b, beta, c, stride);
}

namespace {

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
            plain<float>(m, n, k, left, right, 0, d.data(), n);
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
    detail::use_one_thread();
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
