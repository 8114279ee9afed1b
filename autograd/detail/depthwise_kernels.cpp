#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/autograd/detail/xtensor_headers.hpp>
#include <xgrad/core/threads.hpp>

// Convolutions of single channels: too little to multiply for BLAS, so that rows are added up directly.

namespace xg::detail {
namespace {

/// Sums are kept in so many parts.
constexpr std::int64_t kLanes = 16;

/// One tap of a window that some windows of a row see.
struct Tap {
    std::int64_t offset, first, last;
    std::int64_t phase, start;  ///< What the first window sees is element start · stride + phase.
};

/// Where the taps of a row of windows lie, which is the same in all rows.
class Taps {
public:
    explicit Taps(const WindowGrid& s) : taps_(s.kernel_w), inner_first_(0), inner_last_(s.out_width) {
        for (std::int64_t j = 0; j < s.kernel_w; ++j) {
            const std::int64_t offset = j * s.dilation_w - s.pad_w;
            const auto [first, last] = windows_inside(s.width, s.out_width, s.stride_w, offset);
            const std::int64_t at = first * s.stride_w + offset;
            taps_[j] = {offset, first, last, last > first ? at % s.stride_w : 0, last > first ? at / s.stride_w : 0};
            inner_first_ = std::max(inner_first_, first);
            inner_last_ = std::min(inner_last_, last);
        }
    }
    const Tap& operator[](std::int64_t j) const { return taps_[j]; }
    /// The windows that lie in the row as a whole.
    std::int64_t inner_first() const { return inner_first_; }
    std::int64_t inner_last() const { return std::max(inner_first_, inner_last_); }

private:
    Scratch<Tap> taps_;
    std::int64_t inner_first_, inner_last_;
};

/// y[i] += w · x[i · stride] over windows [first, last) of a tap.
template <class T>
void add_tap(T* __restrict y, const T* __restrict row, T w, const Tap& tap, std::int64_t stride, std::int64_t first,
             std::int64_t last) {
    const T* const x = row + tap.offset;
    if (stride == 1)
        for (std::int64_t i = first; i < last; ++i) y[i] += w * x[i];
    else if (stride == 2)
        for (std::int64_t i = first; i < last; ++i) y[i] += w * x[2 * i];
    else
        for (std::int64_t i = first; i < last; ++i) y[i] += w * x[i * stride];
}

/// A row of windows gets what one row of the input gives to it.
template <class T>
void add_row(const WindowGrid& s, const Taps& taps, const T* row, const T* w, T* y) {
    for (std::int64_t j = 0; j < s.kernel_w; ++j)
        add_tap(y, row, w[j], taps[j], s.stride_w, taps[j].first, taps[j].last);
}

/// A row of windows of 3 by 3 on the rows a, b and c, in one pass.
template <class T, std::int64_t stride>
void three_rows(const T* __restrict a, const T* __restrict b, const T* __restrict c, const T* __restrict w, T bias,
                T* __restrict y, std::int64_t n) {
    const T w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3], w4 = w[4], w5 = w[5], w6 = w[6], w7 = w[7], w8 = w[8];
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t k = i * stride;
        const T top = w0 * a[k] + w1 * a[k + 1] + w2 * a[k + 2], middle = w3 * b[k] + w4 * b[k + 1] + w5 * b[k + 2],
                bottom = w6 * c[k] + w7 * c[k + 1] + w8 * c[k + 2];
        y[i] = bias + top + middle + bottom;
    }
}

/// A plane of windows of 3 by 3; `zeros` is a row of the input's width.
template <class T, std::int64_t stride>
void three_by_three(const WindowGrid& s, const Taps& taps, const T* x, const T* w, T bias, const T* zeros, T* y) {
    const std::int64_t first = taps.inner_first(), last = taps.inner_last();
    for (std::int64_t row = 0; row < s.out_height; ++row, y += s.out_width) {
        const T* lines[3];
        for (std::int64_t i = 0; i < 3; ++i) {
            const std::int64_t at = row * s.stride_h + i - s.pad_h;
            lines[i] = at >= 0 && at < s.height ? x + at * s.width : zeros;
        }
        const std::int64_t begin = first * stride - s.pad_w;
        three_rows<T, stride>(lines[0] + begin, lines[1] + begin, lines[2] + begin, w, bias, y + first, last - first);
        const auto edge = [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t k = from; k < to; ++k) {
                T total = bias;
                for (std::int64_t j = 0; j < 3; ++j) {
                    const std::int64_t at = k * stride + j - s.pad_w;
                    if (at < 0 || at >= s.width) continue;
                    total += w[j] * lines[0][at] + w[3 + j] * lines[1][at] + w[6 + j] * lines[2][at];
                }
                y[k] = total;
            }
        };
        edge(0, first);
        edge(last, s.out_width);
    }
}

/// Calls `f(y, x, i)` for the row y of windows and the row x that its taps in row i see.
template <class F>
void each_row(const WindowGrid& s, F&& f) {
    for (std::int64_t i = 0; i < s.kernel_h; ++i) {
        const std::int64_t offset = i * s.dilation_h - s.pad_h;
        const auto [first, last] = windows_inside(s.height, s.out_height, s.stride_h, offset);
        for (std::int64_t y = first; y < last; ++y) f(y, y * s.stride_h + offset, i);
    }
}

/// Calls `f(taps, i)` for every i below n, in parallel.
template <class F>
void each(const ConvolutionShape& s, std::int64_t n, std::int64_t work, F&& f) {
    const std::int64_t at_once = tasks_at_once(n, work);
    parallel_for((n + at_once - 1) / at_once, [&](std::int64_t part) {
        const Taps taps(s);
        for (std::int64_t i = part * at_once; i < std::min(n, (part + 1) * at_once); ++i) f(taps, i);
    });
}

/// x[i · stride + tap.offset] += w · g[i] over the windows of a tap, where `phases` has x[k · stride + f] at f · length
/// + k.
template <class T>
void spread_tap(T* phases, std::int64_t length, const T* __restrict g, T w, const Tap& tap) {
    T* __restrict const x = phases + tap.phase * length + tap.start;
    for (std::int64_t i = 0; i < tap.last - tap.first; ++i) x[i] += w * g[tap.first + i];
}

/// The first n elements of x from its phases.
template <class T>
void interleave(const T* __restrict phases, std::int64_t length, std::int64_t stride, T* __restrict x, std::int64_t n) {
    if (stride == 1) {
        std::copy_n(phases, n, x);
        return;
    }
    std::int64_t done = 0;
    if (stride == 2) {
        const T* __restrict const odd = phases + length;
        for (std::int64_t i = 0; i < n / 2; ++i) {
            x[2 * i] = phases[i];
            x[2 * i + 1] = odd[i];
        }
        done = n / 2 * 2;
    }
    for (; done < n; ++done) x[done] = phases[done % stride * length + done / stride];
}

/// Adds a[i] · b[i + j] to the lanes of tap j, for all taps side by side.
template <class T, std::int64_t taps>
void add_products(const T* a, const T* b, std::int64_t n, T* lanes) {
    using Vector = xsimd::batch<T>;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    static_assert(width <= kLanes);
    Vector sums[taps];
    for (std::int64_t j = 0; j < taps; ++j) sums[j] = Vector::load_unaligned(lanes + j * kLanes);
    std::int64_t i = 0;
    for (; i + width <= n; i += width) {
        const Vector g = Vector::load_unaligned(a + i);
        for (std::int64_t j = 0; j < taps; ++j) sums[j] = xsimd::fma(g, Vector::load_unaligned(b + i + j), sums[j]);
    }
    for (std::int64_t j = 0; j < taps; ++j) sums[j].store_unaligned(lanes + j * kLanes);
    for (std::int64_t k = 0; i < n; ++i, ++k)
        for (std::int64_t j = 0; j < taps; ++j) lanes[j * kLanes + k] += a[i] * b[i + j];
}

/// Adds to the lanes of each tap in a row of windows, whose gradient is g, on a row x of the input. `room` has space
/// for a row of windows.
template <class T>
void add_row_products(const WindowGrid& s, const Taps& taps, const T* g, const T* x, T* lanes, T* room) {
    if (s.kernel_w != 3 || s.dilation_w != 1 || s.stride_w != 1) {
        for (std::int64_t j = 0; j < s.kernel_w; ++j) {
            const std::int64_t first = taps[j].first, n = taps[j].last - first;
            const T* from = x + taps[j].offset + first * s.stride_w;
            if (s.stride_w != 1 && n > 0) copy_spread(from, s.stride_w, room, n);
            add_products<T, 1>(g + first, s.stride_w != 1 ? room : from, n, lanes + j * kLanes);
        }
        return;
    }
    const std::int64_t first = taps.inner_first(), last = taps.inner_last();
    add_products<T, 3>(g + first, x + first - s.pad_w, last - first, lanes);
    const auto edge = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t k = begin; k < end; ++k)
            for (std::int64_t j = 0; j < 3; ++j)
                if (k >= taps[j].first && k < taps[j].last) lanes[j * kLanes] += g[k] * x[k + j - s.pad_w];
    };
    edge(0, first);
    edge(last, s.out_width);
}

}  // namespace

template <class T>
void depthwise_forward(const ConvolutionShape& s, const T* x, const T* w, const T* b, T* y) {
    const std::int64_t p = s.positions(), taps = s.taps(), og = s.group_filters();
    const bool small = s.kernel_h == 3 && s.kernel_w == 3 && s.dilation_h == 1 && s.dilation_w == 1;
    const Scratch<T> zeros(small ? s.width : 0);
    std::fill_n(zeros.data(), small ? s.width : 0, T(0));
    each(s, s.images * s.filters, p * taps, [&](const Taps& row_taps, std::int64_t task) {
        const std::int64_t filter = task % s.filters;
        const T* const from = x + (task / s.filters * s.channels + filter / og) * s.plane();
        T* const to = y + task * p;
        if (small && s.stride_w <= 2) {
            const auto f = s.stride_w == 1 ? three_by_three<T, 1> : three_by_three<T, 2>;
            return f(s, row_taps, from, w + filter * taps, b != nullptr ? b[filter] : T(0), zeros.data(), to);
        }
        std::fill_n(to, p, b != nullptr ? b[filter] : T(0));
        // Row by row, so that a row stays in the cache until it is complete.
        for (std::int64_t row = 0; row < s.out_height; ++row) {
            for (std::int64_t i = 0; i < s.kernel_h; ++i) {
                const std::int64_t at = row * s.stride_h + i * s.dilation_h - s.pad_h;
                if (at >= 0 && at < s.height)
                    add_row(s, row_taps, from + at * s.width, w + filter * taps + i * s.kernel_w,
                            to + row * s.out_width);
            }
        }
    });
}

template <class T>
void depthwise_input(const ConvolutionShape& s, const T* g, const T* w, const T* b, T* dx) {
    if (s.filters == s.channels && s.stride_h == 1 && s.stride_w == 1) {
        const Scratch<T> turned(s.filters * s.taps());
        for (std::int64_t i = 0; i < s.filters; ++i)
            std::reverse_copy(w + i * s.taps(), w + (i + 1) * s.taps(), turned.data() + i * s.taps());
        return depthwise_forward(turned_shape(s), g, turned.data(), b, dx);
    }
    const std::int64_t p = s.positions(), taps = s.taps(), og = s.group_filters(), length = s.width / s.stride_w + 1;
    each(s, s.images * s.channels, p * taps * og, [&](const Taps& row_taps, std::int64_t task) {
        const std::int64_t channel = task % s.channels;
        const T bias = b != nullptr ? b[channel] : T(0);
        // A row of x as its elements 0, stride, 2 stride, …, then 1, 1 + stride, …: of each of these a tap sees some
        // side by side.
        const Scratch<T> phases(s.stride_w * length);
        for (std::int64_t row = 0; row < s.height; ++row) {
            std::fill_n(phases.data(), s.stride_w * length, bias);
            for (std::int64_t i = 0; i < s.kernel_h; ++i) {
                const std::int64_t down = row + s.pad_h - i * s.dilation_h, y = down / s.stride_h;
                if (down < 0 || down % s.stride_h != 0 || y >= s.out_height) continue;
                for (std::int64_t filter = channel * og; filter < (channel + 1) * og; ++filter) {
                    const T* const gradient = g + (task / s.channels * s.filters + filter) * p + y * s.out_width;
                    for (std::int64_t j = 0; j < s.kernel_w; ++j)
                        spread_tap(phases.data(), length, gradient, w[filter * taps + i * s.kernel_w + j], row_taps[j]);
                }
            }
            interleave(phases.data(), length, s.stride_w, dx + task * s.plane() + row * s.width, s.width);
        }
    });
}

template <class T>
void depthwise_weight(const ConvolutionShape& s, const T* g, const T* x, T* dw) {
    const std::int64_t p = s.positions(), taps = s.taps(), og = s.group_filters();
    each(s, s.filters, s.images * p * taps, [&](const Taps& row_taps, std::int64_t filter) {
        // The sums of an image's rows in T, those of images in double precision.
        const Scratch<double> sums(taps);
        const Scratch<T> lanes(taps * kLanes), room(s.out_width);
        std::fill_n(sums.data(), taps, 0.0);
        for (std::int64_t image = 0; image < s.images; ++image) {
            const T* const from = x + (image * s.channels + filter / og) * s.plane();
            const T* const gradient = g + (image * s.filters + filter) * p;
            std::fill_n(lanes.data(), taps * kLanes, T(0));
            each_row(s, [&](std::int64_t row, std::int64_t at, std::int64_t i) {
                add_row_products(s, row_taps, gradient + row * s.out_width, from + at * s.width,
                                 lanes.data() + i * s.kernel_w * kLanes, room.data());
            });
            for (std::int64_t t = 0; t < taps; ++t)
                for (std::int64_t k = 0; k < kLanes; ++k) sums[t] += static_cast<double>(lanes[t * kLanes + k]);
        }
        for (std::int64_t t = 0; t < taps; ++t) dw[filter * taps + t] = static_cast<T>(sums[t]);
    });
}

template void depthwise_forward(const ConvolutionShape&, const float*, const float*, const float*, float*);
template void depthwise_forward(const ConvolutionShape&, const double*, const double*, const double*, double*);
template void depthwise_input(const ConvolutionShape&, const float*, const float*, const float*, float*);
template void depthwise_input(const ConvolutionShape&, const double*, const double*, const double*, double*);
template void depthwise_weight(const ConvolutionShape&, const float*, const float*, float*);
template void depthwise_weight(const ConvolutionShape&, const double*, const double*, double*);

}  // namespace xg::detail
