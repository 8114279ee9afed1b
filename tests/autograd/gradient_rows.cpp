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
