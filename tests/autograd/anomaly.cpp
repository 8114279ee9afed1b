#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/anomaly.hpp>
#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::message_of;

BOOST_AUTO_TEST_SUITE(anomalies)

BOOST_AUTO_TEST_CASE(forward) {
    const xg::Tensor x = xg::tensor({{1.0, 4.0}, {-1.0, 2.0}}, support::f64_leaf);
    BOOST_CHECK_NO_THROW(xg::sqrt(x));
    const xg::DetectAnomaly anomalies;
    const std::string message = message_of<xg::NonFiniteError>([&] { xg::exp(xg::sqrt(x)); });
    BOOST_TEST(contains(message,
                        "sqrt: made NaN at (1, 0) of its result of shape (2, 2), from (2, 2); its inputs were finite"),
               message);
    // What came in that way, and what needs no gradient.
    const xg::Tensor bad = xg::full({2}, std::numeric_limits<double>::quiet_NaN(), support::f64);
    const std::string held = message_of<xg::NonFiniteError>([&] { static_cast<void>(bad * 2); });
    BOOST_TEST(contains(held, "mul: made NaN at (0,)"), held);
    BOOST_TEST(contains(held, "input 0 already held NaN"), held);
    // The search looks at views as they are.
    const xg::Tensor view = xg::ones({2, 3}, support::f64).transpose() * std::numeric_limits<double>::infinity();
    const std::string viewed = message_of<xg::NonFiniteError>([&] { static_cast<void>(view.transpose() * 0); });
    BOOST_TEST(contains(viewed, "mul: made NaN at (0, 0)"), viewed);
    {
        const xg::DetectAnomaly off(false);
        BOOST_CHECK_NO_THROW(xg::sqrt(x));
    }
    const xg::Tensor w = xg::full({3, 2}, 1e300, support::f64_leaf);
    const std::string joint = message_of<xg::NonFiniteError>([&] { xg::linear(xg::square(x) * 1e200, w); });
    BOOST_TEST(contains(joint, "linear: made inf"), joint);
}

// Operations are searched where none of their inputs needs a gradient, and under NoGrad, as well.
BOOST_AUTO_TEST_CASE(forward_without_a_graph) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto of = [](std::initializer_list<std::int64_t> sizes, double value) {
        return xg::full(xg::Shape(sizes), value, support::f64);
    };
    const xg::Tensor bad = of({2, 3}, nan), good = of({2, 3}, 0.5), ids = xg::tensor({0, 2});
    const xg::Tensor planes = of({2, 3, 4}, nan), ones = of({3}, 1);
    const xg::Function same(
        "same", [](xg::FunctionContext&, const std::vector<xg::Tensor>& in) { return std::vector{in[0].detach()}; },
        [](xg::FunctionContext&, const std::vector<xg::Tensor>& g) { return g; });
    const xg::DetectAnomaly anomalies;
    const auto check = [](const std::string& made, const auto& run) {
        const std::string message = message_of<xg::NonFiniteError>(run);
        BOOST_TEST(contains(message, made + ": made NaN"), message);
        const xg::NoGrad no_grad;
        BOOST_TEST(contains(message_of<xg::NonFiniteError>(run), made + ": made NaN"));
    };
    check("layer_norm", [&] { static_cast<void>(xg::layer_norm(bad, {3})); });
    check("group_norm", [&] { static_cast<void>(xg::group_norm(planes, 3)); });
    check("batch_norm", [&] { static_cast<void>(xg::batch_norm(planes, ones, ones)); });
    check("linear", [&] { static_cast<void>(xg::linear(bad, good)); });
    check("cross_entropy", [&] { static_cast<void>(xg::cross_entropy(bad, ids)); });
    check("binary_cross_entropy_with_logits",
          [&] { static_cast<void>(xg::binary_cross_entropy_with_logits(bad, good)); });
    check("scaled_dot_product_attention",
          [&] { static_cast<void>(xg::scaled_dot_product_attention(planes, planes, planes)); });
    check("same", [&] { static_cast<void>(same({bad})); });
}

BOOST_AUTO_TEST_CASE(in_place) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    xg::Tensor x = xg::full({2}, 1e300, support::f64);
    const xg::DetectAnomaly anomalies;
    const auto check = [](const std::string& made, const auto& run) {
        const std::string message = message_of<xg::NonFiniteError>(run);
        BOOST_TEST(contains(message, made + " at (0,) of its result of shape (2,), from (2,)"), message);
    };
    check("mul_: made inf", [&] { x.clone().mul_(1e300); });
    check("add_: made inf", [&] { (x.clone() * 1e8).add_(x, 1e300); });
    check("axpy_: made inf", [&] {
        xg::Tensor y = x.clone();
        xg::axpy_(y, 1e300, x);
    });
    // Infinities that were there go on; what becomes NaN does not.
    xg::Tensor masked = xg::full({2}, -inf, support::f64);
    BOOST_CHECK_NO_THROW(masked.add_(1).mul_(2));
    check("add_: made NaN", [&] { masked.clone().add_(-masked); });
    BOOST_CHECK_NO_THROW(x.clone().fill_(inf));
    BOOST_CHECK_NO_THROW(x.clone().copy_(masked));
}

BOOST_AUTO_TEST_CASE(backward) {
    const xg::Tensor x = xg::tensor({1.0, 0.0}, support::f64_leaf);
    const xg::DetectAnomaly anomalies;
    const unsigned line = std::source_location::current().line() + 1;
    const xg::SourcePlace here;
    const xg::Tensor y = xg::sum(xg::sqrt(x) * 2);
    const std::string message = message_of<xg::NonFiniteError>([&] { y.backward(); });
    BOOST_TEST(contains(message,
                        "backward of sqrt: made inf at (1,) of the gradient of its input 0, of shape (2,); the "
                        "gradient that came in was finite"),
               message);
    BOOST_TEST(contains(message, "anomaly.cpp:" + std::to_string(line)), message);
    BOOST_TEST(!x.grad().defined());
    // A masked branch is no anomaly.
    const xg::Tensor zero = xg::zeros({2}, support::f64_leaf);
    BOOST_CHECK_NO_THROW(xg::grad(xg::sum(xg::pow(zero, xg::zeros({2}, support::f64))), zero));
}

// Attention masks scores with -inf: no anomaly, forward or backward. What becomes of infinities still is.
BOOST_AUTO_TEST_CASE(infinities_on_purpose) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const xg::Tensor scores = xg::tensor({{0.5, -1.0, 2.0}, {1.5, 0.25, -0.5}}, support::f64_leaf);
    const xg::Tensor hidden = xg::tensor({{false, true, true}, {false, false, true}});
    const xg::DetectAnomaly anomalies;
    const auto goes_through = [&](const xg::Tensor& masked) {
        const auto slopes = [&](const xg::Tensor& y) { xg::grad(xg::sum(y), scores, {.retain_graph = true}); };
        BOOST_CHECK_NO_THROW(slopes(xg::square(xg::softmax(masked, -1))));
        BOOST_CHECK_NO_THROW(slopes(xg::exp(xg::log_softmax(masked, -1))));
        BOOST_CHECK_NO_THROW(slopes(xg::logsumexp(masked * 2, -1)));
        BOOST_CHECK_NO_THROW(slopes(xg::max(masked.transpose(), 0)));
    };
    goes_through(xg::masked_fill(scores, hidden, -inf));
    goes_through(xg::where(hidden, -inf, scores));
    goes_through(scores + xg::where(hidden, -inf, 0.0).to(xg::float64));
    goes_through(xg::pad(scores, {{0, 2}}, {.value = -inf}));
    const xg::Tensor masked = xg::masked_fill(scores, hidden, -inf);
    const std::string lost = message_of<xg::NonFiniteError>([&] { static_cast<void>(masked - masked); });
    BOOST_TEST(contains(lost, "sub: made NaN at (0, 1)"), lost);
    BOOST_TEST(contains(lost, "input 0 already held -inf"), lost);
    const std::string made = message_of<xg::NonFiniteError>([&] { xg::log(scores - scores.detach()); });
    BOOST_TEST(contains(made, "log: made -inf at (0, 0)"), made);
    BOOST_TEST(contains(made, "its inputs were finite"), made);
    // Backward in the same way: an infinity that came in goes on, one that is made or becomes a NaN does not.
    const xg::Tensor seed = xg::full({2, 3}, inf, support::f64);
    BOOST_CHECK_NO_THROW((scores * 2).backward({.gradient = seed}));
    const std::string zero = message_of<xg::NonFiniteError>(
        [&] { xg::grad(scores * xg::zeros_like(scores.detach()), scores, {.grad_outputs = {seed}}); });
    BOOST_TEST(contains(zero, "backward of mul: made NaN"), zero);
    BOOST_TEST(contains(zero, "was not finite already"), zero);
}

BOOST_AUTO_TEST_SUITE_END()
