// The element-wise operations, given what they cannot take.

#include <cmath>
#include <limits>

#include "bad_row_makers.hpp"

using xg::Tensor;

using bad::arithmetic;
using bad::at_ends;
using bad::Binary;
using bad::binary;
using bad::function;
using bad::of;
using bad::refuses_bool;
using bad::refuses_bools;
using bad::unary;

namespace {

/// Of a NaN with itself and with a number, and of infinities.
void comparison(BadInputs& rows, const std::string& name, Binary f, const std::vector<double>& expected) {
    binary(rows, name, f);
    rows.gives(
        name, "NaN and infinities",
        [f] {
            return f(of({kNan, kNan, 1, kInf, -kInf}), of({kNan, 1, kNan, kInf, kInf}));
        },
        {5}, expected);
}

}  // namespace

void bad_elementwise(BadInputs& rows) {
    unary(rows, "neg", xg::neg);
    at_ends(rows, "neg", xg::neg, {kInf, -kInf, 1, 0});
    refuses_bool(rows, "neg", xg::neg);
    function(rows, "exp", xg::exp, {0, kInf, std::exp(-1.0), 1});
    function(rows, "log", xg::log, {kNan, kInf, kNan, -kInf});
    function(rows, "sqrt", xg::sqrt, {kNan, kInf, kNan, 0});
    unary(rows, "square", xg::square);
    at_ends(rows, "square", xg::square, {kInf, kInf, 1, 0});
    unary(rows, "abs", xg::abs);
    at_ends(rows, "abs", xg::abs, {kInf, kInf, 1, 0});
    unary(rows, "sign", xg::sign);
    at_ends(rows, "sign", xg::sign, {-1, 1, -1, 0});
    function(rows, "tanh", xg::tanh, {-1, 1, std::tanh(-1.0), 0});
    function(rows, "sigmoid", xg::sigmoid, {0, 1, 1 / (1 + std::exp(1.0)), 0.5});
    unary(rows, "relu", xg::relu);
    at_ends(rows, "relu", xg::relu, {0, kInf, 0, 0});
    refuses_bool(rows, "relu", xg::relu);

    arithmetic(rows, "add", xg::add, {kNan, kNan, kInf, kNan, -1});
    refuses_bools(rows, "add", xg::add);
    arithmetic(rows, "sub", xg::sub, {kNan, kNan, kNan, kInf, -1});
    refuses_bools(rows, "sub", xg::sub);
    arithmetic(rows, "mul", xg::mul, {kNan, kNan, kInf, -kInf, 0});
    arithmetic(rows, "div", xg::div, {kNan, kNan, kNan, kNan, -kInf});
    arithmetic(rows, "pow", xg::pow, {kNan, 1, kInf, 0, 1});
    arithmetic(rows, "minimum", xg::minimum, {kNan, kNan, kInf, -kInf, -1});
    arithmetic(rows, "maximum", xg::maximum, {kNan, kNan, kInf, kInf, 0});
    comparison(rows, "equal", xg::equal, {0, 0, 0, 1, 0});
    comparison(rows, "not_equal", xg::not_equal, {1, 1, 1, 0, 1});
    comparison(rows, "less", xg::less, {0, 0, 0, 0, 1});
    comparison(rows, "less_equal", xg::less_equal, {0, 0, 0, 1, 1});
    comparison(rows, "greater", xg::greater, {0, 0, 0, 0, 0});
    comparison(rows, "greater_equal", xg::greater_equal, {0, 0, 0, 1, 0});

    for (const auto& [name, f] : {std::pair<const char*, Binary>("add", xg::add),
                                  {"sub", xg::sub},
                                  {"mul", xg::mul},
                                  {"div", xg::div},
                                  {"pow", xg::pow},
                                  {"minimum", xg::minimum},
                                  {"maximum", xg::maximum},
                                  {"equal", xg::equal},
                                  {"less", xg::less}})
        bad::refuses_wide(rows, name, f);

    // Integers: PyTorch's answers.
    const xg::TensorOptions i64{.dtype = xg::int64};
    rows.gives("div", "integers by 0", [] { return xg::div(xg::tensor({1, 0, -1}), 0); }, {3}, {kInf, kNan, -kInf});
    rows.gives("pow", "integers to negative powers",
               [] {
                   return xg::pow(xg::tensor({1, -1, 2, 0}), xg::tensor({-1}));
               },
               {4}, {1, -1, 0, 0});
    for (const bool truths : {false, true})
        rows.throws<xg::ValueError>(
            "pow", truths ? "truths to a negative number" : "integers to a negative number",
            [truths] { return xg::pow(xg::ones({2}, {.dtype = truths ? xg::boolean : xg::int64}), -2); },
            {"integers", "-2"});
    rows.gives("pow", "integers to a negative power of floating point",
               [] {
                   return xg::pow(xg::tensor({1, -1, 2, 0}), -1.0);
               },
               {4}, {1, -1, 0.5, kInf});
    rows.gives("pow", "0 to 0, and roots of negative numbers",
               [] {
                   return xg::pow(of({0, -8, kInf}), of({0, 1.0 / 3, 0}));
               },
               {3}, {1, kNan, 1});
    rows.gives("add", "integers that overflow",
               [i64] {
                   const std::int64_t most = std::numeric_limits<std::int64_t>::max();
                   return xg::equal(xg::full({1}, most, i64) + 1, std::numeric_limits<std::int64_t>::min());
               },
               {1}, {1});
    rows.gives("neg", "the least integer",
               [i64] {
                   const std::int64_t least = std::numeric_limits<std::int64_t>::min();
                   return xg::equal(-xg::full({1}, least, i64), least);
               },
               {1}, {1});

    const Tensor mask = xg::tensor({true, false});
    rows.throws<xg::ValueError>("where", "an undefined condition",
                                [] { return xg::where({}, xg::ones({2}), xg::ones({2})); }, {"undefined"});
    rows.throws<xg::ValueError>("where", "an undefined tensor",
                                [mask] { return xg::where(mask, xg::ones({2}), Tensor()); }, {"undefined"});
    rows.throws<xg::DTypeError>("where", "a condition of numbers",
                                [] { return xg::where(xg::ones({2}), xg::ones({2}), xg::ones({2})); },
                                {"bool", "float32"});
    rows.throws<xg::ShapeError>("where", "a condition that does not broadcast",
                                [mask] { return xg::where(mask, xg::ones({3}), 0); }, {"(2,)", "(3,)"});
    rows.throws<xg::ShapeError>("where", "choices that do not broadcast",
                                [mask] { return xg::where(mask, xg::ones({3}), xg::ones({2})); }, {"(2,)", "(3,)"});
    rows.gives("where", "NaN not chosen",
               [mask] {
                   return xg::where(mask, of({1, kNan}), of({kNan, 2}));
               },
               {2}, {1, 2});
    rows.gives("where", "no elements",
               [] {
                   return xg::where(xg::zeros({0}, {.dtype = xg::boolean}), xg::ones({1}), xg::ones({4, 1}));
               },
               {4, 0}, {});
}
