#pragma once

#include <xgrad/autograd/detail/window_grid.hpp>

namespace xg::detail {

/// The sizes of a convolution of images (N, C, H, W) with filters (O, C / groups, KH, KW).
struct ConvolutionShape : WindowGrid {
    std::int64_t images, channels, filters, groups;
    bool flat;  ///< Of sequences: the arrays have no axis for the height, which is 1.

    std::int64_t group_channels() const noexcept { return channels / groups; }
    std::int64_t group_filters() const noexcept { return filters / groups; }
    /// The elements of one filter.
    std::int64_t depth() const noexcept { return group_channels() * taps(); }
    bool depthwise() const noexcept { return groups == channels && groups > 1; }
};

// The three products of a convolution, each linear in both of its inputs. All arrays are contiguous, and there is at
// least one image, channel, filter, window and element of a filter. Memory beside the results: about a megabyte a
// thread, and up to 16 times the weights for their gradient.

/// y = w * x + b; b may be null.
template <class T>
void convolve(const ConvolutionShape& s, const T* x, const T* w, const T* b, T* y);

/// The gradient with respect to x where g is that with respect to y, plus a number for each channel of x; b may be
/// null.
template <class T>
void convolve_input(const ConvolutionShape& s, const T* g, const T* w, const T* b, T* dx);

/// The gradient with respect to w.
template <class T>
void convolve_weight(const ConvolutionShape& s, const T* g, const T* x, T* dw);

/// The sums of g (images, channels, plane) over images and planes.
template <class T>
void channel_sums(std::int64_t images, std::int64_t channels, std::int64_t plane, const T* g, T* sums);

// The same products where each group has one channel.
template <class T>
void depthwise_forward(const ConvolutionShape& s, const T* x, const T* w, const T* b, T* y);
template <class T>
void depthwise_input(const ConvolutionShape& s, const T* g, const T* w, const T* b, T* dx);
template <class T>
void depthwise_weight(const ConvolutionShape& s, const T* g, const T* x, T* dw);

/// The convolution of y's gradient with turned filters that gives x's, where windows lie one element apart.
inline ConvolutionShape turned_shape(const ConvolutionShape& s) {
    ConvolutionShape t = s;
    std::swap(t.height, t.out_height);
    std::swap(t.width, t.out_width);
    std::swap(t.channels, t.filters);
    t.pad_h = s.dilation_h * (s.kernel_h - 1) - s.pad_h;
    t.pad_w = s.dilation_w * (s.kernel_w - 1) - s.pad_w;
    return t;
}

/// How many of n equal tasks, each of so many multiplications, go to a thread at once.
inline std::int64_t tasks_at_once(std::int64_t n, std::int64_t work) noexcept {
    return std::clamp<std::int64_t>((1 << 20) / std::max<std::int64_t>(work, 1), 1, std::max<std::int64_t>(n, 1));
}

}  // namespace xg::detail
