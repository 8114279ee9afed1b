#pragma once

#include <initializer_list>
#include <type_traits>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Reductions over all axes or some. Negative axes count from the end. With `keepdims` the reduced axes stay, with size
// 1. They throw ShapeError for axes that are out of range or given twice.

namespace xg {

/// What counts an axis: integers, but not bool, since `sum(x, true)` for `sum(x, {}, true)` would mean axis 1.
template <class T>
concept AxisNumber = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// The axes that a reduction works on: all (`{}`), one, or several.
class XG_EXPORT Axes {
public:
    Axes() = default;
    template <AxisNumber T>
    Axes(T axis) : axes_{static_cast<std::int64_t>(axis)}, all_(false) {}
    Axes(std::initializer_list<std::int64_t> axes) : axes_(axes), all_(axes.size() == 0) {}
    Axes(const std::vector<std::int64_t>& axes) : axes_(axes), all_(false) {}

    bool all() const noexcept { return all_; }
    const Shape& list() const noexcept { return axes_; }

private:
    Shape axes_;
    bool all_ = true;
};

/// The sum; 0 for no elements. bool is summed as int64. Partial sums are added in an order that depends on shape and
/// strides alone, and in double precision, so that long sums of float32 stay exact to the last bits.
XG_EXPORT Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The arithmetic mean; NaN for no elements. Integers give float32. The sum of float32 may exceed the type's range: it
/// is divided first.
XG_EXPORT Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The greatest element; NaN if any is. Ties share the gradient evenly. Throws ShapeError for no elements.
XG_EXPORT Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The least element; NaN if any is. Ties share the gradient evenly. Throws ShapeError for no elements.
XG_EXPORT Tensor min(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// The sum of the elements that are not NaN; 0 where there are none.
XG_EXPORT Tensor nansum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The mean of the elements that are not NaN; NaN where there are none. Integers give float32.
XG_EXPORT Tensor nanmean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The product; 1 for no elements. bool is multiplied as int64. The gradient holds where elements are 0, too.
XG_EXPORT Tensor prod(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

/// Options of `var` and `std`.
struct VarOptions {
    double correction =
        1;  ///< What is taken from the number of elements before it divides; 0 for the variance of a population.
    bool keepdims = false;
};

/// The variance: the sum of squared distances from the mean over max(0, n - correction); NaN for no elements, and for a
/// single one with a correction of 1. Two passes over blocks in double precision, joined by the formula of Chan, Golub
/// and LeVeque (1979). Integers give float32.
XG_EXPORT Tensor var(const Tensor& x, const Axes& axes = {}, const VarOptions& options = {});
/// The standard deviation: the square root of `var`. Where it is 0, so is its gradient.
XG_EXPORT Tensor std(const Tensor& x, const Axes& axes = {}, const VarOptions& options = {});

/// log(Σ exp(x)), without overflow: -inf for no elements and where all are -inf. Integers give float32.
XG_EXPORT Tensor logsumexp(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// (Σ |x|ᵖ)^(1/p), of vectors whatever the rank; p = 0 counts the elements that are not 0, ±infinity gives the greatest
/// and the least |x|. Nothing overflows or underflows on the way. Where the norm is 0 the gradient is 0; of p =
/// ±infinity, ties share it evenly. Integers give float32. Throws ShapeError for no elements if p is negative or
/// infinite, and ValueError if p is NaN.
XG_EXPORT Tensor norm(const Tensor& x, double p = 2, const Axes& axes = {}, bool keepdims = false);

/// Whether any element is not 0: bool; NaN counts as not 0. False for no elements.
XG_EXPORT Tensor any(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// Whether all elements are not 0: bool. True for no elements.
XG_EXPORT Tensor all(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// How many elements are not 0: int64.
XG_EXPORT Tensor count_nonzero(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The position of the greatest element along an axis, or in row-major order over several or all (`{}`): int64. The
/// first of several; the first NaN where there is one. Throws ShapeError for no elements.
XG_EXPORT Tensor argmax(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The same for the least element.
XG_EXPORT Tensor argmin(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

}  // namespace xg
