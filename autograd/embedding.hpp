#pragma once

#include <optional>

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// Options of `embedding`.
struct EmbeddingOptions {
    std::optional<std::int64_t> padding_idx =
        {};  ///< The row that gets no gradient; a negative one counts from the end.
};

/// The rows of `weight`, (V, D), that `indices`, int64 of any shape, name: of shape (..., D). In the gradient a row's
/// parts are summed in the order of the indices, whatever the number of threads. Throws IndexError for an index outside
/// of [0, V), DTypeError for other indices than int64, ShapeError unless `weight` is a matrix, and ValueError for a
/// padding_idx that is no row.
XG_EXPORT Tensor embedding(const Tensor& indices, const Tensor& weight, const EmbeddingOptions& options = {});

}  // namespace xg
