#pragma once

#include <cstdint>

#include <xgrad/autograd/detail/dropout_mask.hpp>

namespace xg::detail {

/// Scaled dot-product attention: q is (batches, queries, width), k (batches, keys, width), v (batches, keys, out); all
/// contiguous.
struct AttentionShape {
    std::int64_t batches, queries, keys, width, out;
    double scale;
    bool causal;  ///< Query i attends to keys 0 to i.
};

/// Which keys a query attends to, or what is added to its scores; of any strides. At most one of the pointers is set.
template <class T>
struct AttentionMask {
    const bool* attends = nullptr;
    const T* added = nullptr;
    const std::int64_t* offsets = nullptr;  ///< Of each batch.
    std::int64_t query_step = 0, key_step = 0;
};

/// Drops attention weights, and scales the others.
struct AttentionDropout {
    const DropoutMask* mask = nullptr;
    double scale = 1;
};

/// y, (batches, queries, out), and of each query two numbers that its weights can be made of again: weight = exp(score
/// - first) · second. A query that attends to no key has +inf and 0: its result is 0.
template <class T>
void attention_forward(const AttentionShape& s, const T* q, const T* k, const T* v, const AttentionMask<T>& mask,
                       const AttentionDropout& dropout, T* y, T* peaks);

/// The gradients, of which any may be null if it is not wanted; dm is that of the scores, (batches, queries, keys), for
/// an added mask.
template <class T>
void attention_backward(const AttentionShape& s, const T* g, const T* q, const T* k, const T* v,
                        const AttentionMask<T>& mask, const AttentionDropout& dropout, const T* peaks, T* dq, T* dk,
                        T* dv, T* dm);

}  // namespace xg::detail
