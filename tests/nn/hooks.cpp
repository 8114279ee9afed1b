#include <boost/test/unit_test.hpp>

#include <tuple>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace support;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::Sequential;

namespace {

using Tensors = std::vector<Tensor>;

/// Two tensors and an option go in, a tuple with a tensor and a vector of tensors comes out.
class Pair : public xg::nn::Layer<Pair> {
    Linear fc_ = add_module("fc", Linear(4, 4));

public:
    std::tuple<Tensor, std::vector<Tensor>> forward(const Tensor& a, const Tensor& b, bool twice = false) const {
        return {fc_(a) + b, {a * b, twice ? a : b}};
    }
};

/// A sequence and a state, as recurrent layers have them.
class Recurrent : public xg::nn::Layer<Recurrent> {
    Linear fc_ = add_module("fc", Linear(4, 4));

public:
    std::pair<Tensor, Tensor> forward(const std::vector<Tensor>& sequence, const std::pair<Tensor, int>& state) const {
        Tensor h = state.first;
        for (const Tensor& x : sequence) h = xg::tanh(fc_(h) + x);
        return {h, h * 2};
    }
};

/// Tensors deep in other things.
class Nested : public xg::nn::Layer<Nested> {
public:
    std::vector<std::pair<Tensor, bool>> forward(const std::vector<std::tuple<Tensor, int>>& items) const {
        return {{std::get<0>(items[1]), true}, {std::get<0>(items[0]), false}};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hooks)

BOOST_AUTO_TEST_CASE(forward_hooks_see_inputs_and_outputs) {
    const Linear layer(4, 2);
    const Tensor x = numbers({3, 4});
    std::vector<std::pair<Tensors, Tensors>> seen;
    std::string type;
    auto handle = layer.register_forward_hook([&](const Module& m, const Tensors& in, const Tensors& out) {
        type = m.type();
        BOOST_TEST(m.same_as(layer));
        seen.emplace_back(in, out);
    });
    const Tensor y = layer(x);
    BOOST_TEST((seen.size() == 1u && type == "Linear"));
    BOOST_TEST((seen[0].first.size() == 1u && seen[0].first[0].unsafe_body() == x.unsafe_body()));
    BOOST_TEST((seen[0].second.size() == 1u && seen[0].second[0].unsafe_body() == y.unsafe_body()));
    const Module module(layer);
    module(x);
    BOOST_TEST(seen.size() == 2u);
    layer(xg::nn::Parameter(x));
    BOOST_TEST((seen.size() == 3u && seen[2].first.size() == 1u));
    handle.remove();
    layer(x);
    handle.remove();
    BOOST_TEST(seen.size() == 3u);
}

BOOST_AUTO_TEST_CASE(hooks_run_in_order_and_outputs_after_forward) {
    const Linear layer(4, 2);
    std::string order;
    layer.register_output_hook([&](const Module&, const Tensor&) { order += "o1 "; });
    auto first = layer.register_forward_hook([&](const Module&, const Tensors&, const Tensors&) { order += "f1 "; });
    layer.register_forward_hook([&](const Module&, const Tensors&, const Tensors&) { order += "f2 "; });
    layer.register_output_hook([&](const Module&, const Tensor&) { order += "o2 "; });
    layer(numbers({1, 4}));
    BOOST_TEST(order == "f1 f2 o1 o2 ");
    first.remove();
    order.clear();
    layer(numbers({1, 4}));
    BOOST_TEST(order == "f2 o1 o2 ");
}

BOOST_AUTO_TEST_CASE(a_hook_may_take_itself_away_and_add_others) {
    const Linear layer(4, 2);
    const Tensor x = numbers({1, 4});
    int once = 0, added = 0, after = 0;
    xg::HookHandle handle;
    handle = layer.register_forward_hook([&](const Module&, const Tensors&, const Tensors&) {
        ++once;
        handle.remove();
        layer.register_forward_hook([&](const Module&, const Tensors&, const Tensors&) { ++added; });
    });
    layer.register_forward_hook([&](const Module&, const Tensors&, const Tensors&) { ++after; });
    layer(x);
    BOOST_TEST((once == 1 && added == 0 && after == 1));
    layer(x);
    BOOST_TEST((once == 1 && added == 1 && after == 2));
}

BOOST_AUTO_TEST_CASE(empty_hooks_are_refused) {
    const Linear layer(2, 2);
    BOOST_CHECK_THROW(layer.register_forward_hook({}), xg::ValueError);
    BOOST_CHECK_THROW(layer.register_output_hook({}), xg::ValueError);
    BOOST_CHECK_THROW(layer.register_gradient_hook({}), xg::ValueError);
    BOOST_TEST(layer(xg::ones({1, 2})).defined());
}

BOOST_AUTO_TEST_CASE(a_handle_may_outlive_its_module) {
    xg::HookHandle handle;
    {
        const Linear layer(4, 2);
        handle = layer.register_output_hook([](const Module&, const Tensor&) {});
    }
    handle.remove();
}

BOOST_AUTO_TEST_CASE(gradient_hooks_see_the_complete_gradient) {
    const Linear layer(4, 2);
    Tensors seen;
    auto handle = layer.register_gradient_hook([&](const Module& m, const Tensor& g) {
        BOOST_TEST(m.same_as(layer));
        seen.push_back(g.detach().clone());
    });
    const Tensor y = layer(numbers({3, 4}));
    // Used twice: the hook sees the sum of both.
    (xg::sum(y) + xg::sum(y * y)).backward();
    BOOST_REQUIRE(seen.size() == 1u);
    const std::vector<double> expected = (y.detach() * 2 + 1).to_vector();
    BOOST_TEST(seen[0].shape() == y.shape());
    for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(seen[0].to_vector()[i] - expected[i]) < 1e-5);
    handle.remove();
    xg::sum(layer(numbers({3, 4}))).backward();
    BOOST_TEST(seen.size() == 1u);
    {
        const xg::NoGrad no_grad;
        layer.register_gradient_hook([](const Module&, const Tensor&) { BOOST_ERROR("no gradient is there"); });
        layer(numbers({3, 4}));
    }
}

BOOST_AUTO_TEST_CASE(gradient_hooks_of_a_module_that_is_called_twice) {
    const Linear layer(4, 4);
    int calls = 0;
    layer.register_gradient_hook([&](const Module&, const Tensor&) { ++calls; });
    xg::sum(layer(layer(numbers({3, 4})))).backward();
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(any_signature_has_hooks_and_a_path) {
    const Pair pair;
    const Tensor a = numbers({3, 4}), b = numbers({3, 4}, 0.3);
    Tensors in, out;
    int outputs = 0, gradients = 0;
    pair.register_forward_hook([&](const Module&, const Tensors& i, const Tensors& o) { in = i, out = o; });
    pair.register_output_hook([&](const Module&, const Tensor&) { ++outputs; });
    pair.register_gradient_hook([&](const Module&, const Tensor&) { ++gradients; });
    const auto [y, rest] = pair(a, b, true);
    BOOST_TEST((in.size() == 2u && in[0].unsafe_body() == a.unsafe_body() && in[1].unsafe_body() == b.unsafe_body()));
    BOOST_TEST((out.size() == 3u && out[0].unsafe_body() == y.unsafe_body()));
    BOOST_TEST(out[2].unsafe_body() == rest[1].unsafe_body());
    BOOST_TEST(outputs == 3);
    xg::sum(y).backward();
    BOOST_TEST(gradients == 1);
    pair(a, b);
    BOOST_TEST(out[2].unsafe_body() == b.unsafe_body());
    const std::string message = message_of([&] { pair(numbers({3, 5}), b); });
    BOOST_TEST(message.find("in fc (Linear): linear: ") == 0u, message);

    const Recurrent recurrent;
    recurrent.register_forward_hook([&](const Module&, const Tensors& i, const Tensors& o) { in = i, out = o; });
    const auto [h, c] = recurrent(std::vector<Tensor>{a, b}, std::pair(a, 3));
    BOOST_TEST((in.size() == 3u && out.size() == 2u && out[1].unsafe_body() == c.unsafe_body()));
    BOOST_TEST(h.shape() == a.shape());
    const Nested nested;
    nested.register_forward_hook([&](const Module&, const Tensors& i, const Tensors& o) { in = i, out = o; });
    nested(std::vector<std::tuple<Tensor, int>>{{a, 1}, {b, 2}});
    BOOST_TEST((in.size() == 2u && out.size() == 2u && out[0].unsafe_body() == b.unsafe_body()));
}

BOOST_AUTO_TEST_CASE(a_module_of_another_signature_is_not_called) {
    const Module m = Pair();
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       m(numbers({3, 4}));
                   },
                   "Pair: a layer that does not take one tensor") == "");
    BOOST_TEST(m.named_parameters().size() == 2u);
    Sequential model;
    model.add(Linear(4, 4), Pair());
    BOOST_TEST(refuses<xg::ValueError>([&] { model(numbers({3, 4})); }, "Pair") == "");
    BOOST_TEST(message_of([&] { throw xg::ValueError("outside"); }) == "outside");
}

// What goes through the clone of a layer with a member of its own signature is the clone's too.
BOOST_AUTO_TEST_CASE(clones_of_other_signatures) {
    const Pair a, b = a.clone();
    const Tensor x = numbers({3, 4});
    const std::vector<double> y = std::get<0>(a(x, x)).to_vector();
    BOOST_TEST(std::get<0>(b(x, x)).to_vector() == y, boost::test_tools::per_element());
    for (const Tensor& p : b.parameters()) shift(p, 1);
    BOOST_TEST(std::get<0>(a(x, x)).to_vector() == y, boost::test_tools::per_element());
    BOOST_TEST(std::get<0>(b(x, x)).to_vector()[0] != y[0]);
}

BOOST_AUTO_TEST_SUITE_END()
