#include <string>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/products.hpp>
#include <xgrad/autograd/detail/sample_rules.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// The gradient of b in a · b.
Tensor right_gradient(const Tensor& a, const Tensor& b, const Tensor& g) {
    // One matrix for a whole batch: the batch's rows below one another, which sums over them at once.
    if (body(b).shape.rank() == 2 && body(a).shape.rank() > 2) {
        // Counted, since rows without elements do not tell how many there are.
        const std::int64_t rows = detail::batch_of(body(a).shape).elements() * detail::rows_of(a);
        return matmul(transpose(reshape(a, {rows, detail::columns_of(a)})), reshape(g, {rows, detail::columns_of(g)}));
    }
    return matmul(transpose(a), g);
}

/// The gradient of b in a · b. One b for all samples is a layer's weight.
struct RightFormula {
    detail::Saved a, b;

    Tensor operator()(const Tensor& g) const { return right_gradient(a.get(), b.get(), g); }
    bool shared() const { return body(b.get()).shape.rank() == 2; }
    Tensor per_sample(const Tensor& g) const { return shared() ? detail::products_per_sample(a.get(), g) : Tensor(); }
    Tensor per_sample_norms(const Tensor& g) const { return shared() ? detail::product_norms(a.get(), g) : Tensor(); }
};

/// Of operands of rank 2 or more, of one floating-point dtype.
Tensor matrix_product(const Tensor& a, const Tensor& b) {
    const Shape &p = body(a).shape, &q = body(b).shape;
    Tensor y = p.rank() == 2 && q.rank() == 2
                   ? make_tensor({p[0], q[1]}, body(a).dtype, "matmul")
                   : make_tensor(detail::with_matrix(
                                     detail::broadcast_shape(detail::batch_of(p), detail::batch_of(q), "matmul"),
                                     p[p.rank() - 2], q.back()),
                                 body(a).dtype, "matmul");
    detail::multiply_matrices(a, b, y);
    return record("matmul", std::move(y),
                  wrt(a, [b = saved(b)](const Tensor& g) { return matmul(g, transpose(b.get())); }),
                  wrt(b, RightFormula{saved(a), saved(b)}));
}

/// Of two vectors of one size and floating-point dtype.
Tensor vector_product(const Tensor& a, const Tensor& b) {
    const Tensor y = make_tensor({}, body(a).dtype);
    const double total = detail::inner_product(a, b);
    detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) { *detail::data_as<T>(y) = static_cast<T>(total); });
    return record("dot", y, wrt(a, [b = saved(b)](const Tensor& g) { return g * b.get(); }),
                  wrt(b, [a = saved(a)](const Tensor& g) { return g * a.get(); }));
}

}  // namespace

Tensor matmul(const Tensor& x, const Tensor& y) {
    check_defined(x, "matmul");
    check_defined(y, "matmul");
    const Shape &p = body(x).shape, &q = body(y).shape;
    if (p.rank() == 0 || q.rank() == 0)
        throw ShapeError("matmul: expected operands of rank 1 or more, got " + p.str() + " and " + q.str());
    const std::int64_t left = p.back(), right = q.rank() == 1 ? q[0] : q[q.rank() - 2];
    if (left != right)
        throw ShapeError("matmul: the inner sizes of " + p.str() + " and " + q.str() +
                         " differ: " + std::to_string(left) + " and " + std::to_string(right));
    DType dtype = promote(body(x).dtype, body(y).dtype);
    // Whole numbers are multiplied as doubles: exact up to 2^53.
    const DType result = dtype == boolean ? int64 : dtype;
    if (!is_floating(dtype)) dtype = float64;
    if (body(x).dtype != dtype || body(y).dtype != dtype) return matmul(x.to(dtype), y.to(dtype)).to(result);
    if (p.rank() >= 2 && q.rank() >= 2) return matrix_product(x, y);
    if (p.rank() == 1 && q.rank() == 1) return vector_product(x, y);
    const Tensor product =
        p.rank() == 1 ? matrix_product(reshape(x, {1, left}), y) : matrix_product(x, reshape(y, {right, 1}));
    const Shape& shape = body(product).shape;
    return reshape(product, shape.erased(shape.rank() - (q.rank() == 1 ? 1 : 2)));
}

namespace {

void check_vectors(const Tensor& a, const Tensor& b, const char* operation) {
    check_defined(a, operation);
    check_defined(b, operation);
    if (body(a).shape.rank() != 1 || body(b).shape.rank() != 1)
        throw ShapeError(std::string(operation) + ": expected vectors, got the shapes " + body(a).shape.str() +
                         " and " + body(b).shape.str());
}

}  // namespace

Tensor dot(const Tensor& a, const Tensor& b) {
    check_vectors(a, b, "dot");
    if (body(a).numel != body(b).numel)
        throw ShapeError("dot: expected vectors of one size, got the shapes " + body(a).shape.str() + " and " +
                         body(b).shape.str());
    return matmul(a, b);
}

namespace {

/// The shape of products of all elements of a and b.
Shape product_shape(const Tensor& a, const Tensor& b, const char* operation) {
    check_defined(a, operation);
    check_defined(b, operation);
    Shape shape = detail::broadcast_shape(body(a).shape, body(b).shape, operation);
    detail::checked_elements(shape, promote(body(a).dtype, body(b).dtype), operation);
    return shape;
}

}  // namespace

Tensor vecdot(const Tensor& a, const Tensor& b, std::int64_t axis) {
    const std::size_t at = detail::checked_axis(axis, product_shape(a, b, "vecdot"), "vecdot");
    return sum(a * b, static_cast<std::int64_t>(at));
}

Tensor outer(const Tensor& x, const Tensor& y) {
    check_vectors(x, y, "outer");
    const auto [a, b] = detail::Operands(x, y, "outer");
    detail::checked_elements({body(a).numel, body(b).numel}, body(a).dtype, "outer");
    return record("outer", (detail::make_alias(a).reshape({-1, 1}) * detail::make_alias(b)),
                  wrt(a, [b = saved(b)](const Tensor& g) { return matmul(g, b.get()); }),
                  wrt(b, [a = saved(a)](const Tensor& g) { return matmul(a.get(), g); }));
}

Tensor kron(const Tensor& a, const Tensor& b) {
    check_defined(a, "kron");
    check_defined(b, "kron");
    // The axes of a and b take turns: (1, m) for each of the lesser rank's that are missing.
    const Shape &p = body(a).shape, &q = body(b).shape;
    const std::size_t rank = std::max(p.rank(), q.rank());
    Shape left = Shape::filled(2 * rank, 1), right = left, shape = Shape::filled(rank, 1);
    for (std::size_t i = 0; i < p.rank(); ++i) left[2 * (rank - p.rank() + i)] = p[i];
    for (std::size_t i = 0; i < q.rank(); ++i) right[2 * (rank - q.rank() + i) + 1] = q[i];
    for (std::size_t i = 0; i < rank; ++i)
        if (__builtin_mul_overflow(left[2 * i], right[2 * i + 1], &shape[i]))
            throw ShapeError("kron: the product of the shapes " + p.str() + " and " + q.str() +
                             " has too many elements");
    detail::checked_elements(shape, promote(body(a).dtype, body(b).dtype), "kron");
    return reshape(reshape(a, left) * reshape(b, right), shape);
}

Tensor trace(const Tensor& x) {
    check_defined(x, "trace");
    const Shape& shape = body(x).shape;
    if (shape.rank() < 2) throw ShapeError("trace: expected matrices of shape (..., m, n), got " + shape.str());
    const std::size_t rank = shape.rank();
    const std::int64_t m = shape[rank - 2], n = shape[rank - 1];
    Shape steps = body(x).strides;
    steps[rank - 2] += steps[rank - 1];
    const Tensor diagonal = detail::make_view(x, detail::with_axis(detail::batch_of(shape), std::min(m, n)),
                                              Shape(steps.data(), rank - 1), 0);
    return record("trace", sum(diagonal, -1), wrt(x, [m, n](const Tensor& g) {
                      return where(eye(m, n) == 1, detail::as_column(detail::as_column(g)), 0);
                  }));
}

Tensor cross(const Tensor& a, const Tensor& b, std::int64_t axis) {
    const Shape shape = product_shape(a, b, "cross");
    if (promote(body(a).dtype, body(b).dtype) == boolean) throw DTypeError("cross: expected numbers, got bool");
    const std::size_t at = detail::checked_axis(axis, shape, "cross");
    if (shape[at] != 3)
        throw ShapeError("cross: expected 3 elements along axis " + std::to_string(axis) + ", got the shapes " +
                         body(a).shape.str() + " and " + body(b).shape.str());
    const auto p = broadcast_to(a, shape), q = broadcast_to(b, shape);
    const auto along = static_cast<std::int64_t>(at);
    // Each component is made of the next two, around.
    const auto turned = [&](const Tensor& t, std::int64_t by) {
        return concat({t.slice(along, by, 3), t.slice(along, 0, by)}, along);
    };
    return turned(p, 1) * turned(q, 2) - turned(p, 2) * turned(q, 1);
}

}  // namespace xg
