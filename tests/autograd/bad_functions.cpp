// Functions of single numbers, given what they cannot take.

#include <cmath>
#include <limits>
#include <numbers>

#include "bad_row_makers.hpp"

using bad::arithmetic;
using bad::function;
using bad::of;
using xg::Tensor;

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// At -inf, inf, -1 and 0: NumPy's and SciPy's, PyTorch's for lgamma, which SciPy has at -inf negative.
void of_one(BadInputs& rows) {
    constexpr double pi = std::numbers::pi;
    function(rows, "exp2", xg::exp2, {0, kInf, 0.5, 1});
    function(rows, "expm1", xg::expm1, {-1, kInf, std::expm1(-1.0), 0});
    function(rows, "log2", xg::log2, {kNan, kInf, kNan, -kInf});
    function(rows, "log10", xg::log10, {kNan, kInf, kNan, -kInf});
    function(rows, "log1p", xg::log1p, {kNan, kInf, -kInf, 0});
    function(rows, "sin", xg::sin, {kNan, kNan, std::sin(-1.0), 0});
    function(rows, "cos", xg::cos, {kNan, kNan, std::cos(1.0), 1});
    function(rows, "tan", xg::tan, {kNan, kNan, std::tan(-1.0), 0});
    function(rows, "asin", xg::asin, {kNan, kNan, -pi / 2, 0});
    function(rows, "acos", xg::acos, {kNan, kNan, pi, pi / 2});
    function(rows, "atan", xg::atan, {-pi / 2, pi / 2, -pi / 4, 0});
    function(rows, "sinh", xg::sinh, {-kInf, kInf, std::sinh(-1.0), 0});
    function(rows, "cosh", xg::cosh, {kInf, kInf, std::cosh(1.0), 1});
    function(rows, "asinh", xg::asinh, {-kInf, kInf, std::asinh(-1.0), 0});
    function(rows, "acosh", xg::acosh, {kNan, kInf, kNan, kNan});
    function(rows, "atanh", xg::atanh, {kNan, kNan, -kInf, 0});
    function(rows, "erf", xg::erf, {-1, 1, std::erf(-1.0), 0});
    function(rows, "erfc", xg::erfc, {2, 0, std::erfc(-1.0), 1});
    function(rows, "lgamma", xg::lgamma, {kInf, kInf, kInf, kInf});
    function(rows, "digamma", xg::digamma, {kNan, kInf, kNan, -kInf});
    function(rows, "cbrt", xg::cbrt, {-kInf, kInf, -1, 0});
    function(rows, "rsqrt", xg::rsqrt, {kNan, 0, kNan, kInf});
    function(rows, "reciprocal", xg::reciprocal, {0, 0, -1, kInf});

    for (const auto& [name, f] :
         {std::pair("asin", &xg::asin), std::pair("acos", &xg::acos), std::pair("atanh", &xg::atanh)})
        rows.gives(name, "numbers just outside of -1 to 1",
                   [f = f] {
                       return f(of({-1.0000001, 1.0000001}));
                   },
                   {2}, {kNan, kNan});
    rows.gives("acosh", "a number just below 1", [] { return xg::acosh(of({0.99999994})); }, {1}, {kNan});
    rows.gives("lgamma", "negative integers", [] { return xg::lgamma(of({-2, -1e6})); }, {2}, {kInf, kInf});
    rows.gives("digamma", "-0, and negative integers",
               [] {
                   return xg::digamma(of({-0.0, -2, -1e6}));
               },
               {3}, {kInf, kNan, kNan});
    rows.gives("reciprocal", "-0", [] { return xg::reciprocal(of({-0.0})); }, {1}, {-kInf});
    rows.gives("rsqrt", "the least number", [] { return xg::rsqrt(of({0x1p-149})); }, {1}, {0x1p75 / std::sqrt(2.0)});

    // Of polygamma SciPy's.
    function(rows, "polygamma", [](const Tensor& x) { return xg::polygamma(0, x); }, {kNan, kInf, kNan, -kInf});
    function(rows, "polygamma", [](const Tensor& x) { return xg::polygamma(1, x); }, {kNan, 0, kInf, kInf});
    // mpmath's numbers, where factors leave the range of numbers and their product does not.
    const std::tuple<std::int64_t, double, double> high[] = {{150, 150, -2.3251519055937961e-66},
                                                             {170, 1000, -4.6422754833540288e-206},
                                                             {200, 50, -2.5829713930705356e33},
                                                             {1000, 300, -1.0521717652801775e88},
                                                             {1000, 1e10, 0},
                                                             {1000, 1e-3, -kInf},
                                                             {100, -0.5, -1.5303349262176004e140},
                                                             {101, -0.5, 9.5590466683832245e190},
                                                             {150, -0.5, -1.4693095234403324e236},
                                                             {120, -0.3, 1.240857831804988e262},
                                                             {120, -7.75, -4.7277314349816162e271},
                                                             {151, -0.3, kInf},
                                                             {300, -100.6, kInf},
                                                             {300, -100.4, -kInf},
                                                             {150, -2.25, kInf}};
    for (const auto& [order, x, value] : high)
        rows.gives("polygamma", "order " + std::to_string(order) + " at " + std::to_string(x),
                   [order = order, x = x] { return xg::polygamma(order, of({x}, xg::float64)); }, {1}, {value});
    for (const std::int64_t order : {std::int64_t{-1}, std::int64_t{1001}, kLeast, kMost})
        rows.throws<xg::ValueError>("polygamma", "an order out of range",
                                    [order] { return xg::polygamma(order, xg::ones({2})); },
                                    {"0 to 1000", std::to_string(order)});
}

/// Integers stay as they are, however great.
void steps(BadInputs& rows) {
    for (const auto& [name, f] : {std::pair("floor", &xg::floor), std::pair("ceil", &xg::ceil),
                                  std::pair("round", &xg::round), std::pair("trunc", &xg::trunc)}) {
        bad::unary(rows, name, f);
        bad::at_ends(rows, name, f, {-kInf, kInf, -1, 0});
        bad::refuses_bool(rows, name, f);
        rows.gives(
            name, "the greatest and the least integer",
            [f = f] {
                const Tensor x = xg::from_data(std::vector<std::int64_t>{kMost, kLeast}, {2}, {.dtype = xg::int64});
                return xg::equal(f(x), x);
            },
            {2}, {1, 1});
        rows.gives(name, "a number beyond all integers", [f = f] { return f(of({1e30})); }, {1}, {1e30});
    }
    rows.gives("round", "halves", [] { return xg::round(of({0.5, 1.5, -2.5})); }, {3}, {0, 2, -2});
}

void of_two(BadInputs& rows) {
    constexpr double pi = std::numbers::pi;
    arithmetic(rows, "atan2", xg::atan2, {kNan, kNan, pi / 4, 3 * pi / 4, -pi / 2});
    rows.gives("atan2", "zeros of both signs",
               [] {
                   return xg::atan2(of({0, -0.0, 0, -0.0}), of({0, 0, -0.0, -0.0}));
               },
               {4}, {0, 0, pi, -pi});
    arithmetic(rows, "hypot", xg::hypot, {kNan, kNan, kInf, kInf, 1});
    rows.gives("hypot", "NaN beside infinity, and numbers whose squares overflow",
               [] {
                   return xg::hypot(of({kInf, kNan, 3e38}), of({kNan, -kInf, 0}));
               },
               {3}, {kInf, kInf, 3e38});
    arithmetic(rows, "logaddexp", xg::logaddexp, {kNan, kNan, kInf, kInf, std::log1p(std::exp(-1.0))});
    rows.gives("logaddexp", "infinities that are alike, and numbers whose exp overflows",
               [] {
                   return xg::logaddexp(of({-kInf, -kInf, 1000}), of({-kInf, 1, 1000}));
               },
               {3}, {-kInf, 1, 1000 + std::numbers::ln2});

    arithmetic(rows, "xlogy", xg::xlogy, {kNan, kNan, kInf, kNan, kInf});
    rows.gives("xlogy", "0 beside everything, and a negative number",
               [] {
                   return xg::xlogy(of({0, 0, 0, 0, 1}), of({0, kInf, -1, kNan, -1}));
               },
               {5}, {0, 0, 0, kNan, kNan});
    rows.throws<xg::ValueError>("xlogy", "a number and an undefined tensor", [] { return xg::xlogy(2.0, Tensor()); },
                                {"undefined"});
    rows.throws<xg::ValueError>("xlogy", "an undefined tensor and a number", [] { return xg::xlogy(Tensor(), 2.0); },
                                {"undefined"});

    arithmetic(rows, "remainder", xg::remainder, {kNan, kNan, kNan, kNan, kNan});
    bad::refuses_bools(rows, "remainder", xg::remainder);
    rows.gives("remainder", "infinite divisors", [] { return xg::remainder(of({5, -5}), kInf); }, {2}, {5, kInf});
    rows.throws<xg::ValueError>("remainder", "an integer divisor of 0",
                                [] {
                                    return xg::remainder(xg::tensor({1, 2}), xg::tensor({1, 0}));
                                },
                                {"other than 0"});
    rows.throws<xg::ValueError>("remainder", "the integer 0 as a number",
                                [] {
                                    return xg::remainder(xg::tensor({1, 2}), 0);
                                },
                                {"other than 0"});
    rows.gives("remainder", "a divisor of 0 for no elements",
               [] { return xg::remainder(xg::zeros({0}, {.dtype = xg::int64}), 0); }, {0}, {});
    rows.gives("remainder", "the least integer by -1",
               [] { return xg::remainder(xg::full({1}, kLeast, {.dtype = xg::int64}), -1); }, {1}, {0});
    rows.throws<xg::ValueError>("remainder", "a number and an undefined tensor",
                                [] { return xg::remainder(2.0, Tensor()); }, {"undefined"});
    rows.throws<xg::ValueError>("remainder", "an undefined tensor and a number",
                                [] { return xg::remainder(Tensor(), 2.0); }, {"undefined"});
}

void wide(BadInputs& rows) {
    bad::refuses_wide(rows, "atan2", xg::atan2);
    bad::refuses_wide(rows, "hypot", xg::hypot);
    bad::refuses_wide(rows, "logaddexp", xg::logaddexp);
    bad::refuses_wide(rows, "xlogy", xg::xlogy);
    bad::refuses_wide(rows, "remainder", xg::remainder);
    bad::refuses_wide(rows, "lerp", [](const Tensor& a, const Tensor& b) { return xg::lerp(a, b, 0.25); });
    bad::refuses_wide(rows, "lerp", [](const Tensor& a, const Tensor& weight) { return xg::lerp(a, a, weight); });
    bad::refuses_wide(rows, "clip", [](const Tensor& x, const Tensor& min) { return xg::clip(x, min, {}); });
    rows.throws<xg::ShapeError>("clip", "bools that are too many as numbers",
                                [] { return xg::clip(bad::too_wide(), 0.5, {}); }, {"(4611686018427387904,)"});
}

void lerp(BadInputs& rows) {
    bad::binary(rows, "lerp", [](const Tensor& a, const Tensor& b) { return xg::lerp(a, b, 0.25); });
    bad::binary(rows, "lerp", [](const Tensor& a, const Tensor& weight) { return xg::lerp(a, xg::ones({}), weight); });
    rows.throws<xg::ShapeError>("lerp", "a weight for one more",
                                [] { return xg::lerp(xg::ones({2}), xg::ones({2}), xg::ones({3})); }, {"(2,)", "(3,)"});
    // PyTorch's, which starts from the end for weights from 0.5 on.
    rows.gives("lerp", "infinities and NaN, half way",
               [] {
                   return xg::lerp(of({1, kInf, kNan, 1, -kInf}), of({kInf, kInf, 1, kNan, kInf}), 0.5);
               },
               {5}, {kNan, kNan, kNan, kNan, kNan});
    rows.gives("lerp", "infinities, to a quarter",
               [] {
                   return xg::lerp(of({1, kInf, 1}), of({kInf, 1, kNan}), 0.25);
               },
               {3}, {kInf, kNan, kNan});
    rows.gives("lerp", "a weight of NaN", [] { return xg::lerp(of({1}), of({2}), kNan); }, {1}, {kNan});
    rows.gives("lerp", "weights outside of 0 to 1",
               [] {
                   return xg::lerp(of({1, 1}), of({2, 2}), of({-1, 3}));
               },
               {2}, {0, 4});
    rows.gives("lerp", "integers and bool",
               [] {
                   return xg::lerp(xg::tensor({1, 3}), xg::tensor({false, true}), 0.5);
               },
               {2}, {0.5, 2});
}

void clip(BadInputs& rows) {
    bad::unary(rows, "clip", [](const Tensor& x) { return xg::clip(x, -1, 1); });
    bad::unary(rows, "clip", [](const Tensor& x) { return xg::clip(x, Tensor(-1), Tensor()); });
    bad::at_ends(rows, "clip", [](const Tensor& x) { return xg::clip(x, -0.5, {}); }, {-0.5, kInf, -0.5, 0});
    bad::broadcasting(rows, "clip", [](const Tensor& x, const Tensor& min) { return xg::clip(x, min, Tensor(1)); });
    bad::broadcasting(rows, "clip", [](const Tensor& x, const Tensor& max) { return xg::clip(x, Tensor(), max); });
    rows.throws<xg::ValueError>("clip", "no number", [] { return xg::clip(xg::ones({2}), {}); }, {"neither"});
    rows.throws<xg::ValueError>("clip", "no bounds", [] { return xg::clip(xg::ones({2}), Tensor(), Tensor()); },
                                {"neither"});
    for (const bool integers : {false, true})
        rows.gives("clip", "a least number above the greatest",
                   [integers] {
                       return xg::clip(of({1, 2, 5}).to(integers ? xg::int64 : xg::float32), 3, 1);
                   },
                   {3}, {1, 1, 1});
    rows.gives("clip", "bounds of NaN", [] { return xg::clip(of({1, 5}), kNan, 2); }, {2}, {kNan, kNan});
    rows.gives("clip", "infinite bounds",
               [] {
                   return xg::clip(of({-kInf, 1, kInf, kNan}), -kInf, kInf);
               },
               {4}, {-kInf, 1, kInf, kNan});
    rows.gives("clip", "integers between fractions",
               [] {
                   return xg::clip(xg::tensor({0, 1, 5}), 0.5, 2.5);
               },
               {3}, {0.5, 1, 2.5});
    rows.gives("clip", "the greatest integer",
               [] { return xg::equal(xg::clip(xg::full({1}, kMost, {.dtype = xg::int64}), 0, {}), kMost); }, {1}, {1});
    rows.throws<xg::DTypeError>("clip", "bools between bools",
                                [] {
                                    return xg::clip(xg::tensor({true, false}), Tensor(false), Tensor(true));
                                },
                                {"bool"});
    rows.gives("clip", "bools between integers", [] { return xg::clip(xg::tensor({true, false}), 1, 2); }, {2}, {1, 1});
}

}  // namespace

void bad_functions(BadInputs& rows) {
    of_one(rows);
    steps(rows);
    of_two(rows);
    wide(rows);
    lerp(rows);
    clip(rows);
}
