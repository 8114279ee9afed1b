#include <xgrad/autograd/decompositions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::batch_of;
using detail::body;
using detail::columns_of;
using detail::data_as;
using detail::Gradients;
using detail::make_tensor;
using detail::record;
using detail::rows_of;
using detail::SavedOutput;
using detail::wrt;

Tensor cholesky(const Tensor& a) {
    detail::check_matrices(a, "cholesky", true);
    const Tensor l = detail::dense(a, true);
    const std::int64_t n = columns_of(a);
    const Shape batch = batch_of(body(a).shape);
    std::vector<int> codes(static_cast<std::size_t>(batch.elements()));
    if (n > 0) {
        detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
            detail::each_matrix(batch.elements(), n * n * n / 3, [&](std::int64_t i) {
                T* const matrix = data_as<T>(l) + i * n * n;
                codes[static_cast<std::size_t>(i)] = detail::cholesky_factor(n, matrix);
                for (std::int64_t k = 0; k + 1 < n; ++k) std::fill_n(matrix + k * (n + 1) + 1, n - 1 - k, T(0));
            });
        });
    }
    if (const std::int64_t i = detail::first_failure(codes); i >= 0)
        throw ValueError("cholesky: the " + detail::matrix_name(batch, i) +
                         " is not positive definite: its leading part of order " +
                         std::to_string(codes[static_cast<std::size_t>(i)]) + " is not");
    return record("cholesky", l, wrt(a, [](const Tensor& g, const Tensor& l) {
                      // ½ L⁻ᵀ · (Φ + Φᵀ) · L⁻¹, with Φ the lower triangle of Lᵀ · g, its diagonal halved.
                      const Tensor t = transpose(l), product = matmul(t, g);
                      const Tensor both = detail::lower_part(product) + transpose(detail::lower_part(product, true));
                      return solve_triangular(l, solve_triangular(t, both, {.upper = true}), {.left = false}) * 0.5;
                  }));
}

namespace {

/// Throws GradError where the first columns depend on one another, so that Q is not determined.
void check_independent(const Tensor& r) {
    const std::int64_t k = rows_of(r), n = columns_of(r);
    const Shape batch = batch_of(body(r).shape);
    detail::dispatch_floating(body(r).dtype, [&]<class T>(T*) {
        const T* first = data_as<T>(r);
        for (std::int64_t i = 0; i < batch.elements(); ++i, first += k * n) {
            T most = 0;
            for (std::int64_t at = 0; at < k * n; ++at) most = std::max(most, std::abs(first[at]));
            for (std::int64_t d = 0; d < k; ++d)
                if (std::abs(first[d * (n + 1)]) <= static_cast<T>(n) * std::numeric_limits<T>::epsilon() * most)
                    throw GradError("backward of qr: column " + std::to_string(d) + " of the " +
                                    detail::matrix_name(batch, i) +
                                    " depends on those before it, and there is no derivative");
        }
    });
}

/// The gradient of a = q · r for a of at least as many rows as columns.
Tensor qr_backward(const Tensor& q, const Tensor& r, const Tensor& gq, const Tensor& gr) {
    // (gq + q · C) · R⁻ᵀ, with C the lower triangle of R · gRᵀ - gQᵀ · Q, mirrored.
    Tensor m;
    if (gr.defined()) m = matmul(r, transpose(gr));
    if (gq.defined()) m = m.defined() ? m - matmul(transpose(gq), q) : matmul(transpose(-gq), q);
    const Tensor mirrored = detail::lower_part(m) + transpose(detail::lower_part(m, true));
    Tensor inner = matmul(q, mirrored);
    if (gq.defined()) inner = gq + inner;
    return solve_triangular(transpose(r), inner, {.left = false});
}

/// The same for (X, Y) = q · (U, V) with a square X = q · U: the gradient of Y = q · V is q · gV, and q gets Y · gVᵀ
/// besides.
Tensor wide_qr_backward(const Tensor& q, const Tensor& r, const Tensor& gq, const Tensor& gr) {
    const std::int64_t m = rows_of(q), n = columns_of(r);
    const Tensor u = r.slice(-1, 0, m), v = r.slice(-1, m, n);
    if (!gr.defined()) return concat({qr_backward(q, u, gq, gr), matmul(q, zeros_like(v))}, -1);
    const Tensor gv = gr.slice(-1, m, n), through = matmul(q, matmul(v, transpose(gv)));
    return concat({qr_backward(q, u, gq.defined() ? gq + through : through, gr.slice(-1, 0, m)), matmul(q, gv)}, -1);
}

}  // namespace

QrResult qr(const Tensor& a) {
    detail::check_matrices(a, "qr");
    const std::int64_t m = rows_of(a), n = columns_of(a), k = std::min(m, n);
    const Shape batch = batch_of(body(a).shape);
    const DType dtype = body(a).dtype;
    Tensor q = make_tensor(detail::with_matrix(batch, m, k), dtype),
           r = make_tensor(detail::with_matrix(batch, k, n), dtype);
    if (k > 0) {
        const Tensor work = detail::dense(a, true);
        detail::dispatch_floating(dtype, [&]<class T>(T*) {
            detail::each_matrix(batch.elements(), 2 * m * n * k, [&](std::int64_t i) {
                T *const matrix = data_as<T>(work) + i * m * n, *const left = data_as<T>(q) + i * m * k,
                         *const right = data_as<T>(r) + i * k * n;
                if (!detail::any_nan(matrix, m * n)) return detail::qr_factor(m, n, matrix, left, right);
                // LAPACK would let some of the elements be numbers, which ones depends on the implementation.
                constexpr T nan = std::numeric_limits<T>::quiet_NaN();
                std::fill_n(left, m * k, nan);
                std::fill_n(right, k * n, T(0));
                for (std::int64_t row = 0; row < k; ++row) std::fill_n(right + row * (n + 1), n - row, nan);
            });
        });
    }
    Tensor* const outputs[] = {&q, &r};
    const Tensor* const input = &a;
    detail::record_joint(
        "qr", outputs, {&input, 1}, [q = SavedOutput(q, 0), r = SavedOutput(r, 1)](Gradients& gradients) {
            const Tensor &gq = gradients.of_output(0), &gr = gradients.of_output(1);
            if (!gq.defined() && !gr.defined()) return;
            const Tensor full_q = q.get(), full_r = r.get();
            check_independent(full_r);
            const std::int64_t m = rows_of(full_q), n = columns_of(full_r);
            gradients.set(0, m >= n ? qr_backward(full_q, full_r, gq, gr) : wide_qr_backward(full_q, full_r, gq, gr));
        });
    return {q, r};
}

}  // namespace xg
