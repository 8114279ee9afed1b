#include <xgrad/nn/embedding.hpp>

#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/embedding.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {

Embedding::Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingLayerOptions& options)
    : padding_(options.padding_idx) {
    if (num_embeddings < 1 || embedding_dim < 1)
        throw ValueError("Embedding: expected at least 1 row and column, got " + std::to_string(num_embeddings) +
                         " and " + std::to_string(embedding_dim));
    Tensor table = randn({num_embeddings, embedding_dim}, {.dtype = options.dtype});
    if (padding_) {
        if (*padding_ < -num_embeddings || *padding_ >= num_embeddings)
            throw ValueError("Embedding: padding_idx " + std::to_string(*padding_) + " is none of the " +
                             std::to_string(num_embeddings) + " rows");
        const std::int64_t row = *padding_ < 0 ? *padding_ + num_embeddings : *padding_;
        table = concat({table.slice(0, 0, row), zeros({1, embedding_dim}, {.dtype = options.dtype}),
                        table.slice(0, row + 1, num_embeddings)});
    }
    weight_ = add_parameter("weight", table);
}

Tensor Embedding::forward(const Tensor& indices) const {
    return embedding(indices, weight_, {.padding_idx = padding_});
}

}  // namespace xg::nn
