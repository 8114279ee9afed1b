#pragma once

#include <cstdint>

#include <xgrad/autograd/dtype.hpp>

namespace xg::detail {

/// An element-wise function over n elements of each input, all contiguous. `out` may be an input of `add`.
using Kernel = void (*)(void* out, const void* const* in, std::int64_t n);

/// The element-wise functions that there are kernels for. What they compute at NaN, infinity and ties is said with the operations.
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
};

/// The kernel for `fn` on inputs of type `dtype`; null where there is none.
Kernel kernel(Fn fn, DType dtype) noexcept;
/// The kernel that converts `from` to `to`; floating point to integer truncates, anything to bool compares with 0.
Kernel cast_kernel(DType from, DType to) noexcept;

// One file each, so that they compile side by side.
Kernel float32_kernel(Fn fn) noexcept;
Kernel float64_kernel(Fn fn) noexcept;
Kernel integer_kernel(Fn fn, DType dtype) noexcept;

}  // namespace xg::detail
