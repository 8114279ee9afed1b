#include <xgrad/autograd/functions.hpp>

#include <cmath>
#include <limits>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/logic.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::beside;
using detail::body;
using detail::cast;
using detail::check_defined;
using detail::floating;
using detail::Fn;
using detail::map;
using detail::Numbers;
using detail::NumbersFn;
using detail::Operands;
using detail::pointwise;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

constexpr double kLn2 = 0.69314718055994531, kLn10 = 2.3025850929940457, kTwoBySqrtPi = 1.1283791670955126;

/// A function whose derivative is `derivative(x)`.
template <class F>
Tensor of_input(const char* name, Fn fn, const Tensor& v, F derivative) {
    const Tensor x = floating(v, name);
    return record(pointwise(name), map(name, fn, x),
                  wrt(x, [derivative, x = saved(x)](const Tensor& g) { return g * derivative(x.get()); }));
}

/// A function whose derivative is `derivative(y)`, y its result.
template <class F>
Tensor of_result(const char* name, Fn fn, const Tensor& v, F derivative) {
    const Tensor x = floating(v, name);
    return record(pointwise(name), map(name, fn, x),
                  wrt(x, [derivative](const Tensor& g, const Tensor& y) { return g * derivative(y); }));
}

/// A function that is constant but for steps.
Tensor steps(const char* name, Fn fn, const Tensor& x) {
    check_defined(x, name);
    if (body(x).dtype == int64) return x;
    return record(pointwise(name), map(name, fn, x), wrt(x, [](const Tensor& g) { return zeros_like(g); }));
}

/// Both operands in one floating-point type.
Operands floating_operands(const Tensor& x, const Tensor& y, const char* operation) {
    Operands operands(x, y, operation);
    operands.a = floating(operands.a, operation);
    operands.b = floating(operands.b, operation);
    return operands;
}

Tensor clip_backward(const Numbers& bounds, const Tensor& g, const Tensor& x) {
    return record(pointwise("clip_backward"), map("clip_backward", NumbersFn::clip_backward, bounds, g, x),
                  wrt(g, [bounds, x = saved(x)](const Tensor& gg) { return clip_backward(bounds, gg, x.get()); }));
}

/// A bound that moves nothing.
Tensor no_bound(DType dtype, bool low) {
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return dtype == int64 ? full({}, low ? Limits::min() : Limits::max(), {.dtype = dtype})
                          : full({}, low ? -infinity : infinity, {.dtype = dtype});
}

}  // namespace

Tensor exp2(const Tensor& x) {
    return of_result("exp2", Fn::exp2, x, [](const Tensor& y) { return y * kLn2; });
}
Tensor expm1(const Tensor& x) {
    return of_result("expm1", Fn::expm1, x, [](const Tensor& y) { return y + 1; });
}
Tensor log2(const Tensor& x) {
    return of_input("log2", Fn::log2, x, [](const Tensor& v) { return reciprocal(v * kLn2); });
}
Tensor log10(const Tensor& x) {
    return of_input("log10", Fn::log10, x, [](const Tensor& v) { return reciprocal(v * kLn10); });
}
Tensor log1p(const Tensor& x) {
    return of_input("log1p", Fn::log1p, x, [](const Tensor& v) { return reciprocal(v + 1); });
}

Tensor sin(const Tensor& x) {
    return of_input("sin", Fn::sin, x, [](const Tensor& v) { return cos(v); });
}
Tensor cos(const Tensor& x) {
    return of_input("cos", Fn::cos, x, [](const Tensor& v) { return -sin(v); });
}
Tensor tan(const Tensor& x) {
    return of_result("tan", Fn::tan, x, [](const Tensor& y) { return square(y) + 1; });
}
// (1 - x) (1 + x) instead of 1 - x x, which cancels near 1.
Tensor asin(const Tensor& x) {
    return of_input("asin", Fn::asin, x, [](const Tensor& v) { return rsqrt((1 - v) * (1 + v)); });
}
Tensor acos(const Tensor& x) {
    return of_input("acos", Fn::acos, x, [](const Tensor& v) { return -rsqrt((1 - v) * (1 + v)); });
}
Tensor atan(const Tensor& x) {
    return of_input("atan", Fn::atan, x, [](const Tensor& v) { return reciprocal(square(v) + 1); });
}

Tensor atan2(const Tensor& y, const Tensor& x) {
    const auto [a, b] = floating_operands(y, x, "atan2");
    // Not by a a + b b, which overflows before the angle's derivative is 0.
    constexpr auto radius = [](const Tensor& p, const Tensor& q) {
        const Tensor r = hypot(p, q);
        return where(r == 0, 1, r);
    };
    return record(pointwise("atan2"), map("atan2", Fn::atan2, a, b),
                  wrt(a,
                      [=, a = saved(a), b = saved(b)](const Tensor& g) {
                          const Tensor r = radius(a.get(), b.get());
                          return g * (b.get() / r / r);
                      }),
                  wrt(b, [=, a = saved(a), b = saved(b)](const Tensor& g) {
                      const Tensor r = radius(a.get(), b.get());
                      return -g * (a.get() / r / r);
                  }));
}

Tensor hypot(const Tensor& x, const Tensor& y) {
    const auto [a, b] = floating_operands(x, y, "hypot");
    return record(pointwise("hypot"), map("hypot", Fn::hypot, a, b),
                  wrt(a, [a = saved(a)](const Tensor& g, const Tensor& z) { return g * (a.get() / z); }),
                  wrt(b, [b = saved(b)](const Tensor& g, const Tensor& z) { return g * (b.get() / z); }));
}

Tensor sinh(const Tensor& x) {
    return of_input("sinh", Fn::sinh, x, [](const Tensor& v) { return cosh(v); });
}
Tensor cosh(const Tensor& x) {
    return of_input("cosh", Fn::cosh, x, [](const Tensor& v) { return sinh(v); });
}
Tensor asinh(const Tensor& x) {
    return of_input("asinh", Fn::asinh, x, [](const Tensor& v) { return rsqrt(square(v) + 1); });
}
Tensor acosh(const Tensor& x) {
    return of_input("acosh", Fn::acosh, x, [](const Tensor& v) { return rsqrt((v - 1) * (v + 1)); });
}
Tensor atanh(const Tensor& x) {
    return of_input("atanh", Fn::atanh, x, [](const Tensor& v) { return reciprocal((1 - v) * (1 + v)); });
}

Tensor erf(const Tensor& x) {
    return of_input("erf", Fn::erf, x, [](const Tensor& v) { return exp(-square(v)) * kTwoBySqrtPi; });
}
Tensor erfc(const Tensor& x) {
    return of_input("erfc", Fn::erfc, x, [](const Tensor& v) { return exp(-square(v)) * -kTwoBySqrtPi; });
}
Tensor lgamma(const Tensor& x) {
    return of_input("lgamma", Fn::lgamma, x, [](const Tensor& v) { return digamma(v); });
}
Tensor digamma(const Tensor& x) {
    return of_input("digamma", Fn::digamma, x, [](const Tensor& v) { return polygamma(1, v); });
}
Tensor polygamma(std::int64_t n, const Tensor& v) {
    if (n < 0 || n > 1000) throw ValueError("polygamma: expected an order from 0 to 1000, got " + std::to_string(n));
    const Tensor x = floating(v, "polygamma");
    return record(pointwise("polygamma"), map("polygamma", NumbersFn::polygamma, {.a = static_cast<double>(n)}, x),
                  wrt(x, [n, x = saved(x)](const Tensor& g) { return g * polygamma(n + 1, x.get()); }));
}

Tensor cbrt(const Tensor& x) {
    return of_result("cbrt", Fn::cbrt, x, [](const Tensor& y) { return reciprocal(square(y) * 3); });
}
Tensor rsqrt(const Tensor& x) {
    return of_result("rsqrt", Fn::rsqrt, x, [](const Tensor& y) { return square(y) * y * -0.5; });
}
Tensor reciprocal(const Tensor& x) {
    return of_result("reciprocal", Fn::reciprocal, x, [](const Tensor& y) { return -square(y); });
}

Tensor floor(const Tensor& x) { return steps("floor", Fn::floor, x); }
Tensor ceil(const Tensor& x) { return steps("ceil", Fn::ceil, x); }
Tensor round(const Tensor& x) { return steps("round", Fn::round, x); }
Tensor trunc(const Tensor& x) { return steps("trunc", Fn::trunc, x); }

Tensor remainder(const Tensor& x, const Tensor& y) {
    const auto [a, b] = Operands(x, y, "remainder");
    if (body(b).dtype == int64 && body(a).numel > 0) {
        const Tensor values = b.contiguous();
        const auto* const divisors = detail::data_as<std::int64_t>(values);
        for (std::int64_t i = 0; i < values.numel(); ++i)
            if (divisors[i] == 0) throw ValueError("remainder: expected integer divisors other than 0, got a 0");
    }
    return record(pointwise("remainder"), map("remainder", Fn::remainder, a, b),
                  wrt(a, [](const Tensor& g) { return g; }), wrt(b, [a = saved(a), b = saved(b)](const Tensor& g) {
                      return -g * map("remainder", Fn::floor_quotient, a.get(), b.get());
                  }));
}

Tensor clip(const Tensor& v, std::optional<Scalar> min, std::optional<Scalar> max) {
    check_defined(v, "clip");
    if (!min && !max) throw ValueError("clip: expected a least or a greatest value, got neither");
    DType dtype = body(v).dtype;
    if (min) dtype = min->promoted_with(dtype);
    if (max) dtype = max->promoted_with(dtype);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Numbers bounds{.a = min ? min->to_double() : -infinity, .b = max ? max->to_double() : infinity};
    if (!is_floating(dtype) || std::isnan(bounds.a) || std::isnan(bounds.b))
        return clip(v, min ? full({}, *min, {.dtype = dtype}) : Tensor(),
                    max ? full({}, *max, {.dtype = dtype}) : Tensor());
    const Tensor x = cast(v, dtype, "clip");
    return record(pointwise("clip"), map("clip", NumbersFn::clip, bounds, x),
                  wrt(x, [bounds, x = saved(x)](const Tensor& g) { return clip_backward(bounds, g, x.get()); }));
}

Tensor clip(const Tensor& v, const Tensor& min, const Tensor& max) {
    check_defined(v, "clip");
    const bool below = min.defined(), above = max.defined();
    if (!below && !above) throw ValueError("clip: expected a least or a greatest value, got neither");
    DType dtype = body(v).dtype;
    if (below) dtype = promote(dtype, body(min).dtype);
    if (above) dtype = promote(dtype, body(max).dtype);
    const Tensor x = cast(v, dtype, "clip"), low = below ? cast(min, dtype, "clip") : no_bound(dtype, true),
                 high = above ? cast(max, dtype, "clip") : no_bound(dtype, false);
    return record(
        pointwise("clip"), map("clip", Fn::clip, x, low, high),
        wrt(x, [x = saved(x), low = saved(low), high = saved(high)](
                   const Tensor& g) { return where(logical_and(x.get() >= low.get(), x.get() <= high.get()), g, 0); }),
        wrt(low,
            [=, x = saved(x), low = saved(low), high = saved(high)](const Tensor& g) {
                const Tensor moved = x.get() < low.get();
                return where(above ? logical_and(moved, low.get() < high.get()) : moved, g, 0);
            }),
        wrt(high, [=, x = saved(x), low = saved(low), high = saved(high)](const Tensor& g) {
            const Tensor moved = x.get() > high.get();
            return where(below ? logical_or(moved, high.get() < low.get()) : moved, g, 0);
        }));
}

Tensor lerp(const Tensor& x, const Tensor& y, const Tensor& v) {
    check_defined(v, "lerp");
    const auto [p, q] = floating_operands(x, y, "lerp");
    const DType dtype = promote(body(p).dtype, body(v).dtype);
    const Tensor a = cast(p, dtype, "lerp"), b = cast(q, dtype, "lerp"), weight = cast(v, dtype, "lerp");
    return record(pointwise("lerp"), map("lerp", Fn::lerp, a, b, weight),
                  wrt(a, [w = saved(weight)](const Tensor& g) { return g * (1 - w.get()); }),
                  wrt(b, [w = saved(weight)](const Tensor& g) { return g * w.get(); }),
                  wrt(weight, [a = saved(a), b = saved(b)](const Tensor& g) { return g * (b.get() - a.get()); }));
}

Tensor logaddexp(const Tensor& x, const Tensor& y) {
    const auto [a, b] = floating_operands(x, y, "logaddexp");
    return record(pointwise("logaddexp"), map("logaddexp", Fn::logaddexp, a, b),
                  wrt(a, [a = saved(a), b = saved(b)](const Tensor& g) { return g * sigmoid(a.get() - b.get()); }),
                  wrt(b, [a = saved(a), b = saved(b)](const Tensor& g) { return g * sigmoid(b.get() - a.get()); }));
}

Tensor xlogy(const Tensor& x, const Tensor& y) {
    const auto [a, b] = floating_operands(x, y, "xlogy");
    return record(pointwise("xlogy"), map("xlogy", Fn::xlogy, a, b),
                  wrt(a,
                      [a = saved(a), b = saved(b)](const Tensor& g) {
                          // log of 1 where the derivative is 0 by convention, so that no NaN arises in the branch not
                          // taken.
                          const Tensor convention = logical_and(a.get() == 0, b.get() <= 0);
                          return where(convention, 0, g * log(where(convention, 1, b.get())));
                      }),
                  wrt(b, [a = saved(a), b = saved(b)](const Tensor& g) { return g * (a.get() / b.get()); }));
}

// With numbers.
Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, beside(a, b, "remainder")); }
Tensor remainder(Scalar a, const Tensor& b) { return remainder(beside(b, a, "remainder"), b); }
Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight) {
    return lerp(a, b, beside(floating(a, "lerp"), weight, "lerp"));
}
Tensor xlogy(const Tensor& a, Scalar b) { return xlogy(a, beside(a, b, "xlogy")); }
Tensor xlogy(Scalar a, const Tensor& b) { return xlogy(beside(b, a, "xlogy"), b); }

}  // namespace xg
