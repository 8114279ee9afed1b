#include <xgrad/autograd/linalg.hpp>

#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/linear_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/sample_rules.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::data_as;
using detail::make_tensor;
using detail::saved;

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
        detail::linear_backward<T>(s, at(g), at(y), at(dense_x), at(dense_w), at(dx), at(dw), at(db),
                                   gradients.squares);
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

struct LinearBackward {
    detail::LinearShape shape;
    detail::Saved x, w;
    detail::SavedOutput y;  // for relu
    bool has_bias;

    void operator()(detail::Gradients& gradients) const {
        const Tensor result = shape.relu ? y.get() : Tensor();
        if (detail::recording())
            recorded_backward(gradients, shape, result, x.get(), w.get(), has_bias);
        else
            fused_backward(gradients, shape, result, x.get(), w.get(), has_bias);
    }

    /// The gradient at the sum, before relu.
    Tensor at_sum(const detail::Gradients& gradients) const {
        const Tensor& g = gradients.of_output();
        return shape.relu ? where(y.get() <= 0, 0, g) : g;
    }
    Tensor per_sample(detail::Gradients& gradients, std::uint32_t input) const {
        const Tensor g = at_sum(gradients);
        return input == 1 ? detail::products_per_sample(g, x.get()) : detail::sums_over_rows(g);
    }
    Tensor per_sample_norms(detail::Gradients& gradients, std::uint32_t input) const {
        return input == 1 ? detail::product_norms(at_sum(gradients), x.get()) : Tensor();
    }
};

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
    detail::record_joint(
        op, {&output, 1}, {inputs, b.defined() ? 3U : 2U},
        LinearBackward{s, saved(x), saved(w), s.relu ? detail::SavedOutput(y, 0) : detail::SavedOutput(), b.defined()});
    // The pass over the gradient that applies ReLU's mask sums its squares, too.
    if (s.relu && body(y).node) body(y).node->sums_squares = true;
    return y;
}

}  // namespace xg
