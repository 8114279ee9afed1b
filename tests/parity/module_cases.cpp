#include "module_drawing.hpp"

namespace modules {
namespace {

using Draw = void (*)(Drawing&);

/// Channels in and out, and how many groups they are cut into.
std::int64_t channels(Drawing& d) {
    const std::int64_t groups = d.integer("groups", 1, 2), in = groups * d.size(1, 2);
    d.set("in", in);
    d.set("out", groups * d.size(1, 3));
    d.flag("bias");
    return in;
}

void conv1d(Drawing& d) {
    const std::int64_t in = channels(d);
    d.integer("kernel", 1, 3);
    d.integer("stride", 1, 3);
    d.integer("padding", 0, 2);
    d.integer("dilation", 1, 2);
    d.word("padding_mode", {"zeros", "reflect", "replicate", "circular"});
    d.real({d.size(), in, d.size(6, 9)});
}

void conv2d(Drawing& d) {
    const std::int64_t in = channels(d);
    d.pair("kernel", 1, 3);
    d.pair("stride", 1, 3);
    d.pair("padding", 0, 2);
    d.pair("dilation", 1, 2);
    d.word("padding_mode", {"zeros", "reflect", "replicate", "circular"});
    d.real({d.size(1, 3), in, d.size(6, 9), d.size(6, 9)});
}

void conv_transpose1d(Drawing& d) {
    const std::int64_t in = channels(d);
    d.integer("kernel", 2, 4);
    const std::int64_t stride = d.integer("stride", 1, 3);
    d.integer("padding", 0, 1);
    d.integer("output_padding", 0, stride - 1);
    d.integer("dilation", 1, 2);
    d.real({d.size(), in, d.size(3, 6)});
}

void conv_transpose2d(Drawing& d) {
    const std::int64_t in = channels(d);
    d.pair("kernel", 2, 4);
    const Sizes stride = d.pair("stride", 1, 3);
    d.pair("padding", 0, 1);
    d.set("output_padding", Sizes{d.random.integer(0, stride[0] - 1), d.random.integer(0, stride[1] - 1)});
    d.pair("dilation", 1, 2);
    d.real({d.size(1, 3), in, d.size(3, 5), d.size(3, 5)});
}

void pool1d(Drawing& d) {
    d.integer("kernel", 2, 3);
    d.integer("stride", 0, 3);
    d.integer("padding", 0, 1);
    d.integer("dilation", 1, 2);
    d.flag("ceil");
    d.flag("count");
    d.real({d.size(), d.size(), d.size(6, 10)});
}

void pool2d(Drawing& d) {
    d.pair("kernel", 2, 3);
    d.set("stride", d.random.coin(0.3) ? Sizes{0, 0} : Sizes{d.size(1, 3), d.size(1, 3)});
    d.pair("padding", 0, 1);
    d.pair("dilation", 1, 2);
    d.flag("ceil");
    d.flag("count");
    d.real({d.size(1, 3), d.size(1, 3), d.size(6, 9), d.size(6, 9)});
}

void adaptive1d(Drawing& d) {
    d.integer("size", 1, 5);
    d.real({d.size(), d.size(), d.size(1, 9)});
}
void adaptive2d(Drawing& d) {
    d.pair("size", 1, 5);
    d.real({d.size(1, 3), d.size(1, 3), d.size(1, 9), d.size(1, 9)});
}

std::int64_t features(Drawing& d) {
    d.number("eps", 1e-3, 0.1);
    d.flag("affine");
    d.flag("track");
    d.flag("average");
    d.number("momentum", 0, 1);
    return d.integer("features", 1, 4);
}

void batch_norm1d(Drawing& d) {
    const std::int64_t n = features(d);
    d.evaluate();
    d.real(d.random.coin() ? Sizes{d.size(2, 5), n} : Sizes{d.size(1, 3), n, d.size(2, 5)});
}
void batch_norm2d(Drawing& d) {
    const std::int64_t n = features(d);
    d.evaluate();
    d.real({d.size(1, 3), n, d.size(2, 4), d.size(2, 4)});
}
void instance_norm1d(Drawing& d) {
    const std::int64_t n = features(d);
    d.real({d.size(1, 3), n, d.size(2, 5)});
}
void instance_norm2d(Drawing& d) {
    const std::int64_t n = features(d);
    d.real({d.size(1, 3), n, d.size(2, 4), d.size(2, 4)});
}
void layer_norm(Drawing& d) {
    d.number("eps", 1e-3, 0.1);
    d.flag("affine");
    const Sizes shape = d.random.coin() ? Sizes{d.size(2, 5)} : Sizes{d.size(1, 3), d.size(2, 4)};
    d.set("shape", shape);
    Sizes whole{d.size(1, 3), d.size(1, 3)};
    whole.insert(whole.end(), shape.begin(), shape.end());
    d.real(whole);
}
void group_norm(Drawing& d) {
    d.number("eps", 1e-3, 0.1);
    d.flag("affine");
    const std::int64_t n = d.integer("groups", 1, 3) * d.size(1, 2);
    d.set("features", n);
    d.real({d.size(1, 3), n, d.size(2, 5)});
}

void linear(Drawing& d) {
    const std::int64_t in = d.integer("in", 1, 5);
    d.integer("out", 1, 5);
    d.flag("bias");
    d.real(d.random.coin() ? Sizes{d.size(), in} : Sizes{d.size(), d.size(), in});
}
void embedding(Drawing& d) {
    const std::int64_t rows = d.integer("rows", 1, 5);
    d.integer("width", 1, 4);
    d.flag("padded");
    d.integer("padding", -rows, rows - 1);
    d.integers({d.size(), d.size()}, 0, rows - 1);
}
void flattened(Drawing& d) {
    d.integer("start", 0, 2);
    d.real({d.size(), d.size(), d.size(), d.size()});
}
void unflattened(Drawing& d) {
    const Sizes sizes{d.size(), d.size()};
    d.set("sizes", sizes);
    d.real({d.size(), sizes[0] * sizes[1], d.size()});
}
void dropout(Drawing& d) {
    d.evaluate();
    d.set("p", d.c_.training ? (d.random.coin() ? 0.0 : 1.0) : 0.5);
    d.real({d.size(), d.size()});
}
void upsample(Drawing& d) {
    if (d.flag("linear"))
        d.flag("align");
    else
        d.set("align", false);
    d.pair("size", 1, 7);
    d.real({d.size(1, 3), d.size(1, 3), d.size(2, 5), d.size(2, 5)});
}
void residual(Drawing& d) {
    const std::int64_t n = d.integer("in", 1, 4);
    d.number("scale", -1, 2);
    d.flag("gate");
    d.real({d.size(), n});
}
void shortcut_free(Drawing& d) { d.real({d.size(), d.size()}); }

void attention(Drawing& d) {
    const std::int64_t heads = d.integer("heads", 1, 3), width = heads * d.size(1, 3);
    d.set("width", width);
    d.flag("bias");
    const bool self = d.flag("self"), other = !self && d.random.coin();
    const std::int64_t kdim = other ? d.size(1, 5) : width, vdim = other ? d.size(1, 5) : width;
    d.set("kdim", other ? kdim : std::int64_t{0});
    d.set("vdim", other ? vdim : std::int64_t{0});
    const std::int64_t n = d.size(1, 3), queries = d.size(1, 4), keys = self ? queries : d.size(1, 4);
    d.real({queries, n, width});
    d.real({keys, n, kdim});
    d.real({keys, n, vdim});
    const std::string mask = kdim == vdim ? d.word("mask", {"none", "padding", "bool", "added", "each"})
                                          : d.word("mask", {"none", "bool", "added", "each"});
    // The first key stays: libtorch gives NaN to queries that attend to nothing.
    const auto keep_first = [&](Array& a) {
        for (std::size_t i = 0; i < a.values.size(); i += static_cast<std::size_t>(keys)) a.values[i] = 0;
    };
    if (mask == "padding") keep_first(d.integers({n, keys}, 0, 1, Kind::boolean));
    if (mask == "bool") keep_first(d.integers({queries, keys}, 0, 1, Kind::boolean));
    if (mask == "each") keep_first(d.integers({n * heads, queries, keys}, 0, 1, Kind::boolean));
    if (mask == "added") d.real({queries, keys});
}

void recurrent(Drawing& d, int states) {
    const std::int64_t in = d.integer("in", 1, 4), hidden = d.integer("hidden", 1, 20),
                       layers = d.integer("layers", 1, 3);
    d.flag("bias");
    const bool first = d.flag("batch_first"), both = d.flag("bidirectional");
    const std::int64_t n = d.size(1, 20), steps = d.size(1, 5);
    d.real(first ? Sizes{n, steps, in} : Sizes{steps, n, in});
    if (d.flag("state"))
        for (int i = 0; i < states; ++i) d.real({layers * (both ? 2 : 1), n, hidden});
}
void lstm(Drawing& d) { recurrent(d, 2); }
void gru(Drawing& d) { recurrent(d, 1); }

void elementwise(Drawing& d) {
    d.number("a", 0.2, 1.5);
    d.real({d.size(), 2 * d.size(), d.size()});
}
void prelu(Drawing& d) {
    const std::int64_t n = d.size();
    d.set("parameters", d.random.coin() ? n : std::int64_t{1});
    d.real({d.size(), n, d.size()});
}

void reduced(Drawing& d) { d.word("reduction", {"none", "mean", "sum"}); }
void two_alike(Drawing& d) {
    reduced(d);
    d.number("a", 0.3, 1.5);
    const Sizes shape{d.size(), d.size()};
    d.real(shape);
    d.real(shape);
}
void binary(Drawing& d, double low, double high) {
    reduced(d);
    const Sizes shape{d.size(), d.size()};
    d.real(shape, low, high);
    d.real(shape, 0, 1);
    // An integer array has no gradient: weights are constants.
    if (d.flag("weighted")) d.integers({shape[1]}, 1, 3);
}
void probabilities(Drawing& d) { binary(d, 0.01, 0.99); }
void logits(Drawing& d) { binary(d, -3, 3); }
void classes(Drawing& d) {
    reduced(d);
    const std::int64_t n = d.size(2, 5), c = d.size(2, 4), run = d.size(1, 3);
    const bool flat = d.random.coin();
    d.real(flat ? Sizes{n, c} : Sizes{n, c, run}, -3, 3);
    d.integer("ignore", 0, 2 * c);
    d.set("smoothing", d.random.coin() ? 0.0 : 0.3);
    // The first counts whatever is ignored, lest the mean is of none.
    Array& target = d.integers(flat ? Sizes{n} : Sizes{n, run}, 0, c - 1);
    target.values[0] = std::get<std::int64_t>(d.c_.options.all["ignore"]) == 0 ? 1 : 0;
    if (d.flag("weighted")) d.integers({c}, 1, 3);
}
void divergence(Drawing& d) {
    d.word("reduction", {"none", "mean", "sum", "batchmean"});
    const bool log = d.flag("log");
    const Sizes shape{d.size(), d.size()};
    d.real(shape, -4, 0);
    d.real(shape, log ? -4 : 0.01, log ? 0 : 1);
}
void signs(Drawing& d, const Sizes& of_pair, const Sizes& of_target) {
    reduced(d);
    d.number("a", -0.5, 0.5);
    d.real(of_pair);
    d.real(of_pair);
    for (double& v : d.integers(of_target, 0, 1).values) v = 2 * v - 1;
}
void ranking(Drawing& d) {
    const Sizes shape{d.size(), d.size()};
    signs(d, shape, shape);
}
void cosine(Drawing& d) {
    const Sizes shape{d.size(), d.size(2, 4)};
    signs(d, shape, {shape[0]});
}
void triplet(Drawing& d) {
    reduced(d);
    d.number("a", 0.3, 2);
    const Sizes shape{d.size(), d.size(2, 4)};
    for (int i = 0; i < 3; ++i) d.real(shape);
}

const std::vector<std::pair<const char*, Draw>> kDraws{
    {"Linear", linear},
    {"Conv1d", conv1d},
    {"Conv2d", conv2d},
    {"ConvTranspose1d", conv_transpose1d},
    {"ConvTranspose2d", conv_transpose2d},
    {"MaxPool1d", pool1d},
    {"MaxPool2d", pool2d},
    {"AvgPool1d", pool1d},
    {"AvgPool2d", pool2d},
    {"AdaptiveAvgPool1d", adaptive1d},
    {"AdaptiveAvgPool2d", adaptive2d},
    {"AdaptiveMaxPool1d", adaptive1d},
    {"AdaptiveMaxPool2d", adaptive2d},
    {"BatchNorm1d", batch_norm1d},
    {"BatchNorm2d", batch_norm2d},
    {"InstanceNorm1d", instance_norm1d},
    {"InstanceNorm2d", instance_norm2d},
    {"LayerNorm", layer_norm},
    {"GroupNorm", group_norm},
    {"Embedding", embedding},
    {"Flatten", flattened},
    {"Unflatten", unflattened},
    {"Identity", shortcut_free},
    {"Dropout", dropout},
    {"Upsample", upsample},
    {"Residual", residual},
    {"MultiheadAttention", attention},
    {"LSTM", lstm},
    {"GRU", gru},
    {"PReLU", prelu},
    {"MSELoss", two_alike},
    {"L1Loss", two_alike},
    {"HuberLoss", two_alike},
    {"SmoothL1Loss", two_alike},
    {"BCELoss", probabilities},
    {"BCEWithLogitsLoss", logits},
    {"CrossEntropyLoss", classes},
    {"NLLLoss", classes},
    {"KLDivLoss", divergence},
    {"MarginRankingLoss", ranking},
    {"CosineEmbeddingLoss", cosine},
    {"TripletMarginLoss", triplet},
};

}  // namespace

const std::vector<Maker>& makers() {
    static const std::vector<Maker> all = [] {
        std::vector<Maker> m;
        const auto add = [&](const std::string& layer, Draw draw) {
            m.push_back({layer, [draw](Case& c, Random& random) {
                             Drawing d(c, random);
                             draw(d);
                         }});
        };
        for (const auto& [layer, draw] : kDraws) add(layer, draw);
        for (const char* layer :
             {"ReLU",     "Tanh",       "Sigmoid",   "ReLU6",      "SELU",        "SiLU",     "Mish",
              "Softsign", "LogSigmoid", "LeakyReLU", "ELU",        "CELU",        "GELU",     "Softplus",
              "Hardtanh", "GLU",        "Softmax",   "LogSoftmax", "Hardsigmoid", "Hardswish"})
            add(layer, elementwise);
        return m;
    }();
    return all;
}

}  // namespace modules
