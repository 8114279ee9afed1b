#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using support::f64_leaf;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

using Inputs = std::vector<xg::Tensor>;

/// A line of docs/kinks.md, and what proves it: the derivatives of the sum of `f` at the numbers `at`.
struct Kink {
    const char *function, *where, *derivative;
    xg::Tensor (*f)(const Inputs& in);
    std::vector<double> at, expected;
};

// In the order of the page, which is alphabetical.
const Kink kKinks[] = {
    {"abs", "x = 0", "0", [](const Inputs& in) { return xg::abs(in[0]); }, {0}, {0}},
    {"acos",
     "x = ±1",
     "-inf",
     [](const Inputs& in) { return xg::acos(in[0]) + xg::acos(in[1]); },
     {1, -1},
     {-inf, -inf}},
    {"acosh", "x = 1", "inf", [](const Inputs& in) { return xg::acosh(in[0]); }, {1}, {inf}},
    {"asin", "x = ±1", "inf", [](const Inputs& in) { return xg::asin(in[0]) + xg::asin(in[1]); }, {1, -1}, {inf, inf}},
    {"atan2", "both 0", "0, 0", [](const Inputs& in) { return xg::atan2(in[0], in[1]); }, {0, 0}, {0, 0}},
    {"cbrt", "x = 0", "inf", [](const Inputs& in) { return xg::cbrt(in[0]); }, {0}, {inf}},
    {"ceil", "everywhere", "0", [](const Inputs& in) { return xg::ceil(in[0]) + xg::ceil(in[1]); }, {1, 0.5}, {0, 0}},
    {"celu", "x = 0", "1", [](const Inputs& in) { return xg::celu(in[0], 2); }, {0}, {1}},
    {"clip",
     "x on a number's bound",
     "1",
     [](const Inputs& in) { return xg::clip(in[0], -1, 1) + xg::clip(in[1], -1, 1); },
     {1, -1},
     {1, 1}},
    {"clip", "x NaN", "0", [](const Inputs& in) { return xg::clip(in[0], -1, 1); }, {NaN}, {0}},
    {"clip",
     "x, least, greatest: x on a tensor's bound",
     "1, 0, 0",
     [](const Inputs& in) { return xg::clip(in[0], in[1], in[2]); },
     {2, 2, 3},
     {1, 0, 0}},
    {"clip",
     "x, least, greatest: least above greatest",
     "0, 0, 1",
     [](const Inputs& in) { return xg::clip(in[0], in[1], in[2]); },
     {5, 7, 6},
     {0, 0, 1}},
    {"elu", "x = 0", "alpha", [](const Inputs& in) { return xg::elu(in[0], 2); }, {0}, {2}},
    {"floor",
     "everywhere",
     "0",
     [](const Inputs& in) { return xg::floor(in[0]) + xg::floor(in[1]); },
     {1, 0.5},
     {0, 0}},
    {"hardsigmoid",
     "x = ±3",
     "0",
     [](const Inputs& in) { return xg::hardsigmoid(in[0]) + xg::hardsigmoid(in[1]); },
     {3, -3},
     {0, 0}},
    {"hardswish", "x = -3", "0", [](const Inputs& in) { return xg::hardswish(in[0]); }, {-3}, {0}},
    {"hardswish", "x = 3", "1", [](const Inputs& in) { return xg::hardswish(in[0]); }, {3}, {1}},
    {"hardtanh",
     "x on a bound",
     "0",
     [](const Inputs& in) { return xg::hardtanh(in[0]) + xg::hardtanh(in[1]); },
     {1, -1},
     {0, 0}},
    {"hypot", "both 0", "NaN, NaN", [](const Inputs& in) { return xg::hypot(in[0], in[1]); }, {0, 0}, {NaN, NaN}},
    {"leaky_relu", "x = 0", "slope", [](const Inputs& in) { return xg::leaky_relu(in[0], 0.1); }, {0}, {0.1}},
    {"linear with relu",
     "the sum is 0",
     "0",
     [](const Inputs& in) {
         return xg::linear(in[0], xg::ones({1, 1}, support::f64), {}, xg::Activation::relu);
     },
     {0},
     {0}},
    {"log", "x = 0", "inf", [](const Inputs& in) { return xg::log(in[0]); }, {0}, {inf}},
    {"logaddexp",
     "both the same infinity",
     "NaN, NaN",
     [](const Inputs& in) { return xg::logaddexp(in[0], in[1]); },
     {inf, inf},
     {NaN, NaN}},
    {"max",
     "n elements are the greatest",
     "1/n each",
     [](const Inputs& in) { return xg::max(xg::concat(in)); },
     {2, 1, 2},
     {0.5, 0, 0.5}},
    {"maximum",
     "both equal",
     "1/2, 1/2",
     [](const Inputs& in) { return xg::maximum(in[0], in[1]); },
     {2, 2},
     {0.5, 0.5}},
    {"min",
     "n elements are the least",
     "1/n each",
     [](const Inputs& in) { return xg::min(xg::concat(in)); },
     {1, 2, 1},
     {0.5, 0, 0.5}},
    {"minimum",
     "both equal",
     "1/2, 1/2",
     [](const Inputs& in) { return xg::minimum(in[0], in[1]); },
     {2, 2},
     {0.5, 0.5}},
    {"pow", "both 0", "0, 0", [](const Inputs& in) { return xg::pow(in[0], in[1]); }, {0, 0}, {0, 0}},
    {"pow",
     "exponent 0, base not 0",
     "0, log(base)",
     [](const Inputs& in) { return xg::pow(in[0], in[1]); },
     {3, 0},
     {0, std::log(3.0)}},
    {"pow",
     "base 0, exponent > 0: with respect to the exponent",
     "0",
     [](const Inputs& in) { return xg::pow(0, in[0]); },
     {2},
     {0}},
    {"prelu", "x = 0", "weight, 0", [](const Inputs& in) { return xg::prelu(in[0], in[1]); }, {0, 0.1}, {0.1, 0}},
    {"relu", "x = 0", "0", [](const Inputs& in) { return xg::relu(in[0]); }, {0}, {0}},
    {"relu6",
     "x = 0 and x = 6",
     "0",
     [](const Inputs& in) { return xg::relu6(in[0]) + xg::relu6(in[1]); },
     {0, 6},
     {0, 0}},
    {"remainder",
     "a is a multiple of b",
     "1, -a/b",
     [](const Inputs& in) { return xg::remainder(in[0], in[1]); },
     {6, 3},
     {1, -2}},
    {"remainder", "b = 0", "1, -a/b", [](const Inputs& in) { return xg::remainder(in[0], in[1]); }, {5, 0}, {1, -inf}},
    {"round",
     "everywhere",
     "0",
     [](const Inputs& in) { return xg::round(in[0]) + xg::round(in[1]); },
     {0.5, 0.4},
     {0, 0}},
    {"rsqrt", "x = 0", "-inf", [](const Inputs& in) { return xg::rsqrt(in[0]); }, {0}, {-inf}},
    {"selu", "x = 0", "α λ = 1.758…", [](const Inputs& in) { return xg::selu(in[0]); }, {0}, {1.7580993408473766}},
    {"sign", "everywhere", "0", [](const Inputs& in) { return xg::sign(in[0]) + xg::sign(in[1]); }, {0, 3}, {0, 0}},
    {"softplus",
     "beta x = threshold",
     "sigmoid(beta x)",
     [](const Inputs& in) { return xg::softplus(in[0], 2, 3); },
     {1.5},
     {0.9525741268224333}},
    {"sqrt", "x = 0", "inf", [](const Inputs& in) { return xg::sqrt(in[0]); }, {0}, {inf}},
    {"trunc",
     "everywhere",
     "0",
     [](const Inputs& in) { return xg::trunc(in[0]) + xg::trunc(in[1]); },
     {1, 0.5},
     {0, 0}},
    {"where",
     "the branch not taken",
     "0",
     [](const Inputs& in) { return xg::where(in[0] > 0, in[0], xg::square(in[0])); },
     {4},
     {1}},
    {"xlogy", "both 0", "0, NaN", [](const Inputs& in) { return xg::xlogy(in[0], in[1]); }, {0, 0}, {0, NaN}},
    {"xlogy", "a = 0, b < 0", "0, 0", [](const Inputs& in) { return xg::xlogy(in[0], in[1]); }, {0, -1}, {0, 0}},
    {"xlogy",
     "a = 0, b > 0",
     "log(b), 0",
     [](const Inputs& in) { return xg::xlogy(in[0], in[1]); },
     {0, 2},
     {std::log(2.0), 0}},
};

}  // namespace

// The page of derivatives that are a choice.
BOOST_AUTO_TEST_SUITE(kink_table)

BOOST_AUTO_TEST_CASE(every_line_of_the_page) {
    for (const Kink& kink : kKinks) BOOST_TEST_CONTEXT(kink.function << ": " << kink.where) {
            Inputs in;
            for (const double v : kink.at) in.push_back(xg::full({1}, v, f64_leaf));
            std::vector<double> found;
            for (const xg::Tensor& g : xg::grad({xg::sum(kink.f(in))}, in)) found.push_back(g.item());
            BOOST_REQUIRE_EQUAL(found.size(), kink.expected.size());
            for (std::size_t i = 0; i < found.size(); ++i)
                BOOST_TEST((found[i] == kink.expected[i] || std::abs(found[i] - kink.expected[i]) <= 1e-15 ||
                            (std::isnan(found[i]) && std::isnan(kink.expected[i]))),
                           "input " << i << ": " << found[i] << " and not " << kink.expected[i]);
        }
}

BOOST_AUTO_TEST_CASE(the_page_has_these_lines) {
    std::ifstream page(std::string(XGRAD_SOURCE_DIR) + "/docs/kinks.md");
    BOOST_REQUIRE(page);
    std::vector<std::string> lines, expected;
    for (std::string line; std::getline(page, line);)
        if (line.rfind("| `", 0) == 0) lines.push_back(line);
    for (const Kink& kink : kKinks)
        expected.push_back(std::string("| `") + kink.function + "` | " + kink.where + " | " + kink.derivative + " |");
    BOOST_TEST(lines == expected, boost::test_tools::per_element());
    std::vector<std::string> names;
    for (const Kink& kink : kKinks) names.emplace_back(kink.function);
    BOOST_TEST(std::is_sorted(names.begin(), names.end()));
}

BOOST_AUTO_TEST_SUITE_END()
