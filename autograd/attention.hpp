#pragma once

#include <optional>

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// Options of `scaled_dot_product_attention`.
struct AttentionOptions {
    Tensor mask =
        {};  ///< Broadcast to (..., L, S). bool: true where a query attends to a key; else added to the scores.
    bool is_causal = false;  ///< Query i attends to keys 0 to i; not beside a mask.
    double dropout_p =
        0;  ///< The probability with which an attention weight is dropped, in evaluation as well: pass 0 there.
    std::optional<double> scale = {};  ///< Of the scores; 1 / sqrt(E) if not given.
};

/// softmax(query · keyᵀ · scale + mask) · value. (Vaswani et al., Attention is all you need, 2017.)
///
/// Queries are (..., L, E), keys (..., S, E), values (..., S, Ev), the result (..., L, Ev); the axes in front are
/// broadcast. A query that attends to no key gets zeros, as in PyTorch. The scores of all queries are never in memory
/// together, forward or backward, unless the backward is recorded or an added mask needs a gradient. Dropout draws as
/// `dropout` does of weights of shape (..., L, S). Throws ShapeError and DTypeError, and ValueError for a mask beside
/// is_causal and unless 0 <= dropout_p <= 1.
XG_EXPORT Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                              const AttentionOptions& options = {});

}  // namespace xg
