#include <xgrad/autograd/detail/matrix_batch.hpp>

#include <cmath>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {

void check_matrices(const Tensor& x, const char* operation, bool square) {
    check_defined(x, operation);
    const Shape& shape = body(x).shape;
    const std::string start = std::string(operation) + ": expected ";
    if (!is_floating(body(x).dtype))
        throw DTypeError(start + "matrices of a floating-point type, got " + name(body(x).dtype));
    if (shape.rank() < 2) throw ShapeError(start + "matrices of shape (..., m, n), got " + shape.str());
    if (square && rows_of(x) != columns_of(x))
        throw ShapeError(start + "square matrices of shape (..., n, n), got " + shape.str());
    check_lapack_size(shape, operation);
}

void check_lapack_size(const Shape& shape, const char* operation) {
    if (std::max(shape[shape.rank() - 2], shape.back()) > kLapackSize)
        throw ShapeError(std::string(operation) + ": expected matrices of less than 2^31 rows and columns, got " +
                         shape.str());
}

std::string matrix_name(const Shape& batch, std::int64_t index) {
    if (batch.empty()) return "matrix";
    Shape at = batch;
    for (std::size_t axis = batch.rank(); axis-- > 0; index /= batch[axis]) at[axis] = index % batch[axis];
    return "matrix " + at.str() + " of the batch";
}

void check_finite(const Tensor& x, const char* operation, bool lower) {
    const Tensor given = dense(x);
    const std::int64_t m = rows_of(x), n = columns_of(x), size = m * n;
    dispatch_floating(body(x).dtype, [&]<class T>(T*) {
        const T* const a = data_as<T>(given);
        for (std::int64_t at = 0; at < body(x).numel; at += n) {
            const std::int64_t row = at / n % m, end = lower ? std::min(row + 1, n) : n;
            // A sum of x - x is 0, or NaN if any is not finite.
            T total = 0;
            for (std::int64_t j = 0; j < end; ++j) total += a[at + j] - a[at + j];
            if (!(total == T(0)))
                throw ValueError(std::string(operation) + ": the " + matrix_name(batch_of(body(x).shape), at / size) +
                                 " has elements that are NaN or infinite");
        }
    });
}

namespace {

/// A bool (m, n) matrix of where `f(row, column)` holds.
template <class F>
Tensor mask(std::int64_t m, std::int64_t n, F&& f) {
    Tensor y = make_tensor({m, n}, boolean);
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) data_as<bool>(y)[i * n + j] = f(i, j);
    return y;
}

Tensor on_diagonal(std::int64_t n) {
    return mask(n, n, [](std::int64_t i, std::int64_t j) { return i == j; });
}

}  // namespace

Tensor lower_part(const Tensor& x, bool strict) {
    return where(
        mask(rows_of(x), columns_of(x), [=](std::int64_t i, std::int64_t j) { return strict ? j < i : j <= i; }), x, 0);
}

Tensor upper_part(const Tensor& x, bool strict) {
    return where(
        mask(rows_of(x), columns_of(x), [=](std::int64_t i, std::int64_t j) { return strict ? i < j : i <= j; }), x, 0);
}

Tensor diagonal_of(const Tensor& x) { return sum(where(on_diagonal(columns_of(x)), x, 0), -1); }
Tensor diagonal_matrix(const Tensor& v) { return where(on_diagonal(body(v).shape.back()), as_column(v), 0); }

Tensor as_row(const Tensor& v) { return reshape(v, body(v).shape.inserted(body(v).shape.rank() - 1, 1)); }
Tensor as_column(const Tensor& v) { return reshape(v, body(v).shape.inserted(body(v).shape.rank(), 1)); }

Tensor skew(const Tensor& x) { return x - transpose(x); }
Tensor symmetric(const Tensor& x) { return (x + transpose(x)) * 0.5; }

}  // namespace xg::detail
