#pragma once

#include <xgrad/autograd/tensor.hpp>

// Logical operations and tests of single elements: bool in, bool out, nothing to differentiate.

namespace xg {

/// Whether both are true: of any dtype, where all but 0 is true (NaN too). Broadcasts; throws ShapeError.
XG_EXPORT Tensor logical_and(const Tensor& a, const Tensor& b);
/// Whether either is true. As logical_and.
XG_EXPORT Tensor logical_or(const Tensor& a, const Tensor& b);
/// Whether one is true and the other not. As logical_and.
XG_EXPORT Tensor logical_xor(const Tensor& a, const Tensor& b);
/// Whether it is not true, which is: whether it is 0.
XG_EXPORT Tensor logical_not(const Tensor& x);

/// Whether an element is NaN; integers and bools are not.
XG_EXPORT Tensor isnan(const Tensor& x);
/// Whether an element is infinite; integers and bools are not.
XG_EXPORT Tensor isinf(const Tensor& x);
/// Whether an element is neither NaN nor infinite; integers and bools always are so.
XG_EXPORT Tensor isfinite(const Tensor& x);

/// How near numbers must be for `isclose` and `allclose`: |a - b| <= atol + rtol |b|.
struct ClosenessOptions {
    double rtol = 1e-5;
    double atol = 1e-8;
    bool equal_nan = false;  ///< Whether NaN is close to NaN.
};

/// Whether elements are near each other, or equal: |a - b| <= atol + rtol |b|, which is not symmetric. Infinities are
/// near themselves alone. Broadcasts; throws ShapeError, and ValueError for negative tolerances.
XG_EXPORT Tensor isclose(const Tensor& a, const Tensor& b, const ClosenessOptions& options = {});
/// Whether all elements are near each other; true if there are none. As isclose.
XG_EXPORT bool allclose(const Tensor& a, const Tensor& b, const ClosenessOptions& options = {});

// Of bool tensors alone, as masks: they throw DTypeError for others. There is no && and ||, which could not leave out
// their second side.
/// Not x, x and y, x or y, element by element.
XG_EXPORT Tensor operator!(const Tensor& x);
XG_EXPORT Tensor operator&(const Tensor& a, const Tensor& b);
XG_EXPORT Tensor operator|(const Tensor& a, const Tensor& b);

}  // namespace xg
