#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <xsimd/xsimd.hpp>

// What the backward of a layer with a ReLU does with the gradient at its output, in one pass over it: masks it, sums
// its columns for the bias, and its squares for who watches the gradient's norm. All sums stay in registers for the
// height of a block.

namespace xg::detail {

/// Rows whose column sums are kept in T before they are added up in double precision, so that long batches lose
/// nothing.
inline constexpr std::int64_t kSummedRows = 64;

/// xsimd calls it by another name since version 10.
template <class Vector>
auto horizontal_sum(const Vector& v) {
    if constexpr (requires { reduce_add(v); })
        return reduce_add(v);
    else
        return hadd(v);
}

/// `vectors` vectors of columns, or a single column if it is 0, of at most kSummedRows rows: masked = y <= 0 ? 0 : g.
/// Adds the columns' sums to `sums`, unless it is null, and returns the sum of the squares of g where they are wanted.
/// NaN in y lets g pass.
template <std::int64_t vectors, bool squared, class T>
double masked_columns(const T* g, const T* y, T* masked, std::int64_t rows, std::int64_t stride, double* sums) {
    if constexpr (vectors == 0) {
        T sum = 0, squares = 0;
        for (std::int64_t r = 0; r < rows; ++r, g += stride, y += stride, masked += stride) {
            *masked = *y <= T(0) ? T(0) : *g;
            sum += *masked;
            if constexpr (squared) squares += *g * *g;
        }
        if (sums != nullptr) *sums += static_cast<double>(sum);
        return static_cast<double>(squares);
    } else {
        using Vector = xsimd::batch<T>;
        constexpr std::int64_t width = Vector::size;
        const Vector zero(T(0));
        Vector sum[vectors], squares[vectors];
        for (std::int64_t k = 0; k < vectors; ++k) sum[k] = squares[k] = zero;
        for (std::int64_t r = 0; r < rows; ++r, g += stride, y += stride, masked += stride)
            for (std::int64_t k = 0; k < vectors; ++k) {
                const Vector v = Vector::load_unaligned(g + k * width);
                const Vector m = xsimd::select(Vector::load_unaligned(y + k * width) <= zero, zero, v);
                m.store_unaligned(masked + k * width);
                sum[k] += m;
                if constexpr (squared) squares[k] = xsimd::fma(v, v, squares[k]);
            }
        if (sums != nullptr)
            for (std::int64_t k = 0; k < vectors; ++k) {
                alignas(64) T lanes[static_cast<std::size_t>(width)];
                sum[k].store_aligned(lanes);
                for (std::int64_t i = 0; i < width; ++i) sums[k * width + i] += static_cast<double>(lanes[i]);
            }
        if constexpr (!squared) return 0;
        for (std::int64_t k = 1; k < vectors; ++k) squares[0] += squares[k];
        return static_cast<double>(horizontal_sum(squares[0]));
    }
}

/// Masks `rows` rows of `n` columns; see `masked_columns`. Returns the sum of the squares of g, or NaN where they left
/// the range in which T's squares are exact enough, or are not wanted.
template <bool squared, class T>
double mask_rows(const T* g, const T* y, T* masked, std::int64_t rows, std::int64_t n, double* sums) {
    constexpr std::int64_t width = xsimd::batch<T>::size, group = 4;
    double total = 0;
    bool exact = squared;
    const auto note = [&](double squares) {
        // Squares below what T holds in full digits; zeros lose nothing only if all of them are, which nobody knows
        // here.
        exact = exact && squares > 1e-34 && squares < 1e34;
        total += squares;
    };
    for (std::int64_t r = 0; r < rows; r += kSummedRows) {
        const std::int64_t height = std::min(kSummedRows, rows - r);
        const std::int64_t at = r * n;
        std::int64_t j = 0;
        const auto run = [&]<std::int64_t vectors>(std::integral_constant<std::int64_t, vectors>) {
            note(masked_columns<vectors, squared>(g + at + j, y + at + j, masked + at + j, height, n,
                                                  sums == nullptr ? nullptr : sums + j));
            j += std::max<std::int64_t>(1, vectors * width);
        };
        while (j + group * width <= n) run(std::integral_constant<std::int64_t, group>());
        while (j + width <= n) run(std::integral_constant<std::int64_t, 1>());
        while (j < n) run(std::integral_constant<std::int64_t, 0>());
    }
    return exact ? total : NAN;
}

}  // namespace xg::detail
