#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <xsimd/xsimd.hpp>

// exp and tanh of vectors, for arguments where nothing overflows. Only for kernel files: it includes xsimd.

namespace xg::detail {

/// exp(x) where |x| <= 87 (708 in double precision), and anything elsewhere. The polynomial is that of Cephes' expf, to
/// 1 unit in the last place; xsimd's own function spends half of its time on the ends of the range.
template <class T>
xsimd::batch<T> near_exp(const xsimd::batch<T>& x) {
    if constexpr (std::is_same_v<T, float>) {
        using Vector = xsimd::batch<float>;
        using Bits = xsimd::batch<std::int32_t>;
        // Adding it rounds to an integer, which the last digits then hold.
        const Vector to_integer(0x1.8p23F);
        const Vector shifted = xsimd::fma(x, Vector(1.44269504F), to_integer), k = shifted - to_integer;
        const Vector r =
            xsimd::fnma(k, Vector(-2.12194440e-4F), xsimd::fnma(k, Vector(0.693359375F), x));  // log(2) in two parts
        Vector p(1.9875691500e-4F);
        for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F})
            p = xsimd::fma(p, r, Vector(c));
        const Vector e = xsimd::fma(p, r * r, r) + Vector(1.0F);
        return xsimd::bitwise_cast<Vector>(xsimd::bitwise_cast<Bits>(e) + (xsimd::bitwise_cast<Bits>(shifted) << 23));
    } else {
        return xsimd::exp(x);
    }
}

/// exp(x) of any x: lanes where |x| is greater, or NaN, one by one.
template <class T>
xsimd::batch<T> exp_of(const xsimd::batch<T>& x) {
    using Vector = xsimd::batch<T>;
    constexpr T edge = sizeof(T) == 4 ? T(87) : T(708);
    const Vector e = near_exp<T>(x);
    if (xsimd::all(xsimd::abs(x) <= Vector(edge))) [[likely]]
        return e;
    alignas(64) T from[Vector::size], to[Vector::size];
    x.store_aligned(from);
    e.store_aligned(to);
    for (std::size_t k = 0; k < Vector::size; ++k)
        if (!(std::abs(from[k]) <= edge)) to[k] = std::exp(from[k]);
    return Vector::load_aligned(to);
}

/// tanh(x): near 0 the polynomial of Cephes' tanhf, elsewhere 1 - 2 / (exp(2 |x|) + 1).
inline xsimd::batch<float> quick_tanh(const xsimd::batch<float>& x) {
    using Vector = xsimd::batch<float>;
    const Vector size = xsimd::abs(x), z = x * x;
    Vector p(-5.70498872745e-3F);
    for (const float c : {2.06390887954e-2F, -5.37397155531e-2F, 1.33314422036e-1F, -3.33332819422e-1F})
        p = xsimd::fma(p, z, Vector(c));
    const Vector near = xsimd::fma(p * z, size, size);
    const Vector far = 1.0F - 2.0F / (near_exp<float>(xsimd::min(size + size, Vector(20.0F))) + 1.0F);
    const Vector y = xsimd::copysign(xsimd::select(size < Vector(0.625F), near, far), x);
    return xsimd::select(x == x, y, x);
}

}  // namespace xg::detail
