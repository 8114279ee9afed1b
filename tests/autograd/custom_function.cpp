#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/functional.hpp>
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

/// c · exp(x)², with exp(x) saved as an output, or as one of the tensors in between, and the float32 or float64 c as a
/// constant, or so.
xg::Function squared_exp(bool output, bool constant) {
    return {"squared_exp",
            [=](FunctionContext& context, const Tensors& in) {
                const Tensor e = xg::exp(in[0]), c = xg::full_like(e, 3);
                context.save(constant ? Tensors{e} : Tensors{e, c});
                if (constant) context.save_constants({c});
                return output ? Tensors{c * e * e, e} : Tensors{c * e * e};
            },
            [=](FunctionContext& context, const Tensors& g) {
                const Tensor e = context.saved()[0], c = constant ? context.constants()[0] : context.saved()[1];
                Tensor slope = xg::zeros_like(e.detach());
                if (g[0].defined()) slope = slope + g[0] * c * e * e * 2;
                if (output && g[1].defined()) slope = slope + g[1] * e;
                return Tensors{slope};
            }};
}

BOOST_AUTO_TEST_CASE(what_forward_computed_in_between) {
    const auto value = [](bool output, bool constant) {
        return [f = squared_exp(output, constant)](const Tensors& in) { return f({in[0]})[0]; };
    };
    // The first derivative, in both modes and recorded, is right whatever was saved.
    for (const bool output : {false, true}) {
        BOOST_TEST(xg::gradcheck(value(output, output), {values()}).message == "");
        const auto y = value(output, output);
        const auto all = [&](const Tensors& in) { return Tensors{y(in)}; };
        const Tensor t = values() * 2, expected = 6 * xg::exp(2 * values()) * t;
        BOOST_TEST(xg::allclose(xg::jvp(all, {values()}, {t}).tangents[0], expected));
    }
    // The second is right, or refused.
    BOOST_TEST(xg::gradgradcheck(value(true, true), {values()}).message == "");
    const Tensor x = values().requires_grad(true);
    const auto second = [&](bool output, bool constant) {
        return support::message_of<xg::GradError>([&] {
            const Tensor slope = xg::grad(xg::sum(value(output, constant)({x})), x, {.create_graph = true});
            xg::grad(xg::sum(slope), x);
        });
    };
    const std::string lost = second(false, true), unknown = second(true, false);
    BOOST_TEST(support::contains(lost,
                                 "backward of squared_exp: a higher derivative needs to know how forward computed "
                                 "tensor 0 that it saved, of shape (3,)"),
               lost);
    BOOST_TEST(support::contains(lost, "return it as an output as well"), lost);
    BOOST_TEST(support::contains(unknown, "tensor 1 that it saved"), unknown);
    BOOST_TEST(support::contains(unknown, "save_constants"), unknown);
    // Only where the second derivative would go through it: here it is in the gradient with respect to another tensor.
    const Tensor scale = xg::full({}, 2, support::f64_leaf);
    const Tensor slope = xg::grad(xg::sum(scale * value(false, true)({x})), x, {.create_graph = true});
    BOOST_TEST(xg::allclose(xg::grad(xg::sum(slope), scale), xg::sum(6 * xg::exp(2 * values()))));
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
