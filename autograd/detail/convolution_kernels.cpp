#include <xgrad/autograd/detail/convolution_kernels.hpp>

#include <type_traits>

#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

// Windows are packed into columns, a block at a time that stays in the cache, and BLAS multiplies the filters by them.
// Blocks are cut by the shape alone, and no two tasks write to one place, so that the bits do not depend on the number
// of threads.

namespace xg::detail {
namespace {

/// A block of columns has at most so many elements: half a megabyte in single precision.
constexpr std::int64_t kBlock = 1 << 17;
/// At most so many rows of it are multiplied at once.
constexpr std::int64_t kDepth = 1024;
/// At most so many columns: with more, OpenBLAS gets slower.
constexpr std::int64_t kColumns = 512;
/// Images with fewer windows than this share a product, lest BLAS gets matrices that are too narrow.
constexpr std::int64_t kNarrow = 96;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
/// The size of the pieces when n is cut into as few as possible of at most `limit`, all about equal.
std::int64_t piece(std::int64_t n, std::int64_t limit) {
    return ceil_div(n, ceil_div(n, std::max<std::int64_t>(limit, 1)));
}

/// The most columns for a product of `filters` by `rows` elements, of `all` that there are.
std::int64_t run_limit(std::int64_t filters, std::int64_t rows, std::int64_t all) {
    // OpenBLAS does without packing below a million multiplications, which is up to twice as fast with few filters.
    const std::int64_t small = 1'000'000 / (filters * rows) / 64 * 64;
    const std::int64_t limit = std::min({kBlock / rows, small >= 64 ? small : kColumns, kColumns});
    // There should be tasks for all threads, but of some size.
    return std::clamp<std::int64_t>(limit / 64 * 64, 64, std::max<std::int64_t>(all / 8, 256) / 64 * 64);
}

/// A run of windows: whole images where they are small, else part of one image.
struct Run {
    std::int64_t image, images, begin, end;
    std::int64_t size() const { return images * (end - begin); }
};

/// How the windows of all images are cut into runs of at most `limit`.
struct Runs {
    std::int64_t images, per_run, positions, length, pieces, count;

    Runs(const ConvolutionShape& s, std::int64_t limit)
        : images(s.images),
          per_run(s.positions() < kNarrow ? std::clamp<std::int64_t>(limit / s.positions(), 1, s.images) : 1),
          positions(s.positions()),
          // In steps of 64, so that rows of the packed columns begin at cache lines.
          length(std::min(positions, ceil_div(piece(positions, limit), 64) * 64)),
          pieces(per_run > 1 ? 1 : ceil_div(positions, length)),
          count(ceil_div(images, per_run) * pieces) {
        if (per_run > 1) length = positions;
    }
    /// The most windows that a run has.
    std::int64_t longest() const { return per_run * length; }
    Run operator[](std::int64_t i) const {
        const std::int64_t image = i / pieces * per_run, begin = i % pieces * length;
        return {image, std::min(per_run, images - image), begin, std::min(positions, begin + length)};
    }
};

/// Rows [k, k_end) of the columns of a run, for the group whose channels begin at `x` in the first image. Where windows
/// are the input's own elements in order these are read in place.
template <class T>
Matrix<T> columns(const ConvolutionShape& s, const T* x, std::int64_t k, std::int64_t k_end, const Run& run, T* room) {
    const std::int64_t plane = s.plane(), size = run.size(), taps = s.taps();
    x += run.image * s.channels * plane;
    if (taps == 1 && run.images == 1 && s.positions() == plane && s.pad_h == 0 && s.pad_w == 0)
        return {x + k * plane + run.begin, plane};
    for (std::int64_t row = k; row < k_end; ++row) {
        T* const to = room + (row - k) * size;
        for (std::int64_t i = 0; i < run.images; ++i)
            pack_tap(s, x + (i * s.channels + row / taps) * plane, row % taps, run.begin, run.end,
                     to + i * (run.end - run.begin));
    }
    return {room, size};
}

/// The results of some filters, or their gradients, in a run over several images, put side by side; and back.
template <class T, bool gather>
void regroup(const ConvolutionShape& s, std::conditional_t<gather, const T, T>* y,
             std::conditional_t<gather, T, const T>* rows, std::int64_t filters, const Run& run) {
    const std::int64_t p = s.positions();
    for (std::int64_t o = 0; o < filters; ++o) {
        for (std::int64_t i = 0; i < run.images; ++i) {
            auto* const there = y + ((run.image + i) * s.filters + o) * p;
            auto* const here = rows + (o * run.images + i) * p;
            if constexpr (gather)
                std::copy_n(there, p, here);
            else
                std::copy_n(here, p, there);
        }
    }
}

/// Filters turned round by half a turn, and input and output channels exchanged.
template <class T>
void turn(const ConvolutionShape& s, const T* w, T* turned) {
    const std::int64_t og = s.group_filters(), cg = s.group_channels(), taps = s.taps();
    for (std::int64_t group = 0; group < s.groups; ++group)
        for (std::int64_t c = 0; c < cg; ++c)
            for (std::int64_t o = 0; o < og; ++o)
                for (std::int64_t t = 0; t < taps; ++t)
                    turned[((group * cg + c) * og + o) * taps + t] =
                        w[((group * og + o) * cg + c) * taps + taps - 1 - t];
}

/// Each task adds to channels of its own in one image.
template <class T>
void scatter_input(const ConvolutionShape& s, const T* g, const T* w, const T* b, T* dx) {
    const std::int64_t cg = s.group_channels(), og = s.group_filters(), taps = s.taps(), plane = s.plane(),
                       p = s.positions(), depth = s.depth();
    const std::int64_t per_task = piece(cg, kDepth / taps), blocks = ceil_div(cg, per_task);
    const std::int64_t rows = std::min(per_task * taps, kDepth),
                       length = std::min(p, std::clamp<std::int64_t>(kBlock / rows, 64, kColumns));
    const std::int64_t tasks = s.images * s.groups * blocks, at_once = tasks_at_once(tasks, og * per_task * taps * p);
    parallel_for(ceil_div(tasks, at_once), [&](std::int64_t part) {
        const Scratch<T> room(rows * length);
        for (std::int64_t task = part * at_once; task < std::min(tasks, (part + 1) * at_once); ++task) {
            const std::int64_t image = task / (s.groups * blocks), group = task / blocks % s.groups,
                               c = task % blocks * per_task, c_end = std::min(cg, c + per_task);
            T* const to = dx + (image * s.channels + group * cg) * plane;
            for (std::int64_t i = c; i < c_end; ++i)
                std::fill_n(to + i * plane, plane, b != nullptr ? b[group * cg + i] : T(0));
            for (std::int64_t k = c * taps; k < c_end * taps; k += rows) {
                const std::int64_t n = std::min(rows, c_end * taps - k);
                for (std::int64_t l = 0; l < p; l += length) {
                    const std::int64_t l_end = std::min(p, l + length);
                    gemm(n, l_end - l, og, {w + group * og * depth + k, depth, true},
                         {g + (image * s.filters + group * og) * p + l, p}, T(0), room.data(), l_end - l);
                    for (std::int64_t row = 0; row < n; ++row)
                        unpack_tap(s, room.data() + row * (l_end - l), (k + row) % taps, l, l_end,
                                   to + (k + row) / taps * plane);
                }
            }
        }
    });
}

}  // namespace

template <class T>
void convolve(const ConvolutionShape& s, const T* x, const T* w, const T* b, T* y) {
    if (s.depthwise()) return depthwise_forward(s, x, w, b, y);
    const std::int64_t og = s.group_filters(), cg = s.group_channels(), depth = s.depth(), p = s.positions(),
                       rows = piece(depth, kDepth);
    const Runs runs(s, run_limit(og, rows, s.images * p * s.groups));
    // Few windows, but many filters: these are shared out.
    const std::int64_t pairs = runs.count * s.groups,
                       some = pairs < 4 && og * depth * runs.longest() > 1 << 20
                                  ? piece(og, std::max<std::int64_t>(og / 4, 32))
                                  : og,
                       shares = ceil_div(og, some);
    const std::int64_t tasks = pairs * shares, at_once = tasks_at_once(tasks, some * depth * runs.longest());
    parallel_for(ceil_div(tasks, at_once), [&](std::int64_t part) {
        const Scratch<T> room(rows * runs.longest()), beside(runs.per_run > 1 ? some * runs.longest() : 0);
        for (std::int64_t task = part * at_once; task < std::min(tasks, (part + 1) * at_once); ++task) {
            const Run run = runs[task / shares / s.groups];
            const std::int64_t group = task / shares % s.groups, size = run.size(),
                               filter = group * og + task % shares * some,
                               filters = std::min(some, (group + 1) * og - filter);
            const bool shared = run.images > 1;
            T* const there = y + filter * p;
            T* const to = shared ? beside.data() : there + run.image * s.filters * p + run.begin;
            const std::int64_t stride = shared ? size : p;
            if (b != nullptr)
                for (std::int64_t o = 0; o < filters; ++o) std::fill_n(to + o * stride, size, b[filter + o]);
            for (std::int64_t k = 0; k < depth; k += rows) {
                const std::int64_t k_end = std::min(depth, k + rows);
                gemm(filters, size, k_end - k, {w + filter * depth + k, depth},
                     columns(s, x + group * cg * s.plane(), k, k_end, run, room.data()),
                     T(b != nullptr || k > 0 ? 1 : 0), to, stride);
            }
            if (shared) regroup<T, false>(s, there, to, filters, run);
        }
    });
}

template <class T>
void convolve_input(const ConvolutionShape& s, const T* g, const T* w, const T* b, T* dx) {
    if (s.depthwise()) return depthwise_input(s, g, w, b, dx);
    // Gathering an element costs less than scattering one, but with few channels for many filters, or without padding,
    // there are more to gather.
    if (s.stride_h != 1 || s.stride_w != 1 || s.group_filters() * s.plane() > 3 * s.group_channels() * s.positions())
        return scatter_input(s, g, w, b, dx);
    const Scratch<T> turned(s.filters * s.depth());
    turn(s, w, turned.data());
    convolve(turned_shape(s), g, turned.data(), b, dx);
}

template <class T>
void convolve_weight(const ConvolutionShape& s, const T* g, const T* x, T* dw) {
    if (s.depthwise()) return depthwise_weight(s, g, x, dw);
    const std::int64_t og = s.group_filters(), cg = s.group_channels(), depth = s.depth(), p = s.positions(),
                       weights = s.filters * depth;
    // A task makes some rows of the gradient of one group's filters, from one slab of all windows.
    const std::int64_t rows = piece(depth, depth < 192 ? 192 : 128), blocks = ceil_div(depth, rows),
                       places = s.groups * blocks;
    const Runs runs(s, std::clamp<std::int64_t>(kBlock / og / 64 * 64, 64, kColumns));
    const std::int64_t worth = s.images * p * weights >> 21;
    const std::int64_t slabs = std::clamp<std::int64_t>(std::min(16 / places, worth), 1, runs.count),
                       per_slab = ceil_div(runs.count, slabs);
    const Scratch<T> partial((slabs - 1) * weights);
    const std::int64_t tasks = places * slabs, at_once = tasks_at_once(tasks, s.images * p * weights / tasks);
    parallel_for(ceil_div(tasks, at_once), [&](std::int64_t part) {
        const Scratch<T> room(rows * runs.longest()), beside(runs.per_run > 1 ? og * runs.longest() : 0);
        for (std::int64_t task = part * at_once; task < std::min(tasks, (part + 1) * at_once); ++task) {
            const std::int64_t slab = task / places, group = task % places / blocks, k = task % blocks * rows,
                               k_end = std::min(depth, k + rows);
            T* const to = (slab == 0 ? dw : partial.data() + (slab - 1) * weights) + group * og * depth + k;
            const std::int64_t first = std::min(runs.count, slab * per_slab),
                               last = std::min(runs.count, first + per_slab);
            if (first == last)
                for (std::int64_t o = 0; o < og; ++o) std::fill_n(to + o * depth, k_end - k, T(0));
            for (std::int64_t i = first; i < last; ++i) {
                const Run run = runs[i];
                Matrix<T> gradient{g + (run.image * s.filters + group * og) * p + run.begin, p};
                if (run.images > 1) {
                    regroup<T, true>(s, g + group * og * p, beside.data(), og, run);
                    gradient = {beside.data(), run.size()};
                }
                Matrix<T> packed = columns(s, x + group * cg * s.plane(), k, k_end, run, room.data());
                packed.transposed = true;
                gemm(og, k_end - k, run.size(), gradient, packed, T(i == first ? 0 : 1), to, depth);
            }
        }
    });
    for (std::int64_t slab = 1; slab < slabs; ++slab)
        for (std::int64_t i = 0; i < weights; ++i) dw[i] += partial[(slab - 1) * weights + i];
}

template <class T>
void channel_sums(std::int64_t images, std::int64_t channels, std::int64_t plane, const T* g, T* sums) {
    const std::int64_t at_once = tasks_at_once(channels, images * plane);
    parallel_for(ceil_div(channels, at_once), [&](std::int64_t part) {
        for (std::int64_t c = part * at_once; c < std::min(channels, (part + 1) * at_once); ++c) {
            double total = 0;
            for (std::int64_t n = 0; n < images; ++n) {
                const T* const from = g + (n * channels + c) * plane;
                // Blocks in T, their sums in double precision.
                for (std::int64_t i = 0; i < plane;) {
                    constexpr std::int64_t kLanes = 32;
                    T lanes[kLanes] = {};
                    const std::int64_t end = std::min(plane, i + 1024);
                    for (; i + kLanes <= end; i += kLanes)
                        for (std::int64_t k = 0; k < kLanes; ++k) lanes[k] += from[i + k];
                    for (std::int64_t k = 0; i < end; ++i, ++k) lanes[k] += from[i];
                    for (std::int64_t k = 0; k < std::min(kLanes, plane); ++k) total += static_cast<double>(lanes[k]);
                }
            }
            sums[c] = static_cast<T>(total);
        }
    });
}

template void convolve(const ConvolutionShape&, const float*, const float*, const float*, float*);
template void convolve(const ConvolutionShape&, const double*, const double*, const double*, double*);
template void convolve_input(const ConvolutionShape&, const float*, const float*, const float*, float*);
template void convolve_input(const ConvolutionShape&, const double*, const double*, const double*, double*);
template void convolve_weight(const ConvolutionShape&, const float*, const float*, float*);
template void convolve_weight(const ConvolutionShape&, const double*, const double*, double*);
template void channel_sums(std::int64_t, std::int64_t, std::int64_t, const float*, float*);
template void channel_sums(std::int64_t, std::int64_t, std::int64_t, const double*, double*);

}  // namespace xg::detail
