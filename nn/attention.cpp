#include <xgrad/nn/attention.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/attention.hpp>
#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/logic.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

const char* const kName = "MultiheadAttention: ";

Tensor drawn(std::int64_t out, std::int64_t in, std::int64_t fan_out, const MultiheadAttentionOptions& o) {
    Tensor weights = empty({out, in}, {.dtype = o.dtype});
    initialize(weights, o.init, in, fan_out);
    return weights;
}

void check_sequence(const Tensor& t, const char* what, std::int64_t width, std::int64_t rank) {
    if (!t.defined()) throw ValueError(std::string(kName) + "the " + what + " is undefined");
    if (t.rank() != rank || (rank != 2 && rank != 3) || t.size(-1) != width)
        throw ShapeError(std::string(kName) + "expected a " + what + " of rank 2 or 3, as the query's, and of width " +
                         std::to_string(width) + ", got the shape " + t.shape().str());
}

/// (N, L, heads · d) as (N, heads, L, d).
Tensor split_heads(const Tensor& t, std::int64_t heads) {
    return t.reshape({t.size(0), t.size(1), heads, t.size(2) / heads}).transpose(1, 2);
}

/// Masks as `scaled_dot_product_attention` takes them, of scores (n, heads, queries, keys); undefined for none.
Tensor joined(const MultiheadMasks& masks, const Shape& scores, DType dtype) {
    const std::int64_t n = scores[0], heads = scores[1], queries = scores[2], keys = scores[3];
    const auto refuse = [](const char* which, const std::string& expected, const Tensor& got) {
        throw ShapeError(std::string(kName) + "expected " + which + " of shape " + expected + ", got " +
                         got.shape().str());
    };
    Tensor seen, added;
    if (const Tensor& m = masks.attn_mask; m.defined()) {
        const Shape each{n * heads, queries, keys};
        if (!(m.shape() == Shape{queries, keys}) && !(m.shape() == each))
            refuse("an attn_mask", Shape{queries, keys}.str() + " or " + each.str(), m);
        const Tensor fitted = m.rank() == 3 ? m.reshape(scores) : m;
        if (m.dtype() == boolean)
            seen = logical_not(fitted);
        else
            added = fitted;
    }
    if (const Tensor& m = masks.key_padding_mask; m.defined()) {
        if (!(m.shape() == Shape{n, keys})) refuse("a key_padding_mask", Shape{n, keys}.str(), m);
        if (m.dtype() != boolean)
            throw DTypeError(std::string(kName) + "expected a key_padding_mask of bool, got " + name(m.dtype()));
        const Tensor there = logical_not(m).reshape({n, 1, 1, keys});
        seen = seen.defined() ? logical_and(seen, there) : there;
    }
    if (!added.defined()) return seen;
    if (added.dtype() != dtype)
        throw DTypeError(std::string(kName) + "expected an attn_mask of bool or " + name(dtype) + ", got " +
                         name(added.dtype()));
    constexpr double far = std::numeric_limits<double>::infinity();
    return seen.defined() ? where(seen, added, -far) : added;
}

}  // namespace

MultiheadAttention::MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads,
                                       const MultiheadAttentionOptions& options)
    : width_(embed_dim),
      heads_(num_heads),
      key_width_(options.kdim == 0 ? embed_dim : options.kdim),
      value_width_(options.vdim == 0 ? embed_dim : options.vdim),
      dropout_(options.dropout),
      batch_first_(options.batch_first),
      out_proj_(std::max<std::int64_t>(embed_dim, 1), std::max<std::int64_t>(embed_dim, 1),
                {.bias = options.bias, .init = options.init, .dtype = options.dtype}) {
    if (embed_dim < 1 || num_heads < 1 || embed_dim % num_heads != 0)
        throw ValueError(std::string(kName) + "expected a number of heads that divides the width, got " +
                         std::to_string(num_heads) + " and " + std::to_string(embed_dim));
    if (key_width_ < 1 || value_width_ < 1)
        throw ValueError(std::string(kName) + "expected widths of keys and values of at least 1, got " +
                         std::to_string(options.kdim) + " and " + std::to_string(options.vdim));
    if (!(dropout_ >= 0 && dropout_ <= 1))
        throw ValueError(std::string(kName) + "expected a dropout from 0 to 1, got " + std::to_string(dropout_));
    set_row_wise(batch_first_ && dropout_ == 0);
    if (key_width_ == width_ && value_width_ == width_) {
        // Three matrices below each other, as PyTorch counts them.
        in_proj_ = add_parameter("in_proj_weight", drawn(3 * width_, width_, 3 * width_, options));
    } else {
        query_ = add_parameter("q_proj_weight", drawn(width_, width_, width_, options));
        key_ = add_parameter("k_proj_weight", drawn(width_, key_width_, width_, options));
        value_ = add_parameter("v_proj_weight", drawn(width_, value_width_, width_, options));
    }
    if (options.bias) in_bias_ = add_parameter("in_proj_bias", zeros({3 * width_}, {.dtype = options.dtype}));
    add_module("out_proj", out_proj_);
}

Tensor MultiheadAttention::forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                   const Tensor& attn_mask) const {
    return forward(query, key, value, MultiheadMasks{.attn_mask = attn_mask});
}

Tensor MultiheadAttention::forward(const Tensor& query, const Tensor& key, const Tensor& value,
                                   const MultiheadMasks& masks) const {
    const std::int64_t rank = query.defined() ? query.rank() : 0;
    check_sequence(query, "query", width_, rank);
    check_sequence(key, "key", key_width_, rank);
    check_sequence(value, "value", value_width_, rank);
    if (masks.is_causal && (masks.attn_mask.defined() || masks.key_padding_mask.defined()))
        throw ValueError(std::string(kName) + "is_causal does not go with other masks; put it into the attn_mask");
    const bool itself =
        query.unsafe_body() == key.unsafe_body() && key.unsafe_body() == value.unsafe_body() && in_proj_.defined();
    // All as (N, L, E).
    const auto batched = [&](const Tensor& t) {
        return rank == 2 ? unsqueeze(t, 0) : batch_first_ ? t : t.transpose(0, 1);
    };
    std::vector<Tensor> projected;
    if (itself) {
        projected = chunk(linear(batched(query), in_proj_, in_bias_), 3, -1);
    } else {
        std::vector<Tensor> weights{query_, key_, value_}, biases(3);
        if (in_proj_.defined()) weights = chunk(in_proj_, 3);
        if (in_bias_.defined()) biases = chunk(in_bias_, 3);
        const Tensor* const inputs[] = {&query, &key, &value};
        for (std::size_t i = 0; i < 3; ++i) projected.push_back(linear(batched(*inputs[i]), weights[i], biases[i]));
    }
    if (projected[1].size(0) != projected[0].size(0) || projected[2].size(0) != projected[0].size(0) ||
        projected[2].size(1) != projected[1].size(1))
        throw ShapeError(
            std::string(kName) + "expected one number of samples, and as many values as keys, got a query of shape " +
            query.shape().str() + ", keys of " + key.shape().str() + " and values of " + value.shape().str());
    for (Tensor& t : projected) t = split_heads(t, heads_);
    const std::int64_t n = projected[0].size(0), queries = projected[0].size(2), keys = projected[1].size(2);
    const Tensor attended =
        scaled_dot_product_attention(projected[0], projected[1], projected[2],
                                     {.mask = joined(masks, {n, heads_, queries, keys}, query.dtype()),
                                      .is_causal = masks.is_causal,
                                      .dropout_p = is_training() ? dropout_ : 0});
    const Tensor y = out_proj_(attended.transpose(1, 2).reshape({n, queries, width_}));
    return rank == 2 ? squeeze(y, {0}) : batch_first_ ? y : y.transpose(0, 1);
}

}  // namespace xg::nn
