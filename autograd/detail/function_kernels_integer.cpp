#include <xgrad/autograd/detail/map.hpp>
#include <xgrad/autograd/detail/numbers_kernels.hpp>

namespace xg::detail {
namespace {

using Int = std::int64_t;

/// Of the divisor's sign, which must not be 0.
Int remainder_of(Int a, Int b) {
    if (b == -1) return 0;  // a % b overflows for the least integer
    const Int r = a % b;
    return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}

template <class T>
NumbersKernel closeness_kernel(NumbersFn fn) noexcept {
    if (fn != NumbersFn::isclose) return nullptr;
    return numbers_element_kernel<bool, T, T>([](const Numbers& p, T a, T b) { return is_close(p, a, b); });
}

}  // namespace

Kernel integer_function_kernel(Fn fn, DType dtype) noexcept {
    if (dtype != DType::int64) return nullptr;
    switch (fn) {
        case Fn::remainder: return element_kernel<Int, Int, Int>([](Int a, Int b) { return remainder_of(a, b); });
        case Fn::clip:
            return element_kernel<Int, Int, Int, Int>(
                [](Int x, Int low, Int high) { return std::min(std::max(x, low), high); });
        default: return nullptr;
    }
}

NumbersKernel kernel(NumbersFn fn, DType dtype) noexcept {
    switch (dtype) {
        case DType::float32: return float32_numbers_kernel(fn);
        case DType::float64: return float64_numbers_kernel(fn);
        case DType::int64: return closeness_kernel<Int>(fn);
        case DType::boolean: return closeness_kernel<bool>(fn);
    }
    return nullptr;
}

}  // namespace xg::detail
