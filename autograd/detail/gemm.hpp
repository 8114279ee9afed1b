#pragma once

#include <cstdint>

namespace xg::detail {

/// A matrix as BLAS sees it: row-major with `stride` between rows, or the transpose of such a one.
template <class T>
struct Matrix {
    const T* data;
    std::int64_t stride;
    bool transposed = false;
};

/// c = a · b + beta · c, where a is (m, k) and b (k, n) after their transposes; on the calling thread alone. c must be
/// written before where beta is not 0.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<float> a, Matrix<float> b, float beta, float* c,
          std::int64_t stride);
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<double> a, Matrix<double> b, double beta, double* c,
          std::int64_t stride);

/// Called before each use of BLAS or LAPACK: they must not start threads of their own inside of ours, unless the host
/// said otherwise in the environment.
void use_one_blas_thread();

}  // namespace xg::detail
