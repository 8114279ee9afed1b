#include <string>

#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/detail/lu.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::columns_of;
using detail::data_as;
using detail::record;
using detail::rows_of;
using detail::saved;
using detail::wrt;

Tensor solve(const Tensor& x, const Tensor& y) {
    detail::check_matrices(x, "solve", true);
    detail::check_defined(y, "solve");
    const auto [a, b] = detail::Operands(x, y, "solve");
    const Shape &p = body(a).shape, &q = body(b).shape;
    const bool vectors = q.rank() == 1 || q == p.erased(p.rank() - 1);
    if (q.empty() || (vectors ? q.back() : rows_of(b)) != p.back())
        throw ShapeError("solve: expected right-hand sides of shape (..., " + std::to_string(p.back()) +
                         ", r) or (..., " + std::to_string(p.back()) + ") for matrices of shape " + p.str() + ", got " +
                         q.str());
    if (!vectors) detail::check_lapack_size(q, "solve");
    detail::broadcast_shape(detail::batch_of(p), vectors ? Shape(q.data(), q.rank() - 1) : detail::batch_of(q),
                            "solve");
    const auto factors = detail::factor(a);
    factors->check_regular("solve");
    const Tensor solution = detail::solve_factored(factors, a, vectors ? detail::as_column(b) : b, false);
    return vectors ? reshape(solution, body(solution).shape.erased(body(solution).shape.rank() - 1)) : solution;
}

namespace {

/// The inverses of matrices that were checked.
Tensor inverse(const char* operation, const Tensor& a) {
    const auto factors = detail::factor(a);
    factors->check_regular(operation);
    // The factors are nobody else's, and their memory becomes the inverse's.
    const Tensor y = factors->values;
    const std::int64_t n = columns_of(a);
    if (body(y).numel != 0) {
        detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
            detail::each_matrix(body(y).numel / (n * n), 2 * n * n * n, [&](std::int64_t i) {
                if (!factors->is_nan(i))
                    detail::lu_invert(n, data_as<T>(y) + i * n * n, factors->pivots.data() + i * n);
            });
        });
    }
    return record("inv", y, wrt(a, [](const Tensor& g, const Tensor& inverse) {
                      const Tensor t = transpose(inverse);
                      return matmul(matmul(-t, g), t);
                  }));
}

}  // namespace

Tensor inv(const Tensor& a) {
    detail::check_matrices(a, "inv", true);
    return inverse("inv", a);
}

Tensor solve_triangular(const Tensor& given_a, const Tensor& given_b, const TriangularOptions& options) {
    const char* const op = "solve_triangular";
    detail::check_matrices(given_a, op, true);
    detail::check_matrices(given_b, op);
    const auto [a, b] = detail::Operands(given_a, given_b, op);
    const std::int64_t n = columns_of(a), rows = rows_of(b), columns = columns_of(b);
    if ((options.left ? rows : columns) != n)
        throw ShapeError(
            std::string(op) + ": expected right-hand sides of shape " +
            (options.left ? "(..., " + std::to_string(n) + ", r)" : "(..., r, " + std::to_string(n) + ")") +
            " for matrices of shape " + body(a).shape.str() + ", got " + body(b).shape.str());
    const Shape batch = detail::broadcast_shape(detail::batch_of(body(a).shape), detail::batch_of(body(b).shape), op);
    Tensor x = detail::make_tensor(detail::with_matrix(batch, rows, columns), body(a).dtype);
    const Shape& shape = body(x).shape;
    detail::copy_elements(x, detail::make_view(b, shape, detail::broadcast_strides(b, shape), 0));
    // A transposed view is read as it lies.
    const std::size_t rank = body(a).shape.rank();
    const bool flipped = body(a).strides[rank - 2] == 1 && body(a).strides[rank - 1] >= n;
    const Tensor left = flipped ? detail::make_alias(a) : detail::dense(a);
    if (body(x).numel != 0) {
        const Shape steps = detail::broadcast_strides(left, detail::with_matrix(batch, n, n));
        const std::int64_t stride = n == 1 ? 1 : body(left).strides[flipped ? rank - 1 : rank - 2];
        detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
            detail::each_matrix(batch.elements(), n * rows * columns, [&](std::int64_t i) {
                std::int64_t rest = i, at = 0;
                for (std::size_t axis = batch.rank(); axis-- > 0; rest /= batch[axis])
                    at += rest % batch[axis] * steps[axis];
                detail::solve_triangle(rows, columns, data_as<T>(left) + at, stride, flipped, options.upper,
                                       options.left, options.unitriangular, data_as<T>(x) + i * rows * columns);
            });
        });
    }
    Tensor* const output = &x;
    const Tensor* const inputs[] = {&a, &b};
    detail::record_joint(
        op, {&output, 1}, inputs, [a = saved(a), x = detail::SavedOutput(x, 0), options](detail::Gradients& gradients) {
            TriangularOptions other = options;
            other.upper = !options.upper;
            const Tensor w = solve_triangular(transpose(a.get()), gradients.of_output(), other);
            if (gradients.needs(1)) gradients.set(1, w);
            if (!gradients.needs(0)) return;
            const Tensor full = options.left ? matmul(-w, transpose(x.get())) : matmul(transpose(-x.get()), w);
            gradients.set(0, options.upper ? detail::upper_part(full, options.unitriangular)
                                           : detail::lower_part(full, options.unitriangular));
        });
    return x;
}

Tensor cholesky_solve(const Tensor& b, const Tensor& l, bool upper) {
    detail::check_matrices(l, "cholesky_solve", true);
    detail::check_matrices(b, "cholesky_solve");
    if (rows_of(b) != columns_of(l))
        throw ShapeError("cholesky_solve: expected right-hand sides of shape (..., " + std::to_string(columns_of(l)) +
                         ", r) for factors of shape " + body(l).shape.str() + ", got " + body(b).shape.str());
    detail::broadcast_shape(detail::batch_of(body(l).shape), detail::batch_of(body(b).shape), "cholesky_solve");
    const Tensor lower = upper ? transpose(l) : l, y = solve_triangular(lower, b);
    return solve_triangular(transpose(lower), y, {.upper = true});
}

Tensor matrix_power(const Tensor& a, std::int64_t n) {
    detail::check_matrices(a, "matrix_power", true);
    // As unsigned, so that the least number can be negated.
    std::uint64_t rest = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    if (rest == 0) return broadcast_to(eye(columns_of(a), {.dtype = body(a).dtype}), body(a).shape).clone();
    Tensor square = n < 0 ? inverse("matrix_power", a) : a, result;
    for (;; square = matmul(square, square)) {
        if (rest % 2 != 0) result = result.defined() ? matmul(result, square) : square;
        if ((rest /= 2) == 0) return result;
    }
}

}  // namespace xg
