#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <xgrad/autograd/detail/xtensor_headers.hpp>

// The loops of reductions over floating-point numbers that lie side by side.

namespace xg::detail {

/// The sum of n neighbouring numbers in double precision, in lanes that the compiler makes vectors of.
inline double sum_row(const float* x, std::int64_t n) {
    double result = 0;
    std::int64_t i = 0;
    if (n >= 32) {
        double lane[32] = {};
        for (; i + 32 <= n; i += 32)
            for (int k = 0; k < 32; ++k) lane[k] += static_cast<double>(x[i + k]);
        for (int k = 0; k < 16; ++k) lane[k] += lane[k + 16];
        for (; i + 8 <= n; i += 8)
            for (int k = 0; k < 8; ++k) lane[k] += static_cast<double>(x[i + k]);
        double part[8];
        for (int k = 0; k < 8; ++k) part[k] = lane[k] + lane[k + 8];
        result = ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
    }
    for (; i < n; ++i) result += static_cast<double>(x[i]);
    return result;
}

/// Adds to sums[0 … width) the columns of `rows` rows that lie `step` apart, in registers.
template <int width, class T>
void sum_strip(const T* x, std::int64_t rows, std::int64_t step, double* sums) {
    double lane[width];
    std::copy_n(sums, width, lane);
    for (std::int64_t r = 0; r < rows; ++r)
        for (int k = 0; k < width; ++k) lane[k] += static_cast<double>(x[r * step + k]);
    std::copy_n(lane, width, sums);
}

/// Adds to sums[j], j in [0, n), column j of `rows` rows that lie `step` apart.
template <class T>
void sum_columns(const T* x, std::int64_t n, std::int64_t rows, std::int64_t step, double* sums) {
    if (n < 32 && step == n && rows >= 64) {
        // Several narrow rows as one wide one.
        const std::int64_t joined = 64 / n;
        double wide[64] = {};
        sum_columns(x, joined * n, rows / joined, joined * n, wide);
        for (std::int64_t k = 0; k < joined * n; ++k) sums[k % n] += wide[k];
        x += rows / joined * joined * n;
        rows %= joined;
    }
    // As many rows at a time as stay in the first cache while strip after strip is summed.
    const std::int64_t block = std::max<std::int64_t>(16, 4096 / n);
    for (; rows > 0; rows -= block, x += block * step) {
        const std::int64_t height = std::min(rows, block);
        std::int64_t j = 0;
        for (; j + 32 <= n; j += 32) sum_strip<32>(x + j, height, step, sums + j);
        for (; j + 8 <= n; j += 8) sum_strip<8>(x + j, height, step, sums + j);
        for (; j < n; ++j) sum_strip<1>(x + j, height, step, sums + j);
    }
}

/// The greater or the lesser of each pair, by the processor's own comparison, which loses a NaN: whether there is one is
/// asked beside it.
template <class R, class Vector>
Vector extreme(const Vector& a, const Vector& b) {
    if constexpr (R::greatest)
        return xsimd::max(a, b);
    else
        return xsimd::min(a, b);
}

/// The extremes of `count` vectors of neighbouring columns of `rows` rows that lie `step` apart; NaN where a column has one.
template <int count, class T, class R>
void extreme_strip(const T* x, std::int64_t rows, std::int64_t step, T* out) {
    using Vector = xsimd::batch<T>;
    constexpr std::int64_t width = Vector::size;
    Vector best[count];
    typename Vector::batch_bool_type numbers[count];
    for (int k = 0; k < count; ++k) {
        best[k] = Vector::load_unaligned(x + k * width);
        numbers[k] = best[k] == best[k];  // not !=, which xsimd 8 has wrong for a NaN in AVX-512
    }
    for (std::int64_t r = 1; r < rows; ++r)
        for (int k = 0; k < count; ++k) {
            const Vector v = Vector::load_unaligned(x + r * step + k * width);
            numbers[k] = numbers[k] & (v == v);
            best[k] = extreme<R>(best[k], v);
        }
    for (int k = 0; k < count; ++k)
        xsimd::select(numbers[k], best[k], Vector(std::numeric_limits<T>::quiet_NaN()))
            .store_unaligned(out + k * width);
}

/// The extremes of n columns of `rows` rows, one or more, that lie `step` apart.
template <class T, class R>
void extreme_columns(const T* x, std::int64_t n, std::int64_t rows, std::int64_t step, T* out) {
    constexpr std::int64_t width = xsimd::batch<T>::size;
    if (n < width) {
        const std::int64_t joined = 64 / n;
        std::int64_t r = 0;
        std::fill_n(out, n, R::start());
        if (step == n && rows >= 2 * joined) {
            // Several narrow rows as one wide one.
            T wide[64];
            extreme_columns<T, R>(x, joined * n, rows / joined, joined * n, wide);
            for (std::int64_t k = 0; k < joined * n; ++k) out[k % n] = R::join(out[k % n], wide[k]);
            r = rows / joined * joined;
        }
        for (; r < rows; ++r)
            for (std::int64_t j = 0; j < n; ++j) out[j] = R::join(out[j], x[r * step + j]);
        return;
    }
    std::int64_t j = 0;
    for (; j + 4 * width <= n; j += 4 * width) extreme_strip<4, T, R>(x + j, rows, step, out + j);
    for (; j + width <= n; j += width) extreme_strip<1, T, R>(x + j, rows, step, out + j);
    // The last columns once more, with neighbours that are done.
    if (j < n) extreme_strip<1, T, R>(x + n - width, rows, step, out + n - width);
}

/// The extreme of n neighbouring numbers, none of them NaN, n a power of two: halved in vectors as long as there are such.
template <std::int64_t n, class T, class R>
T extreme_of(const T* x) {
    if constexpr (n == 1) {
        return x[0];
    } else {
        using Half = xsimd::make_sized_batch_t<T, static_cast<std::size_t>(n / 2)>;
        T half[n / 2];
        if constexpr (std::is_void_v<Half>) {
            // Not R::join, whose question for a NaN costs branches that nothing predicts.
            for (std::int64_t k = 0; k < n / 2; ++k) {
                const T p = x[k], q = x[k + n / 2];
                half[k] = (R::greatest ? p > q : p < q) ? p : q;
            }
        } else {
            extreme<R>(Half::load_unaligned(x), Half::load_unaligned(x + n / 2)).store_unaligned(half);
        }
        return extreme_of<n / 2, T, R>(half);
    }
}

/// The greatest or the least of n neighbouring numbers, at least a vector of them; NaN if any is.
template <class T, class R>
T extreme_row(const T* x, std::int64_t n) {
    using Vector = xsimd::batch<T>;
    constexpr std::int64_t width = Vector::size;
    const auto at = [x](std::int64_t i) { return Vector::load_unaligned(x + i); };
    Vector a = at(n - width), b = a, c = a, d = a;
    auto numbers = a == a;
    std::int64_t i = 0;
    for (; i + 4 * width <= n; i += 4 * width) {
        const Vector p = at(i), q = at(i + width), s = at(i + 2 * width), t = at(i + 3 * width);
        numbers = numbers & (p == p) & (q == q) & (s == s) & (t == t);
        a = extreme<R>(a, p);
        b = extreme<R>(b, q);
        c = extreme<R>(c, s);
        d = extreme<R>(d, t);
    }
    for (; i + width <= n; i += width) {
        const Vector p = at(i);
        numbers = numbers & (p == p);
        a = extreme<R>(a, p);
    }
    if (!xsimd::all(numbers)) return std::numeric_limits<T>::quiet_NaN();
    alignas(64) T lane[width];
    extreme<R>(extreme<R>(a, b), extreme<R>(c, d)).store_aligned(lane);
    return extreme_of<width, T, R>(lane);
}

}  // namespace xg::detail
