#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

#include "support.hpp"

using namespace support;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::Sequential;

namespace {

/// Two children that are one layer, and one that is held in a vector.
class Tied : public xg::nn::Layer<Tied> {
    Linear first_ = add_module("first", Linear(4, 4));
    Linear second_ = add_module("second", first_);
    std::vector<Module> more_{add_module("more", Module(Linear(4, 4)))};

public:
    Tensor forward(const Tensor& x) const { return more_[0](second_(xg::tanh(first_(x)))); }
    const Linear& first() const { return first_; }
    const Linear& second() const { return second_; }
    const std::vector<Module>& more() const { return more_; }
};

/// One parameter under two names.
class TiedWeights : public xg::nn::Layer<TiedWeights> {
    xg::nn::Parameter a_ = add_parameter("a", xg::ones({2}));
    xg::nn::Parameter b_ = add_parameter("b", a_);

public:
    Tensor forward(const Tensor& x) const { return x * a_ + b_; }
    const Tensor& a() const { return a_; }
    const Tensor& b() const { return b_; }
};

bool shares(const Tensor& a, const Tensor& b) { return a.unsafe_body() == b.unsafe_body(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(handles)

BOOST_AUTO_TEST_CASE(copies_share_parameters) {
    Linear a(2, 3);
    const Linear b = a;
    BOOST_TEST((a.same_as(b) && shares(a.weight(), b.weight()) && shares(a.bias(), b.bias())));
    shift(a.weight(), 1);
    BOOST_TEST(b.weight().to_vector() == a.weight().to_vector(), boost::test_tools::per_element());
    Linear c(5, 6);
    c = a;
    BOOST_TEST((c.same_as(a) && shares(c.weight(), a.weight())));
    const Module m = a, n = m;
    BOOST_TEST((m.same_as(a) && n.same_as(a) && shares(n.parameters()[0], a.weight())));
    a.eval();
    BOOST_TEST((!b.is_training() && !n.is_training()));
}

BOOST_AUTO_TEST_CASE(a_clone_has_weights_of_its_own) {
    const Linear a(2, 3);
    const Linear b = a.clone();
    BOOST_TEST(!a.same_as(b));
    BOOST_TEST((!shares(a.weight(), b.weight()) && !shares(a.bias(), b.bias())));
    BOOST_TEST(b.weight().to_vector() == a.weight().to_vector(), boost::test_tools::per_element());
    BOOST_TEST((b.weight().requires_grad() && b.weight().is_leaf()));
    BOOST_TEST(shares(b.weight(), b.parameters()[0]));
    const std::vector<double> before = a.weight().to_vector();
    shift(b.weight(), 1);
    BOOST_TEST(a.weight().to_vector() == before, boost::test_tools::per_element());
    BOOST_TEST(b.weight().to_vector()[0] == before[0] + 1, boost::test_tools::tolerance(1e-6));
}

// The members of a cloned block, and not only its registered children, are the clone's.
BOOST_AUTO_TEST_CASE(members_of_a_nested_clone_are_the_clones) {
    const Scaled a;
    const Tensor x = numbers({3, 4});
    const std::vector<double> y = a(x).to_vector();
    const Scaled b = a.clone();
    BOOST_TEST(b(x).to_vector() == y, boost::test_tools::per_element());
    for (const Tensor& p : b.parameters()) shift(p, 0.5);
    shift(b.mean(), 0.25);
    BOOST_TEST(a(x).to_vector() == y, boost::test_tools::per_element());
    BOOST_TEST(b(x).to_vector()[0] != y[0]);

    BOOST_TEST((shares(b.gain(), b.parameters()[0]) && shares(b.mean(), b.named_buffers()[0].tensor)));
    BOOST_TEST(shares(b.block().fc2().weight(), b.named_parameters()[3].tensor));
    BOOST_TEST(b.block().same_as(b.children()[0].second));
    BOOST_TEST(b.block().fc1().same_as(b.children()[0].second.children()[0].second));
    BOOST_TEST((b.count().dtype() == xg::int64 && !b.mean().requires_grad()));

    // Gradients flow to the clone's weights and to no others.
    xg::sum(b(x)).backward();
    for (const Tensor& p : b.parameters()) BOOST_TEST(p.grad().defined());
    for (const Tensor& p : a.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_module_clones_what_it_holds) {
    Sequential model;
    model.add(Linear(4, 4), Block(), Scaled());
    const Module a = model, b = a.clone();
    const Tensor x = numbers({2, 4});
    const std::vector<double> y = a(x).to_vector();
    for (const Tensor& p : b.parameters()) shift(p, 0.5);
    BOOST_TEST(a(x).to_vector() == y, boost::test_tools::per_element());
    BOOST_TEST(b(x).to_vector()[0] != y[0]);
    BOOST_TEST(names(b.named_parameters()) == names(a.named_parameters()), boost::test_tools::per_element());
    const Sequential* const inside = b.get_if<Sequential>();
    BOOST_REQUIRE(inside != nullptr);
    BOOST_TEST((inside->same_as(b) && !inside->same_as(model)));
}

BOOST_AUTO_TEST_CASE(a_clone_of_a_clone) {
    const Scaled a, b = a.clone(), c = b.clone();
    shift(b.block().fc1().weight(), 1);
    BOOST_TEST(c.block().fc1().weight().to_vector() == a.block().fc1().weight().to_vector(),
               boost::test_tools::per_element());
    BOOST_TEST(!shares(c.block().fc1().weight(), a.block().fc1().weight()));
}

BOOST_AUTO_TEST_CASE(what_is_shared_stays_shared_in_the_clone) {
    const Tied a, b = a.clone();
    BOOST_TEST((b.first().same_as(b.second()) && !b.first().same_as(a.first())));
    BOOST_TEST((shares(b.first().weight(), b.second().weight()) && !shares(b.first().weight(), a.first().weight())));
    BOOST_TEST(b.parameters().size() == 4u);
    BOOST_TEST((!b.more()[0].same_as(a.more()[0]) && b.more()[0].same_as(b.children()[2].second)));
    const TiedWeights c, d = c.clone();
    BOOST_TEST((shares(d.a(), d.b()) && !shares(d.a(), c.a()) && d.parameters().size() == 1u));
}

BOOST_AUTO_TEST_CASE(a_clone_keeps_the_mode_and_drops_gradients) {
    const Block a;
    xg::sum(a(numbers({2, 4}))).backward();
    a.fc2().eval();
    const Block b = a.clone();
    BOOST_TEST((b.is_training() && b.fc1().is_training() && !b.fc2().is_training()));
    for (const Tensor& p : b.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_CASE(hooks_are_not_copied) {
    const Block a;
    int calls = 0;
    a.register_forward_hook([&](const Module&, const auto&, const auto&) { ++calls; });
    a.fc1().register_output_hook([&](const Module&, const Tensor&) { ++calls; });
    a.fc1().register_gradient_hook([&](const Module&, const Tensor&) { ++calls; });
    const Block b = a.clone();
    xg::sum(b(numbers({2, 4}))).backward();
    BOOST_TEST(calls == 0);
    xg::sum(a(numbers({2, 4}))).backward();
    BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(const_modules_and_lambdas_that_hold_one_can_be_called) {
    const Module a = Block();
    const Tensor x = numbers({2, 4});
    const auto lambda = [a](const Tensor& t) { return a(t); };
    const std::function<Tensor(const Tensor&)> function = a;
    BOOST_TEST(lambda(x).to_vector() == a(x).to_vector(), boost::test_tools::per_element());
    BOOST_TEST(function(x).to_vector() == a(x).to_vector(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_vector_of_modules_holds_any_layers) {
    std::vector<Module> layers{Linear(4, 4), xg::nn::ReLU(), Block()};
    layers.push_back(Sequential().add(xg::nn::Tanh(), Linear(4, 1)));
    Tensor y = numbers({3, 4});
    for (const Module& m : layers) y = m(y);
    BOOST_TEST(y.shape() == (xg::Shape{3, 1}));
    BOOST_TEST((layers[0].type() == "Linear" && layers[1].type() == "ReLU" && layers[2].type() == "Block"));
    BOOST_TEST((layers[0].get_if<Linear>() != nullptr && layers[1].get_if<Linear>() == nullptr));
    layers[0] = layers[2];
    BOOST_TEST((layers[0].same_as(layers[2]) && layers[0].get_if<Block>() != nullptr));
}

// A cloned child takes the name of the place where it is put, not of the place where the original was.
BOOST_AUTO_TEST_CASE(a_clone_is_named_after_its_new_place) {
    Sequential model;
    const Linear layer(4, 4);
    model.add(layer, layer.clone(), layer.clone());
    const std::string message = message_of([&] { model[2](numbers({2, 4})), model(numbers({2, 3})); });
    BOOST_TEST(message.find("in 0 (Linear)") == 0u, message);
    Sequential other;
    other.add(xg::nn::ReLU(), layer.clone());
    const std::string second = message_of([&] { other(numbers({2, 3})); });
    BOOST_TEST(second.find("in 1 (Linear)") == 0u, second);
}

BOOST_AUTO_TEST_SUITE_END()
