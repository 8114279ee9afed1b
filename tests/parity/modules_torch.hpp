#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn.h>

#include "modules.hpp"

// What libtorch's half of the comparison of layers is made of, and its layers of sequences.

namespace modules {

namespace nn = torch::nn;
using at::Tensor;
using parity::Kind;
using Tensors = std::vector<Tensor>;

struct Built {
    std::shared_ptr<nn::Module> module;
    std::function<Tensors(const Tensors&)> call;
};

template <class H>
Built one(H layer) {
    return {layer.ptr(), [layer](const Tensors& in) mutable { return Tensors{layer->forward(in.at(0))}; }};
}
template <class H>
Built two(H layer) {
    return {layer.ptr(), [layer](const Tensors& in) mutable { return Tensors{layer->forward(in.at(0), in.at(1))}; }};
}
template <class H>
Built three(H layer) {
    return {layer.ptr(),
            [layer](const Tensors& in) mutable { return Tensors{layer->forward(in.at(0), in.at(1), in.at(2))}; }};
}

inline torch::ExpandingArray<2> pair(const Options& o, const char* name) {
    const std::vector<std::int64_t>& v = o.list(name);
    return {v.at(0), v.at(1)};
}
/// 0 stands for the size of the kernel.
inline torch::ExpandingArray<2> stride_of(const Options& o) {
    return pair(o, o.list("stride").at(0) == 0 ? "kernel" : "stride");
}
inline std::int64_t line_stride(const Options& o) { return o.integer(o.integer("stride") == 0 ? "kernel" : "stride"); }

inline Tensor tensor_of(const Array& a) {
    const Tensor values =
        at::from_blob(const_cast<double*>(a.values.data()), a.shape, at::TensorOptions(at::kDouble)).clone();
    return a.kind == Kind::integer ? values.to(at::kLong) : a.kind == Kind::boolean ? values.to(at::kBool) : values;
}

inline Array array_of(const Tensor& t) {
    const Tensor plain = t.detach().to(at::kDouble).contiguous();
    return {t.is_floating_point() ? Kind::real : Kind::integer,
            t.sizes().vec(),
            {plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel()}};
}

/// The formula, of a layer's parameters: libtorch 1.13's own forward adds bool masks as numbers, and refuses masks of
/// each head and keys that are as wide as no values.
inline Tensor attended(nn::MultiheadAttention& layer, const Tensor& query, const Tensor& key, const Tensor& value,
                       const Tensor& mask, std::int64_t heads) {
    const std::int64_t width = query.size(2), n = query.size(1);
    auto parameters = layer->named_parameters();
    Tensors weights, biases(3);
    if (parameters.contains("in_proj_weight"))
        weights = parameters["in_proj_weight"].chunk(3);
    else
        weights = {parameters["q_proj_weight"], parameters["k_proj_weight"], parameters["v_proj_weight"]};
    if (parameters.contains("in_proj_bias")) biases = parameters["in_proj_bias"].chunk(3);
    const auto projected = [&](const Tensor& t, std::size_t i) {
        return at::linear(t, weights[i], biases[i]).reshape({t.size(0), n * heads, width / heads}).transpose(0, 1);
    };
    const Tensor q = projected(query, 0), k = projected(key, 1), v = projected(value, 2);
    Tensor scores = at::matmul(q, k.transpose(1, 2)) / std::sqrt(static_cast<double>(width / heads));
    if (mask.defined() && mask.scalar_type() == at::kBool)
        scores = scores.masked_fill(mask, -std::numeric_limits<double>::infinity());
    else if (mask.defined())
        scores = scores + mask;
    const Tensor joined = at::matmul(at::softmax(scores, -1), v).transpose(0, 1).reshape({query.size(0), n, width});
    return layer->out_proj->forward(joined);
}

inline Built attention(const Options& o) {
    nn::MultiheadAttentionOptions options(o.integer("width"), o.integer("heads"));
    options.bias(o.flag("bias"));
    if (o.integer("kdim") != 0) options.kdim(o.integer("kdim"));
    if (o.integer("vdim") != 0) options.vdim(o.integer("vdim"));
    nn::MultiheadAttention layer(options);
    const std::string mask = o.word("mask");
    const bool self = o.flag("self");
    const std::int64_t heads = o.integer("heads");
    return {layer.ptr(), [=](const Tensors& in) mutable {
                const Tensor &key = in[self ? 0 : 1], &value = in[self ? 0 : 2];
                if (mask == "bool" || mask == "each" || (key.size(2) != value.size(2) && mask != "padding"))
                    return Tensors{attended(layer, in[0], key, value, mask == "none" ? Tensor() : in.at(3), heads)};
                const Tensor padding = mask == "padding" ? in.at(3) : Tensor();
                const Tensor added = mask == "added" ? in.at(3) : Tensor();
                return Tensors{std::get<0>(layer->forward(in[0], key, value, padding, false, added))};
            }};
}

inline Built recurrent(const std::string& l, const Options& o) {
    const std::int64_t in = o.integer("in"), hidden = o.integer("hidden");
    const bool given = o.flag("state");
    if (l == "LSTM") {
        nn::LSTM layer(nn::LSTMOptions(in, hidden)
                           .num_layers(o.integer("layers"))
                           .bias(o.flag("bias"))
                           .batch_first(o.flag("batch_first"))
                           .bidirectional(o.flag("bidirectional")));
        return {layer.ptr(), [=](const Tensors& x) mutable {
                    const auto [y, state] =
                        given ? layer->forward(x[0], std::make_tuple(x[1], x[2])) : layer->forward(x[0]);
                    return Tensors{y, std::get<0>(state), std::get<1>(state)};
                }};
    }
    nn::GRU layer(nn::GRUOptions(in, hidden)
                      .num_layers(o.integer("layers"))
                      .bias(o.flag("bias"))
                      .batch_first(o.flag("batch_first"))
                      .bidirectional(o.flag("bidirectional")));
    return {layer.ptr(), [=](const Tensors& x) mutable {
                const auto [y, state] = given ? layer->forward(x[0], x[1]) : layer->forward(x[0]);
                return Tensors{y, state};
            }};
}

}  // namespace modules
