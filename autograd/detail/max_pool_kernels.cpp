#include <xgrad/autograd/detail/max_pool_kernels.hpp>

#include <algorithm>
#include <limits>

#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/autograd/detail/sliding.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {

AxisWindows::AxisWindows(std::int64_t n, std::int64_t windows, std::int64_t elements, std::int64_t apart,
                         std::int64_t padding, std::int64_t dilation)
    : size(n), count(windows), step(dilation), kernel(elements), stride(apart), pad(padding), bounds_(2 * windows) {
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

/// Compares the first `taps` elements, side by side, of n windows that are `stride` apart; 0 stands for any stride.
/// `place` is that of x.
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
            const bool better = takes_over(v, most);
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

/// Stands for padding: less than any number, and nowhere.
template <class T, bool places>
void fill_padding(std::int64_t n, const Best<T>& best) {
    std::fill_n(best.value, n, -std::numeric_limits<T>::infinity());
    if constexpr (places) std::fill_n(best.place, n, Wide<T>(-1));
}

/// Compares the windows of the columns with a line of the input, whose first element has the place `origin`.
template <class T, bool places>
void take_line(const AxisWindows& columns, const T* line, std::int64_t origin, const Best<T>& best) {
    const std::int64_t inner = columns.inner_first, n = columns.inner_last - inner;
    if (n > 0) {
        const std::int64_t at = columns.first(inner);
        const Best<T> from = best.template from<places>(inner);
        if (columns.stride == 1)
            take_inner<T, places, 1>(columns, from, line + at, n, origin + at);
        else if (columns.stride == 2)
            take_inner<T, places, 2>(columns, from, line + at, n, origin + at);
        else
            take_inner<T, places, 0>(columns, from, line + at, n, origin + at);
    }
    const auto whole = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            for (std::int64_t at = columns.first(i); at < columns.last(i); at += columns.step)
                take<T, places, 1, 1>(best.template from<places>(i), line + at, 1, 1, origin + at);
    };
    whole(0, inner);
    whole(columns.inner_last, columns.count);
}

/// Room for windows that slide along lines.
template <class T, bool places>
class Slider {
public:
    explicit Slider(const AxisWindows& columns)
        : columns_(columns),
          piece_(columns.slide() ? windows_at_once(columns.count, columns.kernel, columns.stride) : 0),
          length_(columns.slide() ? (piece_ - 1) * columns.stride + columns.kernel : 0),
          values_(length_),
          places_(places ? length_ : 0) {}

    /// The maxima of all windows in a line of the input.
    void line(const T* x, std::int64_t origin, const Best<T>& to) const {
        if (!columns_.slide()) {
            fill_padding<T, places>(columns_.count, to);
            return take_line<T, places>(columns_, x, origin, to);
        }
        const Best<T> room{values_.data(), places_.data()};
        for (std::int64_t i = 0; i < columns_.count; i += piece_) {
            const std::int64_t windows = std::min(piece_, columns_.count - i),
                               begin = i * columns_.stride - columns_.pad,
                               length = (windows - 1) * columns_.stride + columns_.kernel,
                               left = std::clamp<std::int64_t>(-begin, 0, length),
                               right = std::clamp(columns_.size - begin, left, length);
            fill_padding<T, places>(left, room);
            std::copy(x + begin + left, x + begin + right, room.value + left);
            for (std::int64_t at = left; places && at < right; ++at)
                room.place[at] = static_cast<Wide<T>>(origin + begin + at);
            fill_padding<T, places>(length - right, room.template from<places>(right));
            slide_best<T, places>(room, 1, windows, columns_.kernel, columns_.stride, to.template from<places>(i));
        }
    }

private:
    const AxisWindows& columns_;
    std::int64_t piece_, length_;
    Scratch<T> values_;
    Scratch<Wide<T>> places_;
};

/// The rows of windows from `begin` to `end` in a plane.
template <class T, bool places>
void pool_rows(const AxisWindows& rows, const AxisWindows& columns, std::int64_t begin, std::int64_t end, const T* x,
               const Best<T>& best) {
    const std::int64_t width = columns.size, n = columns.count;
    const Slider<T, places> slider(columns);
    if (rows.slide()) {
        const std::int64_t top = begin * rows.stride - rows.pad, height = (end - 1 - begin) * rows.stride + rows.kernel;
        const Scratch<T> values(height * n);
        const Scratch<Wide<T>> where(places ? height * n : 0);
        const Best<T> lines{values.data(), where.data()};
        for (std::int64_t r = 0; r < height; ++r) {
            const Best<T> to = lines.template from<places>(r * n);
            if (top + r < 0 || top + r >= rows.size)
                fill_padding<T, places>(n, to);
            else
                slider.line(x + (top + r) * width, (top + r) * width, to);
        }
        slide_best<T, places>(lines, n, end - begin, rows.kernel, rows.stride, best);
    } else {
        const Scratch<T> values(n);
        const Scratch<Wide<T>> where(places ? n : 0);
        const Best<T> line{values.data(), where.data()};
        for (std::int64_t row = begin; row < end; ++row) {
            const Best<T> to = best.template from<places>((row - begin) * n);
            fill_padding<T, places>(n, to);
            for (std::int64_t r = rows.first(row); r < rows.last(row); r += rows.step) {
                if (columns.slide()) {
                    slider.line(x + r * width, r * width, line);
                    join_best<T, places>(n, to, line, to);
                } else {
                    take_line<T, places>(columns, x + r * width, r * width, to);
                }
            }
        }
    }
    // Of a window with nothing greater than padding, the first element; one in the plane even where all of a window is
    // padding.
    for (std::int64_t row = begin; places && row < end; ++row)
        for (std::int64_t i = 0; i < n; ++i)
            if (Wide<T>& at = best.place[(row - begin) * n + i]; at < 0)
                at = static_cast<Wide<T>>(std::min(rows.first(row), rows.size - 1) * width +
                                          std::min(columns.first(i), width - 1));
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
    if (count == 0 || planes == 0) return;
    // A task is some rows of windows, so that a single large plane is shared out as well; where windows slide down, few
    // lines of the input are to be looked at twice.
    const std::int64_t at_once = tasks_at_once(planes * rows.count, 4 * size / std::max<std::int64_t>(rows.count, 1)),
                       least = rows.slide() ? 3 * rows.kernel / rows.stride + 1 : 1,
                       per_part = std::min(rows.count, std::max(at_once, least)),
                       parts = (rows.count + per_part - 1) / per_part,
                       parts_at_once = std::max<std::int64_t>(1, at_once / per_part);
    const std::int64_t tasks = (planes * parts + parts_at_once - 1) / parts_at_once;
    parallel_for(tasks, [&](std::int64_t task) {
        const Scratch<Wide<T>> places(indices != nullptr ? per_part * columns.count : 0);
        for (std::int64_t i = task * parts_at_once; i < std::min(planes * parts, (task + 1) * parts_at_once); ++i) {
            const std::int64_t plane = i / parts, begin = i % parts * per_part,
                               end = std::min(rows.count, begin + per_part), at = plane * count + begin * columns.count;
            const Best<T> best{y + at, places.data()};
            if (indices == nullptr) {
                pool_rows<T, false>(rows, columns, begin, end, x + plane * size, best);
            } else {
                pool_rows<T, true>(rows, columns, begin, end, x + plane * size, best);
                std::copy_n(places.data(), (end - begin) * columns.count, indices + at);
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
