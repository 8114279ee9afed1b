#include <cmath>

#include "families_torch.hpp"

namespace parity {
namespace {

double factorial(std::int64_t n) { return n < 2 ? 1 : static_cast<double>(n) * factorial(n - 1); }

/// libtorch's own loses small numbers, which matters only to wild programs: where a gradient is wanted it is libtorch's
/// own.
at::Tensor logaddexp(const at::Tensor& a, const at::Tensor& b) {
    if (a.requires_grad() || b.requires_grad()) return at::logaddexp(a, b);
    return at::where(a == b, a + M_LN2, at::maximum(a, b) + at::log1p(at::exp(-at::abs(a - b))));
}

/// `values`, which have no derivatives, with these two with respect to x.
at::Tensor with_derivatives(const at::Tensor& values, const at::Tensor& x, const at::Tensor& first,
                            const at::Tensor& second) {
    const at::Tensor d = x - x.detach();
    return values + d * first + at::square(d) * second / 2;
}

/// Exact beside the poles, where libtorch's own is not.
at::Tensor plain_digamma(const at::Tensor& x) {
    const at::Tensor below = at::logical_and(x < 0, x != at::floor(x)), inside = at::where(below, x, -0.5);
    const at::Tensor reflected = at::digamma(1 - inside) - M_PI / at::tan(M_PI * (inside - at::round(inside)));
    return at::where(below, reflected, at::digamma(x));
}

/// libtorch's own derivative, its polygamma(1, x), is good to ten digits: here it is ζ(2, x).
at::Tensor digamma(const at::Tensor& v) {
    if (!v.requires_grad()) return plain_digamma(v);
    const at::Tensor x = v.detach();
    return with_derivatives(plain_digamma(x), v, at::special_zeta(2, x), at::special_zeta(3, x) * -2);
}

at::Tensor lgamma(const at::Tensor& v) {
    if (!v.requires_grad()) return at::lgamma(v);
    const at::Tensor x = v.detach();
    return with_derivatives(at::lgamma(x), v, plain_digamma(x), at::special_zeta(2, x));
}

/// By ζ, too, which is NaN at inf and inf at -inf.
at::Tensor polygamma(std::int64_t n, const at::Tensor& x) {
    if (n == 0) return parity::digamma(x);
    const double sign = n % 2 == 1 ? 1 : -1;
    const at::Tensor end = at::isinf(x), inside = at::masked_fill(x, end, 1);
    const at::Tensor y = at::special_zeta(static_cast<double>(n + 1), inside) * (sign * factorial(n));
    return at::where(end, at::where(x > 0, at::scalar_tensor(sign * 0.0, x.options()), x - x), y);
}

}  // namespace

void add_functions(TorchTable& t) {
    t["exp2"] = TORCH(at::exp2(in[0]));
    t["expm1"] = TORCH(at::expm1(in[0]));
    t["log2"] = TORCH(at::log2(in[0]));
    t["log10"] = TORCH(at::log10(in[0]));
    t["log1p"] = TORCH(at::log1p(in[0]));
    t["logaddexp"] = TORCH(parity::logaddexp(in[0], in[1]));
    t["xlogy"] = TORCH(at::xlogy(in[0], in[1]));
    t["xlogy of number"] = TORCH(at::xlogy(at::Scalar(o.number("value")), in[0]));
    t["xlogy number"] = TORCH(at::xlogy(in[0], at::Scalar(o.number("value"))));
    // libtorch has none.
    t["cbrt"] = TORCH(at::sign(in[0]) * at::pow(at::abs(in[0]), 1.0 / 3));
    t["rsqrt"] = TORCH(at::rsqrt(in[0]));
    t["reciprocal"] = TORCH(at::reciprocal(in[0]));

    t["sin"] = TORCH(at::sin(in[0]));
    t["cos"] = TORCH(at::cos(in[0]));
    t["tan"] = TORCH(at::tan(in[0]));
    t["asin"] = TORCH(at::asin(in[0]));
    t["acos"] = TORCH(at::acos(in[0]));
    t["atan"] = TORCH(at::atan(in[0]));
    t["atan2"] = TORCH(at::atan2(in[0], in[1]));
    t["hypot"] = TORCH(at::hypot(in[0], in[1]));
    t["sinh"] = TORCH(at::sinh(in[0]));
    t["cosh"] = TORCH(at::cosh(in[0]));
    t["asinh"] = TORCH(at::asinh(in[0]));
    t["acosh"] = TORCH(at::acosh(in[0]));
    t["atanh"] = TORCH(at::atanh(in[0]));

    t["erf"] = TORCH(at::erf(in[0]));
    t["erfc"] = TORCH(at::erfc(in[0]));
    t["lgamma"] = TORCH(parity::lgamma(in[0]));
    t["digamma"] = TORCH(parity::digamma(in[0]));
    t["polygamma"] = TORCH(parity::polygamma(o.integer("n"), in[0]));

    t["floor"] = TORCH(at::floor(in[0]));
    t["ceil"] = TORCH(at::ceil(in[0]));
    t["round"] = TORCH(at::round(in[0]));
    t["trunc"] = TORCH(at::trunc(in[0]));
    t["floor of integers"] = TORCH(at::floor(in[0]));
    t["ceil of integers"] = TORCH(at::ceil(in[0]));
    t["round of integers"] = TORCH(at::round(in[0]));
    t["trunc of integers"] = TORCH(at::trunc(in[0]));
    t["remainder"] = TORCH(at::remainder(in[0], in[1]));
    t["remainder by number"] = TORCH(at::remainder(in[0], at::Scalar(o.number("value"))));
    // That of a number has no derivative.
    t["remainder of number"] = TORCH(at::remainder(at::full_like(in[0], o.number("value")), in[0]));
    t["remainder of integers"] = TORCH(at::remainder(in[0], in[1]));

    t["clip"] = TORCH(at::clamp(in[0], at::Scalar(o.number("min")), at::Scalar(o.number("max"))));
    // Unlike clamp with one number these take NaN for what it is.
    t["clip from below"] = TORCH(at::clamp_min(in[0], at::Scalar(o.number("min"))));
    t["clip from above"] = TORCH(at::clamp_max(in[0], at::Scalar(o.number("max"))));
    t["clip by tensors"] = TORCH([&] {
        // The derivative does not know of broadcasting.
        const Tensors x = at::broadcast_tensors(in);
        return at::clamp(x[0], c10::make_optional(x[1]), c10::make_optional(x[2]));
    }());
    t["clip from below by tensor"] = TORCH(at::clamp(in[0], c10::make_optional(in[1])));
    t["clip from above by tensor"] = TORCH(at::clamp(in[0], c10::optional<at::Tensor>(), c10::make_optional(in[1])));
    t["clip of integers"] = TORCH(at::clamp(in[0], at::Scalar(o.integer("min")), at::Scalar(o.integer("max"))));
    t["lerp"] = TORCH(at::lerp(in[0], in[1], in[2]));
    t["lerp by number"] = TORCH(at::lerp(in[0], in[1], at::Scalar(o.number("weight"))));
}

}  // namespace parity
