#include <xgrad/autograd/gradcheck.hpp>

#include <string>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using Inputs = std::vector<xg::Tensor>;

namespace {

xg::Tensor matrix() { return xg::tensor({{0.5, -1.5, 2.0}, {1.0, 0.25, -0.75}}, support::f64); }
xg::Tensor row() { return xg::tensor({2.0, -0.5, 1.0}, support::f64); }

/// y with the gradient of z: the value of one function beside the derivative of another.
xg::Tensor posing(const xg::Tensor& y, const xg::Tensor& z) { return z + (y - z).detach(); }

void check_fails(const xg::SingleTensorFunction& f, const Inputs& inputs) {
    const xg::GradcheckResult result = xg::gradcheck(f, inputs);
    BOOST_TEST(!result);
    BOOST_TEST(!result.message.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradcheck)

BOOST_AUTO_TEST_CASE(right_derivatives_pass) {
    const xg::SingleTensorFunction f = [](const Inputs& in) { return xg::tanh(in[0]) * in[1]; };
    const xg::GradcheckResult first = xg::gradcheck(f, {matrix(), row()});
    BOOST_TEST(first.ok, first.message);
    BOOST_TEST(first.message.empty());
    const xg::GradcheckResult second = xg::gradgradcheck(f, {matrix(), row()});
    BOOST_TEST(second.ok, second.message);
}

BOOST_AUTO_TEST_CASE(wrong_derivatives_fail) {
    // A missing path, a wrong sign, factor and power.
    check_fails([](const Inputs& in) { return in[0].detach() * in[0]; }, {matrix()});
    check_fails([](const Inputs& in) { return posing(xg::exp(in[0]), -xg::exp(in[0])); }, {matrix()});
    check_fails([](const Inputs& in) { return posing(xg::mean(in[0]), xg::sum(in[0])); }, {matrix()});
    check_fails([](const Inputs& in) { return posing(xg::tanh(in[0]), xg::sigmoid(in[0])); }, {matrix()});
    // A transposed gradient: the sum of all elements hides it, the random weights do not.
    check_fails([](const Inputs& in) { return posing(in[0], in[0].transpose()); },
                {xg::tensor({{1, 2}, {3, 4}}, support::f64)});
    // A broadcast that the gradient does not undo: it reaches the first row alone.
    check_fails(
        [](const Inputs& in) {
            return posing(xg::broadcast_to(in[0], {2, 3}),
                          xg::concat({in[0].reshape({1, 3}), xg::zeros({1, 3}, support::f64)}));
        },
        {row()});
    // A derivative where there is none, and none where there is one.
    check_fails([](const Inputs& in) { return posing(xg::sign(in[0]), in[0]); }, {matrix()});
    check_fails([](const Inputs& in) { return in[0].detach() * 2; }, {matrix()});
    // One element of many.
    check_fails([](const Inputs& in) { return posing(in[0], xg::where(in[0] == 0.25, 1.001 * in[0], in[0])); },
                {matrix()});
}

BOOST_AUTO_TEST_CASE(the_message_says_where) {
    const auto f = [](const Inputs& in) { return in[0] + in[1] * in[1].detach(); };
    const xg::GradcheckResult result = xg::gradcheck(f, {matrix(), row()}, {.step = 1e-5});
    BOOST_TEST(!result.ok);
    BOOST_TEST(contains(result.message, "input 1, element (0,)"), result.message);
    BOOST_TEST(contains(result.message, "central differences"), result.message);
    BOOST_TEST(contains(result.message, "step 2"), result.message);  // 1e-5 times the 2.0 that is moved
    const auto g = [](const Inputs& in) { return posing(in[0], xg::where(in[0] == 0.25, -in[0], in[0])); };
    BOOST_TEST(contains(xg::gradcheck(g, {matrix()}).message, "input 0, element (1, 1)"));
}

BOOST_AUTO_TEST_CASE(wrong_second_derivatives_fail) {
    // x³ with the right slope, whose own slope is lost.
    const auto f = [](const Inputs& in) {
        const xg::Tensor x = in[0], slope = 3 * xg::square(x.detach());
        return posing(x * x * x, slope * x);
    };
    BOOST_TEST(xg::gradcheck(f, {row()}).ok);
    const xg::GradcheckResult result = xg::gradgradcheck(f, {row()});
    BOOST_TEST(!result.ok);
    BOOST_TEST(contains(result.message, "second derivative: input 0"), result.message);
}

BOOST_AUTO_TEST_CASE(several_outputs_and_constants) {
    const xg::Tensor mask = xg::tensor({true, false, true}), ids = xg::tensor({1, 2, 3});
    const xg::TensorFunction f = [](const Inputs& in) {
        return Inputs{xg::where(in[1], in[0], 0), in[0] * in[2], in[0] > 0, in[2] * 2, in[0].detach()};
    };
    // The last output depends on the input by value alone: that is a wrong derivative.
    BOOST_TEST(!xg::gradcheck(f, {row(), mask, ids}).ok);
    const xg::TensorFunction g = [&](const Inputs& in) {
        Inputs out = f(in);
        out.pop_back();
        return out;
    };
    const xg::GradcheckResult result = xg::gradcheck(g, {row(), mask, ids});
    BOOST_TEST(result.ok, result.message);
    BOOST_TEST(xg::gradgradcheck(g, {row(), mask, ids}).ok);
}

BOOST_AUTO_TEST_CASE(not_a_number_is_no_agreement) {
    BOOST_TEST(!xg::gradcheck([](const Inputs& in) { return in[0] * std::nan(""); }, {row()}).ok);
    BOOST_TEST(!xg::gradcheck([](const Inputs& in) { return xg::sqrt(in[0]); }, {xg::tensor({-1.0}, support::f64)}).ok);
}

BOOST_AUTO_TEST_CASE(inputs_are_left_alone) {
    xg::Tensor x = row();
    x.requires_grad(true);
    const xg::Tensor y = x * 2;
    const xg::NoGrad no_grad;
    BOOST_TEST(xg::gradcheck([](const Inputs& in) { return xg::square(in[0]); }, {x}).ok);
    BOOST_TEST(xg::gradcheck([](const Inputs& in) { return xg::square(in[0]); }, {y}).ok);
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(x.version() == 0u);
    BOOST_TEST(!xg::grad_enabled());
}

BOOST_AUTO_TEST_CASE(bad_input) {
    const auto f = [](const Inputs& in) { return in[0] * 2; };
    BOOST_CHECK_THROW(xg::gradcheck(f, {xg::ones({2})}), xg::DTypeError);
    BOOST_CHECK_THROW(xg::gradcheck(f, {xg::tensor({1, 2})}), xg::ValueError);
    BOOST_CHECK_THROW(xg::gradcheck(f, {}), xg::ValueError);
    BOOST_CHECK_THROW(xg::gradcheck(f, {xg::Tensor()}), xg::ValueError);
    BOOST_CHECK_THROW(xg::gradgradcheck(f, {xg::ones({2})}), xg::DTypeError);
}

BOOST_AUTO_TEST_SUITE_END()
