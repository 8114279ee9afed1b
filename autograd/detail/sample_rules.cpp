#include <xgrad/autograd/detail/sample_rules.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xg::detail {
namespace {

/// (N, …, d) as (N, t, d).
Tensor as_rows(const Tensor& x) {
    const Shape& shape = body(x).shape;
    const std::int64_t n = shape[0], d = shape.rank() == 1 ? 1 : shape.back();
    const std::int64_t rows = n * d == 0 ? 1 : body(x).numel / (n * d);
    return reshape(x, {n, rows, d});
}

/// t with each sample's norm taken out, so that squares neither overflow nor underflow, and these norms, (N, 1, 1).
struct Scaled {
    Tensor value, norms;
    explicit Scaled(const Tensor& t) : norms(norm(t, 2, {1, 2}, true)) { value = t / where(norms == 0, 1, norms); }
    /// False where a sample's norm is infinite or NaN: there the parts say too little of the whole.
    bool finite() const { return all(isfinite(norms)).item() != 0; }
    Tensor inner_products() const { return matmul(value, transpose(value)); }
};

Tensor root_of_sum(const Tensor& products) {
    const Tensor square = sum(products, {1, 2});
    return sqrt(where(square < 0, 0, square));
}

Tensor flat(const Tensor& norms) { return reshape(norms, {body(norms).shape[0]}); }

}  // namespace

Tensor products_per_sample(const Tensor& left, const Tensor& right) {
    const Tensor a = as_rows(left), b = as_rows(right);
    // One row a sample: a product of numbers, for which a matrix product has too much to prepare.
    if (body(a).shape[1] == 1) return transpose(a) * b;
    return matmul(transpose(a), b);
}

Tensor product_norms(const Tensor& left, const Tensor& right) {
    const Tensor a = as_rows(left), b = as_rows(right);
    const std::int64_t rows = body(a).shape[1], p = body(a).shape[2], q = body(b).shape[2];
    if (rows == 1) return norm(a, 2, {1, 2}) * norm(b, 2, {1, 2});
    if (rows * (p + q) >= p * q) return {};
    const Scaled u(a), v(b);
    if (!u.finite() || !v.finite()) return {};
    return root_of_sum(u.inner_products() * v.inner_products()) * flat(u.norms) * flat(v.norms);
}

Tensor sums_over_rows(const Tensor& g) { return sum(as_rows(g), 1); }

Tensor sums_over_planes(const Tensor& g) {
    const Shape& shape = body(g).shape;
    const std::int64_t channels = shape[0] * shape[1];
    return sum(reshape(g, {shape[0], shape[1], channels == 0 ? 1 : body(g).numel / channels}), 2);
}

Tensor norms_of_sums(const Tensor& v, const Tensor& same) {
    const Scaled u(v);
    if (!u.finite()) return {};
    return root_of_sum(where(same, u.inner_products(), 0)) * flat(u.norms);
}

}  // namespace xg::detail
