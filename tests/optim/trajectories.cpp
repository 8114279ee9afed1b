#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/optim/sgd.hpp>

#include "reference/reference.hpp"

using xg::Tensor;
using xg::optim::SGD;
using xg::optim::SGDOptions;

namespace {

Tensor value(reference::Function function, const Tensor& p) {
    const Tensor x = p[0], y = p[1];
    if (function == reference::Function::quadratic)
        return 0.5 * xg::square(x - 1) + 1.5 * xg::square(y + 2) + 0.5 * x * y;
    return xg::square(1 - x) + 100 * xg::square(y - xg::square(x));
}

SGDOptions options_of(const reference::Trajectory& t) {
    return {.lr = t.lr,
            .momentum = t.momentum,
            .dampening = t.dampening,
            .weight_decay = t.weight_decay,
            .nesterov = t.nesterov};
}

/// Follows a trajectory, and returns how far it ever is from the recorded one.
double distance(const reference::Trajectory& t, xg::DType dtype) {
    Tensor p = xg::from_data(t.start.data(), {2}, {.dtype = dtype, .requires_grad = true});
    SGD optimizer({p}, options_of(t));
    double worst = 0;
    std::size_t next = 0;
    for (int step = 1; step <= reference::steps.back(); ++step) {
        optimizer.zero_grad();
        value(t.function, p).backward();
        optimizer.step();
        if (step != reference::steps[next]) continue;
        const std::vector<double> at = p.to_vector();
        for (std::size_t i = 0; i < 2; ++i) worst = std::max(worst, std::abs(at[i] - t.points[next][i]));
        ++next;
    }
    BOOST_TEST(next == reference::steps.size());
    return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trajectories)

BOOST_AUTO_TEST_CASE(two_hundred_steps_are_pytorchs) {
    for (const reference::Trajectory& t : reference::trajectories) {
        BOOST_TEST_CONTEXT((t.function == reference::Function::quadratic ? "quadratic" : "rosenbrock")
                           << ", momentum " << t.momentum << ", dampening " << t.dampening << ", weight_decay "
                           << t.weight_decay << ", nesterov " << t.nesterov) {
            BOOST_TEST(distance(t, xg::float64) < 1e-11);
            BOOST_TEST(distance(t, xg::float32) < 1e-3);
        }
    }
}

// The gradient is c, whatever the parameter: each of the formulas has a closed form.
BOOST_AUTO_TEST_CASE(closed_forms_for_a_constant_gradient) {
    constexpr double c = 1.5, lr = 0.1, m = 0.75, d = 0.25, w = 0.5, start = 2;
    constexpr int n = 20;
    const auto run = [&](const SGDOptions& options) {
        Tensor p = xg::full({}, start, {.dtype = xg::float64, .requires_grad = true});
        SGD optimizer({p}, options);
        for (int i = 0; i < n; ++i) {
            optimizer.zero_grad();
            (p * c).backward();
            optimizer.step();
        }
        return p.item();
    };
    const auto near = [](double a, double b) { return std::abs(a - b) < 1e-12 * std::max(1.0, std::abs(b)); };
    BOOST_TEST(near(run({.lr = lr}), start - n * lr * c));
    // p + c/w shrinks by 1 - lr·w a step.
    BOOST_TEST(near(run({.lr = lr, .weight_decay = w}), (start + c / w) * std::pow(1 - lr * w, n) - c / w));
    // v_k = c (1 - m^k) / (1 - m).
    double moved = 0, nesterov = 0, dampened = 0;
    for (int k = 1; k <= n; ++k) {
        const double v = c * (1 - std::pow(m, k)) / (1 - m);
        moved += lr * v;
        nesterov += lr * (c + m * v);
        // The first step is not dampened: v_k = m^(k-1) c + (1 - d) c (1 - m^(k-1)) / (1 - m).
        dampened += lr * c * (std::pow(m, k - 1) + (1 - d) * (1 - std::pow(m, k - 1)) / (1 - m));
    }
    BOOST_TEST(near(run({.lr = lr, .momentum = m}), start - moved));
    BOOST_TEST(near(run({.lr = lr, .momentum = m, .nesterov = true}), start - nesterov));
    BOOST_TEST(near(run({.lr = lr, .momentum = m, .dampening = d}), start - dampened));
}

BOOST_AUTO_TEST_SUITE_END()
