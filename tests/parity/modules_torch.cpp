#include <map>
#include <stdexcept>

#include "modules_torch.hpp"

namespace modules {
namespace {

template <class O>
void set_padding_mode(O& options, const Options& o) {
    const std::string& word = o.word("padding_mode");
    if (word == "reflect") options.padding_mode(torch::kReflect);
    if (word == "replicate") options.padding_mode(torch::kReplicate);
    if (word == "circular") options.padding_mode(torch::kCircular);
}

template <class L>
void set_reduction(L& options, const Options& o) {
    const std::string& word = o.word("reduction");
    if (word == "none") options.reduction(torch::kNone);
    if (word == "sum") options.reduction(torch::kSum);
    if constexpr (std::is_same_v<L, nn::KLDivLossOptions>)
        if (word == "batchmean") options.reduction(torch::kBatchMean);
}

Built convolution(const std::string& l, const Options& o) {
    const std::int64_t in = o.integer("in"), out = o.integer("out"), groups = o.integer("groups");
    const bool bias = o.flag("bias");
    if (l == "Conv1d") {
        nn::Conv1dOptions options(in, out, o.integer("kernel"));
        options.stride(o.integer("stride")).padding(o.integer("padding")).dilation(o.integer("dilation"));
        options.groups(groups).bias(bias);
        set_padding_mode(options, o);
        return one(nn::Conv1d(options));
    }
    if (l == "Conv2d") {
        nn::Conv2dOptions options(in, out, pair(o, "kernel"));
        options.stride(pair(o, "stride")).padding(pair(o, "padding")).dilation(pair(o, "dilation"));
        options.groups(groups).bias(bias);
        set_padding_mode(options, o);
        return one(nn::Conv2d(options));
    }
    if (l == "ConvTranspose1d") {
        nn::ConvTranspose1dOptions options(in, out, o.integer("kernel"));
        options.stride(o.integer("stride")).padding(o.integer("padding")).dilation(o.integer("dilation"));
        options.output_padding(o.integer("output_padding")).groups(groups).bias(bias);
        return one(nn::ConvTranspose1d(options));
    }
    nn::ConvTranspose2dOptions options(in, out, pair(o, "kernel"));
    options.stride(pair(o, "stride")).padding(pair(o, "padding")).dilation(pair(o, "dilation"));
    options.output_padding(pair(o, "output_padding")).groups(groups).bias(bias);
    return one(nn::ConvTranspose2d(options));
}

Built pooling(const std::string& l, const Options& o) {
    if (l == "MaxPool1d")
        return one(nn::MaxPool1d(nn::MaxPool1dOptions(o.integer("kernel"))
                                     .stride(line_stride(o))
                                     .padding(o.integer("padding"))
                                     .dilation(o.integer("dilation"))
                                     .ceil_mode(o.flag("ceil"))));
    if (l == "MaxPool2d")
        return one(nn::MaxPool2d(nn::MaxPool2dOptions(pair(o, "kernel"))
                                     .stride(stride_of(o))
                                     .padding(pair(o, "padding"))
                                     .dilation(pair(o, "dilation"))
                                     .ceil_mode(o.flag("ceil"))));
    if (l == "AvgPool1d")
        return one(nn::AvgPool1d(nn::AvgPool1dOptions(o.integer("kernel"))
                                     .stride(line_stride(o))
                                     .padding(o.integer("padding"))
                                     .ceil_mode(o.flag("ceil"))
                                     .count_include_pad(o.flag("count"))));
    if (l == "AvgPool2d")
        return one(nn::AvgPool2d(nn::AvgPool2dOptions(pair(o, "kernel"))
                                     .stride(stride_of(o))
                                     .padding(pair(o, "padding"))
                                     .ceil_mode(o.flag("ceil"))
                                     .count_include_pad(o.flag("count"))));
    if (l == "AdaptiveAvgPool1d") return one(nn::AdaptiveAvgPool1d(o.integer("size")));
    if (l == "AdaptiveMaxPool1d") return one(nn::AdaptiveMaxPool1d(o.integer("size")));
    const std::vector<std::int64_t>& size = o.list("size");
    if (l == "AdaptiveAvgPool2d")
        return one(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions({size.at(0), size.at(1)})));
    return one(nn::AdaptiveMaxPool2d(nn::AdaptiveMaxPool2dOptions({size.at(0), size.at(1)})));
}

template <class O>
O batch_norm(const Options& o) {
    O options(o.integer("features"));
    options.eps(o.number("eps")).affine(o.flag("affine")).track_running_stats(o.flag("track"));
    if (o.flag("average"))
        options.momentum(c10::nullopt);
    else
        options.momentum(o.number("momentum"));
    return options;
}

Built normalization(const std::string& l, const Options& o) {
    const double eps = o.number("eps");
    const bool affine = o.flag("affine");
    if (l == "LayerNorm")
        return one(nn::LayerNorm(nn::LayerNormOptions(o.list("shape")).eps(eps).elementwise_affine(affine)));
    const std::int64_t n = o.integer("features");
    if (l == "GroupNorm")
        return one(nn::GroupNorm(nn::GroupNormOptions(o.integer("groups"), n).eps(eps).affine(affine)));
    if (l == "InstanceNorm1d") return one(nn::InstanceNorm1d(nn::InstanceNorm1dOptions(n).eps(eps).affine(affine)));
    if (l == "InstanceNorm2d") return one(nn::InstanceNorm2d(nn::InstanceNorm2dOptions(n).eps(eps).affine(affine)));
    if (l == "BatchNorm1d") return one(nn::BatchNorm1d(batch_norm<nn::BatchNorm1dOptions>(o)));
    return one(nn::BatchNorm2d(batch_norm<nn::BatchNorm2dOptions>(o)));
}

/// A function that libtorch has as no module.
struct Function : nn::Module {};
Built function(const std::function<Tensor(const Tensor&)>& f) {
    return {std::make_shared<Function>(), [f](const Tensors& in) { return Tensors{f(in.at(0))}; }};
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
    if (l == "GELU") return one(nn::GELU());
    if (l == "GLU") return one(nn::GLU(1));
    if (l == "Softmax") return one(nn::Softmax(1));
    if (l == "LogSoftmax") return one(nn::LogSoftmax(1));
    if (l == "PReLU") return one(nn::PReLU(nn::PReLUOptions().num_parameters(o.integer("parameters"))));
    // Its own derivative is 1 / 6 in single precision.
    if (l == "Hardsigmoid") return function([](const Tensor& x) { return at::hardtanh(x + 3, 0, 6) / 6; });
    if (l == "Hardswish") return function([](const Tensor& x) { return at::hardswish(x); });
    const double a = o.number("a");
    if (l == "LeakyReLU") return one(nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(a)));
    if (l == "ELU") return one(nn::ELU(nn::ELUOptions().alpha(a)));
    // Its own derivative has 1 / alpha in single precision.
    if (l == "CELU") return function([a](const Tensor& x) { return at::where(x > 0, x, a * at::expm1(x / a)); });
    if (l == "Softplus") return one(nn::Softplus(nn::SoftplusOptions().beta(a).threshold(2)));
    if (l == "Hardtanh") return one(nn::Hardtanh(nn::HardtanhOptions().min_val(-a).max_val(1)));
    throw std::logic_error("there is no activation " + l);
}

template <class O>
O with_reduction(const Options& o) {
    O options;
    set_reduction(options, o);
    return options;
}

Built loss(const Case& c) {
    const std::string& l = c.layer;
    const Options& o = c.options;
    if (l == "MSELoss") return two(nn::MSELoss(with_reduction<nn::MSELossOptions>(o)));
    if (l == "L1Loss") return two(nn::L1Loss(with_reduction<nn::L1LossOptions>(o)));
    if (l == "HuberLoss") return two(nn::HuberLoss(with_reduction<nn::HuberLossOptions>(o).delta(o.number("a"))));
    if (l == "SmoothL1Loss")
        return two(nn::SmoothL1Loss(with_reduction<nn::SmoothL1LossOptions>(o).beta(o.number("a"))));
    if (l == "KLDivLoss") {
        nn::KLDivLossOptions options = with_reduction<nn::KLDivLossOptions>(o);
        options.log_target(o.flag("log"));
        return two(nn::KLDivLoss(options));
    }
    if (l == "MarginRankingLoss")
        return three(nn::MarginRankingLoss(with_reduction<nn::MarginRankingLossOptions>(o).margin(o.number("a"))));
    if (l == "CosineEmbeddingLoss")
        return three(nn::CosineEmbeddingLoss(with_reduction<nn::CosineEmbeddingLossOptions>(o).margin(o.number("a"))));
    if (l == "TripletMarginLoss")
        return three(nn::TripletMarginLoss(with_reduction<nn::TripletMarginLossOptions>(o).margin(o.number("a"))));
    const Tensor weight = o.flag("weighted") ? tensor_of(c.inputs.back()) : Tensor();
    if (l == "BCELoss") return two(nn::BCELoss(with_reduction<nn::BCELossOptions>(o).weight(weight)));
    if (l == "BCEWithLogitsLoss")
        return two(
            nn::BCEWithLogitsLoss(with_reduction<nn::BCEWithLogitsLossOptions>(o).weight(weight).pos_weight(weight)));
    if (l == "NLLLoss")
        return two(nn::NLLLoss(with_reduction<nn::NLLLossOptions>(o).weight(weight).ignore_index(o.integer("ignore"))));
    return two(nn::CrossEntropyLoss(with_reduction<nn::CrossEntropyLossOptions>(o)
                                        .weight(weight)
                                        .ignore_index(o.integer("ignore"))
                                        .label_smoothing(o.number("smoothing"))));
}

struct ShortcutImpl : nn::Module {
    nn::Linear inner;
    Tensor gate;
    double scale;
    ShortcutImpl(std::int64_t n, double factor, bool gated)
        : inner(register_module("module", nn::Linear(n, n))), scale(factor) {
        if (gated) gate = register_parameter("gate", at::zeros({1}));
    }
    Tensor forward(const Tensor& x) {
        Tensor branch = inner->forward(x) * scale;
        // The parameter may have been converted since.
        if (gate.defined()) branch = branch * named_parameters()["gate"];
        return x + branch;
    }
};
TORCH_MODULE(Shortcut);

Built built(const Case& c) {
    const std::string& l = c.layer;
    const Options& o = c.options;
    if (l.rfind("Conv", 0) == 0) return convolution(l, o);
    if (l.find("Pool") != std::string::npos) return pooling(l, o);
    if (l.find("Norm") != std::string::npos) return normalization(l, o);
    if (l == "MultiheadAttention") return attention(o);
    if (l == "LSTM" || l == "GRU") return recurrent(l, o);
    if (l.find("Loss") != std::string::npos) return loss(c);
    if (l == "Linear")
        return one(nn::Linear(nn::LinearOptions(o.integer("in"), o.integer("out")).bias(o.flag("bias"))));
    if (l == "Embedding") {
        nn::EmbeddingOptions options(o.integer("rows"), o.integer("width"));
        if (o.flag("padded")) options.padding_idx(o.integer("padding"));
        return one(nn::Embedding(options));
    }
    if (l == "Flatten") return one(nn::Flatten(nn::FlattenOptions().start_dim(o.integer("start"))));
    if (l == "Unflatten") return one(nn::Unflatten(nn::UnflattenOptions(1, o.list("sizes"))));
    if (l == "Identity") return one(nn::Identity());
    if (l == "Dropout") return one(nn::Dropout(o.number("p")));
    if (l == "Residual") return one(Shortcut(o.integer("in"), o.number("scale"), o.flag("gate")));
    if (l == "Upsample") {
        nn::UpsampleOptions options;
        options.size(o.list("size"));
        if (o.flag("linear")) options.mode(torch::kBilinear).align_corners(o.flag("align"));
        return one(nn::Upsample(options));
    }
    return activation(l, o);
}

/// Parameters and buffers by name.
std::map<std::string, Tensor> named(const nn::Module& module) {
    std::map<std::string, Tensor> all;
    for (const auto& p : module.named_parameters()) all.emplace(p.key(), p.value());
    for (const auto& b : module.named_buffers())
        if (b.value().defined()) all.emplace(b.key(), b.value());
    return all;
}

void load(nn::Module& module, const std::vector<NamedArray>& state, bool is_loss) {
    std::map<std::string, Tensor> own = named(module);
    for (const NamedArray& t : state) {
        // libtorch's losses keep their weights as buffers under other circumstances; they have got them as options.
        if (is_loss) continue;
        const auto found = own.find(t.name);
        if (found == own.end()) throw std::runtime_error("libtorch's layer has no " + t.name);
        if (found->second.sizes().vec() != t.array.shape)
            throw std::runtime_error("libtorch's " + t.name + " has another shape");
        const torch::NoGradGuard no_grad;
        found->second.copy_(tensor_of(t.array));
        own.erase(found);
    }
    if (!is_loss && !own.empty()) throw std::runtime_error("libtorch's layer has " + own.begin()->first + " besides");
}

}  // namespace

Outcome run_torch(const Case& c, const std::vector<NamedArray>& state) {
    Outcome result;
    try {
        const bool is_loss = c.layer.find("Loss") != std::string::npos;
        const Built layer = built(c);
        layer.module->to(at::kDouble);
        load(*layer.module, state, is_loss);
        layer.module->train(c.training);
        Tensors inputs;
        for (const Array& a : c.inputs) {
            inputs.push_back(tensor_of(a));
            if (a.kind == Kind::real) inputs.back().requires_grad_(true);
        }
        const Tensors outputs = layer.call(inputs);
        Tensor total = at::zeros({}, at::TensorOptions(at::kDouble));
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            result.outputs.push_back(array_of(outputs[k]));
            Array weights = result.outputs[k];
            for (std::size_t i = 0; i < weights.values.size(); ++i) weights.values[i] = weight(k, i);
            total = total + (outputs[k] * tensor_of(weights)).sum();
        }
        if (total.requires_grad()) total.backward();
        const auto add = [&](const std::string& name, const Tensor& t) {
            result.gradients.push_back({name, array_of(t.grad().defined() ? t.grad() : at::zeros_like(t))});
        };
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].requires_grad()) add("input " + std::to_string(i), inputs[i]);
        for (const auto& p : layer.module->named_parameters()) add(p.key(), p.value());
        if (!is_loss)
            for (const auto& [name, tensor] : named(*layer.module)) result.state.push_back({name, array_of(tensor)});
    } catch (const std::exception& e) {
        result.error = std::string(e.what()).substr(0, std::string(e.what()).find('\n'));
    }
    return result;
}

}  // namespace modules
