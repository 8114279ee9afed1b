#pragma once

#include <cstdint>

#include <xgrad/autograd/dtype.hpp>

namespace xg::detail {

/// An element-wise function over n elements of each input, all contiguous. `out` may be an input of `add`.
using Kernel = void (*)(void* out, const void* const* in, std::int64_t n);

/// The element-wise functions that there are kernels for. What they compute at NaN, infinity and ties is said with the
/// operations.
enum class Fn : std::uint8_t {
    // of one input
    neg,
    exp,
    log,
    sqrt,
    square,
    abs,
    sign,
    tanh,
    sigmoid,
    relu,
    // of two
    add,
    sub,
    mul,
    div,
    pow,
    minimum,
    maximum,
    tanh_backward,
    sigmoid_backward,
    relu_backward,
    // of the gradient and two inputs
    minimum_backward,
    maximum_backward,
    // of two, with a bool result
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    // of a bool and two
    where,
    // of two of bool
    logical_and,
    logical_or,
    logical_xor,

    // Functions, in files of their own: all from here on. Of one input:
    exp2,
    expm1,
    log2,
    log10,
    log1p,
    sin,
    cos,
    tan,
    asin,
    acos,
    atan,
    sinh,
    cosh,
    asinh,
    acosh,
    atanh,
    erf,
    erfc,
    lgamma,
    digamma,
    cbrt,
    rsqrt,
    reciprocal,
    floor,
    ceil,
    round,
    trunc,
    // of one, with a bool result
    isnan,
    isinf,
    isfinite,
    // of two
    atan2,
    hypot,
    remainder,
    floor_quotient,
    logaddexp,
    xlogy,
    // of two and the weight of the second
    lerp,
    // of one, the least and the greatest result
    clip,
};

/// Numbers that are the same for all elements.
struct Numbers {
    double a = 0, b = 0, c = 0;
};

/// A Kernel with such numbers.
using NumbersKernel = void (*)(void* out, const void* const* in, std::int64_t n, const Numbers& numbers);

/// The element-wise functions with numbers. Those called backward take the gradient first.
enum class NumbersFn : std::uint8_t {
    // (least, greatest)
    clip,
    clip_backward,
    hardtanh_backward,
    // (order)
    polygamma,
    // (factor): in[0] + factor * in[1]
    axpy,
    // (relative, absolute, whether NaN is close to NaN): bool
    isclose,
    // (slope)
    leaky_relu,
    leaky_relu_backward,
    // (factor below 0, factor, factor of the exponent)
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    silu,
    silu_backward,
    mish,
    mish_backward,
    // (beta, threshold)
    softplus,
    softplus_backward,
    softsign,
    softsign_backward,
    hardsigmoid,
    hardsigmoid_backward,
    hardswish,
    hardswish_backward,
    logsigmoid,
    logsigmoid_backward,
    // (x, weight); the gradients of both
    prelu,
    prelu_backward,
    prelu_weight_backward,
    // (value, gate); the gradients of both
    glu,
    glu_backward,
    glu_gate_backward,
};

/// The kernel for `fn` on inputs of type `dtype`; null where there is none.
Kernel kernel(Fn fn, DType dtype) noexcept;
/// The kernel that converts `from` to `to`; floating point to integer truncates, anything to bool compares with 0.
Kernel cast_kernel(DType from, DType to) noexcept;

// One file each, so that they compile side by side.
Kernel float32_kernel(Fn fn) noexcept;
Kernel float64_kernel(Fn fn) noexcept;
Kernel integer_kernel(Fn fn, DType dtype) noexcept;
Kernel float32_function_kernel(Fn fn) noexcept;
Kernel float64_function_kernel(Fn fn) noexcept;
Kernel integer_function_kernel(Fn fn, DType dtype) noexcept;

/// The kernel for `fn` on inputs of type `dtype`; null where there is none.
NumbersKernel kernel(NumbersFn fn, DType dtype) noexcept;
NumbersKernel float32_numbers_kernel(NumbersFn fn) noexcept;
NumbersKernel float64_numbers_kernel(NumbersFn fn) noexcept;

}  // namespace xg::detail
