#pragma once

#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/autograd/detail/window_grid.hpp>

namespace xg::detail {

/// The windows along one axis: elements first, first + step, … before `last`.
class AxisWindows {
public:
    /// Windows of `kernel` elements.
    AxisWindows(std::int64_t size, std::int64_t windows, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                std::int64_t dilation);
    /// So many windows that cover the axis.
    AxisWindows(std::int64_t size, std::int64_t windows);
    AxisWindows(const AxisWindows&) = delete;

    std::int64_t size, count, step, kernel, stride, pad = 0;
    /// The windows [inner_first, inner_last) are `stride` apart and have `kernel` elements each.
    std::int64_t inner_first, inner_last;
    std::int64_t first(std::int64_t window) const { return bounds_[2 * window]; }
    std::int64_t last(std::int64_t window) const { return bounds_[2 * window + 1]; }
    /// Whether they are long and share most of their elements.
    bool slide() const { return step == 1 && kernel > 3 && kernel >= 2 * stride; }

private:
    void find_inner();
    Scratch<std::int64_t> bounds_;
};

/// The maxima of the windows of each plane, and where they are; `indices` may be null.
template <class T>
void max_pool(std::int64_t planes, const AxisWindows& rows, const AxisWindows& columns, const T* x, T* y,
              std::int64_t* indices);

/// y[plane, indices[plane, i]] += g[plane, i] for planes of `size` elements, where g has `count` of them.
template <class T>
void scatter_planes(std::int64_t planes, std::int64_t count, std::int64_t size, const T* g, const std::int64_t* indices,
                    T* y);
/// y[plane, i] = x[plane, indices[plane, i]].
template <class T>
void gather_planes(std::int64_t planes, std::int64_t count, std::int64_t size, const T* x, const std::int64_t* indices,
                   T* y);

}  // namespace xg::detail
