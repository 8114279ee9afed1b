#include <xgrad/autograd/detail/max_pool_kernels.hpp>

#include <limits>
#include <type_traits>

#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {

AxisWindows::AxisWindows(std::int64_t n, std::int64_t windows, std::int64_t elements, std::int64_t apart,
                         std::int64_t pad, std::int64_t dilation)
    : size(n), count(windows), step(dilation), kernel(elements), stride(apart), bounds_(2 * windows) {
    for (std::int64_t i = 0; i < windows; ++i) {
        const std::int64_t begin = i * stride - pad;
        bounds_[2 * i] = begin >= 0 ? begin : begin + (step - 1 - begin) / step * step;
        bounds_[2 * i + 1] = std::min(n, begin + (kernel - 1) * step + 1);
    }
    find_inner();
}

AxisWindows::AxisWindows(std::int64_t n, std::int64_t windows)
    : size(n), count(windows), step(1), kernel(windows > 0 ? n / windows : 0), stride(kernel), bounds_(2 * windows) {
    for (std::int64_t i = 0; i < windows; ++i) {
        bounds_[2 * i] = i * n / windows;
        bounds_[2 * i + 1] = ((i + 1) * n + windows - 1) / windows;
    }
    find_inner();
}

void AxisWindows::find_inner() {
    const auto complete = [&](std::int64_t i) { return last(i) - first(i) == (kernel - 1) * step + 1; };
    inner_first = 0;
    while (inner_first < count && !complete(inner_first)) ++inner_first;
    inner_last = inner_first;
    while (inner_last < count && complete(inner_last) &&
           first(inner_last) == first(inner_first) + (inner_last - inner_first) * stride)
        ++inner_last;
}

namespace {

/// Numbers as wide as T, so that comparisons of one select the other.
template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// The maxima so far of a row of windows, and where they are relative to a place.
template <class T>
struct Best {
    T* value;
    Wide<T>* place;
};

/// Compares the first `taps` elements, side by side, of n windows that are `stride` apart; 0 stands for any stride. `place` is that of x.
template <class T, bool places, std::int64_t taps, std::int64_t stride>
void take(const Best<T>& best, const T* __restrict x, std::int64_t n, std::int64_t any_stride, std::int64_t place) {
    const std::int64_t apart = stride != 0 ? stride : any_stride;
    T* __restrict const value = best.value;
    Wide<T>* __restrict const where = best.place;
    for (std::int64_t i = 0; i < n; ++i) {
        T most = value[i];
        Wide<T> at = places ? where[i] : 0;
        for (std::int64_t k = 0; k < taps; ++k) {
            const T v = x[i * apart + k];
            const bool better = static_cast<bool>(static_cast<int>(v > most) | static_cast<int>(v != v));
            most = better ? v : most;
            if constexpr (places) at = better ? static_cast<Wide<T>>(place + k + i * apart) : at;
        }
        value[i] = most;
        if constexpr (places) where[i] = at;
    }
}

/// The same for the taps of complete windows in a row of the input.
template <class T, bool places, std::int64_t stride>
void take_inner(const AxisWindows& columns, const Best<T>& best, const T* x, std::int64_t n, std::int64_t place) {
    if (columns.step == 1 && columns.kernel == 2) return take<T, places, 2, stride>(best, x, n, columns.stride, place);
    if (columns.step == 1 && columns.kernel == 3) return take<T, places, 3, stride>(best, x, n, columns.stride, place);
    for (std::int64_t j = 0; j < columns.kernel; ++j)
        take<T, places, 1, stride>(best, x + j * columns.step, n, columns.stride, place + j * columns.step);
}

/// A row of windows; places are counted in its plane.
template <class T, bool places>
void pool_row(const AxisWindows& rows, const AxisWindows& columns, std::int64_t row, const T* x, const Best<T>& best) {
    const std::int64_t top = rows.first(row), bottom = rows.last(row), width = columns.size;
    for (std::int64_t i = 0; i < columns.count; ++i) {
        best.value[i] = -std::numeric_limits<T>::infinity();
        // Of a window with nothing greater than that, the first element; one in the plane even where all of a window is padding.
        if constexpr (places)
            best.place[i] =
                static_cast<Wide<T>>(std::min(top, rows.size - 1) * width + std::min(columns.first(i), width - 1));
    }
    const std::int64_t inner = columns.inner_first, n = columns.inner_last - inner;
    for (std::int64_t r = top; r < bottom; r += rows.step) {
        const T* const line = x + r * width;
        if (n > 0) {
            const std::int64_t at = columns.first(inner), place = r * width + at;
            const Best<T> from{best.value + inner, places ? best.place + inner : nullptr};
            if (columns.stride == 1)
                take_inner<T, places, 1>(columns, from, line + at, n, place);
            else if (columns.stride == 2)
                take_inner<T, places, 2>(columns, from, line + at, n, place);
            else
                take_inner<T, places, 0>(columns, from, line + at, n, place);
        }
        const auto whole = [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                for (std::int64_t at = columns.first(i); at < columns.last(i); at += columns.step)
                    take<T, places, 1, 1>({best.value + i, places ? best.place + i : nullptr}, line + at, 1, 1,
                                          r * width + at);
        };
        whole(0, inner);
        whole(columns.inner_last, columns.count);
    }
}

/// Calls `f(plane)` for all planes, in parallel.
template <class F>
void each_plane(std::int64_t planes, std::int64_t work, F&& f) {
    const std::int64_t at_once = tasks_at_once(planes, 4 * work);
    parallel_for((planes + at_once - 1) / at_once, [&](std::int64_t part) {
        for (std::int64_t i = part * at_once; i < std::min(planes, (part + 1) * at_once); ++i) f(i);
    });
}

}  // namespace

template <class T>
void max_pool(std::int64_t planes, const AxisWindows& rows, const AxisWindows& columns, const T* x, T* y,
              std::int64_t* indices) {
    const std::int64_t count = rows.count * columns.count, size = rows.size * columns.size;
    // A task is a row of windows, so that a single large plane is shared out as well.
    const std::int64_t tasks = planes * rows.count;
    const std::int64_t at_once = tasks_at_once(tasks, 4 * size / std::max<std::int64_t>(rows.count, 1));
    if (count == 0) return;
    parallel_for((tasks + at_once - 1) / at_once, [&](std::int64_t part) {
        const Scratch<Wide<T>> places(indices != nullptr ? columns.count : 0);
        for (std::int64_t i = part * at_once; i < std::min(tasks, (part + 1) * at_once); ++i) {
            const T* const plane = x + i / rows.count * size;
            const Best<T> best{y + i * columns.count, places.data()};
            if (indices == nullptr) {
                pool_row<T, false>(rows, columns, i % rows.count, plane, best);
            } else {
                pool_row<T, true>(rows, columns, i % rows.count, plane, best);
                std::copy_n(places.data(), columns.count, indices + i * columns.count);
            }
        }
    });
}

template <class T>
void scatter_planes(std::int64_t planes, std::int64_t count, std::int64_t size, const T* g, const std::int64_t* indices,
                    T* y) {
    each_plane(planes, size + count, [&](std::int64_t plane) {
        T* const to = y + plane * size;
        std::fill_n(to, size, T(0));
        for (std::int64_t i = plane * count; i < (plane + 1) * count; ++i) to[indices[i]] += g[i];
    });
}

template <class T>
void gather_planes(std::int64_t planes, std::int64_t count, std::int64_t size, const T* x, const std::int64_t* indices,
                   T* y) {
    each_plane(planes, count, [&](std::int64_t plane) {
        const T* const from = x + plane * size;
        for (std::int64_t i = plane * count; i < (plane + 1) * count; ++i) y[i] = from[indices[i]];
    });
}

template void max_pool(std::int64_t, const AxisWindows&, const AxisWindows&, const float*, float*, std::int64_t*);
template void max_pool(std::int64_t, const AxisWindows&, const AxisWindows&, const double*, double*, std::int64_t*);
template void scatter_planes(std::int64_t, std::int64_t, std::int64_t, const float*, const std::int64_t*, float*);
template void scatter_planes(std::int64_t, std::int64_t, std::int64_t, const double*, const std::int64_t*, double*);
template void gather_planes(std::int64_t, std::int64_t, std::int64_t, const float*, const std::int64_t*, float*);
template void gather_planes(std::int64_t, std::int64_t, std::int64_t, const double*, const std::int64_t*, double*);

}  // namespace xg::detail
