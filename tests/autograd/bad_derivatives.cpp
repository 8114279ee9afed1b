#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/checkpoint.hpp>
#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/functional.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

// What may go wrong when derivatives are asked for: every message names who complains, and says what to do instead.

using support::contains;
using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

/// Whether f throws an E whose message has all these parts.
template <class E>
bool says(const std::function<void()>& f, const std::vector<std::string>& parts) {
    const std::string message = support::message_of<E>(f);
    bool all = true;
    for (const std::string& part : parts) all = all && contains(message, part);
    BOOST_TEST(all, message);
    return all;
}

Tensor two() { return xg::ones({2}, support::f64); }
Tensor total(const Tensors& in) { return xg::sum(in[0]); }
Tensors twice(const Tensors& in) { return {in[0] * 2}; }

xg::Function broken(xg::Function::Formula backward) {
    return {"broken", [](xg::FunctionContext&, const Tensors& in) { return Tensors{in[0] * in[1]}; },
            std::move(backward)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_derivatives)

BOOST_AUTO_TEST_CASE(integer_inputs) {
    const Tensor n = xg::arange(0, 3);
    const Tensors given = {n};
    says<xg::DTypeError>([&] { xg::jacobian(twice, given); }, {"jacobian: ", "got int64", "to(xg::float64)"});
    says<xg::DTypeError>([&] { xg::jacobian([](const Tensor& x) { return x * 2; }, n); }, {"jacobian: ", "int64"});
    says<xg::DTypeError>([&] { xg::hessian(total, given); }, {"hessian: ", "int64", "to(xg::float64)"});
    says<xg::DTypeError>([&] { xg::hvp(total, given, given); }, {"hvp: ", "int64", "to(xg::float64)"});
    says<xg::DTypeError>([&] { xg::value_and_grad(total, given); }, {"value_and_grad: ", "int64", "to(xg::float64)"});
    says<xg::DTypeError>([&] { xg::hessian(total, {}); }, {"hessian: ", "got none"});
    says<xg::DTypeError>([&] { Tensor(n).requires_grad(true); }, {"int64"});
    says<xg::DTypeError>(
        [&] {
            xg::jvp(twice, {two(), n}, {two(), n});
        },
        {"jvp: input 1 is of int64", "leave its vector undefined"});
    says<xg::DTypeError>([&] { xg::hvp(total, {two(), n}, {two(), n}); }, {"hvp: input 1 is of int64"});
}

BOOST_AUTO_TEST_CASE(values_that_are_not_scalars) {
    const auto f = [](const Tensors& in) { return in[0] * 2; };
    for (const std::string name : {"value_and_grad", "hessian", "hvp"})
        says<xg::GradError>(
            [&] {
                if (name == "hvp") xg::hvp(f, {two()}, {two()});
                if (name == "hessian") xg::hessian(f, {two()});
                if (name == "value_and_grad") xg::value_and_grad(f, {two()});
            },
            {name + ": expected a function with one element", "(2,)", "sum() or mean()"});
    const Tensor x = xg::ones({2}, support::f64_leaf);
    says<xg::GradError>([&] { (x * 2).backward(); }, {"backward: ", "(2,)", "sum() or mean()"});
    says<xg::GradError>([&] { xg::grad(x * 2, x); }, {"grad: ", "(2,)", "sum() or mean()"});
}

BOOST_AUTO_TEST_CASE(inputs_that_are_not_part_of_the_graph) {
    const Tensor x = xg::ones({2}, support::f64_leaf), other = xg::ones({3}, support::f64_leaf);
    says<xg::GradError>([&] { xg::grad(xg::sum(x), two()); }, {"grad: input 0", "requires_grad(true)"});
    says<xg::GradError>(
        [&] {
            xg::grad({xg::sum(x)}, {x, other});
        },
        {"grad: no output depends on input 1, of shape (3,)", "allow_unused = true"});
    says<xg::GradError>([&] { xg::grad(xg::sum(two()), x); }, {"grad: ", "depends on nothing", "NoGrad"});
    // A gradient that was not recorded.
    says<xg::GradError>([&] { xg::sum(xg::grad(xg::sum(xg::square(x)), x)).backward(); },
                        {"backward: ", "create_graph"});
    // Functions whose value does not depend on an input have zeros there: that is what their derivative is.
    const auto [value, gradients] = xg::value_and_grad([&](const Tensors&) { return xg::sum(two()); }, {two()});
    BOOST_TEST(gradients[0].to_vector() == (std::vector<double>{0, 0}));
}

BOOST_AUTO_TEST_CASE(vectors_that_do_not_fit) {
    says<xg::ValueError>([&] { xg::vjp(twice, {two()}, {}); }, {"vjp: expected a vector for each output, 1, got 0"});
    says<xg::ValueError>(
        [&] {
            xg::jvp(twice, {two()}, {two(), two()});
        },
        {"jvp: expected a vector for each input, 1, got 2", "undefined"});
    says<xg::ShapeError>([&] { xg::vjp(twice, {two()}, {xg::ones({3})}); }, {"vjp: vector 0", "(3,)", "(2,)"});
    says<xg::ShapeError>([&] { xg::hvp(total, {two()}, {xg::ones({2, 1})}); }, {"hvp: vector 0", "(2, 1)", "(2,)"});
    says<xg::ValueError>([&] { xg::jvp(twice, {Tensor()}, {two()}); }, {"jvp: ", "undefined"});
    says<xg::ValueError>([&] { xg::jacobian([](const Tensors&) { return Tensors{Tensor()}; }, {two()}); },
                         {"jacobian: ", "undefined"});
}

BOOST_AUTO_TEST_CASE(functions_whose_backward_is_wrong) {
    const Tensor x = xg::ones({2, 3}, support::f64_leaf), w = xg::ones({3}, support::f64_leaf);
    const auto run = [&](xg::Function::Formula backward) {
        const Tensor y = xg::sum(broken(std::move(backward))({x, w})[0]);
        return [y] { y.backward(); };
    };
    says<xg::GradError>(run([](xg::FunctionContext&, const Tensors& g) { return Tensors{g[0]}; }),
                        {"backward of broken: expected a gradient for each input, 2, got 1", "return Tensor()"});
    says<xg::GradError>(
        run([](xg::FunctionContext&, const Tensors& g) {
            return Tensors{g[0], g[0]};
        }),
        {"backward of broken: expected for input 1 a float64 gradient of shape (3,), got float64 (2, 3)",
         "sum it over what was broadcast"});
    says<xg::GradError>(run([](xg::FunctionContext&, const Tensors& g) {
                            return Tensors{g[0].to(xg::float32), Tensor()};
                        }),
                        {"expected for input 0 a float64 gradient", "got float32", "to()"});
    const auto careless =
        run([](xg::FunctionContext&, const Tensors&) -> Tensors { throw std::runtime_error("mine"); });
    BOOST_CHECK_EXCEPTION(careless(), std::runtime_error,
                          [](const std::runtime_error& e) { return std::string(e.what()) == "mine"; });
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(!w.grad().defined());
    says<xg::ValueError>(
        [&] {
            xg::Function(
                "void", [](xg::FunctionContext&, const Tensors&) { return Tensors{Tensor()}; },
                [](xg::FunctionContext&, const Tensors& g) { return g; })({x});
        },
        {"void: ", "undefined"});
    // After all that the engine is as it was.
    xg::sum(x * w).backward();
    BOOST_TEST(w.grad().to_vector() == (std::vector<double>{2, 2, 2}));
}

BOOST_AUTO_TEST_CASE(graphs_that_were_freed) {
    const Tensor x = xg::full({}, 2, support::f64_leaf), y = xg::square(x), z = y * 3;
    z.backward();
    says<xg::GradError>([&] { z.backward(); }, {"backward: the graph of mul was freed", "retain_graph = true"});
    says<xg::GradError>([&] { xg::grad(z, x); }, {"the graph of mul was freed", "retain_graph = true"});
    says<xg::GradError>([&] { (y * 2).backward(); }, {"the graph of square was freed", "retain_graph = true"});
}

BOOST_AUTO_TEST_CASE(checkpoints_of_functions_with_side_effects) {
    Tensor x = two();
    const Tensor w = xg::ones({2}, support::f64_leaf);
    const xg::UnaryFunction changes = [&](const Tensor& t) {
        Tensor same = t;
        same.mutable_data<double>()[0] = 7;
        return t * w;
    };
    says<xg::GradError>([&] { xg::checkpoint(changes, x); },
                        {"checkpoint: the function changed its input 0, of shape (2,)", "change a clone()"});
    int calls = 0;
    const xg::UnaryFunction differs = [&](const Tensor& t) { return calls++ == 0 ? xg::exp(t * w) : t * w; };
    const Tensor y = xg::sum(xg::checkpoint(differs, x));
    says<xg::GradError>([&] { y.backward(); },
                        {"checkpoint: the function did not do the same", "must not depend on anything that changes"});
    BOOST_TEST(!w.grad().defined());
}

BOOST_AUTO_TEST_SUITE_END()
