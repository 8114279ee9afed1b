#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using support::f64_leaf;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

/// The derivative of the sum of f(x), element by element.
std::vector<double> slope(xg::Tensor (*f)(const xg::Tensor&), const std::vector<double>& at) {
    const xg::Tensor x = xg::from_data(at, {static_cast<std::int64_t>(at.size())}, f64_leaf);
    return xg::grad(xg::sum(f(x)), x).to_vector();
}

void check(const std::vector<double>& found, const std::vector<double>& expected) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST((found[i] == expected[i] || std::abs(found[i] - expected[i]) <= 1e-15 ||
                    (std::isnan(found[i]) && std::isnan(expected[i]))),
                   "element " << i << ": " << found[i] << " and not " << expected[i]);
}

/// The gradients of both sides of f.
void check_pair(xg::Tensor (*f)(const xg::Tensor&, const xg::Tensor&), double a, double b, double da, double db) {
    const xg::Tensor x = xg::full({1}, a, f64_leaf), y = xg::full({1}, b, f64_leaf);
    const auto g = xg::grad({f(x, y)}, {x, y});
    BOOST_TEST_CONTEXT(a << " and " << b) {
        check(g[0].to_vector(), {da});
        check(g[1].to_vector(), {db});
    }
}

}  // namespace

// Where a function has no derivative, its conventions are PyTorch's.
BOOST_AUTO_TEST_SUITE(kinks)

BOOST_AUTO_TEST_CASE(of_one_input) {
    check(slope(xg::abs, {0, -0.0, -3, inf, -inf, NaN}), {0, 0, -1, 1, -1, NaN});
    check(slope(xg::relu, {0, -0.0, 2, -2, inf, -inf, NaN}), {0, 0, 1, 0, 1, 0, 1});
    check(slope(xg::sign, {0, 2, -2}), {0, 0, 0});
    check(slope(xg::sqrt, {0, 4, inf, -1}), {inf, 0.25, 0, NaN});
    check(slope(xg::log, {0, inf}), {inf, 0});
    check(slope(xg::tanh, {inf, -inf}), {0, 0});
    check(slope(xg::sigmoid, {inf, -inf, 0}), {0, 0, 0.25});
    check(slope(xg::exp, {-inf, inf}), {0, inf});
}

BOOST_AUTO_TEST_CASE(fused_relu) {
    const xg::Tensor w = xg::eye(3, support::f64), x = xg::tensor({-1, 0, 1}, f64_leaf);
    check(xg::grad(xg::sum(xg::linear(x, w, {}, xg::Activation::relu)), x).to_vector(), {0, 0, 1});
    check(xg::grad(xg::sum(xg::linear(x, w, {}, xg::Activation::relu)), x, {.create_graph = true}).to_vector(),
          {0, 0, 1});
    const xg::Tensor y = xg::linear(xg::tensor({-1.0, NaN, 1.0}, support::f64), xg::full({1, 3}, 1, support::f64), {},
                                    xg::Activation::relu);
    BOOST_TEST(std::isnan(y.to_vector()[0]));
}

BOOST_AUTO_TEST_CASE(ties_of_two) {
    check_pair(xg::maximum, 2, 2, 0.5, 0.5);
    check_pair(xg::minimum, 2, 2, 0.5, 0.5);
    check_pair(xg::maximum, 3, 2, 1, 0);
    check_pair(xg::maximum, 2, 3, 0, 1);
    check_pair(xg::minimum, 3, 2, 0, 1);
    check_pair(xg::minimum, 2, 3, 1, 0);
    check_pair(xg::maximum, inf, inf, 0.5, 0.5);
    // Ties and NaN beside other elements.
    const xg::Tensor p = xg::tensor({1.0, 2.0, 3.0, 4.0, NaN}, f64_leaf),
                     q = xg::tensor({1.0, 3.0, 2.0, 4.0, 1.0}, f64_leaf);
    const auto high = xg::grad({xg::sum(xg::maximum(p, q))}, {p, q}),
               low = xg::grad({xg::sum(xg::minimum(p, q))}, {p, q});
    check(high[0].to_vector(), {0.5, 0, 1, 0.5, 1});
    check(high[1].to_vector(), {0.5, 1, 0, 0.5, 1});
    check(low[0].to_vector(), {0.5, 1, 0, 0.5, 1});
    check(low[1].to_vector(), {0.5, 0, 1, 0.5, 1});
    const xg::Tensor x = xg::full({}, 2, f64_leaf);
    BOOST_TEST(xg::grad(xg::maximum(x, x), x).item() == 1);
    BOOST_TEST(xg::grad(xg::maximum(x, 2), x).item() == 0.5);
}

BOOST_AUTO_TEST_CASE(powers_of_zero) {
    check_pair(xg::pow, 0, 0, 0, 0);
    check_pair(xg::pow, 0, 1, 1, 0);
    check_pair(xg::pow, 0, 2, 0, 0);
    check_pair(xg::pow, 0, 0.5, inf, 0);
    check_pair(xg::pow, 0, -1, -inf, -inf);
    check_pair(xg::pow, 3, 0, 0, std::log(3.0));
    check_pair(xg::pow, -2, 2, -4, NaN);
    BOOST_TEST(xg::pow(xg::zeros({}), xg::zeros({})).item() == 1);
}

BOOST_AUTO_TEST_CASE(ties_of_many_share_evenly) {
    const xg::Tensor x = xg::tensor({{1, 3, 3}, {3, 0, 0}}, f64_leaf);
    const double third = 1.0 / 3;
    check(xg::grad(xg::max(x), x).to_vector(), {0, third, third, third, 0, 0});
    check(xg::grad(xg::sum(xg::max(x, 1)), x).to_vector(), {0, 0.5, 0.5, 1, 0, 0});
    check(xg::grad(xg::sum(xg::min(x, 1, true)), x).to_vector(), {1, 0, 0, 0, 0.5, 0.5});
    const xg::Tensor y = xg::tensor({1.0, NaN, 2.0, NaN}, f64_leaf);
    check(xg::grad(xg::max(y), y).to_vector(), {0, 0.5, 0, 0.5});
    const xg::Tensor z = xg::tensor({inf, inf}, f64_leaf);
    check(xg::grad(xg::max(z), z).to_vector(), {0.5, 0.5});
}

BOOST_AUTO_TEST_CASE(where_keeps_the_branch_not_taken_out) {
    const xg::Tensor x = xg::tensor({0.0, 4.0}, f64_leaf);
    check(xg::grad(xg::sum(xg::where(x > 0, x, xg::square(x))), x).to_vector(), {0, 1});
    const xg::Tensor a = xg::tensor({1.0, 2.0}, f64_leaf), b = xg::tensor({NaN, inf}, f64_leaf);
    const auto g = xg::grad({xg::sum(xg::where(xg::tensor({true, true}), a, b))}, {a, b});
    check(g[0].to_vector(), {1, 1});
    check(g[1].to_vector(), {0, 0});
}

BOOST_AUTO_TEST_SUITE_END()
