#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

// Windows that slide over a plane, and the matrix that has a column for each window and a row for each place (tap) in
// it.

namespace xg::detail {

/// The sizes of a plane and of the windows on it.
struct WindowGrid {
    std::int64_t height, width, out_height, out_width;
    std::int64_t kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;

    std::int64_t plane() const noexcept { return height * width; }
    std::int64_t positions() const noexcept { return out_height * out_width; }
    std::int64_t taps() const noexcept { return kernel_h * kernel_w; }
};

/// The windows [first, second) whose element stride · window + offset lies in [0, size).
inline std::pair<std::int64_t, std::int64_t> windows_inside(std::int64_t size, std::int64_t windows,
                                                            std::int64_t stride, std::int64_t offset) {
    const std::int64_t first = offset >= 0 ? 0 : std::min((stride - 1 - offset) / stride, windows),
                       last = size > offset ? (size - offset + stride - 1) / stride : 0;
    return {first, std::clamp(last, first, windows)};
}

/// Calls `inside(at, from, n)` and `outside(at, n)` for the windows [begin, end): n windows from the `at`th on, which
/// see at this tap the plane's elements from, from + stride_w, …, or padding.
template <class Inside, class Outside>
void walk_tap(const WindowGrid& s, std::int64_t tap, std::int64_t begin, std::int64_t end, Inside&& inside,
              Outside&& outside) {
    const std::int64_t down = tap / s.kernel_w * s.dilation_h - s.pad_h,
                       across = tap % s.kernel_w * s.dilation_w - s.pad_w;
    const auto [top, bottom] = windows_inside(s.height, s.out_height, s.stride_h, down);
    const auto [left, right] = windows_inside(s.width, s.out_width, s.stride_w, across);
    std::int64_t y = begin / s.out_width, x = begin % s.out_width;
    for (std::int64_t at = 0; at < end - begin; ++y, x = 0) {
        const std::int64_t n = std::min(s.out_width - x, end - begin - at);
        if (y < top || y >= bottom) {
            outside(at, n);
        } else {
            const std::int64_t a = std::clamp(left, x, x + n), b = std::clamp(right, a, x + n);
            if (a > x) outside(at, a - x);
            if (b > a) inside(at + a - x, (y * s.stride_h + down) * s.width + a * s.stride_w + across, b - a);
            if (x + n > b) outside(at + b - x, x + n - b);
        }
        at += n;
    }
}

/// to[i · to_step] += from[i].
template <class T>
void add_spread(const T* __restrict from, T* __restrict to, std::int64_t to_step, std::int64_t n) {
    if (to_step == 1)
        for (std::int64_t i = 0; i < n; ++i) to[i] += from[i];
    else if (to_step == 2)
        for (std::int64_t i = 0; i < n; ++i) to[2 * i] += from[i];
    else
        for (std::int64_t i = 0; i < n; ++i) to[i * to_step] += from[i];
}

/// Copies `bytes` from one place to another. Rows of small images are shorter than a call of memcpy takes: two copies
/// that overlap do it.
inline void copy_short(const void* from, void* to, std::size_t bytes) {
    const auto* const a = static_cast<const char*>(from);
    auto* const b = static_cast<char*>(to);
    const auto both_ends = [&]<std::size_t n>(std::integral_constant<std::size_t, n>) {
        char first[n], last[n];
        std::memcpy(first, a, n);
        std::memcpy(last, a + bytes - n, n);
        std::memcpy(b, first, n);
        std::memcpy(b + bytes - n, last, n);
    };
    if (bytes > 128)
        std::memcpy(b, a, bytes);
    else if (bytes > 64)
        both_ends(std::integral_constant<std::size_t, 64>());
    else if (bytes > 32)
        both_ends(std::integral_constant<std::size_t, 32>());
    else if (bytes > 16)
        both_ends(std::integral_constant<std::size_t, 16>());
    else if (bytes >= 8)
        both_ends(std::integral_constant<std::size_t, 8>());
    else
        for (std::size_t i = 0; i < bytes; ++i) b[i] = a[i];
}

/// to[i] = from[i · from_step].
template <class T>
void copy_spread(const T* __restrict from, std::int64_t from_step, T* __restrict to, std::int64_t n) {
    if (from_step == 1)
        copy_short(from, to, static_cast<std::size_t>(n) * sizeof(T));
    else if (from_step == 2)
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[2 * i];
    else
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[i * from_step];
}

/// `pack_tap` where rows of windows are as long as those of the plane and one element apart: what a tap sees is the
/// plane shifted, but for columns at the edges.
template <class T>
void pack_shifted(const WindowGrid& s, const T* plane, std::int64_t tap, std::int64_t begin, std::int64_t end, T* to) {
    const std::int64_t width = s.width, down = tap / s.kernel_w * s.dilation_h - s.pad_h,
                       across = tap % s.kernel_w * s.dilation_w - s.pad_w, shift = down * width + across;
    const auto [top, bottom] = windows_inside(s.height, s.out_height, 1, down);
    const auto [left, right] = windows_inside(width, width, 1, across);
    const std::int64_t first = std::clamp(top * width, begin, end), last = std::clamp(bottom * width, first, end);
    std::fill_n(to, first - begin, T(0));
    std::fill_n(to + last - begin, end - last, T(0));
    // What lies before the plane or behind it belongs to columns at the edges.
    const std::int64_t from = std::clamp(-shift, first, last), until = std::clamp(s.plane() - shift, from, last);
    std::copy_n(plane + from + shift, until - from, to + from - begin);
    if (left == 0 && right == width) return;
    for (std::int64_t row = first / width * width; row < last; row += width) {
        const std::int64_t end_left = std::min(row + left, last), end_right = std::min(row + width, last);
        for (std::int64_t i = std::max(row, first); i < end_left; ++i) to[i - begin] = T(0);
        for (std::int64_t i = std::max(row + right, first); i < end_right; ++i) to[i - begin] = T(0);
    }
}

/// What the windows [begin, end) see at one tap.
template <class T>
void pack_tap(const WindowGrid& s, const T* plane, std::int64_t tap, std::int64_t begin, std::int64_t end, T* to) {
    if (s.stride_h == 1 && s.stride_w == 1 && s.out_width == s.width)
        return pack_shifted(s, plane, tap, begin, end, to);
    walk_tap(
        s, tap, begin, end,
        [&](std::int64_t at, std::int64_t from, std::int64_t n) { copy_spread(plane + from, s.stride_w, to + at, n); },
        [&](std::int64_t at, std::int64_t n) { std::fill_n(to + at, n, T(0)); });
}

/// The transpose of `pack_tap`: adds to the plane.
template <class T>
void unpack_tap(const WindowGrid& s, const T* from, std::int64_t tap, std::int64_t begin, std::int64_t end, T* plane) {
    walk_tap(
        s, tap, begin, end,
        [&](std::int64_t at, std::int64_t to, std::int64_t n) { add_spread(from + at, plane + to, s.stride_w, n); },
        [](std::int64_t, std::int64_t) {});
}

}  // namespace xg::detail
