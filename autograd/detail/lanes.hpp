#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

// Reductions of a row inside of a kernel. Independent lanes let the compiler use vectors without reordering anything,
// so that the bits depend on the row's length alone.

namespace xg::detail {

/// How many numbers are summed in T, in lanes, before their sum is added in double precision: no float32 sum is longer
/// than 32.
inline constexpr std::int64_t kLaneChunk = 1024;
inline constexpr std::int64_t kLanes = 32;

/// The sums of f(i) and of g(i) over i in [0, n).
template <class T, class F, class G>
std::array<double, 2> lane_sums(std::int64_t n, F&& f, G&& g) {
    std::array<double, 2> total{};
    if (n < kLanes) {
        for (std::int64_t i = 0; i < n; ++i) {
            total[0] += static_cast<double>(f(i));
            total[1] += static_cast<double>(g(i));
        }
        return total;
    }
    for (std::int64_t begin = 0; begin < n; begin += kLaneChunk) {
        const std::int64_t end = std::min(n, begin + kLaneChunk);
        T a[kLanes] = {}, b[kLanes] = {};
        std::int64_t i = begin;
        for (; i + kLanes <= end; i += kLanes) {
            for (std::int64_t k = 0; k < kLanes; ++k) {
                a[k] += f(i + k);
                b[k] += g(i + k);
            }
        }
        for (std::int64_t k = 0; i + k < end; ++k) {
            a[k] += f(i + k);
            b[k] += g(i + k);
        }
        double p = 0, q = 0;
        for (std::int64_t k = 0; k < kLanes; ++k) {
            p += static_cast<double>(a[k]);
            q += static_cast<double>(b[k]);
        }
        total[0] += p;
        total[1] += q;
    }
    return total;
}

/// The sum of f(i) over i in [0, n).
template <class T, class F>
double lane_sum(std::int64_t n, F&& f) {
    double total = 0;
    if (n < kLanes) {
        for (std::int64_t i = 0; i < n; ++i) total += static_cast<double>(f(i));
        return total;
    }
    for (std::int64_t begin = 0; begin < n; begin += kLaneChunk) {
        const std::int64_t end = std::min(n, begin + kLaneChunk);
        T a[kLanes] = {};
        std::int64_t i = begin;
        for (; i + kLanes <= end; i += kLanes)
            for (std::int64_t k = 0; k < kLanes; ++k) a[k] += f(i + k);
        for (std::int64_t k = 0; i + k < end; ++k) a[k] += f(i + k);
        double p = 0;
        for (std::int64_t k = 0; k < kLanes; ++k) p += static_cast<double>(a[k]);
        total += p;
    }
    return total;
}

/// The greatest of n numbers, at least one; NaN if any is.
template <class T>
T lane_max(const T* x, std::int64_t n) {
    // | and not ||: without a branch the compiler uses vectors.
    const auto join = [](T a, T b) { return ((a > b) | (a != a)) ? a : b; };
    T result = x[0];
    if (n >= kLanes) {
        T lane[kLanes];
        std::copy_n(x, kLanes, lane);
        std::int64_t i = kLanes;
        for (; i + kLanes <= n; i += kLanes)
            for (std::int64_t k = 0; k < kLanes; ++k) lane[k] = join(lane[k], x[i + k]);
        for (std::int64_t k = 0; k < kLanes; ++k) result = join(result, lane[k]);
        x += i;
        n -= i;
    }
    for (std::int64_t i = 0; i < n; ++i) result = join(result, x[i]);
    return result;
}

/// Adds to first[k] and second[k], k in [0, width), the sums of f(r, k) and g(r, k) over rows r in [begin, end): strips
/// of columns whose sums stay in registers. For a few dozen rows.
template <class T, class F, class G>
void column_sums(std::int64_t begin, std::int64_t end, std::int64_t width, F&& f, G&& g, double* first,
                 double* second) {
    std::int64_t k = 0;
    for (; k + kLanes <= width; k += kLanes) {
        T a[kLanes] = {}, b[kLanes] = {};
        for (std::int64_t r = begin; r < end; ++r) {
            for (std::int64_t j = 0; j < kLanes; ++j) {
                a[j] += f(r, k + j);
                b[j] += g(r, k + j);
            }
        }
        for (std::int64_t j = 0; j < kLanes; ++j) {
            first[k + j] += static_cast<double>(a[j]);
            second[k + j] += static_cast<double>(b[j]);
        }
    }
    for (; k < width; ++k) {
        T a = 0, b = 0;
        for (std::int64_t r = begin; r < end; ++r) {
            a += f(r, k);
            b += g(r, k);
        }
        first[k] += static_cast<double>(a);
        second[k] += static_cast<double>(b);
    }
}

/// How many blocks of `size` make up n.
constexpr std::int64_t blocks_of(std::int64_t n, std::int64_t size) noexcept { return (n + size - 1) / size; }

/// Calls f(begin, end) for blocks of rows that hold some 16384 numbers each, side by side. Cut by the shape alone.
inline constexpr std::int64_t kRowBlock = 16384;
constexpr std::int64_t rows_per_block(std::int64_t length) noexcept {
    return std::max<std::int64_t>(1, kRowBlock / std::max<std::int64_t>(1, length));
}

}  // namespace xg::detail
