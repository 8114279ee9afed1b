#pragma once

#include <optional>

#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Options of Embedding.
struct EmbeddingLayerOptions {
    std::optional<std::int64_t> padding_idx = {};  ///< The row that is 0 and gets no gradient; negative: from the end.
    DType dtype = float32;
};

/// `embedding`: indices, int64 of any shape, to rows of the weights, (..., embedding_dim). Parameter: weight
/// (num_embeddings, embedding_dim), drawn from the standard normal distribution as in PyTorch (Keras draws evenly from
/// -0.05 to 0.05).
class XG_EXPORT Embedding final : public Layer<Embedding> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1 and a padding_idx that is no row.
    Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingLayerOptions& options = {});
    /// Throws as `xg::embedding` does.
    Tensor forward(const Tensor& indices) const;
    const Tensor& weight() const noexcept { return weight_; }

private:
    std::optional<std::int64_t> padding_;
    Parameter weight_;
};

}  // namespace xg::nn
