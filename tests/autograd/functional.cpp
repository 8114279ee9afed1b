#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/functional.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "gradient_table.hpp"
#include "support.hpp"

using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

Tensor rosenbrock(const Tensor& x) {
    const Tensor a = x.slice(0, 0, -1), b = x.slice(0, 1, x.size(0));
    return xg::sum(100 * xg::square(b - xg::square(a)) + xg::square(1 - a));
}

Tensor himmelblau(const Tensor& x) {
    return xg::square(xg::square(x[0]) + x[1] - 11) + xg::square(x[0] + xg::square(x[1]) - 7);
}

void check_close(const Tensor& found, const std::vector<double>& expected, double tolerance = 1e-12) {
    const std::vector<double> values = found.to_vector();
    BOOST_REQUIRE_EQUAL(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        BOOST_TEST(std::abs(values[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])),
                   "element " << i << ": " << values[i] << " and not " << expected[i]);
}

/// Smooth, of two inputs and two outputs, with a tensor that both outputs share, and a matrix product.
Tensors two_by_two(const Tensors& in) {
    const Tensor h = xg::tanh(xg::matmul(in[0], in[1]));
    return {h * xg::sum(in[0]), xg::mean(h * h, 0)};
}

Tensor random(const xg::Shape& shape, std::uint32_t seed) {
    support::Draw draw(seed);
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (double& x : v) x = draw.uniform(-1, 1);
    return xg::from_data(v, shape, support::f64);
}

double dot_all(const Tensors& a, const Tensors& b) {
    double total = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].defined() && b[i].defined()) total += xg::sum(a[i] * b[i]).item();
    return total;
}

void check_message(const std::string& message, const std::string& function, const std::string& detail) {
    BOOST_TEST((support::contains(message, function) && support::contains(message, detail)), message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(functional)

BOOST_AUTO_TEST_CASE(value_and_gradients) {
    const Tensor x = xg::tensor({2.0, 3.0}, support::f64), n = xg::arange(0, 2);
    const auto [value, gradients] = xg::value_and_grad([](const Tensors& in) { return xg::sum(in[0] * in[0] * in[1]); },
                                                       {x, n, xg::ones({3}, support::f64)});
    BOOST_TEST(value.item() == 9);
    check_close(gradients[0], {0, 6});
    BOOST_TEST(!gradients[1].defined());
    check_close(gradients[2], {0, 0, 0});
    BOOST_TEST(!x.requires_grad());
    BOOST_TEST(!gradients[0].requires_grad());
}

// Jv and vᵀJ are two ways to the same number, for every operation of the gradient-check table.
BOOST_AUTO_TEST_CASE(forward_and_reverse_agree_on_every_operation) {
    for (const Row& row : gradient_table()) {
        BOOST_TEST_CONTEXT(row.operation << ": " << row.about) {
            const auto f = [&](const Tensors& in) { return Tensors{row.f(in)}; };
            Tensors along;
            std::uint32_t seed = 1;
            for (const Tensor& x : row.inputs)
                along.push_back(xg::is_floating(x.dtype()) ? random(x.shape(), seed++) : Tensor());
            const auto [outputs, tangents] = xg::jvp(f, row.inputs, along);
            if (!xg::is_floating(outputs[0].dtype())) continue;
            BOOST_REQUIRE_EQUAL(tangents[0].shape(), outputs[0].shape());
            const Tensors weights = {random(outputs[0].shape(), 99)};
            const auto back = xg::vjp(f, row.inputs, weights);
            const double p = dot_all(weights, tangents), q = dot_all(back.gradients, along);
            BOOST_TEST((std::abs(p - q) <= 1e-10 * (1 + std::abs(p)) || (std::isnan(p) && std::isnan(q))),
                       p << " forward, " << q << " in reverse");
        }
    }
}

BOOST_AUTO_TEST_CASE(jacobians_both_ways) {
    const Tensors in = {random({2, 3}, 1), random({3, 2}, 2)};
    const auto forward = xg::jacobian(two_by_two, in, xg::JacobianMode::forward),
               reverse = xg::jacobian(two_by_two, in, xg::JacobianMode::reverse);
    BOOST_REQUIRE_EQUAL(forward.size(), 2u);
    for (std::size_t o = 0; o < 2; ++o)
        for (std::size_t i = 0; i < 2; ++i) check_close(forward[o][i], reverse[o][i].to_vector());
    BOOST_TEST(forward[1][0].shape() == (xg::Shape{2, 2, 3}));
    // Against differences.
    const double h = 1e-6;
    Tensors up = {in[0].clone(), in[1]}, down = {in[0].clone(), in[1]};
    up[0].mutable_data<double>()[4] += h;
    down[0].mutable_data<double>()[4] -= h;
    const Tensor slope = (two_by_two(up)[0] - two_by_two(down)[0]) / (2 * h);
    check_close(forward[0][0].slice(2, 1, 2).slice(3, 1, 2), slope.to_vector(), 1e-8);
}

BOOST_AUTO_TEST_CASE(linear_functions_are_their_jacobian) {
    const Tensor a = random({4, 3}, 5);
    check_close(xg::jacobian([&](const Tensor& x) { return xg::matmul(a, x); }, random({3}, 6)), a.to_vector());
    check_close(xg::jacobian([&](const Tensor& x) { return xg::matmul(a.transpose(), x); }, random({4}, 6)),
                a.transpose().to_vector());
    const Tensor none = xg::jacobian([](const Tensor& x) { return x * 2; }, xg::zeros({0}, support::f64));
    BOOST_TEST(none.shape() == (xg::Shape{0, 0}));
    // A constant output, and an input that is not used.
    check_close(xg::jacobian([](const Tensor&) { return xg::ones({2}, support::f64); }, random({2}, 1)), {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(known_hessians) {
    const Tensor x = xg::tensor({-1.2, 1.0}, support::f64);
    check_close(xg::hessian(rosenbrock, x), {1330, 480, 480, 200});
    const Tensor h = xg::hessian(himmelblau, xg::tensor({3.0, 2.0}, support::f64));
    check_close(h, {74, 20, 20, 34});
    const Tensor wide = random({6}, 3);
    const Tensor full = xg::hessian(rosenbrock, wide);
    check_close(full, full.transpose().to_vector());
    const Tensor v = random({6}, 4);
    const auto f = [](const Tensors& in) { return rosenbrock(in[0]); };
    const auto found = xg::hvp(f, {wide}, {v});
    check_close(found.products[0], xg::matmul(full, v).to_vector());
    check_close(found.gradients[0], xg::value_and_grad(f, {wide}).gradients[0].to_vector());
    // Blocks of two inputs.
    const auto g = [](const Tensors& in) { return xg::sum(in[0] * in[1] * in[1]); };
    const auto blocks = xg::hessian(g, {random({2}, 1), xg::tensor({2.0, 5.0}, support::f64)});
    check_close(blocks[0][0], {0, 0, 0, 0});
    check_close(blocks[0][1], {4, 0, 0, 10});
    check_close(blocks[1][0], {4, 0, 0, 10});
}

BOOST_AUTO_TEST_CASE(nested) {
    // The third derivative of x⁴ in forward mode, thrice.
    const auto once = [](const auto& f) {
        return [f](const Tensor& x) {
            return xg::jvp([&](const Tensors& in) { return Tensors{f(in[0])}; }, {x}, {xg::ones_like(x)}).tangents[0];
        };
    };
    const auto power = [](const Tensor& x) { return xg::square(xg::square(x)); };
    Tensor x = xg::tensor({0.5, -2.0}, support::f64_leaf);
    check_close(once(once(once(power)))(x), {12, -48});
    const auto wave = [](const Tensor& t) { return xg::tanh(t * 2); };
    const double t = std::tanh(1.0), d = 1 - t * t;
    check_close(once(once(wave))(x)[0], {-8 * t * d});
    // Forward over reverse is the Hessian-vector product.
    const Tensor at = random({4}, 1), v = random({4}, 2);
    const auto gradient = [](const Tensors& in) {
        return xg::value_and_grad([](const Tensors& y) { return rosenbrock(y[0]); }, in).gradients;
    };
    check_close(xg::jvp(gradient, {at}, {v}).tangents[0], xg::matmul(xg::hessian(rosenbrock, at), v).to_vector());
    // The outer graph goes on through a result.
    const Tensor inner = xg::jvp([](const Tensors& in) { return Tensors{xg::exp(in[0])}; }, {x}, {x}).tangents[0];
    check_close(xg::grad(xg::sum(inner), x), (xg::exp(x) * (1 + x)).to_vector());
}

BOOST_AUTO_TEST_CASE(newtons_method) {
    Tensor x = xg::tensor({2.5, 2.5}, support::f64);
    for (int i = 0; i < 7; ++i) {
        const Tensor h = xg::hessian(himmelblau, x);
        const Tensor g = xg::value_and_grad([](const Tensors& in) { return himmelblau(in[0]); }, {x}).gradients[0];
        const double a = h[0][0].item(), b = h[0][1].item(), c = h[1][1].item(), det = a * c - b * b;
        const double p = g[0].item(), q = g[1].item();
        x = x - xg::tensor({(c * p - b * q) / det, (a * q - b * p) / det}, support::f64);
    }
    check_close(x, {3, 2});
}

BOOST_AUTO_TEST_CASE(wrong_calls) {
    const Tensor x = xg::ones({2}, support::f64), n = xg::arange(0, 3);
    const auto twice = [](const Tensors& in) { return Tensors{in[0] * 2}; };
    const auto total = [](const Tensors& in) { return xg::sum(in[0]); };
    check_message(support::message_of<xg::DTypeError>([&] { xg::jacobian(twice, {n}); }), "jacobian", "int64");
    check_message(
        support::message_of<xg::GradError>([&] { xg::hvp([](const Tensors& in) { return in[0] * 2; }, {x}, {x}); }),
        "hvp", "(2,)");
    check_message(support::message_of<xg::ShapeError>([&] { xg::jvp(twice, {x}, {xg::ones({3}, support::f64)}); }),
                  "jvp", "(3,)");
    check_message(support::message_of<xg::ValueError>([&] { xg::vjp(twice, {x}, {}); }), "vjp",
                  "expected a vector for each output");
    check_message(support::message_of<xg::ValueError>([&] { xg::value_and_grad(total, {Tensor()}); }), "value_and_grad",
                  "undefined");
}

BOOST_AUTO_TEST_SUITE_END()
