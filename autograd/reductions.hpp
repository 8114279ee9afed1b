#pragma once

#include <initializer_list>
#include <type_traits>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Reductions over all axes or some. Negative axes count from the end. With `keepdims` the reduced axes stay, with size 1. They throw
// ShapeError for axes that are out of range or given twice.

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

/// The sum; 0 for no elements. bool is summed as int64. Partial sums are added in an order that depends on shape and strides alone, and in
/// double precision, so that long sums of float32 stay exact to the last bits.
XG_EXPORT Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The arithmetic mean; NaN for no elements. Integers give float32.
XG_EXPORT Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The greatest element; NaN if any is. Ties share the gradient evenly. Throws ShapeError for no elements.
XG_EXPORT Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The least element; NaN if any is. Ties share the gradient evenly. Throws ShapeError for no elements.
XG_EXPORT Tensor min(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

}  // namespace xg
