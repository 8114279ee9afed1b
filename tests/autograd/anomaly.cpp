#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/anomaly.hpp>
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
    const xg::Tensor bad = xg::full({2}, std::numeric_limits<double>::infinity(), support::f64);
    const std::string held = message_of<xg::NonFiniteError>([&] { static_cast<void>(bad * 2); });
    BOOST_TEST(contains(held, "mul: made inf at (0,)"), held);
    BOOST_TEST(contains(held, "input 0 already held inf"), held);
    {
        const xg::DetectAnomaly off(false);
        BOOST_CHECK_NO_THROW(xg::sqrt(x));
    }
    const xg::Tensor w = xg::full({3, 2}, 1e300, support::f64_leaf);
    const std::string joint = message_of<xg::NonFiniteError>([&] { xg::linear(xg::square(x) * 1e200, w); });
    BOOST_TEST(contains(joint, "linear: made inf"), joint);
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

BOOST_AUTO_TEST_SUITE_END()
