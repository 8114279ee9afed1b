#pragma once

#include <array>
#include <span>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/kernels.hpp>

namespace xg::detail {

/// The shape that `a` and `b` broadcast to by NumPy's rules. Throws ShapeError, naming `operation`.
Shape broadcast_shape(const Shape& a, const Shape& b, const char* operation);

/// t's strides as an array of `shape`, which t broadcasts to: 0 along axes that are repeated.
Shape broadcast_strides(const Tensor& t, const Shape& shape);

/// The kernel for `fn`. Throws DTypeError, naming `operation`, where there is none.
Kernel kernel_for(const char* operation, Fn fn, DType dtype);

/// Calls `kernel` over the elements of `inputs`, broadcast to out's shape. `out` is contiguous.
void run_elementwise(Kernel kernel, const Tensor& out, std::span<const Tensor* const> inputs);
void run_elementwise(NumbersKernel kernel, const Numbers& numbers, const Tensor& out,
                     std::span<const Tensor* const> inputs);

/// The result of `fn` on inputs of one dtype, not recorded. Throws DTypeError, naming `operation`, where there is no
/// such kernel.
Tensor map(const char* operation, Fn fn, const Tensor& x);
Tensor map(const char* operation, Fn fn, const Tensor& a, const Tensor& b);
Tensor map(const char* operation, Fn fn, const Tensor& a, const Tensor& b, const Tensor& c);
Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& x);
Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b);
Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b,
           const Tensor& c);
/// The same, with a bool result.
Tensor compare(const char* operation, Fn fn, const Tensor& x);
Tensor compare(const char* operation, Fn fn, const Tensor& a, const Tensor& b);
Tensor compare(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b);

/// a += b, where b broadcasts to a's shape; both of one dtype, a contiguous. Not recorded, and not counted as a change.
void add_in_place(const Tensor& a, const Tensor& b);

/// Copies `from`, of any strides and dtype, into the contiguous `to` of the same shape.
void copy_elements(const Tensor& to, const Tensor& from);

}  // namespace xg::detail
