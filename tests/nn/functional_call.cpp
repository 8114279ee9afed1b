#include <xgrad/nn/functional_call.hpp>

#include <boost/test/unit_test.hpp>

#include "support.hpp"

using support::numbers;
using support::refuses;
using xg::Tensor;
using xg::nn::functional_call;
using xg::nn::Module;
using xg::nn::Sequential;
using xg::nn::TensorMap;

namespace {

Sequential small() { return Sequential(xg::nn::Linear(3, 4), xg::nn::Tanh(), xg::nn::Linear(4, 2)); }

bool same(const Tensor& a, const Tensor& b) { return a.to_vector() == b.to_vector(); }

/// One Linear under two names.
class Tied : public xg::nn::Layer<Tied> {
    xg::nn::Linear first_ = add_module("first", xg::nn::Linear(4, 4));
    xg::nn::Linear second_ = add_module("second", first_);

public:
    Tensor forward(const Tensor& x) const { return second_(xg::tanh(first_(x))); }
};

/// Takes two tensors and returns two.
class Pair : public xg::nn::Layer<Pair> {
    xg::nn::Linear fc_ = add_module("fc", xg::nn::Linear(3, 3));

public:
    std::pair<Tensor, Tensor> forward(const Tensor& a, const Tensor& b) const { return {fc_(a) * b, fc_(b)}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(functional_calls)

BOOST_AUTO_TEST_CASE(with_its_own_parameters_nothing_changes) {
    const Sequential model = small();
    const Tensor x = numbers({5, 3});
    const TensorMap own = xg::nn::parameter_map(model);
    BOOST_TEST(own.size() == 4u);
    BOOST_TEST(!own.at("0.weight").requires_grad());
    BOOST_TEST(same(functional_call(model, own, x), model(x)));
    BOOST_TEST(same(functional_call(model, {}, x), model(x)));
    BOOST_TEST(same(functional_call(Module(model), own, x), model(x)));
}

BOOST_AUTO_TEST_CASE(the_given_tensors_are_used_and_the_model_is_left_alone) {
    const Sequential model = small();
    const Tensor x = numbers({5, 3}), before = model(x).detach();
    const Tensor w = numbers({2, 4}, 0.3).requires_grad(true), b = numbers({2}, 0.5);
    const Tensor hidden = xg::tanh(model[0](x));
    const Tensor y = functional_call(model, {{"2.weight", w}, {"2.bias", b}}, x);
    BOOST_TEST(same(y, xg::linear(hidden, w, b)));
    xg::sum(y).backward();
    // A product with ones and a sum may add up in another order.
    BOOST_TEST(xg::allclose(w.grad(), xg::broadcast_to(xg::sum(hidden.detach(), 0), {2, 4}), {.rtol = 1e-6}));
    BOOST_TEST(!model.named_parameters()[2].tensor.grad().defined());
    BOOST_TEST(model.named_parameters()[0].tensor.grad().defined());  // not named: the model's own
    BOOST_TEST(same(model(x), before));
}

BOOST_AUTO_TEST_CASE(tensors_that_were_computed) {
    // A step of gradient descent, differentiated: what meta-learning does.
    const Sequential model = small();
    model.to(xg::float64);
    const Tensor x = numbers({5, 3}, 0, xg::float64),
                 rate = xg::full({}, 0.1, {.dtype = xg::float64, .requires_grad = true});
    TensorMap moved;
    const Tensor loss = xg::mean(xg::square(model(x)));
    for (const auto& [name, g] : xg::nn::grad(loss, model)) {
        BOOST_TEST(!g.requires_grad());
        moved.emplace(name, xg::nn::parameter_map(model).at(name) - rate * g);
    }
    const auto after = [&](double by) {
        TensorMap at;
        for (const auto& [name, t] : moved)
            at.emplace(name, t.detach() + (t.detach() - xg::nn::parameter_map(model).at(name)) / 0.1 * by);
        return xg::mean(xg::square(functional_call(model, at, x))).item();
    };
    xg::mean(xg::square(functional_call(model, moved, x))).backward();
    const double slope = (after(1e-6) - after(-1e-6)) / 2e-6;
    BOOST_TEST(std::abs(rate.grad().item() - slope) < 1e-8);
    BOOST_TEST(slope < 0);
}

BOOST_AUTO_TEST_CASE(layers_with_members_children_and_buffers) {
    const support::Scaled model;
    const Tensor x = numbers({2, 4});
    const Tensor gain = numbers({4}, 0.1), mean = numbers({4}, 0.2), w = numbers({4, 4}, 0.7);
    const Tensor y = functional_call(model, {{"gain", gain}, {"mean", mean}, {"block.fc1.weight", w}}, x);
    const Tensor in = x - mean;
    const Tensor expected = gain * (in + model.block().fc2()(xg::relu(xg::linear(in, w, model.block().fc1().bias()))));
    BOOST_TEST(same(y, expected));
    // What the copy calls its own is what was given; what was not named is shared.
    const support::Scaled copy = xg::nn::with_tensors(model, {{"gain", gain}});
    BOOST_TEST(copy.gain().unsafe_body() == gain.unsafe_body());
    BOOST_TEST(copy.mean().unsafe_body() == model.mean().unsafe_body());
    BOOST_TEST(copy.block().fc1().weight().unsafe_body() == model.block().fc1().weight().unsafe_body());
    BOOST_TEST(copy.parameters()[0].unsafe_body() == gain.unsafe_body());
    BOOST_TEST(!copy.same_as(model));
}

BOOST_AUTO_TEST_CASE(shared_parameters_answer_to_each_name) {
    const Tied model;
    const Tensor x = numbers({3, 4}), w = numbers({4, 4}, 0.4), b = model.parameters()[1];
    const Tensor expected = xg::linear(xg::tanh(xg::linear(x, w, b)), w, b);
    BOOST_TEST(same(functional_call(model, {{"first.weight", w}}, x), expected));
    BOOST_TEST(same(functional_call(model, {{"second.weight", w}}, x), expected));
    BOOST_TEST(same(functional_call(model, {{"first.weight", w}, {"second.weight", w}}, x), expected));
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       functional_call(model, {{"first.weight", w}, {"second.weight", w.clone()}}, x);
                   },
                   "functional_call of Tied: 'second.weight' is shared") == "");
}

BOOST_AUTO_TEST_CASE(any_signature_dtype_and_hook) {
    const Pair model;
    const Tensor a = numbers({2, 3}, 0, xg::float64), b = numbers({2, 3}, 0.3, xg::float64);
    TensorMap exact;
    for (const auto& [name, t] : xg::nn::parameter_map(model)) exact.emplace(name, t.to(xg::float64));
    const auto [first, second] = functional_call(model, exact, a, b);
    BOOST_TEST(same(second, xg::linear(b, exact.at("fc.weight"), exact.at("fc.bias"))));
    BOOST_TEST(first.dtype() == xg::float64);

    const Sequential chain = small();
    int calls = 0;
    const auto handle = chain[0].register_forward_hook([&](const Module& m, const auto&, const auto&) {
        BOOST_TEST(m.type() == "Linear");
        ++calls;
    });
    chain.eval();
    functional_call(chain, xg::nn::parameter_map(chain), numbers({1, 3}));
    BOOST_TEST(calls == 1);
    BOOST_TEST(!xg::nn::with_tensors(chain, {}).is_training());
}

BOOST_AUTO_TEST_CASE(names_in_messages_and_graphs_stay) {
    const Sequential outer(small());
    const std::string own = support::message_of([&] { outer(numbers({2, 7})); });
    const std::string called = support::message_of([&] { functional_call(outer, {}, numbers({2, 7})); });
    BOOST_TEST(own == called);
    BOOST_TEST(own.find("0 (Linear)") != std::string::npos, own);
}

BOOST_AUTO_TEST_CASE(wrong_names_and_tensors) {
    const Sequential model = small();
    const Tensor x = numbers({1, 3});
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       functional_call(model, {{"0.wieght", x}}, x);
                   },
                   "functional_call of Sequential: it has no parameter or buffer '0.wieght'; it has "
                   "0.bias, 0.weight, 2.bias, 2.weight") == "");
    BOOST_TEST(refuses<xg::ShapeError>(
                   [&] {
                       functional_call(model, {{"0.weight", xg::ones({3, 4})}}, x);
                   },
                   "expected for '0.weight' the shape (4, 3), got (3, 4)") == "");
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       functional_call(model, {{"0.weight", Tensor()}}, x);
                   },
                   "the tensor for '0.weight' is undefined") == "");
    BOOST_TEST(refuses<xg::GradError>([&] { xg::nn::grad(xg::ones({}), model); }, "grad") == "");
}

BOOST_AUTO_TEST_CASE(gradients_by_name) {
    const Sequential model = small();
    const Tensor x = numbers({5, 3});
    const TensorMap found = xg::nn::grad(xg::sum(model[0](x)), model);
    BOOST_TEST(found.size() == 4u);
    BOOST_TEST(same(found.at("0.bias"), xg::full({4}, 5.0)));
    BOOST_TEST(same(found.at("2.weight"), xg::zeros({2, 4})));
    for (const Tensor& p : model.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_SUITE_END()
