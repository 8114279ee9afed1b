#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

// Long windows that overlap, along an axis whose elements are rows of `width` numbers: what windows of m elements give
// is joined to windows of 2m, so that n windows of k elements cost n · log k, in loops over neighbours.

namespace xg::detail {

/// Numbers as wide as T, so that comparisons of one select the other.
template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// Maxima, and where they are.
template <class T>
struct Best {
    T* value;
    Wide<T>* place;  ///< Not used where places are not asked for.

    template <bool places>
    Best from(std::int64_t i) const {
        return {value + i, places ? place + i : nullptr};
    }
};

/// Whether v, which comes later, takes the place of the greatest so far: the first of equals stays, and the last NaN
/// wins.
template <class T>
bool takes_over(T v, T most) {
    return static_cast<bool>(static_cast<int>(v > most) | static_cast<int>(v != v));
}

/// to = the better of a and b, which comes later, for each of n neighbours. `to` may be a; b may lie behind a in the
/// same array.
template <class T, bool places>
void join_best(std::int64_t n, const Best<T>& a, const Best<T>& b, const Best<T>& to) {
    T *const p = a.value, *const q = b.value, *const r = to.value;
    Wide<T>*const i = a.place, *const j = b.place, *const k = to.place;
    // What is written was read before, in this step or an earlier one.
#pragma GCC ivdep
    for (std::int64_t e = 0; e < n; ++e) {
        const T v = q[e], most = p[e];
        const bool later = takes_over(v, most);
        r[e] = later ? v : most;
        if constexpr (places) k[e] = later ? j[e] : i[e];
    }
}

/// The maxima of `windows` windows of `kernel` elements, `stride` apart. `line`, of (windows - 1) · stride + kernel
/// elements, is overwritten.
template <class T, bool places>
void slide_best(const Best<T>& line, std::int64_t width, std::int64_t windows, std::int64_t kernel, std::int64_t stride,
                const Best<T>& to) {
    const std::int64_t length = (windows - 1) * stride + kernel;
    std::int64_t reach = 1;
    for (; 2 * reach <= kernel; reach *= 2)
        join_best<T, places>((length - 2 * reach + 1) * width, line, line.template from<places>(reach * width), line);
    // Two windows that overlap make one of any size.
    const Best<T> last = line.template from<places>((kernel - reach) * width);
    if (stride == 1) return join_best<T, places>(windows * width, line, last, to);
    for (std::int64_t i = 0; i < windows; ++i) {
        const std::int64_t at = i * stride * width;
        join_best<T, places>(width, line.template from<places>(at), last.template from<places>(at),
                             to.template from<places>(i * width));
    }
}

/// The sums of `windows` windows of `kernel` neighbouring elements, `stride` apart, of sums of 1, 2, 4, … of them: no
/// sum is taken from another, so that nothing cancels and infinities stay in their windows. `line`, of (windows - 1) ·
/// stride + kernel elements, is overwritten.
template <class T>
void slide_sums(T* line, std::int64_t windows, std::int64_t kernel, std::int64_t stride, T* __restrict to) {
    const std::int64_t length = (windows - 1) * stride + kernel;
    std::int64_t done = 0;
    for (std::int64_t reach = 1; reach <= kernel; reach *= 2) {
        if ((kernel & reach) != 0) {
            const T* const from = line + done;
            for (std::int64_t i = 0; i < windows; ++i) to[i] = done == 0 ? from[i * stride] : to[i] + from[i * stride];
            done += reach;
        }
        const T* const behind = line + reach;
#pragma GCC ivdep
        for (std::int64_t i = 0; i < length - 2 * reach + 1; ++i) line[i] += behind[i];
    }
}

/// How many windows to slide over at once: pieces that stay in cache, of which little is looked at twice.
inline std::int64_t windows_at_once(std::int64_t windows, std::int64_t kernel, std::int64_t stride) noexcept {
    return std::min(windows, std::max<std::int64_t>(8192, 4 * kernel) / stride + 1);
}

}  // namespace xg::detail
