#include <xgrad/autograd/detail/channel_kernels.hpp>

#include <algorithm>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

// Long runs are gone through one by one, with a channel's numbers in registers. Where they are short, a row of the
// batch is one run over all channels, and what is kept for each channel is repeated along it.

namespace xg::detail {
namespace {

constexpr std::int64_t kLongRun = 16;

/// A channel's numbers where the loops look for them: one a channel for long runs, else one for each number of a row.
template <class T>
class PerChannel {
public:
    PerChannel(const ChannelShape& s, const double* values)
        : data_(s.run >= kLongRun ? s.channels : s.channels * s.run) {
        const std::int64_t each = s.run >= kLongRun ? 1 : s.run;
        for (std::int64_t c = 0; c < s.channels; ++c)
            std::fill_n(data_.data() + c * each, each, static_cast<T>(values[c]));
    }
    const T* data() const { return data_.data(); }

private:
    Scratch<T> data_;
};

/// The sums over each channel of f(i, k) and g(i, k), where i is an element's place in x and k that of its channel's
/// numbers in a PerChannel.
template <class T, class F, class G>
void sums(const ChannelShape& s, F&& f, G&& g, double* first, double* second) {
    if (s.run >= kLongRun) {
        const std::int64_t per_block = rows_per_block(s.count());
        const auto channel = [&](std::int64_t c) {
            double p = 0, q = 0;
            for (std::int64_t n = 0; n < s.batch; ++n) {
                const std::int64_t at = (n * s.channels + c) * s.run;
                const auto [a, b] = lane_sums<T>(
                    s.run, [&](std::int64_t i) { return f(at + i, c); }, [&](std::int64_t i) { return g(at + i, c); });
                p += a;
                q += b;
            }
            first[c] = p;
            second[c] = q;
        };
        parallel_for(blocks_of(s.channels, per_block), [&](std::int64_t block) {
            for (std::int64_t c = block * per_block; c < std::min(s.channels, (block + 1) * per_block); ++c) channel(c);
        });
        return;
    }
    const std::int64_t width = s.channels * s.run,
                       slabs = std::clamp<std::int64_t>(std::min(s.batch / 64, s.batch * width / 32768), 1, 32),
                       per_slab = blocks_of(s.batch, slabs);
    const Scratch<double> totals(slabs * 2 * width);
    parallel_for(slabs, [&](std::int64_t slab) {
        double* const p = totals.data() + slab * 2 * width;
        std::fill_n(p, 2 * width, 0.0);
        const std::int64_t end = std::min(s.batch, (slab + 1) * per_slab);
        for (std::int64_t begin = slab * per_slab; begin < end; begin += 32)
            column_sums<T>(
                begin, std::min(end, begin + 32), width,
                [&](std::int64_t n, std::int64_t k) { return f(n * width + k, k); },
                [&](std::int64_t n, std::int64_t k) { return g(n * width + k, k); }, p, p + width);
    });
    for (std::int64_t c = 0; c < s.channels; ++c) {
        first[c] = second[c] = 0;
        for (std::int64_t slab = 0; slab < slabs; ++slab) {
            for (std::int64_t k = c * s.run; k < (c + 1) * s.run; ++k) {
                first[c] += totals[slab * 2 * width + k];
                second[c] += totals[slab * 2 * width + width + k];
            }
        }
    }
}

/// to[i] = f(i, k) for all elements.
template <class T, class F>
void fill(const ChannelShape& s, T* to, F&& f) {
    const std::int64_t width = s.channels * s.run;
    if (s.run >= kLongRun) {
        const std::int64_t all = s.batch * s.channels, per_block = rows_per_block(s.run);
        parallel_for(blocks_of(all, per_block), [&](std::int64_t block) {
            for (std::int64_t r = block * per_block; r < std::min(all, (block + 1) * per_block); ++r) {
                const std::int64_t c = r % s.channels;
                for (std::int64_t i = r * s.run; i < (r + 1) * s.run; ++i) to[i] = f(i, c);
            }
        });
        return;
    }
    const std::int64_t per_block = rows_per_block(width);
    parallel_for(blocks_of(s.batch, per_block), [&](std::int64_t block) {
        for (std::int64_t n = block * per_block; n < std::min(s.batch, (block + 1) * per_block); ++n)
            for (std::int64_t k = 0; k < width; ++k) to[n * width + k] = f(n * width + k, k);
    });
}

}  // namespace

template <class T>
void channel_moments(const ChannelShape& s, const T* x, double* mean, double* variance) {
    const auto count = static_cast<double>(s.count());
    sums<T>(
        s, [x](std::int64_t i, std::int64_t) { return x[i]; }, [](std::int64_t, std::int64_t) { return T(0); }, mean,
        variance);
    for (std::int64_t c = 0; c < s.channels; ++c) mean[c] /= count;
    const PerChannel<T> centre(s, mean);
    const Scratch<double> left(s.channels);
    // What rounding took off the mean shows in the sum of what is left after it.
    const T* const m = centre.data();
    sums<T>(
        s, [x, m](std::int64_t i, std::int64_t k) { return x[i] - m[k]; },
        [x, m](std::int64_t i, std::int64_t k) { return (x[i] - m[k]) * (x[i] - m[k]); }, left.data(), variance);
    for (std::int64_t c = 0; c < s.channels; ++c) {
        const double off = left[c] / count, v = variance[c] / count - off * off;
        variance[c] = v < 0 ? 0 : v;
    }
}

template <class T>
void channel_pulls(const ChannelShape& s, const T* g, const T* x, const double* mean, const double* rstd,
                   double* direct, double* along) {
    const PerChannel<T> centre(s, mean), scale(s, rstd);
    const T *const m = centre.data(), *const r = scale.data();
    sums<T>(
        s, [g](std::int64_t i, std::int64_t) { return g[i]; },
        [g, x, m, r](std::int64_t i, std::int64_t k) { return g[i] * ((x[i] - m[k]) * r[k]); }, direct, along);
}

template <class T>
void channel_affine(const ChannelShape& s, const T* x, const double* mean, const double* scale, const double* shift,
                    T* y) {
    const PerChannel<T> centre(s, mean), factor(s, scale), offset(s, shift);
    const T *const m = centre.data(), *const a = factor.data(), *const b = offset.data();
    fill(s, y, [x, m, a, b](std::int64_t i, std::int64_t k) { return (x[i] - m[k]) * a[k] + b[k]; });
}

template <class T>
void channel_backward(const ChannelShape& s, const T* g, const T* x, const double* mean, const double* scale,
                      const double* direct, const double* along, T* dx) {
    const PerChannel<T> centre(s, mean), factor(s, scale), first(s, direct), second(s, along);
    const T *const m = centre.data(), *const a = factor.data(), *const p = first.data(), *const q = second.data();
    fill(s, dx, [=](std::int64_t i, std::int64_t k) { return a[k] * (g[i] - p[k] - (x[i] - m[k]) * q[k]); });
}

template void channel_moments(const ChannelShape&, const float*, double*, double*);
template void channel_pulls(const ChannelShape&, const float*, const float*, const double*, const double*, double*,
                            double*);
template void channel_affine(const ChannelShape&, const float*, const double*, const double*, const double*, float*);
template void channel_backward(const ChannelShape&, const float*, const float*, const double*, const double*,
                               const double*, const double*, float*);
template void channel_moments(const ChannelShape&, const double*, double*, double*);
template void channel_pulls(const ChannelShape&, const double*, const double*, const double*, const double*, double*,
                            double*);
template void channel_affine(const ChannelShape&, const double*, const double*, const double*, const double*, double*);
template void channel_backward(const ChannelShape&, const double*, const double*, const double*, const double*,
                               const double*, const double*, double*);

}  // namespace xg::detail
