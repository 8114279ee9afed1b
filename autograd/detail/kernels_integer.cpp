#include <cmath>
#include <limits>

#include <xgrad/autograd/detail/map.hpp>

namespace xg::detail {
namespace {

using Int = std::int64_t;
using Byte = unsigned char;  // a bool, of which the compiler makes vectors

// Wraps around instead of overflowing, as NumPy and PyTorch do.
Int wrap(std::uint64_t value) { return static_cast<Int>(value); }
std::uint64_t bits(Int value) { return static_cast<std::uint64_t>(value); }

Int power(Int base, Int exponent) {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
    std::uint64_t result = 1, factor = bits(base);
    for (; exponent > 0; exponent /= 2, factor *= factor)
        if (exponent % 2 == 1) result *= factor;
    return wrap(result);
}

Kernel int64_kernel(Fn fn) noexcept {
    switch (fn) {
        case Fn::neg: return element_kernel<Int, Int>([](Int x) { return wrap(-bits(x)); });
        case Fn::square: return element_kernel<Int, Int>([](Int x) { return wrap(bits(x) * bits(x)); });
        case Fn::abs: return element_kernel<Int, Int>([](Int x) { return x < 0 ? wrap(-bits(x)) : x; });
        case Fn::sign: return element_kernel<Int, Int>([](Int x) { return Int{x > 0} - Int{x < 0}; });
        case Fn::relu: return element_kernel<Int, Int>([](Int x) { return x < 0 ? 0 : x; });
        case Fn::add: return element_kernel<Int, Int, Int>([](Int a, Int b) { return wrap(bits(a) + bits(b)); });
        case Fn::sub: return element_kernel<Int, Int, Int>([](Int a, Int b) { return wrap(bits(a) - bits(b)); });
        case Fn::mul: return element_kernel<Int, Int, Int>([](Int a, Int b) { return wrap(bits(a) * bits(b)); });
        case Fn::pow: return element_kernel<Int, Int, Int>([](Int a, Int b) { return power(a, b); });
        case Fn::minimum: return element_kernel<Int, Int, Int>([](Int a, Int b) { return b < a ? b : a; });
        case Fn::maximum: return element_kernel<Int, Int, Int>([](Int a, Int b) { return a < b ? b : a; });
        default: return comparison_kernel<Int>(fn);
    }
}

Kernel bool_kernel(Fn fn) noexcept {
    switch (fn) {
        case Fn::logical_and: return element_kernel<bool, Byte, Byte>([](Byte a, Byte b) { return (a & b) != 0; });
        case Fn::logical_or: return element_kernel<bool, Byte, Byte>([](Byte a, Byte b) { return (a | b) != 0; });
        case Fn::logical_xor: return element_kernel<bool, Byte, Byte>([](Byte a, Byte b) { return a != b; });
        default: return comparison_kernel<bool>(fn);
    }
}

template <class To, class From>
To convert(From x) {
    if constexpr (std::is_same_v<To, bool>) {
        return x != From(0);
    } else if constexpr (std::is_floating_point_v<From> && std::is_same_v<To, Int>) {
        // What does not fit becomes the least integer, which is what the processor's own instruction gives.
        if (!(x >= From(-0x1p63) && x < From(0x1p63))) return std::numeric_limits<Int>::min();
        return static_cast<Int>(x);
    } else {
        return static_cast<To>(x);
    }
}

template <class From>
Kernel cast_from(DType to) noexcept {
    switch (to) {
        case DType::float32: return element_kernel<float, From>([](From x) { return convert<float>(x); });
        case DType::float64: return element_kernel<double, From>([](From x) { return convert<double>(x); });
        case DType::int64: return element_kernel<Int, From>([](From x) { return convert<Int>(x); });
        case DType::boolean: return element_kernel<bool, From>([](From x) { return convert<bool>(x); });
    }
    return nullptr;
}

}  // namespace

Kernel integer_kernel(Fn fn, DType dtype) noexcept {
    return dtype == DType::int64 ? int64_kernel(fn) : bool_kernel(fn);
}

Kernel cast_kernel(DType from, DType to) noexcept {
    switch (from) {
        case DType::float32: return cast_from<float>(to);
        case DType::float64: return cast_from<double>(to);
        case DType::int64: return cast_from<Int>(to);
        case DType::boolean: return cast_from<Byte>(to);
    }
    return nullptr;
}

Kernel kernel(Fn fn, DType dtype) noexcept {
    const bool function = fn >= Fn::exp2;
    switch (dtype) {
        case DType::float32: return function ? float32_function_kernel(fn) : float32_kernel(fn);
        case DType::float64: return function ? float64_function_kernel(fn) : float64_kernel(fn);
        default: return function ? integer_function_kernel(fn, dtype) : integer_kernel(fn, dtype);
    }
}

}  // namespace xg::detail
