// Activations and softmax, given what they cannot take.

#include <cmath>
#include <numbers>

#include "bad_row_makers.hpp"

using bad::function;
using bad::of;
using xg::Tensor;

namespace {

/// At -inf, inf, -1 and 0: PyTorch's, where x times a factor that has become 0 is NaN at -inf.
void at_ends(BadInputs& rows) {
    const double ln2 = std::numbers::ln2, below = std::expm1(-1.0), third = 1.0 / 3;
    function(rows, "leaky_relu", [](const Tensor& x) { return xg::leaky_relu(x); }, {-kInf, kInf, -0.01, 0});
    function(rows, "elu", [](const Tensor& x) { return xg::elu(x); }, {-1, kInf, below, 0});
    function(rows, "selu", xg::selu, {-1.7580993408473766, kInf, 1.7580993408473766 * below, 0});
    function(rows, "celu", [](const Tensor& x) { return xg::celu(x); }, {-1, kInf, below, 0});
    function(rows, "gelu", [](const Tensor& x) { return xg::gelu(x); }, {kNan, kInf, -0.15865525393145705, 0});
    function(rows, "gelu", [](const Tensor& x) { return xg::gelu(x, xg::GeluApproximation::tanh); },
             {kNan, kInf, -0.15880800939172324, 0});
    function(rows, "silu", xg::silu, {kNan, kInf, -0.2689414213699951, 0});
    function(rows, "mish", xg::mish, {kNan, kInf, -0.3034014613741089, 0});
    function(rows, "softplus", [](const Tensor& x) { return xg::softplus(x); },
             {0, kInf, std::log1p(std::exp(-1.0)), ln2});
    function(rows, "softsign", xg::softsign, {kNan, kNan, -0.5, 0});
    function(rows, "logsigmoid", xg::logsigmoid, {-kInf, 0, -std::log1p(std::exp(1.0)), -ln2});
    function(rows, "hardtanh", [](const Tensor& x) { return xg::hardtanh(x); }, {-1, 1, -1, 0});
    function(rows, "relu6", xg::relu6, {0, 6, 0, 0});
    function(rows, "hardsigmoid", xg::hardsigmoid, {0, 1, third, 0.5});
    function(rows, "hardswish", xg::hardswish, {kNan, kInf, -third, 0});
    function(rows, "prelu", [](const Tensor& x) { return xg::prelu(x, of({0.25})); }, {-kInf, kInf, -0.25, 0});
}

void options(BadInputs& rows) {
    rows.gives("leaky_relu", "slopes of NaN and 0",
               [] {
                   const Tensor x = of({1, -1, -kInf});
                   return xg::concat({xg::leaky_relu(x, kNan), xg::leaky_relu(x, 0)});
               },
               {6}, {1, kNan, kNan, 1, 0, kNan});
    rows.throws<xg::ValueError>("celu", "an alpha of 0", [] { return xg::celu(xg::ones({2}), 0); },
                                {"alpha", "not be 0"});
    rows.gives("celu", "a negative alpha",
               [] {
                   return xg::celu(of({-kInf, -1, 1}), -1);
               },
               {3}, {-kInf, -std::expm1(1.0), 1});
    rows.gives("elu", "alphas of 0 and less",
               [] {
                   return xg::concat({xg::elu(of({-kInf, 2}), 0), xg::elu(of({-kInf, 2}), -1)});
               },
               {4}, {0, 2, 1, 2});
    for (const auto& [beta, text] : {std::pair(0.0, "got 0"), std::pair(-1e-9, "got -1e-09"), std::pair(kNan, "nan")})
        rows.throws<xg::ValueError>("softplus", "a beta that is not positive",
                                    [beta = beta] { return xg::softplus(xg::ones({2}), beta); }, {"beta > 0", text});
    rows.gives("softplus", "thresholds of infinity and NaN",
               [] {
                   return xg::concat({xg::softplus(of({1000, -1000}), 1, kInf), xg::softplus(of({1000}), 1, kNan)});
               },
               {3}, {1000, 0, 1000});
    for (const auto& [min, max] : {std::pair(1.0, 1 - 1e-9), std::pair(kNan, 1.0), std::pair(1.0, kNan)})
        rows.throws<xg::ValueError>("hardtanh", "bounds the wrong way round, or NaN",
                                    [min = min, max = max] { return xg::hardtanh(xg::ones({2}), min, max); },
                                    {"min <= max", std::isnan(min + max) ? "nan" : "0.999999999"});
    rows.gives("hardtanh", "one bound for both, and infinite ones",
               [] {
                   return xg::concat({xg::hardtanh(of({1, kNan}), 2, 2), xg::hardtanh(of({-9, kInf}), -kInf, kInf)});
               },
               {4}, {2, kNan, -9, kInf});
}

void prelu(BadInputs& rows) {
    rows.throws<xg::ValueError>("prelu", "an undefined weight",
                                [] {
                                    return xg::prelu(xg::ones({2, 3}), {});
                                },
                                {"undefined"});
    const std::pair<xg::Shape, xg::Shape> cases[] = {{{2, 3}, {2}}, {{2, 3}, {1, 1}}, {{2, 3}, {3, 1}}, {{2, 3}, {0}},
                                                     {{3}, {3}},    {{}, {2}},        {{2, 0}, {3}}};
    for (const auto& [shape, weight] : cases)
        rows.throws<xg::ShapeError>(
            "prelu", "slopes " + weight.str() + " for " + shape.str(),
            [shape = shape, weight = weight] { return xg::prelu(xg::ones(shape), xg::ones(weight)); },
            {shape.str(), weight.str(), "expected a weight"});
    rows.gives("prelu", "rank 0", [] { return xg::prelu(Tensor(-2.0), of({0.5})); }, {}, {-1});
    rows.gives("prelu", "no channels", [] { return xg::prelu(xg::ones({2, 0}), xg::ones({0})); }, {2, 0}, {});
    rows.gives("prelu", "slopes of NaN and infinity",
               [] {
                   return xg::prelu(xg::tensor({{1.0, 1.0}, {-1.0, 0.0}}), of({kNan, kInf}));
               },
               {2, 2}, {1, 1, kNan, kNan});
}

void glu(BadInputs& rows) {
    rows.throws<xg::ValueError>("glu", "an undefined tensor", [] { return xg::glu({}); }, {"undefined"});
    rows.throws<xg::ShapeError>("glu", "an odd size",
                                [] {
                                    return xg::glu(xg::ones({2, 3}));
                                },
                                {"even", "axis -1", "(2, 3)"});
    rows.throws<xg::ShapeError>("glu", "an odd size among no elements",
                                [] {
                                    return xg::glu(xg::ones({0, 3}));
                                },
                                {"even", "(0, 3)"});
    for (const std::int64_t axis : {2, -3})
        rows.throws<xg::ShapeError>("glu", "an axis too far",
                                    [axis] {
                                        return xg::glu(xg::ones({2, 4}), axis);
                                    },
                                    {"axis " + std::to_string(axis), "(2, 4)"});
    rows.throws<xg::ShapeError>("glu", "rank 0", [] { return xg::glu(xg::ones({})); }, {"axis -1", "()"});
    rows.gives("glu", "no elements along the axis", [] { return xg::glu(xg::ones({0, 4}), 0); }, {0, 4}, {});
    rows.gives("glu", "no elements along another", [] { return xg::glu(xg::ones({0, 4})); }, {0, 2}, {});
    rows.gives("glu", "infinities and NaN",
               [] {
                   return xg::glu(xg::tensor({{1.0, -kInf}, {kInf, -kInf}, {kInf, kInf}, {kNan, 0.0}, {1.0, kNan}}));
               },
               {5, 1}, {0, kNan, kInf, kNan, kNan});
    rows.gives("glu", "integers", [] { return xg::glu(xg::tensor({4, 0})); }, {1}, {2});
    rows.throws<xg::ShapeError>("glu", "bools that are too many as numbers", [] { return xg::glu(bad::too_wide()); },
                                {"(4611686018427387904,)"});
}

void softmax(BadInputs& rows) {
    for (const auto& [name, f] : {std::pair("softmax", &xg::softmax), std::pair("log_softmax", &xg::log_softmax),
                                  std::pair("softmin", &xg::softmin)}) {
        bad::along_axis(rows, name, f);
        // In rows and in columns, which have loops of their own.
        for (const std::int64_t axis : {0, 1})
            rows.gives(
                name, "NaN, infinities of the wrong kind, and infinities alone, along axis " + std::to_string(axis),
                [f = f, axis, sign = name == std::string("softmin") ? -1 : 1] {
                    const Tensor x =
                        xg::tensor({{1.0, kNan, 2.0}, {1.0, kInf, 2.0}, {-kInf, -kInf, -kInf}, {kInf, kInf, -kInf}});
                    return f((axis == 0 ? x.transpose() : x) * sign, axis).reshape({-1});
                },
                {12}, std::vector<double>(12, kNan));
    }
    const double e = std::exp(1.0);
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        rows.gives("softmax", "-inf beside numbers",
                   [dtype] {
                       return xg::softmax(of({-kInf, 0, 1}, dtype), 0);
                   },
                   {3}, {0, 1 / (1 + e), e / (1 + e)});
        rows.gives("log_softmax", "-inf beside numbers",
                   [dtype] {
                       return xg::log_softmax(of({-kInf, 0, 1}, dtype), 0);
                   },
                   {3}, {-kInf, -std::log1p(e), 1 - std::log1p(e)});
        rows.gives("softmin", "inf beside numbers",
                   [dtype] {
                       return xg::softmin(of({kInf, 0, -1}, dtype), 0);
                   },
                   {3}, {0, 1 / (1 + e), e / (1 + e)});
        rows.gives("softmax", "numbers whose exp overflows",
                   [dtype] {
                       return xg::softmax(of({1e30, 1e30, -1e30}, dtype), 0);
                   },
                   {3}, {0.5, 0.5, 0});
        rows.gives("log_softmax", "numbers whose exp overflows",
                   [dtype] {
                       return xg::log_softmax(of({1e30, 0}, dtype), 0);
                   },
                   {2}, {0, -1e30});
    }
    rows.gives(
        "softmin", "the least integer",
        [] { return xg::softmin(xg::full({1}, std::numeric_limits<std::int64_t>::min(), {.dtype = xg::int64}), 0); },
        {1}, {1});
}

}  // namespace

void bad_activations(BadInputs& rows) {
    at_ends(rows);
    options(rows);
    prelu(rows);
    glu(rows);
    softmax(rows);
}
