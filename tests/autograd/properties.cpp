// What derivatives obey whatever the function: linearity, the product rule and the chain rule, on random functions made
// of the operations.

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using xg::Tensor;

namespace {

constexpr int kFunctions = 150;
const xg::Shape kShape{3, 2};

/// A random function of an array of kShape, smooth nearly everywhere, that gives an array of kShape.
struct Function {
    std::function<Tensor(const Tensor&)> f;
    std::string text;
};

/// What keeps values of some size within [-3, 3] or so: functions may be nested to any depth.
Function random_function(support::Draw& draw, int depth) {
    if (depth == 0) {
        if (draw.coin()) return {[](const Tensor& x) { return x; }, "x"};
        const Tensor c = support::uniform(draw, kShape, -1, 1);
        return {[c](const Tensor& x) { return x * c; }, "c x"};
    }
    const Function a = random_function(draw, depth - 1);
    const std::string inner = "(" + a.text + ")";
    const auto unary = [&](const char* name, auto f) -> Function {
        return {[f, g = a.f](const Tensor& x) { return f(g(x)); }, name + inner};
    };
    const auto n = draw.integer(0, 17);
    if (n >= 12) {
        const Function b = random_function(draw, static_cast<int>(draw.integer(0, depth - 1)));
        const auto binary = [&](const char* name, auto f) -> Function {
            return {[f, p = a.f, q = b.f](const Tensor& x) { return f(p(x), q(x)); },
                    inner + name + "(" + b.text + ")"};
        };
        switch (n) {
            case 12: return binary(" + ", [](const Tensor& p, const Tensor& q) { return (p + q) * 0.5; });
            case 13: return binary(" - ", [](const Tensor& p, const Tensor& q) { return (p - q) * 0.5; });
            case 14: return binary(" tanh * ", [](const Tensor& p, const Tensor& q) { return xg::tanh(p) * q; });
            case 15: return binary(" / ", [](const Tensor& p, const Tensor& q) { return p / (xg::square(q) + 1); });
            case 16: return binary(" max ", [](const Tensor& p, const Tensor& q) { return xg::maximum(p, q); });
            default:
                return binary(" where ", [](const Tensor& p, const Tensor& q) { return xg::where(p > q, p, q * 0.5); });
        }
    }
    switch (n) {
        case 0: return unary("tanh", [](const Tensor& x) { return xg::tanh(x); });
        case 1: return unary("sigmoid", [](const Tensor& x) { return xg::sigmoid(x); });
        case 2: return unary("exp(-square)", [](const Tensor& x) { return xg::exp(-xg::square(x)); });
        case 3: return unary("log(1 + square)", [](const Tensor& x) { return xg::log(1 + xg::square(x)); });
        case 4: return unary("sqrt(1 + square)", [](const Tensor& x) { return xg::sqrt(1 + xg::square(x)); });
        case 5: return unary("relu", [](const Tensor& x) { return xg::relu(x) + 0.1 * x; });
        case 6: return unary("abs", [](const Tensor& x) { return xg::abs(x) - 0.5; });
        case 7:
            return unary("transposed twice", [](const Tensor& x) {
                return (xg::transpose(x) * xg::ones({2, 3}, support::f64)).reshape({3, 2});
            });
        case 8: return unary("minus mean", [](const Tensor& x) { return x - xg::mean(x, 0, true); });
        case 9:
            return unary("concat of slices", [](const Tensor& x) {
                return xg::concat({x.slice(0, 1, 3), x.slice(0, 0, 1) * 2}, 0);
            });
        case 10: {
            const Tensor w = support::uniform(draw, {2, 2}, -0.7, 0.7);
            return unary("matmul", [w](const Tensor& x) { return xg::matmul(x, w); });
        }
        default: return unary("sum over all", [](const Tensor& x) { return xg::tanh(xg::sum(x)) + x * 0.5; });
    }
}

Tensor leaf_of(const Tensor& x) {
    Tensor leaf = x.clone();
    leaf.requires_grad(true);
    return leaf;
}

/// d sum(w · f(x)) / dx: the transpose of the derivative, applied to w.
Tensor pulled_back(const std::function<Tensor(const Tensor&)>& f, const Tensor& x, const Tensor& w) {
    const Tensor leaf = leaf_of(x);
    return xg::grad(f(leaf), leaf, {.grad_outputs = {w}});
}

/// Whether all elements agree to rounding; `scale` is of the size of what was added up.
bool close(const Tensor& a, const Tensor& b) {
    const std::vector<double> p = a.to_vector(), q = b.to_vector();
    double scale = 1;
    for (std::size_t i = 0; i < p.size(); ++i) scale = std::max({scale, std::abs(p[i]), std::abs(q[i])});
    for (std::size_t i = 0; i < p.size(); ++i)
        if (!(std::abs(p[i] - q[i]) <= 1e-11 * scale)) return false;
    return p.size() == q.size();
}

/// Calls check(draw, x, w) with random points and weights; Boost names the seed where it fails.
template <class F>
void each_case(F&& check) {
    for (std::uint32_t seed = 1; seed <= kFunctions; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            support::Draw draw(seed);
            const Tensor x = support::uniform(draw, kShape), w = support::uniform(draw, kShape);
            check(draw, x, w);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(the_derivative_of_a_linear_combination) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        const Function f = random_function(draw, 3), g = random_function(draw, 3);
        const double a = draw.uniform(-2, 2), b = draw.uniform(-2, 2);
        const Tensor whole = pulled_back([&](const Tensor& t) { return a * f.f(t) + b * g.f(t); }, x, w);
        BOOST_TEST(close(whole, a * pulled_back(f.f, x, w) + b * pulled_back(g.f, x, w)), f.text << " and " << g.text);
    });
}

BOOST_AUTO_TEST_CASE(gradients_are_linear_in_what_flows_back) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        const Function f = random_function(draw, 4);
        const Tensor v = support::uniform(draw, kShape);
        const double a = draw.uniform(-2, 2);
        BOOST_TEST(close(pulled_back(f.f, x, a * w + v), a * pulled_back(f.f, x, w) + pulled_back(f.f, x, v)), f.text);
    });
}

BOOST_AUTO_TEST_CASE(product_rule) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        const Function f = random_function(draw, 3), g = random_function(draw, 3);
        const Tensor whole = pulled_back([&](const Tensor& t) { return f.f(t) * g.f(t); }, x, w);
        BOOST_TEST(close(whole, pulled_back(f.f, x, w * g.f(x)) + pulled_back(g.f, x, w * f.f(x))),
                   f.text << " times " << g.text);
    });
}

BOOST_AUTO_TEST_CASE(quotient_rule) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        const Function f = random_function(draw, 3), h = random_function(draw, 2);
        const auto g = [&](const Tensor& t) { return 1.5 + xg::square(h.f(t)); };
        const Tensor whole = pulled_back([&](const Tensor&t) { return f.f(t) / g(t); }, x, w), at = g(x);
        BOOST_TEST(close(whole, pulled_back(f.f, x, w / at) - pulled_back(g, x, w * f.f(x) / xg::square(at))),
                   f.text << " over 1.5 + square of " << h.text);
    });
}

BOOST_AUTO_TEST_CASE(chain_rule) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        const Function f = random_function(draw, 3), g = random_function(draw, 3);
        const Tensor whole = pulled_back([&](const Tensor& t) { return g.f(f.f(t)); }, x, w);
        BOOST_TEST(close(whole, pulled_back(f.f, x, pulled_back(g.f, f.f(x), w))), g.text << " of x = " << f.text);
    });
}

BOOST_AUTO_TEST_CASE(a_use_more_adds_its_gradient) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        // f(x, x) has the sum of both partial derivatives.
        const Function p = random_function(draw, 2), q = random_function(draw, 2);
        const auto f = [&](const Tensor& s, const Tensor& t) { return xg::tanh(p.f(s)) * q.f(t) + xg::sigmoid(s - t); };
        const Tensor both = pulled_back([&](const Tensor& t) { return f(t, t); }, x, w);
        const Tensor first = pulled_back([&](const Tensor& t) { return f(t, x); }, x, w);
        const Tensor second = pulled_back([&](const Tensor& t) { return f(x, t); }, x, w);
        BOOST_TEST(close(both, first + second), p.text << " and " << q.text);
    });
}

BOOST_AUTO_TEST_CASE(second_derivatives_are_symmetric) {
    each_case([](support::Draw& draw, const Tensor& x, const Tensor& w) {
        // uᵀ H v = vᵀ H u of the Hessian H of sum(w · f).
        const Function f = random_function(draw, 3);
        const Tensor u = support::uniform(draw, kShape), v = support::uniform(draw, kShape), leaf = leaf_of(x);
        const Tensor loss = xg::sum(w * f.f(leaf)) + 0.5 * xg::sum(xg::square(leaf));
        const Tensor g = xg::grad(loss, leaf, {.create_graph = true});
        const auto times = [&](const Tensor& direction) {
            return xg::grad(g, leaf, {.grad_outputs = {direction}, .retain_graph = true});
        };
        BOOST_TEST(close(xg::sum(times(u) * v), xg::sum(times(v) * u)), f.text);
    });
}

BOOST_AUTO_TEST_SUITE_END()
