#include <xgrad/autograd/linalg.hpp>

#include <algorithm>
#include <climits>
#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/linear_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// The last two axes of t as BLAS can read them; t is copied where it cannot.
template <class T>
struct Operand {
    Tensor t;
    detail::Matrix<T> matrix;

    explicit Operand(const Tensor& given) : t(given) {
        const detail::Body& b = body(t);
        const std::size_t n = b.shape.rank();
        const std::int64_t rows = b.shape[n - 2], columns = b.shape[n - 1], down = b.strides[n - 2],
                           across = b.strides[n - 1];
        if ((across == 1 || columns <= 1) && (down >= columns || rows <= 1) && down <= INT_MAX) {
            matrix = {data_as<T>(t), std::max({down, columns, std::int64_t{1}}), false};
        } else if ((down == 1 || rows <= 1) && (across >= rows || columns <= 1) && across <= INT_MAX) {
            matrix = {data_as<T>(t), std::max({across, rows, std::int64_t{1}}), true};
        } else {
            t = t.detach().clone();
            matrix = {data_as<T>(t), std::max<std::int64_t>(columns, 1), false};
        }
    }
};

Shape batch_of(const Shape& shape) { return Shape(shape.data(), shape.rank() - 2); }

template <class T>
void multiply(const Tensor& a, const Tensor& b, const Tensor& y) {
    const Shape& shape = body(y).shape;
    const std::size_t rank = shape.rank();
    const std::int64_t m = shape[rank - 2], n = shape[rank - 1], k = body(a).shape.back();
    const Operand<T> p(a), q(b);
    const Shape batch = batch_of(shape);
    const auto strides = [&](const Tensor& t) {
        Shape full = batch;
        full = full.inserted(full.rank(), body(t).shape[body(t).shape.rank() - 2]);
        full = full.inserted(full.rank(), body(t).shape.back());
        return detail::broadcast_strides(t, full);
    };
    const Shape p_strides = strides(p.t), q_strides = strides(q.t);
    // A large product is cut into blocks of rows, a batch into its products.
    constexpr std::int64_t worth_sharing = 1 << 21;
    const std::int64_t products = batch.elements();
    const std::int64_t rows =
        m * n * k < worth_sharing ? std::max<std::int64_t>(m, 1) : std::max<std::int64_t>(64, (m + 15) / 16);
    const std::int64_t blocks = (m + rows - 1) / rows,
                       per_task =
                           std::max<std::int64_t>(1, worth_sharing / (16 * std::max<std::int64_t>(m * n * k, 1)));
    const std::int64_t all = products * blocks;
    parallel_for((all + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t i = task * per_task; i < std::min(all, (task + 1) * per_task); ++i) {
            const std::int64_t r = i % blocks * rows;
            std::int64_t rest = i / blocks, p_at = 0, q_at = 0;
            for (std::size_t axis = batch.rank(); axis-- > 0; rest /= batch[axis]) {
                p_at += rest % batch[axis] * p_strides[axis];
                q_at += rest % batch[axis] * q_strides[axis];
            }
            detail::Matrix<T> left = p.matrix, right = q.matrix;
            left.data += p_at + r * (left.transposed ? 1 : left.stride);
            right.data += q_at;
            detail::gemm(std::min(rows, m - r), n, k, left, right, T(0), data_as<T>(y) + (i / blocks * m + r) * n, n);
        }
    });
}

Tensor matrix_product(const Tensor& a, const Tensor& b) {
    const Shape &p = body(a).shape, &q = body(b).shape;
    Shape shape =
        p.rank() == 2 && q.rank() == 2 ? Shape() : detail::broadcast_shape(batch_of(p), batch_of(q), "matmul");
    shape = shape.inserted(shape.rank(), p[p.rank() - 2]);
    shape = shape.inserted(shape.rank(), q.back());
    Tensor y = make_tensor(shape, body(a).dtype, "matmul");
    if (body(a).dtype == float32)
        multiply<float>(a, b, y);
    else
        multiply<double>(a, b, y);
    return record("matmul", std::move(y),
                  wrt(a, [b = saved(b)](const Tensor& g) { return matmul(g, transpose(b.get())); }),
                  wrt(b, [a = saved(a)](const Tensor& g) { return matmul(transpose(a.get()), g); }));
}

}  // namespace

Tensor matmul(const Tensor& x, const Tensor& y) {
    check_defined(x, "matmul");
    check_defined(y, "matmul");
    const Shape &p = body(x).shape, &q = body(y).shape;
    if (p.rank() == 0 || q.rank() == 0)
        throw ShapeError("matmul: expected operands of rank 1 or more, got " + p.str() + " and " + q.str());
    DType dtype = promote(body(x).dtype, body(y).dtype);
    // Whole numbers are multiplied as doubles: exact up to 2^53.
    const DType result = dtype == boolean ? int64 : dtype;
    if (!is_floating(dtype)) dtype = float64;
    const std::int64_t left = p.back(), right = q.rank() == 1 ? q[0] : q[q.rank() - 2];
    if (left != right)
        throw ShapeError("matmul: the inner sizes of " + p.str() + " and " + q.str() +
                         " differ: " + std::to_string(left) + " and " + std::to_string(right));
    Tensor a = x.to(dtype), b = y.to(dtype);
    if (p.rank() == 1) a = a.reshape({1, p[0]});
    if (q.rank() == 1) b = b.reshape({q[0], 1});
    Tensor product = matrix_product(a, b).to(result);
    Shape shape = body(product).shape;
    if (q.rank() == 1) shape = shape.erased(shape.rank() - 1);
    if (p.rank() == 1) shape = shape.erased(shape.rank() - (q.rank() == 1 ? 1 : 2));
    return product.reshape(shape);
}

namespace {

void check_linear(const Tensor& x, const Tensor& w, const Tensor& b) {
    check_defined(x, "linear");
    check_defined(w, "linear");
    const Shape &p = body(x).shape, &q = body(w).shape;
    if (q.rank() != 2) throw ShapeError("linear: expected weights of shape (out, in), got " + q.str());
    if (p.empty() || p.back() != q[1])
        throw ShapeError("linear: expected an input of shape (..., " + std::to_string(q[1]) +
                         ") for weights of shape " + q.str() + ", got " + p.str());
    if (b.defined() && !(body(b).shape == Shape{q[0]}))
        throw ShapeError("linear: expected a bias of shape " + Shape{q[0]}.str() + " for weights of shape " + q.str() +
                         ", got " + body(b).shape.str());
    const DType dtype = body(w).dtype;
    if (!is_floating(dtype))
        throw DTypeError(std::string("linear: expected floating-point weights, got ") + name(dtype));
    if (body(x).dtype != dtype || (b.defined() && body(b).dtype != dtype))
        throw DTypeError(std::string("linear: expected one dtype, got an input of ") + name(body(x).dtype) +
                         ", weights of " + name(dtype) +
                         (b.defined() ? std::string(" and a bias of ") + name(body(b).dtype) : ""));
}

detail::LinearShape sizes(const Tensor& x, const Tensor& w, Activation activation) {
    const Shape& q = body(w).shape;
    std::int64_t rows = 1;
    for (std::size_t i = 0; i + 1 < body(x).shape.rank(); ++i) rows *= body(x).shape[i];
    return {rows, q[1], q[0], activation == Activation::relu};
}

/// The gradients in one pass over the rows, not recorded.
void fused_backward(detail::Gradients& gradients, const detail::LinearShape& s, const Tensor& y, const Tensor& x,
                    const Tensor& w, bool has_bias) {
    const Tensor g = gradients.of_output().contiguous();
    const DType dtype = body(g).dtype;
    const Tensor dx = gradients.needs(0) ? make_tensor(body(x).shape, dtype) : Tensor();
    const Tensor dw = gradients.needs(1) ? make_tensor(body(w).shape, dtype) : Tensor();
    const Tensor db = has_bias && gradients.needs(2) ? make_tensor({s.out}, dtype) : Tensor();
    const Tensor dense_x = x.contiguous(), dense_w = w.contiguous();
    const auto run = [&]<class T>(T*) {
        const auto at = [](const Tensor& t) { return t.defined() ? data_as<T>(t) : nullptr; };
        detail::linear_backward<T>(s, at(g), at(y), at(dense_x), at(dense_w), at(dx), at(dw), at(db));
    };
    if (dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    gradients.set(0, dx);
    gradients.set(1, dw);
    if (has_bias) gradients.set(2, db);
}

/// The same of recorded operations, for higher derivatives.
void recorded_backward(detail::Gradients& gradients, const detail::LinearShape& s, const Tensor& y, const Tensor& x,
                       const Tensor& w, bool has_bias) {
    Tensor g = gradients.of_output();
    if (s.relu) g = where(y <= 0, 0, g);
    const Tensor flat = g.reshape({s.rows, s.out});
    if (gradients.needs(0)) gradients.set(0, matmul(flat, w).reshape(body(x).shape));
    if (gradients.needs(1)) gradients.set(1, matmul(transpose(flat), x.reshape({s.rows, s.in})));
    if (has_bias && gradients.needs(2)) gradients.set(2, sum(flat, 0));
}

}  // namespace

Tensor linear(const Tensor& x, const Tensor& w, const Tensor& b, Activation activation) {
    check_linear(x, w, b);
    const detail::LinearShape s = sizes(x, w, activation);
    Shape shape = body(x).shape;
    shape[shape.rank() - 1] = s.out;
    Tensor y = make_tensor(shape, body(w).dtype, "linear");
    {
        const Tensor dense_x = detail::make_alias(x).contiguous(), dense_w = detail::make_alias(w).contiguous();
        const Tensor dense_b = b.defined() ? detail::make_alias(b).contiguous() : Tensor();
        if (body(y).dtype == float32)
            detail::linear_forward(s, data_as<float>(dense_x), data_as<float>(dense_w),
                                   b.defined() ? data_as<float>(dense_b) : nullptr, data_as<float>(y));
        else
            detail::linear_forward(s, data_as<double>(dense_x), data_as<double>(dense_w),
                                   b.defined() ? data_as<double>(dense_b) : nullptr, data_as<double>(y));
    }
    Tensor* const output = &y;
    const Tensor* const inputs[] = {&x, &w, &b};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return y;
    const char* const op = s.relu ? "linear_relu" : "linear";
    detail::record_joint(op, {&output, 1}, {inputs, b.defined() ? 3U : 2U},
                         [s, x = saved(x), w = saved(w), y = s.relu ? detail::SavedOutput(y, 0) : detail::SavedOutput(),
                          has_bias = b.defined()](detail::Gradients& gradients) {
                             const Tensor result = s.relu ? y.get() : Tensor();
                             if (detail::recording())
                                 recorded_backward(gradients, s, result, x.get(), w.get(), has_bias);
                             else
                                 fused_backward(gradients, s, result, x.get(), w.get(), has_bias);
                         });
    return y;
}

}  // namespace xg
