#pragma once

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/kernels.hpp>

// What attention and cross-entropy know of the softmax: rows along the last axis.

namespace xg::detail {

/// The element-wise function `fn` of n numbers in a row; `to` may be x.
template <class T>
void apply(Fn fn, const T* x, T* to, std::int64_t n) {
    const void* const in = x;
    kernel(fn, dtype_of<T>::value)(to, &in, n);
}

/// exp(x) / sum(exp(x)) along the last axis; zeros for a row of -inf alone. Recorded.
Tensor row_softmax(const Tensor& x);
/// x - log(sum(exp(x))) along the last axis. Recorded.
Tensor row_log_softmax(const Tensor& x);

}  // namespace xg::detail
