#pragma once

#include <xgrad/nn/linear.hpp>

namespace xg::nn {

/// Options of MultiheadAttention.
struct MultiheadAttentionOptions {
    double dropout = 0;  ///< The probability with which an attention weight is dropped in training.
    bool bias = true;
    std::int64_t kdim = 0;     ///< The width of the keys; 0 for embed_dim.
    std::int64_t vdim = 0;     ///< The width of the values; 0 for embed_dim.
    bool batch_first = false;  ///< Sequences are (N, L, E) instead of (L, N, E).
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// Which keys a query may not attend to. As in PyTorch, and other than in `AttentionOptions`, true in a bool mask takes
/// a key out.
struct MultiheadMasks {
    Tensor key_padding_mask = {};  ///< bool, (N, S): keys that nobody attends to.
    Tensor attn_mask = {};         ///< (L, S) or (N · num_heads, L, S): bool, or added to the scores.
    bool is_causal = false;        ///< Query i attends to keys 0 to i; not beside others.
};

/// Attention of `num_heads` heads, each to its part of the projected queries, keys and values (Vaswani et al., 2017).
///
/// Queries are (L, N, embed_dim), keys (S, N, kdim), values (S, N, vdim), or all without N; the result is (L, N,
/// embed_dim). Parameters, as in PyTorch: in_proj_weight (3 embed_dim, embed_dim), or q_proj_weight, k_proj_weight and
/// v_proj_weight where widths differ; in_proj_bias (3 embed_dim), and the child out_proj. The attention's weights are
/// not returned: that is what keeps them out of memory.
class XG_EXPORT MultiheadAttention final : public Layer<MultiheadAttention> {
public:
    /// Throws ValueError unless num_heads divides embed_dim, and for a dropout outside of [0, 1].
    MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads, const MultiheadAttentionOptions& options = {});
    /// Throws ShapeError and DTypeError for inputs and masks that do not fit.
    Tensor forward(const Tensor& query, const Tensor& key, const Tensor& value, const MultiheadMasks& masks = {}) const;
    /// With an `attn_mask`.
    Tensor forward(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& attn_mask) const;
    /// Of a sequence to itself.
    Tensor forward(const Tensor& x) const { return forward(x, x, x); }

private:
    std::int64_t width_, heads_, key_width_, value_width_;
    double dropout_;
    bool batch_first_;
    Parameter in_proj_, query_, key_, value_, in_bias_;
    Linear out_proj_;
};

}  // namespace xg::nn
