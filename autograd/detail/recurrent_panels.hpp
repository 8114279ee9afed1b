#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/detail/near_exp.hpp>
#include <xgrad/autograd/detail/recurrent_kernels.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/autograd/detail/xtensor_headers.hpp>
#include <xgrad/core/threads.hpp>

// What the kernels of recurrent layers are made of: products of a few rows with weights that are packed once a
// sequence. BLAS would pack them anew in each step, which takes as long as the product of 16 rows. Only for kernel
// files: it includes xsimd.

namespace xg::detail {

template <class T>
using Lanes = xsimd::batch<T>;

template <class T>
inline constexpr auto kWidth = static_cast<std::int64_t>(Lanes<T>::size);

/// Samples that go through all steps together, by one thread.
inline constexpr std::int64_t kSamples = 16;
/// Rows whose products stay in registers: 32 of them with AVX-512, else 16.
template <class T>
inline constexpr int kRows = sizeof(Lanes<T>) == 64 ? 6 : 2;

/// Up to kWidth neighbours; what is missing is 0.
template <class T>
Lanes<T> load(const T* from, std::int64_t n) {
    if (n >= kWidth<T>) [[likely]]
        return Lanes<T>::load_unaligned(from);
    alignas(64) T lanes[Lanes<T>::size] = {};
    std::memcpy(lanes, from, static_cast<std::size_t>(n) * sizeof(T));
    return Lanes<T>::load_aligned(lanes);
}

template <class T>
void store(const Lanes<T>& v, T* to, std::int64_t n) {
    if (n >= kWidth<T>) [[likely]]
        return v.store_unaligned(to);
    alignas(64) T lanes[Lanes<T>::size];
    v.store_aligned(lanes);
    std::memcpy(to, lanes, static_cast<std::size_t>(n) * sizeof(T));
}

template <class T>
Lanes<T> vector_tanh(const Lanes<T>& x) {
    if constexpr (std::is_same_v<T, float>)
        return quick_tanh(x);
    else
        return xsimd::tanh(x);
}

template <class T>
Lanes<T> vector_sigmoid(const Lanes<T>& x) {
    if constexpr (std::is_same_v<T, float>) {
        // NaN is no bound's, so that it is put back.
        const Lanes<T> e = near_exp<T>(xsimd::min(xsimd::max(-x, Lanes<T>(-87.0F)), Lanes<T>(87.0F)));
        return xsimd::select(x == x, 1.0F / (1.0F + e), x);
    } else {
        return 1.0 / (1.0 + xsimd::exp(-x));
    }
}

/// The units that a panel of weights is for, in vectors of `kWidth`.
template <class T>
std::int64_t panels_of(std::int64_t units) {
    return (units + kWidth<T> - 1) / kWidth<T>;
}

/// Weights (gates · units, k) in panels of kWidth units each: for each of the k columns the `gates` vectors of them.
template <class T>
void pack_gates(const T* w, std::int64_t gates, std::int64_t units, std::int64_t k, T* to) {
    constexpr std::int64_t width = kWidth<T>;
    parallel_for(panels_of<T>(units), [&](std::int64_t panel) {
        T* const start = to + panel * k * gates * width;
        const std::int64_t first = panel * width, n = std::min(width, units - first);
        std::fill_n(start, n < width ? k * gates * width : 0, T(0));
        for (std::int64_t gate = 0; gate < gates; ++gate)
            for (std::int64_t j = 0; j < n; ++j) {
                const T* const row = w + (gate * units + first + j) * k;
                for (std::int64_t l = 0; l < k; ++l) start[(l * gates + gate) * width + j] = row[l];
            }
    });
}

/// Biases (gates · units), or their sum if b is not null, laid out as one column of `pack_gates`. Zeros for none.
template <class T>
void pack_biases(const T* a, const T* b, std::int64_t gates, std::int64_t units, T* to) {
    constexpr std::int64_t width = kWidth<T>;
    std::fill_n(to, panels_of<T>(units) * gates * width, T(0));
    for (std::int64_t gate = 0; gate < gates; ++gate)
        for (std::int64_t j = 0; j < units; ++j) {
            T& place = to[(j / width * gates + gate) * width + j % width];
            if (a != nullptr) place += a[gate * units + j];
            if (b != nullptr) place += b[gate * units + j];
        }
}

/// How many vectors of columns a panel of `pack_columns` has.
inline constexpr int kColumns = 4;

/// Weights (k, n) as they are, in panels of kColumns vectors of columns.
template <class T>
void pack_columns(const T* w, std::int64_t k, std::int64_t n, T* to) {
    constexpr std::int64_t width = kColumns * kWidth<T>;
    for (std::int64_t first = 0; first < n; first += width) {
        const std::int64_t columns = std::min(width, n - first);
        for (std::int64_t l = 0; l < k; ++l, to += width) {
            std::copy_n(w + l * n + first, columns, to);
            std::fill_n(to + columns, width - columns, T(0));
        }
    }
}

/// The numbers that pack_columns writes.
template <class T>
std::int64_t packed_columns(std::int64_t k, std::int64_t n) {
    constexpr std::int64_t width = kColumns * kWidth<T>;
    return (n + width - 1) / width * width * k;
}

/// sums[r][To] += Σ over k of a[r][k] times the panel's vectors, of R rows `stride` apart.
template <class T, int R, int... To>
[[gnu::always_inline]] inline void add_products(std::int64_t k, const T* a, std::int64_t stride, const T* panel,
                                                Lanes<T> (&sums)[R][4]) {
    constexpr int places[] = {To...};
    constexpr int vectors = sizeof...(To);
    for (std::int64_t l = 0; l < k; ++l, panel += vectors * kWidth<T>) {
        Lanes<T> b[vectors];
#pragma GCC unroll 4
        for (int p = 0; p < vectors; ++p) b[p] = Lanes<T>::load_unaligned(panel + p * kWidth<T>);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
            const Lanes<T> factor(a[r * stride + l]);
#pragma GCC unroll 4
            for (int p = 0; p < vectors; ++p) sums[r][places[p]] = xsimd::fma(factor, b[p], sums[r][places[p]]);
        }
    }
}

/// Calls f(R, first row) for rows [begin, end), R of them at a time: a constant, at most `most`.
template <int most, class F>
[[gnu::always_inline]] inline void by_rows(std::int64_t begin, std::int64_t end, F&& f) {
    for (; begin + most <= end; begin += most) f(std::integral_constant<int, most>(), begin);
    if constexpr (most > 1) by_rows<most == 6 ? 4 : most / 2>(begin, end, f);
}

/// c (rows, n) = a (rows, k), rows `stride` apart, · the weights of pack_columns, or that added to c.
template <class T, bool add>
void multiply_packed(std::int64_t rows, std::int64_t n, std::int64_t k, const T* a, std::int64_t stride,
                     const T* packed, T* c) {
    constexpr std::int64_t width = kWidth<T>;
    for (std::int64_t first = 0; first < n; first += kColumns * width, packed += k * kColumns * width) {
        by_rows<kRows<T>>(0, rows, [&](auto constant, std::int64_t r) {
            constexpr int R = decltype(constant)::value;
            Lanes<T> sums[R][4];
            for (int i = 0; i < R; ++i)
                for (Lanes<T>& v : sums[i]) v = Lanes<T>(T(0));
            add_products<T, R, 0, 1, 2, 3>(k, a + r * stride, stride, packed, sums);
            for (int i = 0; i < R; ++i)
                for (int p = 0; p < kColumns; ++p) {
                    const std::int64_t left = n - first - p * width;
                    if (left <= 0) break;
                    T* const to = c + (r + i) * n + first + p * width;
                    store<T>(add ? sums[i][p] + load<T>(to, left) : sums[i][p], to, left);
                }
        });
    }
}

/// The states of all samples before a step: those at the start, or a step of a sequence of states.
template <class T>
struct States {
    const T* first;
    std::int64_t step;  ///< From one sample's to the next.

    static States before(const RecurrentShape& s, std::int64_t i, const T* start, const T* sequence) {
        if (i == 0) return {start, s.hidden};
        return {sequence + s.row(s.at(i - 1), 0) * s.hidden, s.row_step() * s.hidden};
    }
    const T* of(std::int64_t sample) const { return first + sample * step; }
};

/// Calls f(begin, end) for blocks of samples, side by side.
template <class F>
void for_samples(const RecurrentShape& s, F&& f) {
    parallel_for((s.batch + kSamples - 1) / kSamples,
                 [&](std::int64_t block) { f(block * kSamples, std::min(s.batch, (block + 1) * kSamples)); });
}

}  // namespace xg::detail
