#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include <xgrad/autograd/detail/batches.hpp>
#include <xgrad/autograd/detail/map.hpp>
#include <xgrad/autograd/detail/special.hpp>
#include <xgrad/autograd/detail/trigonometry.hpp>

namespace xg::detail {

/// Python's remainder, of the divisor's sign.
template <class T>
T remainder(T a, T b) {
    const T r = std::fmod(a, b);
    return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}

/// The remainder of floats, in doubles where these hold it exactly: without the long division of fmod.
inline Kernel remainder_kernel(float*) {
    return [](void* out, const void* const* in, std::int64_t n) {
        const float *const a = static_cast<const float*>(in[0]), *const b = static_cast<const float*>(in[1]);
        float* const y = static_cast<float*>(out);
        constexpr std::int64_t block = 1024;
        for (std::int64_t i = 0; i < n; i += block) {
            const std::int64_t size = std::min(block, n - i);
            // Apart from `out`, which may be an input.
            alignas(64) float near[block];
            int far = 0;
            for (std::int64_t k = 0; k < size; ++k) {
                const double p = a[i + k], q = b[i + k], whole = std::floor(p / q);
                far |= static_cast<int>(!(std::abs(whole) < 0x1p28));
                double r = p - whole * q;  // 29 digits times 24: exact
                // The quotient may have been rounded up to a whole number.
                r = (q > 0 && r < 0) || (q < 0 && r > 0) ? r + q : r;
                near[k] = r == 0 ? std::copysign(0.0F, a[i + k]) : static_cast<float>(r);
            }
            for (std::int64_t k = 0; k < size; ++k) {
                const float p = a[i + k], q = b[i + k];
                const bool exact =
                    far == 0 || std::abs(std::floor(static_cast<double>(p) / static_cast<double>(q))) < 0x1p28;
                // An infinite divisor gives the quotient 0 or -1, but no product.
                y[i + k] = exact && std::abs(q) <= std::numeric_limits<float>::max() ? near[k] : remainder(p, q);
            }
        }
    };
}
inline Kernel remainder_kernel(double*) {
    return element_kernel<double, double, double>([](double a, double b) { return remainder(a, b); });
}

/// The angle of the point (x, y).
template <class V>
V angle(const V& y, const V& x) {
    using T = typename V::value_type;
    const V zero(T(0)), a = xsimd::abs(y), b = xsimd::abs(x), high = xsimd::max(a, b), low = xsimd::min(a, b);
    // Two zeros and two infinities have no quotient.
    const V slope = xsimd::select(high == zero, zero, xsimd::select(a == b, V(T(1)), low / high));
    V t = xsimd::atan(slope);
    t = xsimd::select(a > b, T(1.57079632679489661923) - t, t);
    t = xsimd::select(xsimd::copysign(V(T(1)), x) < zero, T(3.14159265358979323846) - t, t);
    t = xsimd::copysign(t, y);
    return xsimd::select((x == x) && (y == y), t, x + y);
}

/// Python's a // b, which goes with the remainder.
template <class T>
T floor_quotient(T a, T b) {
    if (b == 0) return a / b;
    const T r = std::fmod(a, b);
    T q = (a - r) / b;
    if (r != 0 && (b < 0) != (r < 0)) q -= 1;
    if (q == 0) return std::copysign(T(0), a / b);
    const T whole = std::floor(q);
    return q - whole > T(0.5) ? whole + 1 : whole;
}

template <class T>
T clip(T x, T low, T high) {
    if (x != x) return x;
    if (low != low) return low;
    if (high != high) return high;
    const T y = x < low ? low : x;
    return y > high ? high : y;
}

/// A function of doubles as the kernel for T.
template <class T, class F>
constexpr Kernel by_double(F) {
    return element_kernel<T, T>([](T x) { return static_cast<T>(F{}(static_cast<double>(x))); });
}

/// erfc by the scaled polynomial, and erf by xsimd's: both to a few units in the last place.
inline Kernel erf_kernel(float*) {
    return batch_kernel<float, 1>([](const auto& x) { return xsimd::erf(x); });
}
inline Kernel erf_kernel(double*) {
    return element_kernel<double, double>([](double x) { return std::erf(x); });
}
inline Kernel erfc_kernel(float*) {
    return batch_kernel<float, 1>([](const xsimd::batch<float>& x) {
        using Vector = xsimd::batch<float>;
        const Vector z = xsimd::min(xsimd::abs(x), Vector(10.5F)), tail = scaled_erfc(z) * exp_of_square(z, 1.0F);
        return xsimd::select(x == x, xsimd::select(x < Vector(0.5F), 1.0F - xsimd::erf(x), tail), x);
    });
}
inline Kernel erfc_kernel(double*) {
    return element_kernel<double, double>([](double x) { return std::erfc(x); });
}

/// The kernels of the functions for a floating-point type.
template <class T>
Kernel floating_function_kernel(Fn fn) noexcept {
    using Vector = xsimd::batch<T>;
    constexpr auto subnormal = [](T x) { return (x != 0) & (std::abs(x) < std::numeric_limits<T>::min()); };
    constexpr T* type = nullptr;
    switch (fn) {
        case Fn::exp2:
            return batch_kernel_with_tails<T>(
                [](const auto& x) { return xsimd::exp2(x); },
                [](T x) { return std::abs(x) > T(std::numeric_limits<T>::max_exponent - 2); },
                [](T x) { return std::exp2(x); });
        case Fn::expm1:
            // Where the result is below the largest numbers by less than a half, xsimd's is infinite.
            return batch_kernel_with_tails<T>(
                [](const Vector& x) { return xsimd::select(x == Vector(T(0)), x, xsimd::expm1(x)); },
                [](T x) { return x > T(std::numeric_limits<T>::max_exponent - 1) * T(0.693147180559945); },
                [](T x) { return std::expm1(x); });
        case Fn::log2:
            return batch_kernel_with_tails<T>([](const auto& x) { return xsimd::log2(x); }, subnormal,
                                              [](T x) { return std::log2(x); });
        case Fn::log10:
            return batch_kernel_with_tails<T>([](const auto& x) { return xsimd::log10(x); }, subnormal,
                                              [](T x) { return std::log10(x); });
        case Fn::log1p:
            return batch_kernel<T, 1>(
                [](const Vector& x) { return xsimd::select(x == Vector(T(0)), x, xsimd::log1p(x)); });
        case Fn::sin:
            return trigonometric_kernel<T>([](double x) { return std::is_same_v<T, float> ? float_sine(x) : sine(x); },
                                           [](double x) { return std::sin(x); });
        case Fn::cos:
            return trigonometric_kernel<T>(
                [](double x) { return std::is_same_v<T, float> ? float_cosine(x) : cosine(x); },
                [](double x) { return std::cos(x); });
        case Fn::tan:
            return trigonometric_kernel<T>([](double x) { return tangent(x); }, [](double x) { return std::tan(x); });
        case Fn::asin: return batch_kernel<T, 1>([](const auto& x) { return xsimd::asin(x); });
        case Fn::acos: return batch_kernel<T, 1>([](const auto& x) { return xsimd::acos(x); });
        case Fn::atan: return batch_kernel<T, 1>([](const auto& x) { return xsimd::atan(x); });
        case Fn::sinh: return batch_kernel<T, 1>([](const auto& x) { return xsimd::sinh(x); });
        case Fn::cosh: return batch_kernel<T, 1>([](const auto& x) { return xsimd::cosh(x); });
        case Fn::asinh: return batch_kernel<T, 1>([](const auto& x) { return xsimd::asinh(x); });
        case Fn::acosh:
            return batch_kernel<T, 1>([](const Vector& x) {
                return xsimd::select(x >= Vector(T(1)), xsimd::acosh(x), Vector(std::numeric_limits<T>::quiet_NaN()));
            });
        case Fn::atanh: return batch_kernel<T, 1>([](const auto& x) { return xsimd::atanh(x); });
        case Fn::erf: return erf_kernel(type);
        case Fn::erfc: return erfc_kernel(type);
        case Fn::lgamma: return by_double<T>([](double x) { return lgamma(x); });
        case Fn::digamma: return by_double<T>([](double x) { return digamma(x); });
        case Fn::cbrt:
            return batch_kernel_with_tails<T>([](const auto& x) { return xsimd::cbrt(x); }, subnormal,
                                              [](T x) { return std::cbrt(x); });
        case Fn::rsqrt: return batch_kernel<T, 1>([](const Vector& x) { return Vector(T(1)) / xsimd::sqrt(x); });
        case Fn::reciprocal: return batch_kernel<T, 1>([](const Vector& x) { return Vector(T(1)) / x; });
        case Fn::floor: return element_kernel<T, T>([](T x) { return std::floor(x); });
        case Fn::ceil: return element_kernel<T, T>([](T x) { return std::ceil(x); });
        case Fn::round: return element_kernel<T, T>([](T x) { return std::nearbyint(x); });
        case Fn::trunc: return element_kernel<T, T>([](T x) { return std::trunc(x); });
        case Fn::isnan: return element_kernel<bool, T>([](T x) { return x != x; });
        case Fn::isinf:
            return element_kernel<bool, T>([](T x) { return std::abs(x) == std::numeric_limits<T>::infinity(); });
        case Fn::isfinite:
            return element_kernel<bool, T>([](T x) { return std::abs(x) <= std::numeric_limits<T>::max(); });
        case Fn::atan2: return batch_kernel<T, 2>([](const Vector& y, const Vector& x) { return angle(y, x); });
        case Fn::hypot: return element_kernel<T, T, T>([](T a, T b) { return std::hypot(a, b); });
        case Fn::remainder: return remainder_kernel(type);
        case Fn::floor_quotient: return element_kernel<T, T, T>([](T a, T b) { return floor_quotient(a, b); });
        case Fn::logaddexp:
            return batch_kernel<T, 2>([](const Vector& a, const Vector& b) {
                // Equal infinities would give inf - inf.
                const Vector far = xsimd::select(a == b, Vector(T(0)), xsimd::abs(a - b));
                return xsimd::select(a < b, b, a) + xsimd::log1p(exp_with_tails<T>(-far));
            });
        case Fn::xlogy:
            return batch_kernel<T, 2>([](const Vector& a, const Vector& b) {
                return xsimd::select((a == Vector(T(0))) && (b == b), Vector(T(0)), a * log_with_tails<T>(b));
            });
        // From the nearer end, so that the weights 0 and 1 give the ends themselves.
        case Fn::lerp:
            return element_kernel<T, T, T, T>(
                [](T a, T b, T w) { return w < T(0.5) ? a + w * (b - a) : b - (b - a) * (T(1) - w); });
        case Fn::clip: return element_kernel<T, T, T, T>([](T x, T low, T high) { return clip(x, low, high); });
        default: return nullptr;
    }
}

}  // namespace xg::detail
