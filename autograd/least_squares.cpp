#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::as_column;
using detail::as_row;
using detail::batch_of;
using detail::body;
using detail::columns_of;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::rows_of;
using detail::saved;
using detail::wrt;

namespace {

/// max(m, n) · epsilon, what is commonly taken for the relative error of the singular values.
double rounding(const Tensor& a) {
    const double epsilon = detail::dispatch_floating(
        body(a).dtype, []<class T>(T*) { return static_cast<double>(std::numeric_limits<T>::epsilon()); });
    return static_cast<double>(std::max(rows_of(a), columns_of(a))) * epsilon;
}

/// The pseudo-inverse, not recorded.
Tensor inverse_of_rank(const Tensor& a, const PinvOptions& options) {
    const NoGrad no_grad;
    const SvdResult parts = svd(a.detach());
    if (std::min(rows_of(a), columns_of(a)) == 0)
        return zeros(detail::with_matrix(batch_of(body(a).shape), columns_of(a), rows_of(a)), {.dtype = body(a).dtype});
    const double relative = options.relative >= 0 ? options.relative : options.absolute > 0 ? 0 : rounding(a);
    const Tensor cutoff = maximum(parts.s.slice(-1, 0, 1) * relative, options.absolute), zero = parts.s <= cutoff;
    const Tensor inverse = where(zero, 0, 1 / where(zero, 1, parts.s));
    return matmul(transpose(parts.vh) * as_row(inverse), transpose(parts.u));
}

}  // namespace

Tensor pinv(const Tensor& a, const PinvOptions& options) {
    detail::check_matrices(a, "pinv");
    if (!(options.absolute >= 0))
        throw ValueError("pinv: expected an absolute of at least 0, got " + std::to_string(options.absolute));
    if (std::isnan(options.relative)) throw ValueError("pinv: expected a number as relative, got nan");
    detail::check_finite(a, "pinv");
    return record("pinv", inverse_of_rank(a, options), wrt(a, [a = saved(a)](const Tensor& g, const Tensor& p) {
                      // -Pᵀ g Pᵀ + (I - A P) gᵀ P Pᵀ + Pᵀ P gᵀ (I - P A)
                      const Tensor m = a.get(), pt = transpose(p), gt = transpose(g);
                      const Tensor rows = matmul(gt, matmul(p, pt)), columns = matmul(pt, matmul(p, gt));
                      return matmul(matmul(-pt, g), pt) + rows - matmul(m, matmul(p, rows)) + columns -
                             matmul(columns, matmul(p, m));
                  }));
}

namespace {

/// The pseudo-inverse of matrices of full rank, of recorded operations.
Tensor full_rank_inverse(const Tensor& a) {
    if (rows_of(a) < columns_of(a)) return transpose(full_rank_inverse(transpose(a)));
    const QrResult parts = qr(a);
    return solve_triangular(parts.r, transpose(parts.q), {.upper = true});
}

/// x, and by the way ranks and singular values. Not recorded; a and b have the same axes before the last two.
Tensor shortest_solution(const Tensor& a, const Tensor& b, double cutoff, const Tensor& s, const Tensor& rank) {
    const NoGrad no_grad;
    const Shape batch = batch_of(body(a).shape);
    const std::int64_t m = rows_of(a), n = columns_of(a), r = columns_of(b), k = std::min(m, n), tall = std::max(m, n),
                       count = batch.elements();
    const DType dtype = body(a).dtype;
    if (k == 0 || count == 0) {
        for (std::int64_t i = 0; i < count; ++i) data_as<std::int64_t>(rank)[i] = 0;
        return zeros(detail::with_matrix(batch, n, r), {.dtype = dtype});
    }
    // Column-major copies, b with room for x.
    const Tensor matrices = detail::dense(transpose(a.detach()), true);
    const Tensor given = transpose(b.detach());
    const Tensor sides = tall == m
                             ? detail::dense(given, true)
                             : concat({given, zeros(detail::with_matrix(batch, r, tall - m), {.dtype = dtype})}, -1);
    std::vector<int> codes(static_cast<std::size_t>(count));
    detail::dispatch_floating(dtype, [&]<class T>(T*) {
        // Without a right-hand side there is still a rank.
        const std::int64_t columns = std::max<std::int64_t>(r, 1);
        detail::each_matrix(count, 8 * m * n * k, [&](std::int64_t i) {
            std::vector<T> none(r == 0 ? static_cast<std::size_t>(tall) : 0);
            codes[static_cast<std::size_t>(i)] =
                detail::least_squares(m, n, columns, data_as<T>(matrices) + i * m * n,
                                      r == 0 ? none.data() : data_as<T>(sides) + i * tall * r, static_cast<T>(cutoff),
                                      data_as<T>(s) + i * k, data_as<std::int64_t>(rank) + i);
        });
    });
    if (const std::int64_t i = detail::first_failure(codes); i >= 0)
        throw ValueError("lstsq: the iteration for the " + detail::matrix_name(batch, i) + " did not converge");
    return transpose(sides.slice(-1, 0, n)).clone();
}

void check_full_rank(const Tensor& rank, std::int64_t full) {
    for (std::int64_t i = 0; i < body(rank).numel; ++i)
        if (data_as<std::int64_t>(rank)[i] < full)
            throw GradError("backward of lstsq: the " + detail::matrix_name(body(rank).shape, i) + " has rank " +
                            std::to_string(data_as<std::int64_t>(rank)[i]) + ", less than " + std::to_string(full) +
                            ", where the solution has no derivative");
}

bool is_full_rank(const Tensor& rank, std::int64_t full) {
    const auto* const first = data_as<std::int64_t>(rank);
    return std::all_of(first, first + body(rank).numel, [=](std::int64_t r) { return r == full; });
}

}  // namespace

LstsqResult lstsq(const Tensor& x, const Tensor& y, double cutoff) {
    detail::check_matrices(x, "lstsq");
    detail::check_defined(y, "lstsq");
    const auto [given, sides] = detail::Operands(x, y, "lstsq");
    const Shape &p = body(given).shape, &q = body(sides).shape;
    const bool vectors = q.rank() == 1 || q == p.erased(p.rank() - 1);
    const std::int64_t m = rows_of(given), n = columns_of(given);
    if (q.empty() || (vectors ? q.back() : rows_of(sides)) != m)
        throw ShapeError("lstsq: expected right-hand sides of shape (..., " + std::to_string(m) + ", r) or (..., " +
                         std::to_string(m) + ") for matrices of shape " + p.str() + ", got " + q.str());
    if (!vectors) detail::check_lapack_size(q, "lstsq");
    if (std::isnan(cutoff)) throw ValueError("lstsq: expected a number as cutoff, got nan");
    detail::check_finite(given, "lstsq");
    Tensor b = vectors ? as_column(sides) : sides;
    const Shape batch = detail::broadcast_shape(batch_of(p), batch_of(body(b).shape), "lstsq");
    const Tensor a = broadcast_to(given, detail::with_matrix(batch, m, n));
    b = broadcast_to(b, detail::with_matrix(batch, m, columns_of(b)));
    const Tensor s = make_tensor(detail::with_axis(batch, std::min(m, n)), body(a).dtype),
                 rank = make_tensor(batch, int64);
    Tensor solution = shortest_solution(a, b, cutoff < 0 ? rounding(a) : cutoff, s, rank);
    Tensor* const output = &solution;
    const Tensor* const inputs[] = {&a, &b};
    detail::record_joint(
        "lstsq", {&output, 1}, inputs,
        [a = saved(a), b = saved(b), rank, solution = detail::SavedOutput(solution, 0)](detail::Gradients& gradients) {
            // With w = Pᵀ · g: gB = w, and by Golub & Pereyra gA = -w · xᵀ + (b - A x) · (P w)ᵀ + Pᵀ x · (g - Aᵀ w)ᵀ.
            const Tensor matrix = a.get(), x = solution.get(), g = gradients.of_output();
            check_full_rank(rank, std::min(rows_of(matrix), columns_of(matrix)));
            if (body(matrix).numel == 0) {
                if (gradients.needs(0)) gradients.set(0, zeros_like(matrix));
                if (gradients.needs(1)) gradients.set(1, zeros_like(b.get()));
                return;
            }
            const Tensor inverse = full_rank_inverse(matrix), pt = transpose(inverse), w = matmul(pt, g);
            if (gradients.needs(1)) gradients.set(1, w);
            if (!gradients.needs(0)) return;
            Tensor result = -matmul(w, transpose(x));
            if (rows_of(matrix) > columns_of(matrix))
                result = result + matmul(b.get() - matmul(matrix, x), transpose(matmul(inverse, w)));
            if (rows_of(matrix) < columns_of(matrix))
                result = result + matmul(matmul(pt, x), transpose(g - matmul(transpose(matrix), w)));
            gradients.set(0, result);
        });
    Tensor residuals = zeros({0}, {.dtype = body(a).dtype});
    if (m > n && is_full_rank(rank, n)) residuals = sum(square(matmul(a, solution) - b), -2);
    if (vectors) {
        const Shape shape = body(solution).shape;
        solution = reshape(solution, shape.erased(shape.rank() - 1));
        if (m > n && is_full_rank(rank, n)) residuals = reshape(residuals, batch);
    }
    return {solution, residuals, rank, s};
}

}  // namespace xg
