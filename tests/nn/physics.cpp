#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/nn/derivatives.hpp>

#include "reference/penalty_reference.hpp"
#include "support.hpp"

// Losses that have derivatives inside.

using xg::Tensor;
using xg::nn::functional_call;
using xg::nn::Sequential;
using xg::nn::TensorMap;

namespace {

constexpr double kPi = 3.14159265358979323846;

/// u'' = -sin x on [0, π] with u = 0 at both ends, of which the solution is sin x, at points of the interval.
class Poisson {
public:
    Poisson() {
        xg::manual_seed(3);
        model_ = Sequential(xg::nn::Linear(1, 10, {.dtype = xg::float64}), xg::nn::Tanh(),
                            xg::nn::Linear(10, 1, {.dtype = xg::float64}));
        model_.parameters()[1].set_data(xg::linspace(-2, 2, 10, {.dtype = xg::float64}));
    }
    const Sequential& model() const { return model_; }

    /// What is wrong with the network of these parameters: at 20 points and at the two ends.
    Tensor residuals(const TensorMap& parameters) const {
        const Tensor x = points_.clone().requires_grad(true);
        const Tensor u = functional_call(model_, parameters, x);
        const Tensor slope = xg::grad(xg::sum(u), x, {.create_graph = true});
        const Tensor bend = xg::grad(xg::sum(slope), x, {.create_graph = true});
        const Tensor ends = functional_call(model_, parameters, xg::tensor({{0.0}, {kPi}}, {.dtype = xg::float64}));
        return xg::concat({bend + xg::sin(points_), ends}).reshape({22});
    }
    double worst() const {
        const xg::NoGrad no_grad;
        const Tensor x = xg::linspace(0, kPi, 101, {.dtype = xg::float64}).reshape({101, 1});
        return xg::max(xg::abs(model_(x) - xg::sin(x))).item();
    }

private:
    Sequential model_;
    Tensor points_ = xg::linspace(0, kPi, 20, {.dtype = xg::float64}).reshape({20, 1});
};

/// Side by side, in the order of the names: (m, all elements).
Tensor flat(const TensorMap& t, std::int64_t m) {
    std::vector<Tensor> parts;
    for (const auto& [name, tensor] : t) parts.push_back(tensor.reshape({m, -1}));
    return xg::concat(parts, 1);
}

TensorMap moved(const TensorMap& at, const Tensor& by) {
    TensorMap result;
    std::int64_t first = 0;
    for (const auto& [name, t] : at) {
        result.emplace(name, t + by.slice(0, first, first + t.numel()).reshape(t.shape()));
        first += t.numel();
    }
    return result;
}

/// Multiples of 1/16 from -1.25 to 1.25, as in reference/penalty_reference.py.
Tensor ramp(std::int64_t seed, const xg::Shape& shape) {
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < v.size(); ++i)
        v[i] = static_cast<double>((static_cast<std::int64_t>(i) * 37 + seed * 11) % 41 - 20) / 16;
    return xg::from_data(v, shape, {.dtype = xg::float64});
}

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance * (1 + std::abs(b)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(physics)

// By Levenberg and Marquardt's method, which needs the Jacobian of the residuals: third derivatives.
BOOST_AUTO_TEST_CASE(a_physics_informed_network) {
    const Poisson problem;
    const auto f = [&](const TensorMap& t) { return problem.residuals(t); };
    TensorMap at = xg::nn::parameter_map(problem.model());
    BOOST_TEST(problem.worst() > 0.1);
    double damping = 1e-2, loss = xg::sum(xg::square(f(at))).item();
    for (int step = 0; step < 100 && loss > 1e-11; ++step) {
        const Tensor j = flat(xg::nn::jacobian(f, at), 22), r = f(at).detach();
        const Tensor gradient = xg::matmul(j.transpose(), r), square = xg::matmul(j.transpose(), j);
        const Tensor damped = square + damping * xg::eye(square.size(0), {.dtype = xg::float64});
        const TensorMap next = moved(at, -xg::solve(damped, gradient));
        if (const double there = xg::sum(xg::square(f(next))).item(); there < loss) {
            at = next;
            loss = there;
            damping /= 3;
        } else {
            damping *= 4;
        }
    }
    {
        const xg::NoGrad no_grad;
        for (const auto& [name, tensor] : problem.model().named_parameters()) Tensor(tensor).set_data(at.at(name));
    }
    BOOST_TEST(problem.worst() < 1e-4, "off by " << problem.worst());
}

// The same derivatives inside of a loss, by backward: 2 Jᵀr.
BOOST_AUTO_TEST_CASE(the_gradient_of_a_loss_with_second_derivatives) {
    const Poisson problem;
    xg::sum(xg::square(problem.residuals({}))).backward();
    const TensorMap at = xg::nn::parameter_map(problem.model());
    const auto f = [&](const TensorMap& t) { return problem.residuals(t); };
    const TensorMap j = xg::nn::jacobian(f, at, xg::JacobianMode::forward);
    for (const auto& [name, tensor] : problem.model().named_parameters()) {
        const Tensor expected = 2 * xg::matmul(f(at).detach(), j.at(name).reshape({22, -1}));
        BOOST_TEST(xg::max(xg::abs(tensor.grad().reshape({-1}) - expected)).item() < 1e-11, name);
        BOOST_TEST((name == "2.bias" || xg::max(xg::abs(expected)).item() > 1e-2), name);
    }
}

BOOST_AUTO_TEST_CASE(the_gradient_penalty_of_wgan_gp) {
    Sequential critic(xg::nn::Linear(3, 8, {.dtype = xg::float64}), xg::nn::Tanh(),
                      xg::nn::Linear(8, 8, {.dtype = xg::float64}), xg::nn::ReLU(),
                      xg::nn::Linear(8, 1, {.dtype = xg::float64}));
    std::int64_t seed = 1;
    for (Tensor p : critic.parameters()) p.set_data(ramp(seed++, p.shape()));
    const Tensor real = ramp(7, {6, 3}), fake = ramp(8, {6, 3}) + 0.5, mix = (ramp(9, {6, 1}) + 1.25) / 2.5;

    const Tensor between = (mix * real + (1 - mix) * fake).requires_grad(true);
    const Tensor slope = xg::grad(xg::sum(critic(between)), between, {.create_graph = true});
    const Tensor penalty = xg::mean(xg::square(xg::norm(slope, 2, 1) - 1));
    const Tensor loss = xg::mean(critic(fake)) - xg::mean(critic(real)) + 10 * penalty;
    loss.backward();

    BOOST_TEST(near(penalty.item(), reference::penalty, 1e-13));
    BOOST_TEST(near(loss.item(), reference::critic_loss, 1e-13));
    for (const auto& [name, tensor] : critic.named_parameters()) {
        const std::vector<double> found = tensor.grad().to_vector(), &expected = reference::critic_gradients.at(name);
        BOOST_REQUIRE_EQUAL(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            BOOST_TEST(near(found[i], expected[i], 1e-12), name << " " << i << ": " << found[i] << ", " << expected[i]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
