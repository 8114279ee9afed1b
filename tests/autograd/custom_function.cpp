#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/gradcheck.hpp>
#include <xgrad/autograd/graph.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/autograd/xtensor.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using xg::FunctionContext;
using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

/// x³ over xtensor views.
xg::Function cube() {
    return {
        "cube",
        [](FunctionContext& context, const Tensors& in) {
            context.save(in);
            return Tensors{xg::from_xtensor(xt::pow<3>(xg::as_xtensor<double>(in[0])))};
        },
        [](FunctionContext& context, const Tensors& g) { return Tensors{g[0] * 3 * xg::square(context.saved()[0])}; }};
}

/// (exp(a)·b, b²), which saves an output.
xg::Function pair() {
    return {"pair",
            [](FunctionContext& context, const Tensors& in) {
                const Tensor e = xg::exp(in[0]) * in[1];
                context.save({e, in[0], in[1]});
                return Tensors{e, in[1] * in[1]};
            },
            [](FunctionContext& context, const Tensors& g) {
                const Tensors saved = context.saved();
                Tensors result(2);
                if (context.needs(0) && g[0].defined()) result[0] = g[0] * saved[0];
                if (context.needs(1)) {
                    result[1] = xg::zeros_like(saved[2].detach());
                    if (g[0].defined()) result[1] = result[1] + g[0] * xg::exp(saved[1]);
                    if (g[1].defined()) result[1] = result[1] + g[1] * saved[2] * 2;
                }
                return result;
            }};
}

Tensor values() { return xg::tensor({0.5, -1.0, 2.0}, support::f64); }

xg::Function wrong(Tensors gradients) {
    return {"wrong", [](FunctionContext&, const Tensors& in) { return Tensors{in[0] * 2}; },
            [gradients](FunctionContext&, const Tensors&) { return gradients; }};
}

std::string complaint(const Tensors& gradients) {
    const Tensor x = xg::ones({3}, support::f64_leaf);
    const Tensor y = xg::sum(wrong(gradients)({x})[0]);
    const std::string message = support::message_of<xg::GradError>([&] { y.backward(); });
    BOOST_TEST(!x.grad().defined());
    return message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(custom_functions)

BOOST_AUTO_TEST_CASE(checked_to_the_second_order) {
    const xg::Function f = cube(), g = pair();
    const auto one = [&](const Tensors& in) { return f({in[0]})[0]; };
    BOOST_TEST(xg::gradcheck(one, {values()}).message == "");
    BOOST_TEST(xg::gradgradcheck(one, {values()}).message == "");
    const auto two = [&](const Tensors& in) { return g({in[0], in[1]}); };
    BOOST_TEST(xg::gradcheck(two, {values(), values() * 0.5}).message == "");
    BOOST_TEST(xg::gradgradcheck(two, {values(), values() * 0.5}).message == "");
    // One output alone, and the same tensor twice.
    const auto second = [&](const Tensors& in) { return g({in[0], in[0]})[1]; };
    BOOST_TEST(xg::gradcheck(second, {values()}).message == "");
    BOOST_TEST(xg::graph(f({xg::ones({1}, support::f64_leaf)})[0]).counts().at("cube") == 1);
}

BOOST_AUTO_TEST_CASE(a_wrong_backward_is_found) {
    const xg::Function f(
        "cube",
        [](FunctionContext& c, const Tensors& in) {
            c.save(in);
            return Tensors{in[0] * in[0] * in[0]};
        },
        [](FunctionContext& c, const Tensors& g) { return Tensors{g[0] * 2 * xg::square(c.saved()[0])}; });
    BOOST_TEST(!xg::gradcheck([&](const Tensors& in) { return f({in[0]})[0]; }, {values()}).ok);
}

BOOST_AUTO_TEST_CASE(what_backward_may_not_return) {
    const std::string count = complaint({});
    BOOST_TEST(support::contains(count, "backward of wrong: expected a gradient for each input, 1, got 0"), count);
    const std::string shape = complaint({xg::ones({2}, support::f64)});
    BOOST_TEST(support::contains(shape, "expected for input 0 a float64 gradient of shape (3,), got float64 (2,)"),
               shape);
    const std::string dtype = complaint({xg::ones({3})});
    BOOST_TEST(support::contains(dtype, "got float32 (3,)"), dtype);
}

BOOST_AUTO_TEST_CASE(what_is_thrown_passes_through) {
    const xg::Function f(
        "careful", [](FunctionContext&, const Tensors&) -> Tensors { throw std::runtime_error("no"); },
        [](FunctionContext&, const Tensors&) { return Tensors(); });
    BOOST_CHECK_THROW(f({values()}), std::runtime_error);
    BOOST_CHECK_THROW(f({Tensor()}), xg::ValueError);
    BOOST_CHECK_THROW(xg::Function("empty", nullptr, nullptr), xg::ValueError);
    Tensor x = values();
    x.requires_grad(true);
    const Tensor y = xg::sum(cube()({x})[0]);
    {
        const xg::NoGrad no_grad;
        x.mutable_data<double>()[0] = 9;
    }
    BOOST_CHECK_THROW(y.backward(), xg::GradError);
}

BOOST_AUTO_TEST_CASE(an_input_that_is_handed_through) {
    const Tensor x = values().requires_grad(true);
    const xg::Function id(
        "id", [](FunctionContext&, const Tensors& in) { return in; },
        [](FunctionContext&, const Tensors& g) { return Tensors{g[0] * 5}; });
    const Tensor y = id({x})[0];
    BOOST_TEST(x.is_leaf());
    BOOST_TEST(xg::grad(xg::sum(y), x).to_vector()[0] == 5);
}

BOOST_AUTO_TEST_SUITE_END()
