#pragma once

#include <cstdint>
#include <optional>

#include <xgrad/autograd/tensor.hpp>

// Functions of single numbers: exponentials and logarithms, trigonometric and hyperbolic functions, special functions,
// rounding. Those of several tensors broadcast and promote dtypes; integers become float32, but where said. All are
// differentiable to any order and propagate NaN. They throw ShapeError for shapes that do not broadcast and DTypeError
// for dtypes that they do not take.

namespace xg {

/// 2 to the power x.
XG_EXPORT Tensor exp2(const Tensor& x);
/// exp(x) - 1, precise near 0.
XG_EXPORT Tensor expm1(const Tensor& x);
/// The logarithm to base 2; -inf at 0, NaN below.
XG_EXPORT Tensor log2(const Tensor& x);
/// The logarithm to base 10; -inf at 0, NaN below.
XG_EXPORT Tensor log10(const Tensor& x);
/// log(1 + x), precise near 0; -inf at -1, NaN below.
XG_EXPORT Tensor log1p(const Tensor& x);

/// The sine of an angle in radians; NaN for infinities.
XG_EXPORT Tensor sin(const Tensor& x);
/// The cosine of an angle in radians; NaN for infinities.
XG_EXPORT Tensor cos(const Tensor& x);
/// The tangent of an angle in radians; NaN for infinities.
XG_EXPORT Tensor tan(const Tensor& x);
/// The angle from -π/2 to π/2 whose sine is x; NaN outside of [-1, 1]. The derivative at ±1 is infinite.
XG_EXPORT Tensor asin(const Tensor& x);
/// The angle from 0 to π whose cosine is x; NaN outside of [-1, 1]. The derivative at ±1 is -inf.
XG_EXPORT Tensor acos(const Tensor& x);
/// The angle from -π/2 to π/2 whose tangent is x.
XG_EXPORT Tensor atan(const Tensor& x);
/// The angle from -π to π of the point (x, y). The derivatives at (0, 0) are 0.
XG_EXPORT Tensor atan2(const Tensor& y, const Tensor& x);
/// sqrt(a² + b²) without overflow on the way. The derivatives at (0, 0) are NaN.
XG_EXPORT Tensor hypot(const Tensor& a, const Tensor& b);

/// The hyperbolic sine.
XG_EXPORT Tensor sinh(const Tensor& x);
/// The hyperbolic cosine.
XG_EXPORT Tensor cosh(const Tensor& x);
/// The number whose hyperbolic sine is x.
XG_EXPORT Tensor asinh(const Tensor& x);
/// The number >= 0 whose hyperbolic cosine is x; NaN below 1. The derivative at 1 is infinite.
XG_EXPORT Tensor acosh(const Tensor& x);
/// The number whose hyperbolic tangent is x; infinite at ±1, NaN beyond.
XG_EXPORT Tensor atanh(const Tensor& x);

/// The error function, 2/√π times the integral of exp(-t²) from 0 to x.
XG_EXPORT Tensor erf(const Tensor& x);
/// 1 - erf(x), precise for great x.
XG_EXPORT Tensor erfc(const Tensor& x);
/// The logarithm of |Γ(x)|; inf at 0 and the negative integers.
XG_EXPORT Tensor lgamma(const Tensor& x);
/// The derivative of lgamma, ψ(x): by its recurrence and asymptotic series (NIST Digital Library of Mathematical
/// Functions, 5.5 and 5.11). ∓inf at ±0, NaN at the negative integers.
XG_EXPORT Tensor digamma(const Tensor& x);
/// The n-th derivative of digamma, n from 0 to 1000: n! times Hurwitz's zeta function (NIST Digital Library of
/// Mathematical Functions, 5.15 and 25.11). Infinite at 0 and the negative integers for n >= 1. Throws ValueError.
XG_EXPORT Tensor polygamma(std::int64_t n, const Tensor& x);

/// The cube root, of negative numbers too. The derivative at 0 is infinite.
XG_EXPORT Tensor cbrt(const Tensor& x);
/// 1 / sqrt(x); inf at 0, NaN below.
XG_EXPORT Tensor rsqrt(const Tensor& x);
/// 1 / x.
XG_EXPORT Tensor reciprocal(const Tensor& x);

/// The greatest whole number that is not above x. The derivative is 0; integers stay as they are.
XG_EXPORT Tensor floor(const Tensor& x);
/// The least whole number that is not below x. The derivative is 0; integers stay as they are.
XG_EXPORT Tensor ceil(const Tensor& x);
/// The nearest whole number, of two the even one. The derivative is 0; integers stay as they are.
XG_EXPORT Tensor round(const Tensor& x);
/// x without its fraction. The derivative is 0; integers stay as they are.
XG_EXPORT Tensor trunc(const Tensor& x);

/// a - b floor(a / b), of b's sign, as Python's `%`; of integers an integer. NaN where b is 0; throws ValueError there
/// for integers. The derivative with respect to `a` is 1, with respect to `b` -floor(a / b), also where the remainder
/// jumps.
XG_EXPORT Tensor remainder(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor remainder(const Tensor& a, Scalar b);
XG_EXPORT Tensor remainder(Scalar a, const Tensor& b);

/// x, but at least `min` and at most `max`, either of which may be left out (`{}`); `max` where min > max, and NaN
/// where a bound is. Integers stay integers beside integers. The derivative is 1 inside and on the bounds, else 0.
/// Throws ValueError for no bound.
XG_EXPORT Tensor clip(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = {});
/// The same with a bound for each element, which broadcast with x; an undefined tensor is no bound. A bound gets the
/// gradient of the elements that it moves.
XG_EXPORT Tensor clip(const Tensor& x, const Tensor& min, const Tensor& max);

/// a + weight (b - a).
XG_EXPORT Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight);
XG_EXPORT Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight);

/// log(exp(a) + exp(b)) without overflow on the way. The derivatives are NaN where both are the same infinity.
XG_EXPORT Tensor logaddexp(const Tensor& a, const Tensor& b);

/// a log(b), but 0 where a is 0 and b is not NaN. There the derivative with respect to `a` is 0 for b <= 0, else
/// log(b); that with respect to `b` is a / b everywhere, NaN at (0, 0).
XG_EXPORT Tensor xlogy(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor xlogy(const Tensor& a, Scalar b);
XG_EXPORT Tensor xlogy(Scalar a, const Tensor& b);

}  // namespace xg
