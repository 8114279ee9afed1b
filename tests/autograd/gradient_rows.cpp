#include "row_makers.hpp"

using namespace rows;

std::vector<Row> elementwise_rows() {
    std::vector<Row> rows;
    for (const char* comparison : {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"})
        rows.push_back({comparison, "bool result", nullptr, {}});
    binary(rows, "add", xg::add);
    binary(rows, "sub", xg::sub);
    binary(rows, "mul", xg::mul);
    binary(rows, "div", xg::div);
    binary(rows, "pow", xg::pow, true);
    binary(rows, "minimum", xg::minimum);
    binary(rows, "maximum", xg::maximum);
    unary(rows, "neg", xg::neg);
    unary(rows, "exp", xg::exp);
    unary(rows, "log", xg::log, true);
    unary(rows, "sqrt", xg::sqrt, true);
    unary(rows, "square", xg::square);
    unary(rows, "abs", xg::abs);
    unary(rows, "sign", xg::sign);
    unary(rows, "tanh", xg::tanh);
    unary(rows, "sigmoid", xg::sigmoid);
    unary(rows, "relu", xg::relu);
    at_points(rows, "exp", xg::exp, {-800, -30, 0, 8});
    at_points(rows, "log", xg::log, {0.01, 1, 1e6});
    at_points(rows, "sqrt", xg::sqrt, {0.01, 1, 1e6});
    at_points(rows, "abs", xg::abs, {-1e5, -1e-4, 1e-4, 1e5});
    at_points(rows, "sign", xg::sign, {-1e5, -1e-4, 1e-4, 1e5});
    at_points(rows, "relu", xg::relu, {-1e5, -1e-4, 1e-4, 1e5});
    at_points(rows, "tanh", xg::tanh, {-700, -20, -0.01, 0, 0.6, 20, 700});
    at_points(rows, "sigmoid", xg::sigmoid, {-800, -20, -0.01, 0, 0.6, 20, 800});

    const xg::Tensor x = values(5, {2, 3}), positive = values(6, {2, 3}, true);
    one(
        rows, "add", "a number", [](const Inputs& in) { return in[0] + 2 + (3 + in[0]); }, x);
    one(
        rows, "sub", "a number", [](const Inputs& in) { return 2 - in[0]; }, x);
    one(
        rows, "sub", "a number behind", [](const Inputs& in) { return in[0] - 2.5; }, x);
    one(
        rows, "mul", "a number", [](const Inputs& in) { return -3 * in[0] * 1.5; }, x);
    one(
        rows, "div", "a number", [](const Inputs& in) { return in[0] / 4; }, x);
    one(
        rows, "div", "a number in front", [](const Inputs& in) { return 2 / in[0]; }, x);
    for (const double p : {-1.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0})
        one(
            rows, "pow", "to " + std::to_string(p), [p](const Inputs& in) { return xg::pow(in[0], p); }, positive);
    one(
        rows, "pow", "negative numbers to whole powers", [](const Inputs& in) { return xg::pow(in[0], 3); }, x);
    one(
        rows, "pow", "a number in front", [](const Inputs& in) { return xg::pow(2, in[0]); }, x);
    one(
        rows, "minimum", "a number", [](const Inputs& in) { return xg::minimum(in[0], 0.1); }, x);
    one(
        rows, "maximum", "a number", [](const Inputs& in) { return xg::maximum(in[0], 0.1); }, x);
    one(
        rows, "maximum", "near ties", [](const Inputs& in) { return xg::maximum(in[0], in[0].detach() * 0 + 1); },
        xg::tensor({1 - 1e-4, 1 + 1e-4, 1e9}, support::f64));

    const xg::Tensor mask = xg::tensor({{true, false, true}, {false, false, true}});
    rows.push_back({"where",
                    "a mask",
                    [](const Inputs& in) { return xg::where(in[2], in[0], in[1]); },
                    {x, values(8, {3}), mask}});
    rows.push_back({"where",
                    "a mask that is broadcast",
                    [](const Inputs& in) { return xg::where(in[1], in[0], xg::exp(in[0])); },
                    {x, xg::tensor({{true}, {false}})}});
    rows.push_back({"where",
                    "numbers",
                    [](const Inputs& in) { return xg::where(in[1], in[0], 2) * xg::where(in[1], 3, in[0]); },
                    {x, mask}});
    rows.push_back({"where",
                    "empty",
                    [](const Inputs& in) { return xg::where(in[1], in[0], 2); },
                    {values(1, {0}), xg::zeros({0}, {.dtype = xg::boolean})}});
    rows.push_back(
        {"where",
         "an infinity not taken",
         [](const Inputs& in) { return xg::where(in[0] > 0, xg::log(xg::where(in[0] > 0, in[0], 1)), in[0]); },
         {x}});
    return rows;
}

std::vector<Row> shaping_rows() {
    std::vector<Row> rows;
    const xg::Tensor x = values(11, {2, 3, 4}), m = values(12, {3, 4}), v = values(13, {5});
    one(
        rows, "reshape", "flat", [](const Inputs& in) { return in[0].reshape({-1}); }, x);
    one(
        rows, "reshape", "of a transposed one",
        [](const Inputs& in) {
            return xg::reshape(in[0].transpose(), {4, 6});
        },
        x);
    one(
        rows, "reshape", "empty",
        [](const Inputs& in) {
            return in[0].reshape({3, 0, 2});
        },
        values(1, {0, 3}));
    one(
        rows, "reshape", "rank 0",
        [](const Inputs& in) {
            return in[0].reshape({1, 1}) * in[0].reshape({1});
        },
        values(1, {}));
    one(
        rows, "transpose", "the last two", [](const Inputs& in) { return xg::transpose(in[0]); }, x);
    one(
        rows, "transpose", "others", [](const Inputs& in) { return in[0].transpose(0, 2); }, x);
    one(
        rows, "transpose", "an axis with itself", [](const Inputs& in) { return in[0].transpose(1, 1); }, x);
    for (const std::int64_t axis : {0, 1, -1})
        one(
            rows, "slice", "axis " + std::to_string(axis), [axis](const Inputs& in) { return in[0].slice(axis, 1, 3); },
            x);
    one(
        rows, "slice", "steps", [](const Inputs& in) { return xg::slice(in[0], 0, 0, 5, 2); }, v);
    one(
        rows, "slice", "steps in the middle", [](const Inputs& in) { return xg::slice(in[0], 1, -3, 3, 2); }, x);
    one(
        rows, "slice", "nothing", [](const Inputs& in) { return xg::slice(in[0], 0, 3, 3); }, v);
    one(
        rows, "slice", "overlapping", [](const Inputs& in) { return in[0].slice(0, 0, 3) * in[0].slice(0, 2, 5); }, v);
    one(
        rows, "slice", "of a transposed one",
        [](const Inputs& in) { return in[0].transpose().slice(1, 1, 3).slice(0, 0, 4, 3); }, m);
    one(
        rows, "slice", "an entry", [](const Inputs& in) { return in[0][1][-1] * in[0][0][2]; }, x);
    one(
        rows, "broadcast_to", "new axes",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 3, 5});
        },
        v);
    one(
        rows, "broadcast_to", "inner axes",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 3, 2});
        },
        values(2, {3, 1}));
    one(
        rows, "broadcast_to", "to nothing",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {0, 1});
        },
        values(2, {1, 1}));
    one(
        rows, "broadcast_to", "rank 0",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 2});
        },
        values(2, {}));
    for (const std::int64_t axis : {0, 1, -1, -2})
        rows.push_back({"concat",
                        "axis " + std::to_string(axis),
                        [axis](const Inputs& in) {
                            return xg::concat({in[0], in[1].transpose(), in[0] * 2}, axis);
                        },
                        {values(1, {2, 2}), values(2, {2, 2})}});
    rows.push_back({"concat",
                    "an empty one, and one twice",
                    [](const Inputs& in) {
                        return xg::concat({in[0], in[1], in[0]});
                    },
                    {v, values(1, {0})}});
    rows.push_back({"concat", "one", [](const Inputs& in) { return xg::concat({in[0]}); }, {v}});
    rows.push_back({"concat", "a constant", [](const Inputs& in) { return xg::concat({in[0], xg::ones({2})}); }, {v}});
    one(
        rows, "clone", "transposed", [](const Inputs& in) { return in[0].transpose().clone(); }, m);
    one(
        rows, "contiguous", "transposed", [](const Inputs& in) { return in[0].transpose().contiguous(); }, m);
    rows.push_back({"to", "its own dtype", [](const Inputs& in) { return in[0].to(xg::float64); }, {v}});
    for (const xg::Shape& shape : kShapes)
        rows.push_back(
            {"mse_loss",
             shape.str(),
             [](const Inputs& in) { return in[0].numel() == 0 ? xg::sum(in[0]) : xg::mse_loss(in[0], in[1]); },
             {values(1, shape), values(2, shape)}});
    return rows;
}
