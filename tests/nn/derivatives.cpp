#include <xgrad/nn/derivatives.hpp>

#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/gradcheck.hpp>
#include <xgrad/autograd/losses.hpp>

#include "support.hpp"

using support::numbers;
using support::refuses;
using xg::Tensor;
using xg::nn::functional_call;
using xg::nn::Sequential;
using xg::nn::TensorMap;
using Tensors = std::vector<Tensor>;

namespace {

constexpr xg::TensorOptions f64{.dtype = xg::float64};

struct Problem {
    Sequential model{xg::nn::Linear(2, 3, {.dtype = xg::float64}), xg::nn::Tanh(),
                     xg::nn::Linear(3, 2, {.dtype = xg::float64})};
    Tensor x = numbers({4, 2}, 0.1, xg::float64), y = numbers({4, 2}, 0.6, xg::float64);
    TensorMap at;

    Problem() {
        double phase = 0;
        for (const Tensor& p : model.parameters()) {
            const xg::NoGrad no_grad;
            Tensor(p).set_data(numbers(p.shape(), phase += 0.17, xg::float64));
        }
        at = xg::nn::parameter_map(model);
    }
    Tensor outputs(const TensorMap& p) const { return functional_call(model, p, x); }
    Tensor loss(const TensorMap& p) const { return xg::mse_loss(outputs(p), y); }
    TensorMap moved(const std::string& name, std::int64_t element, double by) const {
        TensorMap p = at;
        Tensor t = p.at(name).clone();
        t.mutable_data<double>()[element] += by;
        p.at(name) = t;
        return p;
    }
};

void check_close(const Tensor& found, const Tensor& expected, double tolerance = 1e-12) {
    BOOST_REQUIRE_EQUAL(found.shape(), expected.shape());
    BOOST_TEST(xg::max(xg::abs(found - expected)).item() <= tolerance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(derivatives_by_name)

BOOST_AUTO_TEST_CASE(gradients_are_those_of_backward) {
    const Problem p;
    const auto [value, gradients] = xg::nn::value_and_grad([&](const TensorMap& t) { return p.loss(t); }, p.at);
    const Tensor loss = xg::mse_loss(p.model(p.x), p.y);
    loss.backward();
    BOOST_TEST(value.item() == loss.item());
    BOOST_TEST(gradients.size() == 4u);
    for (const auto& [name, tensor] : p.model.named_parameters()) check_close(gradients.at(name), tensor.grad());
}

BOOST_AUTO_TEST_CASE(jacobians_against_differences) {
    const Problem p;
    const auto f = [&](const TensorMap& t) { return p.outputs(t); };
    const TensorMap forward = xg::nn::jacobian(f, p.at, xg::JacobianMode::forward),
                    reverse = xg::nn::jacobian(f, p.at, xg::JacobianMode::reverse);
    BOOST_TEST(forward.at("0.weight").shape() == (xg::Shape{4, 2, 3, 2}));
    constexpr double h = 1e-6;
    for (const auto& [name, t] : p.at) {
        check_close(forward.at(name), reverse.at(name));
        const Tensor columns = forward.at(name).reshape({8, -1});
        for (std::int64_t k = 0; k < t.numel(); ++k) {
            const Tensor slope = (f(p.moved(name, k, h)) - f(p.moved(name, k, -h))) / (2 * h);
            check_close(columns.slice(1, k, k + 1).reshape({8}), slope.reshape({8}), 1e-8);
        }
    }
    // Several outputs.
    const auto both = xg::nn::jacobian([&](const TensorMap& t) { return Tensors{p.outputs(t), p.loss(t)}; }, p.at);
    BOOST_TEST(both.size() == 2u);
    check_close(both[1].at("2.bias"),
                xg::nn::value_and_grad([&](const TensorMap& t) { return p.loss(t); }, p.at).gradients.at("2.bias"));
}

BOOST_AUTO_TEST_CASE(hessians_are_symmetric_and_right) {
    const Problem p;
    const auto f = [&](const TensorMap& t) { return p.loss(t); };
    const xg::nn::HessianMap h = xg::nn::hessian(f, p.at);
    constexpr double step = 1e-5;
    for (const auto& [a, first] : p.at)
        for (const auto& [b, second] : p.at) {
            const Tensor block = h.at(a).at(b).reshape({first.numel(), second.numel()});
            check_close(block, h.at(b).at(a).reshape({second.numel(), first.numel()}).transpose());
            const auto slope = [&](double by) {
                return xg::nn::value_and_grad(f, p.moved(b, second.numel() - 1, by)).gradients.at(a).reshape({-1, 1});
            };
            check_close(block.slice(1, second.numel() - 1, second.numel()), (slope(step) - slope(-step)) / (2 * step),
                        1e-8);
        }
    // Hv, of a direction along two of the tensors, and by name in forward mode.
    const TensorMap v = {{"0.weight", numbers({3, 2}, 0.9, xg::float64)}, {"2.bias", numbers({2}, 0.8, xg::float64)}};
    const auto found = xg::nn::hvp(f, p.at, v);
    for (const auto& [name, t] : p.at) {
        Tensor expected = xg::zeros({t.numel()}, f64);
        for (const auto& [other, w] : v)
            expected =
                expected + xg::matmul(h.at(name).at(other).reshape({t.numel(), w.numel()}), w.reshape({w.numel()}));
        check_close(found.products.at(name), expected.reshape(t.shape()));
    }
    const auto gradient = [&](const TensorMap& t) {
        Tensors out;
        for (const auto& [name, g] : xg::nn::value_and_grad(f, t).gradients) out.push_back(g);
        return out;
    };
    check_close(xg::nn::jvp(gradient, p.at, v).tangents[3], found.products.at("2.weight"));
}

BOOST_AUTO_TEST_CASE(vjp_and_jvp_agree) {
    const Problem p;
    const auto f = [&](const TensorMap& t) { return p.outputs(t); };
    TensorMap v;
    double phase = 0.05;
    for (const auto& [name, t] : p.at) v.emplace(name, numbers(t.shape(), phase += 0.21, xg::float64));
    const Tensor w = numbers({4, 2}, 0.33, xg::float64);
    const auto forward = xg::nn::jvp(f, p.at, v);
    const auto back = xg::nn::vjp(f, p.at, w);
    double total = 0;
    for (const auto& [name, g] : back.gradients) total += xg::sum(g * v.at(name)).item();
    BOOST_TEST(std::abs(xg::sum(w * forward.tangents[0]).item() - total) < 1e-12);
    check_close(forward.outputs[0], p.model(p.x).detach());
    check_close(back.outputs[0], forward.outputs[0]);
}

// The penalty of WGAN-GP, (|dD/dx| - 1)², differentiated with respect to a critic's parameters.
BOOST_AUTO_TEST_CASE(gradient_penalty_through_a_model) {
    const Problem p;
    const auto penalty = [&](const TensorMap& t) {
        Tensor x = p.x.clone().requires_grad(true);
        const Tensor g = xg::grad(xg::sum(functional_call(p.model, t, x)), x, {.create_graph = true});
        return xg::mean(xg::square(xg::sqrt(xg::sum(xg::square(g), 1)) - 1));
    };
    Tensors in;
    for (const auto& [name, t] : p.at) in.push_back(t);
    const auto f = [&](const Tensors& values) {
        TensorMap t;
        std::size_t i = 0;
        for (const auto& [name, unused] : p.at) t.emplace(name, values[i++]);
        return penalty(t);
    };
    const xg::GradcheckResult result = xg::gradcheck(f, in);
    BOOST_TEST(result.ok, result.message);
    // The same through the model's own parameters.
    penalty({}).backward();
    const TensorMap gradients = xg::nn::value_and_grad(penalty, p.at).gradients;
    for (const auto& [name, tensor] : p.model.named_parameters())
        check_close(gradients.at(name), tensor.grad().defined() ? tensor.grad() : xg::zeros_like(tensor.detach()));
    BOOST_TEST(xg::max(xg::abs(gradients.at("0.weight"))).item() > 1e-3);
}

BOOST_AUTO_TEST_CASE(constants_and_wrong_calls) {
    const TensorMap at = {{"w", xg::tensor({1.0, 2.0}, f64)}, {"n", xg::tensor({3, 4})}};
    const auto f = [](const TensorMap& t) { return xg::sum(xg::square(t.at("w")) * t.at("n")); };
    const auto found = xg::nn::value_and_grad(f, at);
    BOOST_TEST(found.gradients.size() == 1u);
    check_close(found.gradients.at("w"), xg::tensor({6.0, 16.0}, f64));
    const auto h = xg::nn::hessian(f, at);
    BOOST_TEST(h.size() == 1u);
    check_close(h.at("w").at("w"), xg::tensor({{6.0, 0.0}, {0.0, 8.0}}, f64));
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       xg::nn::hvp(f, at, {{"v", xg::ones({2}, f64)}});
                   },
                   "hvp: there is a vector for 'v', and no tensor of that name") == "");
    BOOST_TEST(refuses<xg::ShapeError>([&] { xg::nn::jvp(f, at, {{"w", xg::ones({3}, f64)}}); }, "(3,)") == "");
    BOOST_TEST(refuses<xg::DTypeError>(
                   [&] {
                       xg::nn::hessian(f, {{"n", at.at("n")}, {"w", at.at("n")}});
                   },
                   "int64") == "");
    BOOST_TEST(refuses<xg::GradError>([&] { xg::nn::hessian([](const TensorMap& t) { return t.at("w"); }, at); },
                                      "hessian") == "");
}

BOOST_AUTO_TEST_SUITE_END()
