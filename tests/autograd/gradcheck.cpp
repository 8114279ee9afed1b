#include <xgrad/autograd/gradcheck.hpp>

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/custom_function.hpp>
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
    BOOST_TEST(contains(result.message, "(step 2e-05)"), result.message);  // 1e-5 times the 2.0 that is moved
    BOOST_TEST(contains(result.message, "; 3 of 9 elements disagree"), result.message);
    BOOST_TEST(result.input == 1u);
    BOOST_TEST(result.element == xg::Shape{0});
    BOOST_TEST(std::abs(result.difference - 2 * result.derivative) < 1e-6);
    BOOST_TEST(std::abs(result.step - 2e-5) < 1e-15);
    BOOST_TEST(result.disagreements == 3);
    const auto g = [](const Inputs& in) { return posing(in[0], xg::where(in[0] == 0.25, -in[0], in[0])); };
    BOOST_TEST(contains(xg::gradcheck(g, {matrix()}).message, "input 0, element (1, 1)"));
}

BOOST_AUTO_TEST_CASE(by_how_much_it_is_off) {
    const auto f = [](const Inputs& in) { return posing(2 * xg::sum(in[0]), 2.5 * xg::sum(in[0])); };
    const xg::GradcheckResult result = xg::gradcheck(f, {row()}, {.relative = 1e-3, .absolute = 0});
    const double weight = result.difference / 2;
    BOOST_TEST(std::abs(result.derivative - 2.5 * weight) < 1e-9);
    char off[64];
    std::snprintf(off, sizeof off, "off by %.3g, allowed %.3g", 0.5 * weight, 2.5e-3 * weight);
    BOOST_TEST(contains(result.message, off), result.message);
    BOOST_TEST(!contains(result.message, "kink"), result.message);
    // As much as is allowed passes.
    BOOST_TEST(xg::gradcheck(f, {row()}, {.relative = 0.21, .absolute = 0}).ok);
}

BOOST_AUTO_TEST_CASE(at_a_kink) {
    const Inputs in = {xg::tensor({1.0, 0.0, -1.0}, support::f64)};
    // |x| has slope 0 at 0 by symmetry, and one side's slope is wrong.
    BOOST_TEST(xg::gradcheck([](const Inputs& x) { return xg::abs(x[0]); }, in).ok);
    const auto one_side = [](const Inputs& x) { return posing(xg::abs(x[0]), xg::where(x[0] >= 0, x[0], -x[0])); };
    const xg::GradcheckResult wrong = xg::gradcheck(one_side, in);
    BOOST_TEST(contains(wrong.message, "input 0, element (1,)"), wrong.message);
    BOOST_TEST(contains(wrong.message, "the slopes on both sides are -"), wrong.message);
    BOOST_TEST(contains(wrong.message, "a kink or jump"), wrong.message);
    BOOST_TEST(wrong.disagreements == 1);
    // Off the kink the same derivative is right: it is the convention that differs.
    BOOST_TEST(xg::gradcheck(one_side, {xg::tensor({1.0, 1e-3, -1.0}, support::f64)}).ok);
    // relu's 0 at 0 is a choice, too.
    const xg::GradcheckResult relu = xg::gradcheck([](const Inputs& x) { return xg::relu(x[0]); }, in);
    BOOST_TEST(contains(relu.message, "are 0 and "), relu.message);
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

BOOST_AUTO_TEST_CASE(a_backward_that_is_cut_off_fails) {
    // The right gradient, but of what it depends on nothing is known.
    const xg::Function twice(
        "twice", [](xg::FunctionContext&, const Inputs& in) { return Inputs{in[0] * 2}; },
        [](xg::FunctionContext&, const Inputs& g) { return Inputs{g[0].detach() * 2}; });
    const auto f = [&](const Inputs& in) { return twice({in[0]})[0]; };
    BOOST_TEST(xg::gradcheck(f, {row()}).ok);
    const xg::GradcheckResult result = xg::gradgradcheck(f, {row()});
    BOOST_TEST(contains(result.message, "second derivative: the gradient of output 0, element (0,)"), result.message);
    BOOST_TEST(result.input == 1u);
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

BOOST_AUTO_TEST_CASE(infinity_agrees_with_itself_alone) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    for (const double factor : {inf, -inf}) {
        const xg::Function steep(
            "steep", [](xg::FunctionContext&, const Inputs& in) { return Inputs{in[0] * 2}; },
            [factor](xg::FunctionContext&, const Inputs& g) { return Inputs{g[0] * factor}; });
        const xg::GradcheckResult result = xg::gradcheck([&](const Inputs& in) { return steep({in[0]})[0]; }, {row()});
        BOOST_TEST(!result.ok);
        BOOST_TEST(result.disagreements == 3);
        BOOST_TEST(contains(result.message, "off by inf, allowed 0"), result.message);
    }
}

BOOST_AUTO_TEST_CASE(outputs_that_change_are_refused) {
    int calls = 0;
    const xg::SingleTensorFunction shrinks = [&](const Inputs& in) {
        return ++calls == 1 ? in[0] * 2 : (in[0] * 2).slice(0, 0, 1);
    };
    const std::string shape = support::message_of<xg::ShapeError>([&] { xg::gradcheck(shrinks, {row()}); });
    BOOST_TEST(contains(shape, "gradcheck: "), shape);
    BOOST_TEST(contains(shape, "output 0 the shape (3,) first, then (1,)"), shape);
    const xg::TensorFunction fewer = [&](const Inputs& in) {
        return calls++ == 0 ? Inputs{in[0] * 2, in[0] * 3} : Inputs{in[0] * 2};
    };
    calls = 0;
    const std::string number = support::message_of<xg::ValueError>([&] { xg::gradcheck(fewer, {row()}); });
    BOOST_TEST(contains(number, "2 outputs first, then 1"), number);
    const xg::SingleTensorFunction rounds = [&](const Inputs& in) {
        return calls++ == 0 ? in[0] * 2 : (in[0] * 2).to(xg::float32);
    };
    calls = 0;
    const std::string dtype = support::message_of<xg::DTypeError>([&] { xg::gradcheck(rounds, {row()}); });
    BOOST_TEST(contains(dtype, "output 0 as float64 first, then as float32"), dtype);
    const xg::TensorFunction more = [&](const Inputs& in) {
        return calls++ == 0 ? Inputs{in[0] * 2} : Inputs{in[0] * 2, in[0] * 3};
    };
    calls = 0;
    BOOST_CHECK_THROW(xg::gradgradcheck(more, {row()}), xg::ValueError);
    BOOST_CHECK_THROW(xg::gradcheck([](const Inputs&) { return xg::Tensor(); }, {row()}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(steps_that_are_none) {
    const xg::SingleTensorFunction f = [](const Inputs& in) { return in[0] * 2; };
    const double inf = std::numeric_limits<double>::infinity();
    for (const double step : {0.0, -1e-6, std::nan(""), inf, 1e-20}) {
        const auto check_refused = [](const auto& run) {
            const std::string message = support::message_of<xg::ValueError>(run);
            BOOST_TEST(message.starts_with("gradcheck: "), message);
            BOOST_TEST(contains(message, "step"), message);
        };
        check_refused([&] { xg::gradcheck(f, {row()}, {.step = step}); });
        check_refused([&] { xg::gradgradcheck(f, {row()}, {.step = step}); });
    }
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
