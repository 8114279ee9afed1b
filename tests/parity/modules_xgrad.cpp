#include <cmath>
#include <functional>

#include <xgrad/xgrad.hpp>

#include "modules.hpp"

namespace modules {
namespace {

namespace nn = xg::nn;
using parity::Kind;
using xg::Tensor;
using Tensors = std::vector<Tensor>;
using Call = std::function<Tensors(const Tensors&)>;

struct Built {
    nn::Module module;
    Call call;
};

template <class L>
Built one(const L& layer) {
    return {nn::Module(layer), [layer](const Tensors& in) { return Tensors{layer(in.at(0))}; }};
}
template <class L>
Built two(const L& layer) {
    return {nn::Module(layer), [layer](const Tensors& in) { return Tensors{layer(in.at(0), in.at(1))}; }};
}
template <class L>
Built three(const L& layer) {
    return {nn::Module(layer), [layer](const Tensors& in) { return Tensors{layer(in.at(0), in.at(1), in.at(2))}; }};
}

constexpr xg::DType f64 = xg::float64;

xg::Pair pair(const Options& o, const char* name) { return o.as<xg::Pair>(name); }

xg::LossReduction reduction(const Options& o) {
    const std::string& word = o.word("reduction");
    return word == "none"   ? xg::LossReduction::none
           : word == "sum"  ? xg::LossReduction::sum
           : word == "mean" ? xg::LossReduction::mean
                            : xg::LossReduction::batchmean;
}

xg::PadMode padding(const Options& o) {
    const std::string& word = o.word("padding_mode");
    return word == "zeros"       ? xg::PadMode::constant
           : word == "reflect"   ? xg::PadMode::reflect
           : word == "replicate" ? xg::PadMode::replicate
                                 : xg::PadMode::circular;
}

/// The weights that a loss is given, as its last input.
Tensor constant(const Case& c) {
    const Array& a = c.inputs.back();
    return xg::from_data(a.values, a.shape, {.dtype = f64});
}

Built convolution(const std::string& l, const Options& o) {
    const std::int64_t in = o.integer("in"), out = o.integer("out"), groups = o.integer("groups");
    const bool bias = o.flag("bias");
    if (l == "Conv1d")
        return one(nn::Conv1d(in, out, o.integer("kernel"),
                              {.stride = o.integer("stride"),
                               .padding = o.integer("padding"),
                               .dilation = o.integer("dilation"),
                               .groups = groups,
                               .bias = bias,
                               .padding_mode = padding(o),
                               .dtype = f64}));
    if (l == "Conv2d")
        return one(nn::Conv2d(in, out, pair(o, "kernel"),
                              {.stride = pair(o, "stride"),
                               .padding = pair(o, "padding"),
                               .dilation = pair(o, "dilation"),
                               .groups = groups,
                               .bias = bias,
                               .padding_mode = padding(o),
                               .dtype = f64}));
    if (l == "ConvTranspose1d")
        return one(nn::ConvTranspose1d(in, out, o.integer("kernel"),
                                       {.stride = o.integer("stride"),
                                        .padding = o.integer("padding"),
                                        .output_padding = o.integer("output_padding"),
                                        .groups = groups,
                                        .bias = bias,
                                        .dilation = o.integer("dilation"),
                                        .dtype = f64}));
    return one(nn::ConvTranspose2d(in, out, pair(o, "kernel"),
                                   {.stride = pair(o, "stride"),
                                    .padding = pair(o, "padding"),
                                    .output_padding = pair(o, "output_padding"),
                                    .groups = groups,
                                    .bias = bias,
                                    .dilation = pair(o, "dilation"),
                                    .dtype = f64}));
}

Built pooling(const std::string& l, const Options& o) {
    if (l == "MaxPool1d")
        return one(nn::MaxPool1d(o.integer("kernel"), {.stride = o.integer("stride"),
                                                       .padding = o.integer("padding"),
                                                       .dilation = o.integer("dilation"),
                                                       .ceil_mode = o.flag("ceil")}));
    if (l == "MaxPool2d")
        return one(nn::MaxPool2d(pair(o, "kernel"), {.stride = pair(o, "stride"),
                                                     .padding = pair(o, "padding"),
                                                     .dilation = pair(o, "dilation"),
                                                     .ceil_mode = o.flag("ceil")}));
    if (l == "AvgPool1d")
        return one(nn::AvgPool1d(o.integer("kernel"), {.stride = o.integer("stride"),
                                                       .padding = o.integer("padding"),
                                                       .ceil_mode = o.flag("ceil"),
                                                       .count_include_pad = o.flag("count")}));
    if (l == "AvgPool2d")
        return one(nn::AvgPool2d(pair(o, "kernel"), {.stride = pair(o, "stride"),
                                                     .padding = pair(o, "padding"),
                                                     .ceil_mode = o.flag("ceil"),
                                                     .count_include_pad = o.flag("count")}));
    if (l == "AdaptiveAvgPool1d") return one(nn::AdaptiveAvgPool1d(o.integer("size")));
    if (l == "AdaptiveAvgPool2d") return one(nn::AdaptiveAvgPool2d(pair(o, "size")));
    if (l == "AdaptiveMaxPool1d") return one(nn::AdaptiveMaxPool1d(o.integer("size")));
    return one(nn::AdaptiveMaxPool2d(pair(o, "size")));
}

Built normalization(const std::string& l, const Options& o) {
    const double eps = o.number("eps");
    const bool affine = o.flag("affine");
    if (l == "LayerNorm")
        return one(nn::LayerNorm(o.list("shape"), {.eps = eps, .elementwise_affine = affine, .dtype = f64}));
    const std::int64_t n = o.integer("features");
    if (l == "GroupNorm")
        return one(nn::GroupNorm(o.integer("groups"), n, {.eps = eps, .affine = affine, .dtype = f64}));
    if (l == "InstanceNorm1d") return one(nn::InstanceNorm1d(n, {.eps = eps, .affine = affine, .dtype = f64}));
    if (l == "InstanceNorm2d") return one(nn::InstanceNorm2d(n, {.eps = eps, .affine = affine, .dtype = f64}));
    const nn::BatchNormLayerOptions options{
        .eps = eps,
        .momentum = o.flag("average") ? std::optional<double>() : o.number("momentum"),
        .affine = affine,
        .track_running_stats = o.flag("track"),
        .dtype = f64};
    return l == "BatchNorm1d" ? one(nn::BatchNorm1d(n, options)) : one(nn::BatchNorm2d(n, options));
}

Built attention(const Case& c) {
    const Options& o = c.options;
    const nn::MultiheadAttention layer(
        o.integer("width"), o.integer("heads"),
        {.bias = o.flag("bias"), .kdim = o.integer("kdim"), .vdim = o.integer("vdim"), .dtype = f64});
    const std::string mask = o.word("mask");
    const bool self = o.flag("self");
    return {nn::Module(layer), [=](const Tensors& in) {
                nn::MultiheadMasks masks;
                if (mask == "padding") masks.key_padding_mask = in.at(3);
                if (mask == "bool" || mask == "added" || mask == "each") masks.attn_mask = in.at(3);
                return Tensors{self ? layer(in[0], in[0], in[0], masks) : layer(in[0], in[1], in[2], masks)};
            }};
}

Built recurrent(const std::string& l, const Options& o) {
    const std::int64_t in = o.integer("in"), hidden = o.integer("hidden");
    const bool given = o.flag("state");
    if (l == "LSTM") {
        const nn::LSTM layer(in, hidden,
                             {.num_layers = o.integer("layers"),
                              .bias = o.flag("bias"),
                              .batch_first = o.flag("batch_first"),
                              .bidirectional = o.flag("bidirectional"),
                              .dtype = f64});
        return {nn::Module(layer), [=](const Tensors& x) {
                    const auto [y, state] = given ? layer(x[0], nn::LSTMState(x[1], x[2])) : layer(x[0]);
                    return Tensors{y, state.first, state.second};
                }};
    }
    const nn::GRU layer(in, hidden,
                        {.num_layers = o.integer("layers"),
                         .bias = o.flag("bias"),
                         .batch_first = o.flag("batch_first"),
                         .bidirectional = o.flag("bidirectional"),
                         .dtype = f64});
    return {nn::Module(layer), [=](const Tensors& x) {
                const auto [y, state] = given ? layer(x[0], x[1]) : layer(x[0]);
                return Tensors{y, state};
            }};
}

Built activation(const std::string& l, const Options& o) {
    if (l == "ReLU") return one(nn::ReLU());
    if (l == "Tanh") return one(nn::Tanh());
    if (l == "Sigmoid") return one(nn::Sigmoid());
    if (l == "ReLU6") return one(nn::ReLU6());
    if (l == "SELU") return one(nn::SELU());
    if (l == "SiLU") return one(nn::SiLU());
    if (l == "Mish") return one(nn::Mish());
    if (l == "Softsign") return one(nn::Softsign());
    if (l == "LogSigmoid") return one(nn::LogSigmoid());
    if (l == "LeakyReLU") return one(nn::LeakyReLU(o.number("a")));
    if (l == "ELU") return one(nn::ELU(o.number("a")));
    if (l == "CELU") return one(nn::CELU(o.number("a")));
    if (l == "GELU") return one(nn::GELU());
    if (l == "Softplus") return one(nn::Softplus(o.number("a"), 2));
    if (l == "Hardtanh") return one(nn::Hardtanh(-o.number("a"), 1));
    if (l == "GLU") return one(nn::GLU(1));
    if (l == "Softmax") return one(nn::Softmax(1));
    if (l == "LogSoftmax") return one(nn::LogSoftmax(1));
    if (l == "PReLU") return one(nn::PReLU(o.integer("parameters"), 0.25, f64));
    if (l == "Hardsigmoid") return one(nn::Hardsigmoid());
    return one(nn::Hardswish());
}

Built loss(const Case& c) {
    const std::string& l = c.layer;
    const Options& o = c.options;
    const xg::LossReduction r = reduction(o);
    if (l == "MSELoss") return two(nn::MSELoss(r));
    if (l == "L1Loss") return two(nn::L1Loss(r));
    if (l == "HuberLoss") return two(nn::HuberLoss(o.number("a"), r));
    if (l == "SmoothL1Loss") return two(nn::SmoothL1Loss(o.number("a"), r));
    if (l == "KLDivLoss") return two(nn::KLDivLoss({.log_target = o.flag("log"), .reduction = r}));
    if (l == "MarginRankingLoss") return three(nn::MarginRankingLoss({.margin = o.number("a"), .reduction = r}));
    if (l == "CosineEmbeddingLoss") return three(nn::CosineEmbeddingLoss({.margin = o.number("a"), .reduction = r}));
    if (l == "TripletMarginLoss") return three(nn::TripletMarginLoss({.margin = o.number("a"), .reduction = r}));
    const Tensor weight = o.flag("weighted") ? constant(c) : Tensor();
    if (l == "BCELoss") return two(nn::BCELoss({.weight = weight, .reduction = r}));
    if (l == "BCEWithLogitsLoss")
        return two(nn::BCEWithLogitsLoss({.weight = weight, .pos_weight = weight, .reduction = r}));
    if (l == "NLLLoss")
        return two(nn::NLLLoss({.weight = weight, .ignore_index = o.integer("ignore"), .reduction = r}));
    return two(nn::CrossEntropyLoss({.weight = weight,
                                     .ignore_index = o.integer("ignore"),
                                     .label_smoothing = o.number("smoothing"),
                                     .reduction = r}));
}

Built built(const Case& c) {
    const std::string& l = c.layer;
    const Options& o = c.options;
    const auto starts = [&](const char* with) { return l.rfind(with, 0) == 0; };
    if (starts("Conv")) return convolution(l, o);
    if (l.find("Pool") != std::string::npos) return pooling(l, o);
    if (l.find("Norm") != std::string::npos) return normalization(l, o);
    if (l == "MultiheadAttention") return attention(c);
    if (l == "LSTM" || l == "GRU") return recurrent(l, o);
    if (l.find("Loss") != std::string::npos) return loss(c);
    if (l == "Linear")
        return one(nn::Linear(o.integer("in"), o.integer("out"), {.bias = o.flag("bias"), .dtype = f64}));
    if (l == "Embedding")
        return one(nn::Embedding(
            o.integer("rows"), o.integer("width"),
            {.padding_idx = o.flag("padded") ? std::optional(o.integer("padding")) : std::nullopt, .dtype = f64}));
    if (l == "Flatten") return one(nn::Flatten(o.integer("start"), -1));
    if (l == "Unflatten") return one(nn::Unflatten(1, o.list("sizes")));
    if (l == "Identity") return one(nn::Identity());
    if (l == "Dropout") return one(nn::Dropout(o.number("p")));
    if (l == "Upsample")
        return one(nn::Upsample({.size = pair(o, "size"),
                                 .mode = o.flag("linear") ? xg::Interpolation::bilinear : xg::Interpolation::nearest,
                                 .align_corners = o.flag("align")}));
    if (l == "Residual")
        return one(nn::Residual(nn::Linear(o.integer("in"), o.integer("in"), {.dtype = f64}),
                                {.scale = o.number("scale"), .gate = o.flag("gate"), .dtype = f64}));
    return activation(l, o);
}

Array array_of(const Tensor& t) {
    const Kind kind = xg::is_floating(t.dtype()) ? Kind::real : Kind::integer;
    return {kind, {t.shape().begin(), t.shape().end()}, t.detach().to_vector()};
}

Tensor tensor_of(const Array& a) {
    const xg::DType dtype = a.kind == Kind::integer ? xg::int64 : a.kind == Kind::boolean ? xg::boolean : f64;
    return xg::from_data(a.values, a.shape, {.dtype = dtype});
}

/// Gives all parameters and buffers numbers of their own; variances positive ones.
void draw(const nn::Module& module) {
    std::vector<nn::NamedTensor> drawn;
    std::size_t seed = 0;
    for (const nn::NamedTensor& t : module.state_dict()) {
        Array a = array_of(t.tensor);
        ++seed;
        for (std::size_t i = 0; i < a.values.size() && a.kind == Kind::real; ++i) {
            const double v = std::sin(1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(seed));
            a.values[i] = t.name.find("_var") != std::string::npos ? 1.5 + v : 0.7 * v;
        }
        drawn.push_back({t.name, tensor_of(a)});
    }
    module.load_state_dict(drawn);
}

}  // namespace

double weight(std::size_t output, std::size_t element) {
    return std::cos(0.37 * static_cast<double>(element) + 1.3 * static_cast<double>(output)) + 0.2;
}

Outcome run_xgrad(const Case& c, std::vector<NamedArray>& state) {
    Outcome result;
    try {
        const Built layer = built(c);
        // A loss keeps the weights that it was given.
        if (c.layer.find("Loss") == std::string::npos) draw(layer.module);
        for (const nn::NamedTensor& t : layer.module.state_dict()) state.push_back({t.name, array_of(t.tensor)});
        layer.module.train(c.training);
        Tensors inputs;
        for (const Array& a : c.inputs) {
            inputs.push_back(tensor_of(a));
            if (a.kind == Kind::real) inputs.back().requires_grad(true);
        }
        const Tensors outputs = layer.call(inputs);
        Tensor total = xg::zeros({}, {.dtype = f64});
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            result.outputs.push_back(array_of(outputs[k]));
            std::vector<double> weights;
            for (std::size_t i = 0; i < result.outputs[k].values.size(); ++i) weights.push_back(weight(k, i));
            total = total + xg::sum(outputs[k] * xg::from_data(weights, outputs[k].shape(), {.dtype = f64}));
        }
        if (total.requires_grad()) total.backward();
        const auto add = [&](const std::string& name, const Tensor& t) {
            result.gradients.push_back({name, array_of(t.grad().defined() ? t.grad() : xg::zeros_like(t.detach()))});
        };
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].requires_grad()) add("input " + std::to_string(i), inputs[i]);
        for (const nn::NamedTensor& p : layer.module.named_parameters()) add(p.name, p.tensor);
        for (const nn::NamedTensor& t : layer.module.state_dict()) result.state.push_back({t.name, array_of(t.tensor)});
    } catch (const std::exception& e) {
        result.error = e.what();
    }
    return result;
}

}  // namespace modules
