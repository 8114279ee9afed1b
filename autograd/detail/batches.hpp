#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include <xsimd/xsimd.hpp>

#include <xgrad/autograd/detail/kernels.hpp>
#include <xgrad/autograd/detail/near_exp.hpp>

// Turns a function of vectors (xsimd's batches) into a kernel. Only for the kernel files: it includes xsimd.

namespace xg::detail {

/// Calls `f(vectors…)` on whole vectors of the inputs, the last of which overlaps its neighbour: an element's value
/// depends on its inputs alone, not on where it lies. `out` may be an input.
template <class T, std::size_t N, class F>
void map_batches(void* out, const void* const* in, std::int64_t count, F&& f) {
    using Vector = xsimd::batch<T>;
    constexpr std::size_t width = Vector::size;
    const auto n = static_cast<std::size_t>(count);
    T* const to = static_cast<T*>(out);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        if (n < width) {
            alignas(64) T padded[N][width];
            for (std::size_t k = 0; k < N; ++k) {
                std::fill_n(padded[k], width, T(1));
                std::memcpy(padded[k], in[k], n * sizeof(T));
            }
            alignas(64) T result[width];
            Vector(f(Vector::load_aligned(padded[I])...)).store_aligned(result);
            std::memcpy(to, result, n * sizeof(T));
            return;
        }
        const std::array<const T*, N> from{static_cast<const T*>(in[I])...};
        // Before the loop, since the loop may overwrite the inputs.
        const Vector last = f(Vector::load_unaligned(from[I] + n - width)...);
        for (std::size_t i = 0; i + width <= n; i += width)
            Vector(f(Vector::load_unaligned(from[I] + i)...)).store_unaligned(to + i);
        last.store_unaligned(to + n - width);
    }
    (std::make_index_sequence<N>{});
}

/// The kernel of a function of N vectors.
template <class T, std::size_t N, class F>
constexpr Kernel batch_kernel(F) {
    return [](void* out, const void* const* in, std::int64_t n) { map_batches<T, N>(out, in, n, F{}); };
}

/// The same of one vector, but for elements where `Outside{}(x)`, which `Exact{}(x)` is for.
template <class T, class F, class Outside, class Exact>
constexpr Kernel batch_kernel_with_tails(F, Outside, Exact) {
    return [](void* out, const void* const* in, std::int64_t n) {
        const T* const x = static_cast<const T*>(in[0]);
        T* const y = static_cast<T*>(out);
        constexpr std::int64_t block = 1024;
        for (std::int64_t i = 0; i < n; i += block) {
            const std::int64_t size = std::min(block, n - i);
            int any = 0;
            for (std::int64_t k = i; k < i + size; ++k) any |= Outside{}(x[k]) ? 1 : 0;
            const void* from = x + i;
            if (any == 0) {
                map_batches<T, 1>(y + i, &from, size, F{});
                continue;
            }
            // Kept apart from `out`, which may be the input.
            alignas(64) T kept[block];
            std::copy_n(x + i, size, kept);
            from = kept;
            map_batches<T, 1>(y + i, &from, size, F{});
            for (std::int64_t k = 0; k < size; ++k)
                if (Outside{}(kept[k])) y[i + k] = Exact{}(kept[k]);
        }
    };
}

/// The kernel of a function of the numbers, in T, and N vectors.
template <class T, std::size_t N, class F>
constexpr NumbersKernel numbers_batch_kernel(F) {
    return [](void* out, const void* const* in, std::int64_t n, const Numbers& numbers) {
        const std::array<T, 3> p{static_cast<T>(numbers.a), static_cast<T>(numbers.b), static_cast<T>(numbers.c)};
        map_batches<T, N>(out, in, n, [&p](const auto&... x) { return F{}(p, x...); });
    };
}

/// The kernel of a function of the numbers and single elements.
template <class Out, class... In, class F>
constexpr NumbersKernel numbers_element_kernel(F) {
    return [](void* out, const void* const* in, std::int64_t n, const Numbers& numbers) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            const std::tuple<const In*...> data{static_cast<const In*>(in[I])...};
            Out* const to = static_cast<Out*>(out);
            for (std::int64_t i = 0; i < n; ++i) to[i] = F{}(numbers, std::get<I>(data)[i]...);
        }
        (std::index_sequence_for<In...>{});
    };
}

/// f of each lane, for what there is no vector form of.
template <class T, class F>
xsimd::batch<T> each_lane(const xsimd::batch<T>& x, F&& f) {
    alignas(64) T lanes[xsimd::batch<T>::size];
    x.store_aligned(lanes);
    for (T& v : lanes) v = f(v);
    return xsimd::batch<T>::load_aligned(lanes);
}

/// exp(x), also near the ends of the normal numbers, where xsimd's gives up precision: there it is the square of exp(x
/// / 2).
template <class T>
xsimd::batch<T> exp_with_tails(const xsimd::batch<T>& x) {
    using Vector = xsimd::batch<T>;
    const auto near = xsimd::abs(x) <= Vector(sizeof(T) == 4 ? T(86) : T(707));
    const Vector e = near_exp<T>(x);
    if (xsimd::all(near)) [[likely]]
        return e;
    const Vector root = xsimd::exp(x * T(0.5));
    return xsimd::select(near, e, root * root);
}

/// log(x), of subnormal numbers too.
template <class T>
xsimd::batch<T> log_with_tails(const xsimd::batch<T>& x) {
    using Vector = xsimd::batch<T>;
    const auto tiny = x < Vector(std::numeric_limits<T>::min());
    return xsimd::log(xsimd::select(tiny, x * T(0x1p54), x)) -
           xsimd::select(tiny, Vector(T(37.429947750237048)), Vector(T(0)));
}

/// erfc(z) exp(z z) for z in [0, 10.5]: a polynomial of degree 10 in 1 / (1 + z / 2), of least relative error at
/// Chebyshev's nodes. The relative error is below 3e-7, rounding included.
inline xsimd::batch<float> scaled_erfc(const xsimd::batch<float>& z) {
    constexpr float coefficients[] = {0.03689831F,  0.009852667F, -0.07686907F, 0.014801689F,
                                      0.112943634F, -0.06355925F, -0.19831379F, 0.09921167F,
                                      0.5820131F,   0.7585615F,   0.5559551F};
    const xsimd::batch<float> t = 1.0F / (1.0F + z * 0.5F), s = t - 0.5625F;
    xsimd::batch<float> sum(coefficients[0]);
    for (std::size_t i = 1; i < std::size(coefficients); ++i)
        sum = xsimd::fma(sum, s, xsimd::batch<float>(coefficients[i]));
    return sum * t;
}

/// exp(-scale x x), whose relative error does not grow with x: what rounding takes from x x is put back.
inline xsimd::batch<float> exp_of_square(const xsimd::batch<float>& x, float scale) {
    const auto high = (x + x * 4096.0F) - x * 4096.0F;  // the upper half of the digits (Dekker)
    const auto low = x - high, square = x * x;
    const auto rest = ((high * high - square) + 2.0F * high * low) + low * low;
    return exp_with_tails<float>(square * -scale) * (1.0F - rest * scale);
}

}  // namespace xg::detail
