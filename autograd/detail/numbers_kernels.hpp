#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include <xgrad/autograd/detail/batches.hpp>
#include <xgrad/autograd/detail/special.hpp>

namespace xg::detail {

/// The sigmoid of x by exp(-|x|), which neither overflows nor cancels, and its derivative.
template <class V>
struct SigmoidParts {
    V value, slope;
    explicit SigmoidParts(const V& x) {
        using T = typename V::value_type;
        const V e = exp_with_tails<T>(-xsimd::abs(x)), sum = e + T(1);
        value = xsimd::select(x < V(T(0)), e, V(T(1))) / sum;
        slope = e / (sum * sum);
    }
};

/// The standard normal distribution's probability below x, and its density.
struct NormalFloat {
    xsimd::batch<float> below, density;
    explicit NormalFloat(const xsimd::batch<float>& x) {
        using V = xsimd::batch<float>;
        const V z = xsimd::min(xsimd::abs(x), V(14.6F));  // from there on both are 0
        const V e = exp_of_square(z, 0.5F), above = 0.5F * scaled_erfc(z * 0.70710678F) * e;
        below = xsimd::select(x < V(0.0F), above, 1.0F - above);
        density = e * 0.39894228F;
    }
};
struct NormalDouble {
    xsimd::batch<double> below, density;
    explicit NormalDouble(const xsimd::batch<double>& x)
        : below(each_lane(x, [](double v) { return 0.5 * std::erfc(v * -0.70710678118654752); })),
          density(exp_with_tails<double>(x * x * -0.5) * 0.39894228040143268) {}
};
inline NormalFloat normal(const xsimd::batch<float>& x) { return NormalFloat(x); }
inline NormalDouble normal(const xsimd::batch<double>& x) { return NormalDouble(x); }

/// tanh(softplus(x)), and (1 - its square) sigmoid(x), by exp(-|x|).
template <class V>
struct MishParts {
    V value, slope;
    explicit MishParts(const V& x) {
        using T = typename V::value_type;
        const V e = exp_with_tails<T>(-xsimd::abs(x));
        const auto negative = x < V(T(0));
        const V below = e * (e + T(2)), above = T(1) + T(2) * e;
        const V divisor = xsimd::select(negative, below + T(2), above + T(2) * e * e);
        value = xsimd::select(negative, below, above) / divisor;
        slope = T(4) * xsimd::select(negative, e, e * e) * (e + T(1)) / (divisor * divisor);
    }
};

template <class V>
V clipped(const V& x, const V& low, const V& high) {
    const V y = xsimd::select(x < low, low, x);
    return xsimd::select(y > high, high, y);
}

/// tanh's argument in the approximation of gelu, times 2.
template <class V>
V gelu_argument(const V& x) {
    using T = typename V::value_type;
    return T(1.5957691216057308) * (x + T(0.044715) * (x * x * x));
}

/// Whether two numbers are close, NaN and infinities included.
template <class T>
bool is_close(const Numbers& p, T a, T b) {
    if (a == b) return true;
    if (a != a || b != b) return p.c != 0 && a != a && b != b;
    const double x = static_cast<double>(a), y = static_cast<double>(b);
    double difference = std::abs(x - y);
    // Integers that are too great for doubles would be one number there.
    if constexpr (std::is_same_v<T, std::int64_t>)
        difference = static_cast<double>(a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                                               : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a));
    return std::isfinite(difference) && difference <= p.b + std::abs(p.a * y);
}

/// The kernels with numbers for a floating-point type. p holds them.
template <class T>
NumbersKernel floating_numbers_kernel(NumbersFn fn) noexcept {
    using V = xsimd::batch<T>;
    using P = std::array<T, 3>;
    switch (fn) {
        case NumbersFn::clip:
            return numbers_batch_kernel<T, 1>([](const P& p, const V& x) { return clipped(x, V(p[0]), V(p[1])); });
        case NumbersFn::clip_backward:
            return numbers_batch_kernel<T, 2>([](const P& p, const V& g, const V& x) {
                return xsimd::select((x >= V(p[0])) && (x <= V(p[1])), g, V(T(0)));
            });
        case NumbersFn::hardtanh_backward:
            return numbers_batch_kernel<T, 2>([](const P& p, const V& g, const V& x) {
                return xsimd::select((x <= V(p[0])) || (x >= V(p[1])), V(T(0)), g);
            });
        case NumbersFn::polygamma:
            return numbers_element_kernel<T, T>([](const Numbers& p, T x) {
                return static_cast<T>(polygamma(static_cast<int>(p.a), static_cast<double>(x)));
            });
        case NumbersFn::axpy:
            return numbers_batch_kernel<T, 2>([](const P& p, const V& x, const V& y) { return x + p[0] * y; });
        case NumbersFn::isclose:
            return numbers_element_kernel<bool, T, T>([](const Numbers& p, T a, T b) { return is_close(p, a, b); });
        case NumbersFn::leaky_relu:
            return numbers_batch_kernel<T, 1>(
                [](const P& p, const V& x) { return xsimd::select(x > V(T(0)), x, x * p[0]); });
        case NumbersFn::leaky_relu_backward:
            return numbers_batch_kernel<T, 2>(
                [](const P& p, const V& g, const V& x) { return xsimd::select(x > V(T(0)), g, g * p[0]); });
        case NumbersFn::elu:
            return numbers_batch_kernel<T, 1>([](const P& p, const V& x) {
                return xsimd::select(x < V(T(0)), xsimd::expm1(x * p[2]) * p[0], x * p[1]);
            });
        case NumbersFn::elu_backward:
            return numbers_batch_kernel<T, 2>([](const P& p, const V& g, const V& x) {
                return g * xsimd::select(x <= V(T(0)), exp_with_tails<T>(x * p[2]) * (p[0] * p[2]), V(p[1]));
            });
        case NumbersFn::gelu:
            return numbers_batch_kernel<T, 1>([](const P&, const V& x) { return x * normal(x).below; });
        case NumbersFn::gelu_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                const auto at = normal(x);
                return g * (at.below + x * at.density);
            });
        case NumbersFn::gelu_tanh:
            return numbers_batch_kernel<T, 1>(
                [](const P&, const V& x) { return x * SigmoidParts<V>(gelu_argument(x)).value; });
        case NumbersFn::gelu_tanh_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                // Far out the slope is 0, but its factor would overflow.
                const V near = clipped(x, V(T(-100)), V(T(100)));
                const SigmoidParts<V> s(gelu_argument(near));
                return g * (s.value + near * s.slope * (T(1.5957691216057308) * (T(1) + T(0.134145) * near * near)));
            });
        case NumbersFn::silu:
            return numbers_batch_kernel<T, 1>([](const P&, const V& x) { return x * SigmoidParts<V>(x).value; });
        case NumbersFn::silu_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                const SigmoidParts<V> s(x);
                return g * (s.value + x * s.slope);
            });
        case NumbersFn::mish:
            return numbers_batch_kernel<T, 1>([](const P&, const V& x) { return x * MishParts<V>(x).value; });
        case NumbersFn::mish_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                const MishParts<V> m(x);
                return g * (m.value + x * m.slope);
            });
        case NumbersFn::softplus:
            return numbers_batch_kernel<T, 1>([](const P& p, const V& x) {
                const V v = x * p[0];
                const V y = xsimd::select(v > V(T(0)), v, V(T(0))) + xsimd::log1p(exp_with_tails<T>(-xsimd::abs(v)));
                return xsimd::select(v > V(p[1]), x, y / p[0]);
            });
        case NumbersFn::softplus_backward:
            return numbers_batch_kernel<T, 2>([](const P& p, const V& g, const V& x) {
                const V v = x * p[0];
                return xsimd::select(v > V(p[1]), g, g * SigmoidParts<V>(v).value);
            });
        case NumbersFn::softsign:
            return numbers_batch_kernel<T, 1>([](const P&, const V& x) { return x / (T(1) + xsimd::abs(x)); });
        case NumbersFn::softsign_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                const V d = T(1) + xsimd::abs(x);
                return g / d / d;
            });
        case NumbersFn::hardsigmoid:
            return numbers_batch_kernel<T, 1>(
                [](const P&, const V& x) { return clipped(x + T(3), V(T(0)), V(T(6))) / T(6); });
        case NumbersFn::hardsigmoid_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                return xsimd::select((x > V(T(-3))) && (x < V(T(3))), g / T(6), V(T(0)));
            });
        case NumbersFn::hardswish:
            return numbers_batch_kernel<T, 1>(
                [](const P&, const V& x) { return x * clipped(x + T(3), V(T(0)), V(T(6))) / T(6); });
        case NumbersFn::hardswish_backward:
            return numbers_batch_kernel<T, 2>([](const P&, const V& g, const V& x) {
                return xsimd::select(x <= V(T(-3)), V(T(0)), xsimd::select(x < V(T(3)), g * (x / T(3) + T(0.5)), g));
            });
        case NumbersFn::logsigmoid:
            return numbers_batch_kernel<T, 1>([](const P&, const V& x) {
                return xsimd::select(x < V(T(0)), x, V(T(0))) - xsimd::log1p(exp_with_tails<T>(-xsimd::abs(x)));
            });
        case NumbersFn::logsigmoid_backward:
            return numbers_batch_kernel<T, 2>(
                [](const P&, const V& g, const V& x) { return g * SigmoidParts<V>(-x).value; });
        case NumbersFn::prelu:
            return numbers_batch_kernel<T, 2>(
                [](const P&, const V& x, const V& w) { return xsimd::select(x > V(T(0)), x, w * x); });
        case NumbersFn::prelu_backward:
            return numbers_batch_kernel<T, 3>(
                [](const P&, const V& g, const V& x, const V& w) { return xsimd::select(x > V(T(0)), g, g * w); });
        case NumbersFn::prelu_weight_backward:
            return numbers_batch_kernel<T, 2>(
                [](const P&, const V& g, const V& x) { return xsimd::select(x > V(T(0)), V(T(0)), g * x); });
        case NumbersFn::glu:
            return numbers_batch_kernel<T, 2>(
                [](const P&, const V& a, const V& gate) { return a * SigmoidParts<V>(gate).value; });
        case NumbersFn::glu_backward:
            return numbers_batch_kernel<T, 2>(
                [](const P&, const V& g, const V& gate) { return g * SigmoidParts<V>(gate).value; });
        case NumbersFn::glu_gate_backward:
            return numbers_batch_kernel<T, 3>(
                [](const P&, const V& g, const V& a, const V& gate) { return g * a * SigmoidParts<V>(gate).slope; });
    }
    return nullptr;
}

}  // namespace xg::detail
