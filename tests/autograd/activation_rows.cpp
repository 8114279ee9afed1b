#include "row_makers.hpp"

using namespace rows;

std::vector<Row> activation_rows() {
    std::vector<Row> rows;
    const auto add = [&](const std::string& name, const std::string& about, xg::Tensor (*f)(const xg::Tensor&)) {
        for (const xg::Shape& shape : kShapes)
            rows.push_back(
                {name, about + " " + shape.str(), [f](const Inputs& in) { return f(in[0]); }, {values(3, shape)}});
        rows.push_back({name,
                        about + " with steps",
                        [f](const Inputs& in) { return f(in[0].slice(1, 0, 4, 2).transpose()); },
                        {values(4, {2, 4})}});
        // Beside the kinks at 0, ±1, ±3 and 6, and far out.
        at_points(rows, name, f,
                  {-300, -20, -6.1, -3.001, -2.999, -1.001, -0.999, -1e-3, 1e-3, 0.999, 1.001, 2.999, 3.001, 5.999,
                   6.001, 20.5, 300});
    };
    add("leaky_relu", "", [](const xg::Tensor& x) { return xg::leaky_relu(x); });
    add("leaky_relu", "slope", [](const xg::Tensor& x) { return xg::leaky_relu(x, -0.3); });
    add("elu", "", [](const xg::Tensor& x) { return xg::elu(x); });
    add("elu", "alpha", [](const xg::Tensor& x) { return xg::elu(x, 2.5); });
    add("selu", "", [](const xg::Tensor& x) { return xg::selu(x); });
    add("celu", "", [](const xg::Tensor& x) { return xg::celu(x); });
    add("celu", "alpha", [](const xg::Tensor& x) { return xg::celu(x, 0.4); });
    add("gelu", "", [](const xg::Tensor& x) { return xg::gelu(x); });
    add("gelu", "tanh", [](const xg::Tensor& x) { return xg::gelu(x, xg::GeluApproximation::tanh); });
    add("silu", "", [](const xg::Tensor& x) { return xg::silu(x); });
    add("mish", "", [](const xg::Tensor& x) { return xg::mish(x); });
    add("softplus", "", [](const xg::Tensor& x) { return xg::softplus(x); });
    add("softplus", "beta and threshold", [](const xg::Tensor& x) { return xg::softplus(x, 2, 3); });
    add("softsign", "", [](const xg::Tensor& x) { return xg::softsign(x); });
    add("logsigmoid", "", [](const xg::Tensor& x) { return xg::logsigmoid(x); });
    add("hardtanh", "", [](const xg::Tensor& x) { return xg::hardtanh(x); });
    add("hardtanh", "bounds", [](const xg::Tensor& x) { return xg::hardtanh(x, -0.5, 4); });
    add("relu6", "", [](const xg::Tensor& x) { return xg::relu6(x); });
    add("hardsigmoid", "", [](const xg::Tensor& x) { return xg::hardsigmoid(x); });
    add("hardswish", "", [](const xg::Tensor& x) { return xg::hardswish(x); });

    for (const auto& [shape, weight] : std::vector<std::pair<xg::Shape, xg::Shape>>{
             {{2, 3}, {3}}, {{2, 3}, {1}}, {{2, 3}, {}}, {{4}, {1}}, {{}, {1}}, {{2, 2, 3}, {2}}, {{0, 2}, {2}}})
        rows.push_back({"prelu",
                        shape.str() + " and " + weight.str(),
                        [](const Inputs& in) { return xg::prelu(in[0], in[1]); },
                        {values(1, shape), values(2, weight)}});
    rows.push_back({"prelu",
                    "transposed",
                    [](const Inputs& in) { return xg::prelu(in[0].transpose(), in[1]); },
                    {values(1, {3, 2}), values(2, {3})}});
    for (const std::int64_t axis : {0, 1, -1})
        one(
            rows, "glu", "axis " + std::to_string(axis), [axis](const Inputs& in) { return xg::glu(in[0], axis); },
            values(1, {2, 4, 2}));
    one(
        rows, "glu", "transposed", [](const Inputs& in) { return xg::glu(in[0].transpose()); }, values(1, {2, 3}));
    one(
        rows, "glu", "empty", [](const Inputs& in) { return xg::glu(in[0]); }, values(1, {0, 4}));
    one(
        rows, "glu", "nothing along the axis", [](const Inputs& in) { return xg::glu(in[0]); }, values(1, {3, 0}));
    return rows;
}
