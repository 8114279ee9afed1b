#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include <xgrad/autograd/detail/kernels.hpp>

// Sine, cosine and tangent in plain arithmetic, which the compiler turns into vectors. xsimd's choose how to reduce the
// argument by all lanes of a vector, so that an element's last bit would depend on its neighbours.

namespace xg::detail {

/// Up to here the reduction below is exact to the last bits.
inline constexpr double kReducible = 0x1p19;

/// x less a multiple of π / 2, as a sum of two doubles, and the multiple modulo 4.
struct Reduced {
    double high, low;
    std::int64_t quarter;
};

/// By subtracting π / 2 in three parts, of which two have 33 digits, so that their multiples are exact (Cody and Waite,
/// 1980).
inline Reduced reduce(double x) {
    constexpr double part1 = 0x1.921fb544p+0, part2 = 0x1.0b4611a6p-34, part3 = 0x1.3198a2e037073p-69;
    constexpr double to_integer = 0x1.8p52;  // adding it rounds to an integer, which the last digits then hold
    const double shifted = x * 0.63661977236758134 + to_integer, k = shifted - to_integer;
    const double a = x - k * part1, w = k * part2, b = a - w, lost = (a - b) - w;
    const double v = k * part3 - lost, high = b - v;
    return {high, (b - high) - v, std::bit_cast<std::int64_t>(shifted) & 3};
}

/// sin(high + low) and cos(high + low), |high| <= π / 4: polynomials as in Sun's fdlibm (k_sin.c, k_cos.c).
inline double sine_of(const Reduced& r) {
    const double x = r.high, z = x * x, v = z * x;
    const double p =
        8.33333333332248946124e-03 +
        z * (-1.98412698298579493134e-04 +
             z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    return x - ((z * (0.5 * r.low - v * p) - r.low) - v * -1.66666666666666324348e-01);
}
inline double cosine_of(const Reduced& r) {
    const double x = r.high, z = x * x;
    const double p = z * (4.16666666666666019037e-02 +
                          z * (-1.38888888888741095749e-03 +
                               z * (2.48015872894767294178e-05 +
                                    z * (-2.75573143513906633035e-07 +
                                         z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
    const double half = 0.5 * z, w = 1 - half;
    return w + (((1 - w) - half) + (z * p - x * r.low));
}

inline double sine(double x) {
    const Reduced r = reduce(x);
    const double s = sine_of(r), c = cosine_of(r), y = (r.quarter & 1) != 0 ? c : s;
    return (r.quarter & 2) != 0 ? -y : y;
}
inline double cosine(double x) {
    const Reduced r = reduce(x);
    const double s = sine_of(r), c = cosine_of(r), y = (r.quarter & 1) != 0 ? s : c;
    return ((r.quarter + 1) & 2) != 0 ? -y : y;
}
/// The same of a float: what is left of the multiple has few digits, and so have the polynomials, which are those of
/// FreeBSD's k_sinf.c and k_cosf.c (1e-11 of the results).
struct ShortReduced {
    double left;
    std::int64_t quarter;
};
inline ShortReduced reduce_float(double x) {
    constexpr double part1 = 0x1.921fb5p+0, part2 = 0x1.110b4611a6263p-26, to_integer = 0x1.8p52;
    const double shifted = x * 0.63661977236758134 + to_integer, k = shifted - to_integer;
    return {(x - k * part1) - k * part2, std::bit_cast<std::int64_t>(shifted) & 3};
}
inline double short_sine_of(double x) {
    const double z = x * x, w = z * z;
    // A factor of x, so that -0 stays what it is.
    return x * ((1 + z * (-0x1.5555554cbac77p-3 + z * 0x1.111110896efbb2p-7)) +
                w * z * (-0x1.a00f9e2cae774p-13 + z * 0x1.6cd878c3b46a7p-19));
}
inline double short_cosine_of(double x) {
    const double z = x * x, w = z * z;
    return ((1 + z * -0x1.ffffffd0c5e81p-2) + w * 0x1.55553e1053a42p-5) +
           w * z * (-0x1.6c087e80f1e27p-10 + z * 0x1.99342e0ee5069p-16);
}
inline double float_sine(double x) {
    const ShortReduced r = reduce_float(x);
    const double s = short_sine_of(r.left), c = short_cosine_of(r.left), y = (r.quarter & 1) != 0 ? c : s;
    return (r.quarter & 2) != 0 ? -y : y;
}
inline double float_cosine(double x) {
    const ShortReduced r = reduce_float(x);
    const double s = short_sine_of(r.left), c = short_cosine_of(r.left), y = (r.quarter & 1) != 0 ? s : c;
    return ((r.quarter + 1) & 2) != 0 ? -y : y;
}
inline double tangent(double x) {
    const Reduced r = reduce(x);
    const double s = sine_of(r), c = cosine_of(r);
    return (r.quarter & 1) != 0 ? -c / s : s / c;
}

/// The kernel of Near where |x| <= kReducible, else of Far.
template <class T, class Near, class Far>
constexpr Kernel trigonometric_kernel(Near, Far) {
    return [](void* out, const void* const* in, std::int64_t n) {
        const T* const x = static_cast<const T*>(in[0]);
        T* const y = static_cast<T*>(out);
        constexpr std::int64_t block = 1024;
        for (std::int64_t i = 0; i < n; i += block) {
            const std::int64_t end = i + block < n ? i + block : n;
            int far = 0;
            for (std::int64_t k = i; k < end; ++k) far |= static_cast<int>(!(std::abs(x[k]) <= T(kReducible)));
            for (std::int64_t k = i; k < end; ++k) y[k] = static_cast<T>(Near{}(static_cast<double>(x[k])));
            if (far == 0) continue;
            for (std::int64_t k = i; k < end; ++k)
                if (!(std::abs(x[k]) <= T(kReducible))) y[k] = static_cast<T>(Far{}(static_cast<double>(x[k])));
        }
    };
}

}  // namespace xg::detail
