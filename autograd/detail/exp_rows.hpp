#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <xgrad/autograd/detail/near_exp.hpp>
#include <xgrad/autograd/detail/xtensor_headers.hpp>

// exp over rows of numbers that are not positive, as softmax and its relatives need it. Only for kernel files: it
// includes xtensor's vectors.

namespace xg::detail {

/// exp(d) for d <= 0 or NaN: xsimd's function, but for the lanes whose result lies below the normal numbers.
template <class T>
xsimd::batch<T> exp_of_distances(const xsimd::batch<T>& d) {
    using Vector = xsimd::batch<T>;
    constexpr T edge = sizeof(T) == 4 ? T(-87) : T(-708), gone = sizeof(T) == 4 ? T(-104) : T(-746);
    const auto near = d >= Vector(edge);
    Vector e = near_exp<T>(d);
    if (xsimd::all(near)) [[likely]]
        return e;
    e = xsimd::select(near, e, xsimd::exp(d));
    if (xsimd::any((d < Vector(edge)) & (d > Vector(gone)))) {
        alignas(64) T from[Vector::size], to[Vector::size];
        d.store_aligned(from);
        e.store_aligned(to);
        for (std::size_t k = 0; k < Vector::size; ++k)
            if (from[k] < edge) to[k] = std::exp(from[k]);
        e = Vector::load_aligned(to);
    }
    return e;
}

/// N numbers joined by `f`, halves upon halves.
template <std::size_t N, class T, class F>
T joined(const T* lanes, const F& f) {
    if constexpr (N == 1)
        return lanes[0];
    else
        return f(joined<N / 2>(lanes, f), joined<N / 2>(lanes + N / 2, f));
}

template <class T, class F>
T joined(const xsimd::batch<T>& v, const F& f) {
    alignas(64) T lanes[xsimd::batch<T>::size];
    v.store_aligned(lanes);
    return joined<xsimd::batch<T>::size>(static_cast<const T*>(lanes), f);
}

/// The greatest of n >= 1 elements; any number if one is NaN.
template <class T>
T greatest(const T* x, std::int64_t n) {
    using Vector = xsimd::batch<T>;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    T result = x[0];
    std::int64_t i = 0;
    if (n >= 2 * width) {
        Vector a = Vector::load_unaligned(x), b = Vector::load_unaligned(x + width);
        for (i = 2 * width; i + 2 * width <= n; i += 2 * width) {
            a = xsimd::max(a, Vector::load_unaligned(x + i));
            b = xsimd::max(b, Vector::load_unaligned(x + i + width));
        }
        result = joined<T>(xsimd::max(a, b), [](T p, T q) { return p > q ? p : q; });
    }
    for (; i < n; ++i) result = x[i] > result ? x[i] : result;
    return result;
}

/// The sum of exp(x - high) over n elements, none of them greater than `high`; each is written to `to` if it is not
/// null (it may be x). In double precision from one piece of 1024 to the next.
template <class T>
double sum_of_exp(const T* x, T* to, std::int64_t n, T high) {
    using Vector = xsimd::batch<T>;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    constexpr std::int64_t piece = 1024;
    const Vector shift(high);
    double total = 0;
    for (std::int64_t begin = 0; begin < n; begin += piece) {
        const std::int64_t end = std::min(n, begin + piece);
        Vector sum(T(0));
        std::int64_t i = begin;
        for (; i + width <= end; i += width) {
            const Vector e = exp_of_distances<T>(Vector::load_unaligned(x + i) - shift);
            if (to != nullptr) e.store_unaligned(to + i);
            sum = sum + e;
        }
        if (i < end) {
            alignas(64) T lanes[Vector::size];
            const auto bytes = static_cast<std::size_t>(end - i) * sizeof(T);
            std::fill(lanes, lanes + width, -std::numeric_limits<T>::infinity());
            std::memcpy(lanes, x + i, bytes);
            const Vector e = exp_of_distances<T>(Vector::load_aligned(lanes) - shift);
            if (to != nullptr) {
                e.store_aligned(lanes);
                std::memcpy(to + i, lanes, bytes);
            }
            sum = sum + e;
        }
        total += static_cast<double>(joined<T>(sum, [](T p, T q) { return p + q; }));
    }
    return total;
}

/// x = exp(x), of n elements that are not positive.
template <class T>
void exp_in_place(T* x, std::int64_t n) {
    using Vector = xsimd::batch<T>;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    std::int64_t i = 0;
    for (; i + width <= n; i += width) exp_of_distances<T>(Vector::load_unaligned(x + i)).store_unaligned(x + i);
    if (i == n) return;
    alignas(64) T lanes[Vector::size] = {};
    const auto bytes = static_cast<std::size_t>(n - i) * sizeof(T);
    std::memcpy(lanes, x + i, bytes);
    exp_of_distances<T>(Vector::load_aligned(lanes)).store_aligned(lanes);
    std::memcpy(x + i, lanes, bytes);
}

/// out = g - exp(y) · s, of n elements.
template <class T>
void subtract_scaled_exp(const T* g, const T* y, T* out, std::int64_t n, T s) {
    using Vector = xsimd::batch<T>;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    const Vector factor(s);
    std::int64_t i = 0;
    for (; i + width <= n; i += width) {
        const Vector e = exp_of_distances<T>(Vector::load_unaligned(y + i));
        (Vector::load_unaligned(g + i) - e * factor).store_unaligned(out + i);
    }
    if (i == n) return;
    alignas(64) T e[Vector::size] = {};
    std::memcpy(e, y + i, static_cast<std::size_t>(n - i) * sizeof(T));
    exp_of_distances<T>(Vector::load_aligned(e)).store_aligned(e);
    for (std::int64_t k = 0; i + k < n; ++k) out[i + k] = g[i + k] - e[k] * s;
}

/// What a part of a line tells of log(Σ exp(x)): its greatest element, and the sum of exp of the distances from it.
/// That is NaN where +inf is the greatest, 0 where all are -inf; both are NaN where an element is.
struct ExpSum {
    double high, sum;

    static ExpSum join(const ExpSum& a, const ExpSum& b) {
        if (std::isnan(a.high) || std::isnan(b.high)) return none();
        if (a.high == b.high) return {a.high, a.sum + b.sum};
        const double high = std::max(a.high, b.high);
        return {high, a.sum * std::exp(a.high - high) + b.sum * std::exp(b.high - high)};
    }

    /// Of n elements `step` apart, whose greatest number and sum are known as far as no element is NaN.
    template <class T>
    static ExpSum of(T high, double sum, const T* x, std::int64_t n, std::int64_t step) {
        if (std::isfinite(high)) return std::isnan(sum) ? none() : ExpSum{static_cast<double>(high), sum};
        for (std::int64_t i = 0; i < n; ++i)
            if (std::isnan(x[i * step])) return none();
        return {static_cast<double>(high), high < T(0) ? 0 : std::numeric_limits<double>::quiet_NaN()};
    }

    static ExpSum none() {
        constexpr double NaN = std::numeric_limits<double>::quiet_NaN();
        return {NaN, NaN};
    }
};

template <class T>
ExpSum exp_sum(const T* x, std::int64_t n) {
    if (n == 0) return {-std::numeric_limits<double>::infinity(), 0};
    const T high = greatest(x, n);
    return ExpSum::of(high, std::isfinite(high) ? sum_of_exp<T>(x, nullptr, n, high) : 0, x, n, 1);
}

}  // namespace xg::detail
