#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using xg::Tensor;

namespace {

/// The n-th derivative of f at x, by differentiating n times.
double derivative(Tensor (*f)(const Tensor&), double at, int n) {
    const Tensor x = xg::full({}, at, support::f64_leaf);
    Tensor y = f(x);
    for (int i = 0; i < n; ++i) y = xg::grad(y, x, {.create_graph = true});
    return y.item();
}

void check(double found, double expected) {
    BOOST_TEST(std::abs(found - expected) <= 1e-12 * (1 + std::abs(expected)), found << " and not " << expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(higher_derivatives)

BOOST_AUTO_TEST_CASE(of_a_power) {
    for (const double x : {-1.5, 0.0, 0.7}) {
        const auto product = [](const Tensor& t) { return t * t * t * t; };
        const auto power = [](const Tensor& t) { return xg::pow(t, 4); };
        const auto squares = [](const Tensor& t) { return xg::square(xg::square(t)); };
        for (Tensor (*f)(const Tensor&) : {+product, +power, +squares}) {
            check(derivative(f, x, 1), 4 * x * x * x);
            check(derivative(f, x, 2), 12 * x * x);
            check(derivative(f, x, 3), 24 * x);
            check(derivative(f, x, 4), 24);
        }
    }
}

BOOST_AUTO_TEST_CASE(of_smooth_functions) {
    for (const double x : {-1.2, 0.3, 2.0}) {
        const double t = std::tanh(x), d = 1 - t * t;
        check(derivative(xg::tanh, x, 1), d);
        check(derivative(xg::tanh, x, 2), -2 * t * d);
        check(derivative(xg::tanh, x, 3), d * (6 * t * t - 2));
        const double s = 1 / (1 + std::exp(-x)), r = s * (1 - s);
        check(derivative(xg::sigmoid, x, 1), r);
        check(derivative(xg::sigmoid, x, 2), r * (1 - 2 * s));
        check(derivative(xg::sigmoid, x, 3), r * (1 - 6 * s + 6 * s * s));
        check(derivative(xg::exp, x, 5), std::exp(x));
        const double y = std::abs(x);
        check(derivative(xg::log, y, 3), 2 / (y * y * y));
        check(derivative(xg::sqrt, y, 3), 0.375 * std::pow(y, -2.5));
        check(derivative(
                  +[](const Tensor& v) { return 1 / v; }, x, 3),
              -6 / (x * x * x * x));
        check(derivative(
                  +[](const Tensor& v) { return xg::pow(2, v); }, x, 3),
              std::pow(2, x) * std::pow(std::log(2.0), 3));
    }
}

// d²(xʸ)/dx dy = xʸ⁻¹ (1 + y log x), also where y is 0 and the first derivative with respect to x is 0 for all x.
BOOST_AUTO_TEST_CASE(mixed_derivatives_of_a_power) {
    const std::vector<double> bases = {0.5, 2, 3, 1, 1e-3, HUGE_VAL}, exponents = {0, 0, -0.0, 1, 0, 0};
    const Tensor x = xg::from_data(bases, {6}, support::f64_leaf), y = xg::from_data(exponents, {6}, support::f64_leaf);
    const auto mixed = [&](const Tensor& first, const Tensor& second) {
        const Tensor slope = xg::grad(xg::sum(xg::pow(x, y)), first, {.create_graph = true});
        return xg::grad(xg::sum(slope), second).to_vector();
    };
    for (const auto& found : {mixed(x, y), mixed(y, x)}) {
        for (std::size_t i = 0; i < 5; ++i)
            check(found[i], std::pow(bases[i], exponents[i] - 1) * (1 + exponents[i] * std::log(bases[i])));
    }
    // With respect to x alone all derivatives stay 0, whatever 1 / x may be: infinite, or NaN.
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const Tensor base = xg::from_data(std::vector<double>{0, -0.0, 1e-310, 1e-40, -2, HUGE_VAL, std::nan(""), 5},
                                          {8}, {.dtype = dtype, .requires_grad = true});
        for (const Tensor& power : {xg::pow(base, 0), xg::pow(base, xg::zeros({8}, {.dtype = dtype}))}) {
            const Tensor slope = xg::grad(xg::sum(power), base, {.create_graph = true});
            BOOST_TEST(slope.to_vector() == std::vector<double>(8, 0), slope);
        }
    }
    const Tensor zero = xg::zeros({}, support::f64_leaf), exponent = xg::zeros({}, support::f64_leaf);
    const Tensor slope = xg::grad(xg::pow(zero, exponent), zero, {.create_graph = true});
    check(xg::grad(slope, exponent, {.allow_unused = true}).item(), 0);
}

BOOST_AUTO_TEST_CASE(gradient_penalty) {
    // d/dw of |d(w·x²)/dx|² = d/dw of 4w²x² = 8wx².
    const Tensor w = xg::full({}, 3, support::f64_leaf), x = xg::full({}, 2, support::f64_leaf);
    const Tensor g = xg::grad(w * xg::square(x), x, {.create_graph = true});
    xg::square(g).backward();
    check(w.grad().item(), 8 * 3 * 4);
    check(x.grad().item(), 8 * 9 * 2);
}

BOOST_AUTO_TEST_CASE(hessian_vector_products) {
    // f = xᵀAx / 2 has the Hessian (A + Aᵀ) / 2.
    const Tensor a = xg::tensor({{1, 2}, {4, 3}}, support::f64), v = xg::tensor({1.0, -2.0}, support::f64),
                 x = xg::tensor({0.3, 0.7}, support::f64_leaf);
    const Tensor f = xg::matmul(xg::matmul(x, a), x) / 2;
    const Tensor g = xg::grad(f, x, {.create_graph = true});
    BOOST_TEST(xg::grad(xg::sum(g * v), x).to_vector() == (std::vector<double>{1 - 6, 3 - 6}));
}

BOOST_AUTO_TEST_CASE(backward_can_be_recorded) {
    Tensor x = xg::full({}, 2, support::f64_leaf);
    (x * x * x).backward({.create_graph = true});
    const Tensor g = x.grad();
    BOOST_TEST(g.requires_grad());
    x.set_grad({});
    g.backward();
    BOOST_TEST(x.grad().item() == 12);
    BOOST_TEST(!x.grad().requires_grad());
}

BOOST_AUTO_TEST_SUITE_END()
