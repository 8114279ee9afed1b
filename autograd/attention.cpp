#include <xgrad/autograd/attention.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/detail/attention_kernels.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/row_softmax.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::AttentionShape;
using detail::body;
using detail::data_as;
using detail::Gradients;
using detail::make_tensor;
using detail::saved;

namespace {

constexpr const char* kName = "scaled_dot_product_attention";

std::string message(const std::string& text) { return std::string(kName) + ": " + text; }

Shape batch_of(const Tensor& t) { return Shape(body(t).shape.data(), body(t).shape.rank() - 2); }

Shape with_matrix(const Shape& batch, std::int64_t rows, std::int64_t columns) {
    const Shape shape = batch.inserted(batch.rank(), rows);
    return shape.inserted(shape.rank(), columns);
}

Shape checked_batch(const Tensor& q, const Tensor& k, const Tensor& v) {
    for (const Tensor* t : {&q, &k, &v}) {
        detail::check_defined(*t, kName);
        if (!is_floating(body(*t).dtype) || body(*t).dtype != body(q).dtype)
            throw DTypeError(message("expected a query, key and value of one floating-point dtype, got ") +
                             name(body(q).dtype) + " and " + name(body(*t).dtype));
    }
    const Shape &a = body(q).shape, &b = body(k).shape, &c = body(v).shape;
    if (a.rank() < 2 || b.rank() < 2 || c.rank() < 2 || a.back() != b.back() || b[b.rank() - 2] != c[c.rank() - 2])
        throw ShapeError(message("expected a query (..., L, E), key (..., S, E) and value (..., S, Ev), got ") +
                         a.str() + ", " + b.str() + " and " + c.str());
    return detail::broadcast_shape(detail::broadcast_shape(batch_of(q), batch_of(k), kName), batch_of(v), kName);
}

void check_options(const AttentionOptions& options, DType dtype, const Shape& scores) {
    if (!(options.dropout_p >= 0 && options.dropout_p <= 1))
        throw ValueError(message("expected a dropout_p from 0 to 1, got ") + std::to_string(options.dropout_p));
    if (!options.mask.defined()) return;
    if (options.is_causal) throw ValueError(message("expected a mask or is_causal, got both"));
    const DType given = body(options.mask).dtype;
    if (given != boolean && given != dtype)
        throw DTypeError(message("expected a mask of bool or ") + name(dtype) + ", got " + name(given));
    if (!(detail::broadcast_shape(body(options.mask).shape, scores, kName) == scores))
        throw ShapeError(message("expected a mask that broadcasts to ") + scores.str() + ", got " +
                         body(options.mask).shape.str());
}

/// What the backward needs besides the tensors.
struct AttentionPlan {
    AttentionShape s;
    Shape scores;  ///< (..., L, S)
    double dropout_p;
    detail::DropoutMask dropout;

    double keep_scale() const { return dropout_p < 1 ? 1 / (1 - dropout_p) : 0; }
    detail::AttentionDropout drops() const { return {dropout_p > 0 ? &dropout : nullptr, keep_scale()}; }
};

/// Where the mask's numbers lie for each batch.
std::vector<std::int64_t> mask_offsets(const Tensor& mask, const Shape& scores, const Shape& strides) {
    std::vector<std::int64_t> offsets;
    if (!mask.defined()) return offsets;
    const std::int64_t batches = Shape(scores.data(), scores.rank() - 2).elements();
    for (std::int64_t b = 0; b < batches; ++b) {
        std::int64_t at = 0, rest = b;
        for (std::size_t axis = scores.rank() - 2; axis-- > 0; rest /= scores[axis])
            at += rest % scores[axis] * strides[axis];
        offsets.push_back(at);
    }
    return offsets;
}

template <class F>
void with_kernel_mask(const Tensor& mask, const Shape& scores, DType dtype, F&& f) {
    const Shape strides = mask.defined() ? detail::broadcast_strides(mask, scores) : Shape();
    const std::vector<std::int64_t> offsets = mask_offsets(mask, scores, strides);
    const auto run = [&]<class T>(T*) {
        detail::AttentionMask<T> m;
        if (mask.defined()) {
            m.offsets = offsets.data();
            m.query_step = strides[strides.rank() - 2];
            m.key_step = strides.back();
            if (body(mask).dtype == boolean)
                m.attends = data_as<bool>(mask);
            else
                m.added = data_as<T>(mask);
        }
        f(m);
    };
    if (dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
}

/// Which weights are kept, times the scale: what dropout multiplied them with.
Tensor drawn(const AttentionPlan& plan, DType dtype) {
    const std::int64_t n = plan.scores.elements();
    const Tensor kept = make_tensor(plan.scores, boolean);
    plan.dropout.draw(0, n, reinterpret_cast<std::uint8_t*>(data_as<bool>(kept)));
    return where(kept, full({}, plan.keep_scale(), {.dtype = dtype}), 0);
}

/// True where query i may attend to key j <= i.
Tensor causal_mask(std::int64_t queries, std::int64_t keys) {
    const Tensor rows = arange(0, queries).reshape({queries, 1});
    return greater_equal(rows, arange(0, keys));
}

/// The gradients made of recorded operations, for higher derivatives.
void recorded_backward(Gradients& gradients, const AttentionPlan& plan, const Tensor& q, const Tensor& k,
                       const Tensor& v, const Tensor& mask) {
    const Tensor g = gradients.of_output();
    const double minus_infinity = -std::numeric_limits<double>::infinity(), scale = plan.s.scale;
    Tensor scores = matmul(q, transpose(k)) * scale;
    if (plan.s.causal)
        scores = where(causal_mask(plan.s.queries, plan.s.keys), scores, minus_infinity);
    else if (mask.defined())
        scores = body(mask).dtype == boolean ? where(mask, scores, minus_infinity) : scores + mask;
    const Tensor p = detail::row_softmax(scores);
    const Tensor factors = plan.dropout_p > 0 ? drawn(plan, body(q).dtype) : Tensor();
    if (gradients.needs(2)) gradients.set(2, matmul(transpose(factors.defined() ? p * factors : p), g));
    if (!gradients.needs(0) && !gradients.needs(1) && !gradients.needs(3)) return;
    Tensor d = matmul(g, transpose(v));
    if (factors.defined()) d = d * factors;
    d = p * (d - sum(p * d, -1, true));
    if (gradients.needs(0)) gradients.set(0, matmul(d, k) * scale);
    if (gradients.needs(1)) gradients.set(1, matmul(transpose(d), q) * scale);
    if (gradients.needs(3)) gradients.set(3, d);
}

void fused_backward(Gradients& gradients, const AttentionPlan& plan, const Tensor& q, const Tensor& k, const Tensor& v,
                    const Tensor& mask, const Tensor& peaks) {
    const DType dtype = body(q).dtype;
    const auto place = [&](std::uint32_t i, const Shape& shape) {
        return gradients.needs(i) ? make_tensor(shape, dtype) : Tensor();
    };
    const Tensor dq = place(0, body(q).shape), dk = place(1, body(k).shape), dv = place(2, body(v).shape),
                 dm = place(3, plan.scores);
    const Tensor g = gradients.of_output().contiguous(), queries = q.contiguous(), keys = k.contiguous(),
                 values = v.contiguous();
    with_kernel_mask(mask, plan.scores, dtype, [&]<class T>(const detail::AttentionMask<T>& m) {
        const auto at = [](const Tensor& t) { return t.defined() ? data_as<T>(t) : nullptr; };
        detail::attention_backward<T>(plan.s, at(g), at(queries), at(keys), at(values), m, plan.drops(), at(peaks),
                                      at(dq), at(dk), at(dv), at(dm));
    });
    gradients.set(0, dq);
    gradients.set(1, dk);
    gradients.set(2, dv);
    gradients.set(3, dm);
}

Tensor widened(const Tensor& t, const Shape& batch) {
    const Shape& shape = body(t).shape;
    return broadcast_to(t, with_matrix(batch, shape[shape.rank() - 2], shape.back()));
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const AttentionOptions& options) {
    const Shape batch = checked_batch(query, key, value);
    const Shape& shape = body(query).shape;
    const std::int64_t queries = shape[shape.rank() - 2], keys = body(key).shape[body(key).shape.rank() - 2],
                       width = shape.back(), out = body(value).shape.back();
    const Shape scores = with_matrix(batch, queries, keys);
    const DType dtype = body(query).dtype;
    const Shape result = with_matrix(batch, queries, out);
    for (const Shape& each : {scores, with_matrix(batch, queries, width), with_matrix(batch, keys, width),
                              with_matrix(batch, keys, out), result})
        detail::checked_elements(each, dtype, kName);
    check_options(options, dtype, scores);
    const bool drops = options.dropout_p > 0;
    const std::int64_t row = Shape(scores.data() + 1, scores.rank() - 1).elements();
    const AttentionPlan plan{{batch.elements(), queries, keys, width, out,
                              options.scale.value_or(1 / std::sqrt(static_cast<double>(width))), options.is_causal},
                             scores,
                             options.dropout_p,
                             detail::DropoutMask(drops ? next_stream() : Philox(0), options.dropout_p, row)};
    const Tensor q = widened(query, batch), k = widened(key, batch), v = widened(value, batch);
    const Tensor& mask = options.mask;
    Tensor y = make_tensor(result, dtype);
    const Tensor peaks = make_tensor(with_matrix(batch, queries, 2), dtype);
    {
        const Tensor a = detail::make_alias(q).contiguous(), b = detail::make_alias(k).contiguous(),
                     c = detail::make_alias(v).contiguous();
        with_kernel_mask(mask, scores, dtype, [&]<class T>(const detail::AttentionMask<T>& m) {
            detail::attention_forward<T>(plan.s, data_as<T>(a), data_as<T>(b), data_as<T>(c), m, plan.drops(),
                                         data_as<T>(y), data_as<T>(peaks));
        });
    }
    Tensor* const output = &y;
    const Tensor* const inputs[] = {&q, &k, &v, &mask};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return y;
    detail::record_joint(
        kName, {&output, 1}, inputs,
        [plan, q = saved(q), k = saved(k), v = saved(v), mask = saved(mask), peaks](Gradients& gradients) {
            if (detail::recording())
                recorded_backward(gradients, plan, q.get(), k.get(), v.get(), mask.get());
            else
                fused_backward(gradients, plan, q.get(), k.get(), v.get(), mask.get(), peaks);
        });
    return y;
}

}  // namespace xg
