#pragma once

#include <cstdint>

namespace xg::detail {

/// The sizes of a fully connected layer's work: x is (rows, in), w (out, in), y (rows, out); all contiguous.
struct LinearShape {
    std::int64_t rows, in, out;
    bool relu;
};

/// y = x · wᵀ + b, then relu; b may be null.
template <class T>
void linear_forward(const LinearShape& s, const T* x, const T* w, const T* b, T* y);

/// The gradients with respect to x, w and b, of which any may be null if it is not wanted. `y` is the result of the
/// forward pass, read only for relu. What is written is overwritten, not added to. `squares`, where it is not null, is
/// given the sum of the squares of g if that costs no pass of its own and T's squares are exact enough; else it is left
/// as it is, or becomes NaN.
template <class T>
void linear_backward(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db,
                     double* squares = nullptr);

}  // namespace xg::detail
