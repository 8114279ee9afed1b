#pragma once

#include <xgrad/autograd/tensor.hpp>

// Element-wise operations. Those of two tensors broadcast by NumPy's rules and promote dtypes by PyTorch's; a number
// takes the tensor's dtype where it can (see Scalar). All are differentiable to any order, except the comparisons, and
// propagate NaN. They throw ShapeError for shapes that do not broadcast and DTypeError for dtypes that they do not
// take.

namespace xg {

/// a + b; of two bools whether one is true.
XG_EXPORT Tensor add(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor add(const Tensor& a, Scalar b);
/// a - b. Throws DTypeError for two bools.
XG_EXPORT Tensor sub(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor sub(const Tensor& a, Scalar b);
XG_EXPORT Tensor sub(Scalar a, const Tensor& b);
/// a · b, element by element; of two bools whether both are true. `matmul` is the product of matrices.
XG_EXPORT Tensor mul(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor mul(const Tensor& a, Scalar b);
/// True division: integers give float32.
XG_EXPORT Tensor div(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor div(const Tensor& a, Scalar b);
XG_EXPORT Tensor div(Scalar a, const Tensor& b);
/// a to the power b. The derivative with respect to `a` is 0 where b is 0; with respect to `b` it is 0 where a is 0 and
/// b >= 0. Integers to the power of an integer give integers: a negative number as `b` throws ValueError; where a
/// tensor `b` holds negative ones, the result is rounded towards 0, and 0 where a is 0.
XG_EXPORT Tensor pow(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor pow(const Tensor& a, Scalar b);
XG_EXPORT Tensor pow(Scalar a, const Tensor& b);
/// The lesser of each pair; NaN if either is. Where both are equal each gets half of the gradient.
XG_EXPORT Tensor minimum(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor minimum(const Tensor& a, Scalar b);
/// The greater of each pair; NaN if either is. Where both are equal each gets half of the gradient.
XG_EXPORT Tensor maximum(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor maximum(const Tensor& a, Scalar b);
/// `a` where `condition` (bool) holds, else `b`. Throws DTypeError unless the condition is bool.
XG_EXPORT Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
XG_EXPORT Tensor where(const Tensor& condition, const Tensor& a, Scalar b);
XG_EXPORT Tensor where(const Tensor& condition, Scalar a, const Tensor& b);
/// Of two numbers: float32 if one is a floating-point number, else int64 or bool.
XG_EXPORT Tensor where(const Tensor& condition, Scalar a, Scalar b);

/// -x. Throws DTypeError for bools.
XG_EXPORT Tensor neg(const Tensor& x);
/// e to the power x. Integers give float32, as in all functions below whose results are no whole numbers.
XG_EXPORT Tensor exp(const Tensor& x);
/// The natural logarithm; -inf at 0, NaN below.
XG_EXPORT Tensor log(const Tensor& x);
/// The square root; NaN below 0. Its derivative at 0 is infinite.
XG_EXPORT Tensor sqrt(const Tensor& x);
/// x · x, in x's dtype.
XG_EXPORT Tensor square(const Tensor& x);
/// The absolute value. Its derivative at 0 is 0.
XG_EXPORT Tensor abs(const Tensor& x);
/// -1, 0 or 1; NaN for NaN. Its derivative is 0.
XG_EXPORT Tensor sign(const Tensor& x);
/// The hyperbolic tangent.
XG_EXPORT Tensor tanh(const Tensor& x);
/// 1 / (1 + exp(-x)).
XG_EXPORT Tensor sigmoid(const Tensor& x);
/// max(x, 0). Its derivative at 0 is 0.
XG_EXPORT Tensor relu(const Tensor& x);

/// Comparisons give a bool tensor; those with NaN are false, except `not_equal`.
XG_EXPORT Tensor equal(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor equal(const Tensor& a, Scalar b);
XG_EXPORT Tensor not_equal(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor not_equal(const Tensor& a, Scalar b);
XG_EXPORT Tensor less(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor less(const Tensor& a, Scalar b);
XG_EXPORT Tensor less_equal(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor less_equal(const Tensor& a, Scalar b);
XG_EXPORT Tensor greater(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor greater(const Tensor& a, Scalar b);
XG_EXPORT Tensor greater_equal(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor greater_equal(const Tensor& a, Scalar b);

// The operators; `==` compares element by element, as in NumPy.
inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator+(const Tensor& a, Scalar b) { return add(a, b); }
inline Tensor operator+(Scalar a, const Tensor& b) { return add(b, a); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return sub(a, b); }
inline Tensor operator-(const Tensor& a, Scalar b) { return sub(a, b); }
inline Tensor operator-(Scalar a, const Tensor& b) { return sub(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator*(const Tensor& a, Scalar b) { return mul(a, b); }
inline Tensor operator*(Scalar a, const Tensor& b) { return mul(b, a); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor operator/(const Tensor& a, Scalar b) { return div(a, b); }
inline Tensor operator/(Scalar a, const Tensor& b) { return div(a, b); }
inline Tensor operator-(const Tensor& x) { return neg(x); }
inline Tensor operator==(const Tensor& a, const Tensor& b) { return equal(a, b); }
inline Tensor operator==(const Tensor& a, Scalar b) { return equal(a, b); }
inline Tensor operator!=(const Tensor& a, const Tensor& b) { return not_equal(a, b); }
inline Tensor operator!=(const Tensor& a, Scalar b) { return not_equal(a, b); }
inline Tensor operator<(const Tensor& a, const Tensor& b) { return less(a, b); }
inline Tensor operator<(const Tensor& a, Scalar b) { return less(a, b); }
inline Tensor operator<=(const Tensor& a, const Tensor& b) { return less_equal(a, b); }
inline Tensor operator<=(const Tensor& a, Scalar b) { return less_equal(a, b); }
inline Tensor operator>(const Tensor& a, const Tensor& b) { return greater(a, b); }
inline Tensor operator>(const Tensor& a, Scalar b) { return greater(a, b); }
inline Tensor operator>=(const Tensor& a, const Tensor& b) { return greater_equal(a, b); }
inline Tensor operator>=(const Tensor& a, Scalar b) { return greater_equal(a, b); }

}  // namespace xg
