#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

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
template <int width>
void sum_strip(const float* x, std::int64_t rows, std::int64_t step, double* sums) {
    double lane[width];
    std::copy_n(sums, width, lane);
    for (std::int64_t r = 0; r < rows; ++r)
        for (int k = 0; k < width; ++k) lane[k] += static_cast<double>(x[r * step + k]);
    std::copy_n(lane, width, sums);
}

/// Adds to sums[j], j in [0, n), column j of `rows` rows that lie `step` apart.
inline void sum_columns(const float* x, std::int64_t n, std::int64_t rows, std::int64_t step, double* sums) {
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

/// The greatest or the least of n neighbouring numbers, at least a vector of them; NaN if any is.
template <class T, class R>
T extreme_row(const T* x, std::int64_t n) {
    using Vector = xsimd::batch<T>;
    constexpr std::int64_t width = Vector::size;
    const auto join = [](const Vector& a, const Vector& b) {
        if constexpr (R::greatest)
            return xsimd::max(a, b);
        else
            return xsimd::min(a, b);
    };
    const auto at = [x](std::int64_t i) { return Vector::load_unaligned(x + i); };
    // The processor's own comparisons lose a NaN: whether there is one is asked beside them.
    Vector a = at(n - width), b = a, c = a, d = a;
    auto numbers = a == a;  // not !=, which xsimd 8 has wrong for a NaN in AVX-512
    std::int64_t i = 0;
    for (; i + 4 * width <= n; i += 4 * width) {
        const Vector p = at(i), q = at(i + width), s = at(i + 2 * width), t = at(i + 3 * width);
        numbers = numbers & (p == p) & (q == q) & (s == s) & (t == t);
        a = join(a, p);
        b = join(b, q);
        c = join(c, s);
        d = join(d, t);
    }
    for (; i + width <= n; i += width) {
        const Vector p = at(i);
        numbers = numbers & (p == p);
        a = join(a, p);
    }
    if (!xsimd::all(numbers)) return std::numeric_limits<T>::quiet_NaN();
    alignas(64) T lane[width];
    join(join(a, b), join(c, d)).store_aligned(lane);
    for (std::int64_t half = width / 2; half > 0; half /= 2)
        for (std::int64_t k = 0; k < half; ++k) lane[k] = R::join(lane[k], lane[k + half]);
    return lane[0];
}

}  // namespace xg::detail
