#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include <xgrad/autograd/detail/batches.hpp>
#include <xgrad/autograd/detail/map.hpp>

namespace xg::detail {

/// The kernels for a floating-point type: xtensor expressions over flat arrays. xtensor's == and != compare whole
/// arrays: the element-wise form is xt::equal (xt::not_equal finds NaN equal to itself in some versions of xsimd).
template <class T>
Kernel floating_kernel(Fn fn) noexcept {
    switch (fn) {
        case Fn::neg: return vector_kernel<T, 1>([](const auto& x) { return -x; });
        case Fn::exp: return batch_kernel<T, 1>([](const auto& x) { return exp_of<T>(x); });
        case Fn::log:
            return tailed_kernel<T>([](const auto& x) { return xt::log(x); },
                                    [](T x) { return (x > T(0)) & (x < std::numeric_limits<T>::min()); },
                                    [](T x) { return std::log(x); });
        case Fn::sqrt: return vector_kernel<T, 1>([](const auto& x) { return xt::sqrt(x); });
        case Fn::square: return vector_kernel<T, 1>([](const auto& x) { return x * x; });
        case Fn::abs: return vector_kernel<T, 1>([](const auto& x) { return xt::abs(x); });
        case Fn::sign:
            return element_kernel<T, T>(
                [](T x) { return x != x ? x : static_cast<T>(static_cast<int>(x > 0) - static_cast<int>(x < 0)); });
        case Fn::tanh:
            if constexpr (std::is_same_v<T, float>)
                return batch_kernel<T, 1>([](const auto& x) { return quick_tanh(x); });
            else
                return vector_kernel<T, 1>([](const auto& x) { return xt::tanh(x); });
        // exp of what is never positive: exact in the far tails, where 1 / (1 + exp(-x)) overflows.
        case Fn::sigmoid:
            return batch_kernel<T, 1>([](const xsimd::batch<T>& x) {
                using Vector = xsimd::batch<T>;
                const Vector e = exp_of<T>(xsimd::select(x > Vector(T(40)), Vector(T(-40)), -xsimd::abs(x)));
                return xsimd::select(x < Vector(T(0)), e, Vector(T(1))) / (e + T(1));
            });
        case Fn::relu: return vector_kernel<T, 1>([](const auto& x) { return xt::where(x <= T(0), T(0), x); });
        case Fn::add: return vector_kernel<T, 2>([](const auto& a, const auto& b) { return a + b; });
        case Fn::sub: return vector_kernel<T, 2>([](const auto& a, const auto& b) { return a - b; });
        case Fn::mul: return vector_kernel<T, 2>([](const auto& a, const auto& b) { return a * b; });
        case Fn::div: return vector_kernel<T, 2>([](const auto& a, const auto& b) { return a / b; });
        case Fn::pow: return element_kernel<T, T, T>([](T a, T b) { return std::pow(a, b); });
        // A NaN on either side wins.
        case Fn::minimum:
            return vector_kernel<T, 2>(
                [](const auto& a, const auto& b) { return xt::where(a < b, a, xt::where(xt::equal(a, a), b, a)); });
        case Fn::maximum:
            return vector_kernel<T, 2>(
                [](const auto& a, const auto& b) { return xt::where(a > b, a, xt::where(xt::equal(a, a), b, a)); });
        case Fn::tanh_backward:
            return vector_kernel<T, 2>([](const auto& g, const auto& y) { return g * (T(1) - y * y); });
        case Fn::sigmoid_backward:
            return vector_kernel<T, 2>([](const auto& g, const auto& y) { return g * (T(1) - y) * y; });
        case Fn::relu_backward:
            return vector_kernel<T, 2>([](const auto& g, const auto& y) { return xt::where(y <= T(0), T(0), g); });
        case Fn::minimum_backward:
            return vector_kernel<T, 3>([](const auto& g, const auto& a, const auto& b) {
                return xt::where(xt::equal(a, b), g * T(0.5), xt::where(a > b, T(0), g));
            });
        case Fn::maximum_backward:
            return vector_kernel<T, 3>([](const auto& g, const auto& a, const auto& b) {
                return xt::where(xt::equal(a, b), g * T(0.5), xt::where(a < b, T(0), g));
            });
        default: return comparison_kernel<T>(fn);
    }
}

}  // namespace xg::detail
