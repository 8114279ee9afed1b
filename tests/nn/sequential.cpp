#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

#include "support.hpp"

using namespace support;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::ReLU;
using xg::nn::Sequential;

namespace {

using Tensors = std::vector<Tensor>;

Sequential stack(xg::DType dtype, bool bias = true) {
    Sequential model;
    model.add(Linear(5, 16, {.bias = bias, .dtype = dtype}), ReLU(), Linear(16, 16, {.bias = bias, .dtype = dtype}),
              ReLU(), Linear(16, 3, {.bias = bias, .dtype = dtype}));
    double phase = 0;
    for (const Tensor& p : model.parameters())
        if (p.rank() == 1) Tensor(p).set_data(numbers(p.shape(), phase += 0.1, dtype));
    return model;
}

/// Without them Linear and ReLU run as one.
std::vector<xg::HookHandle> keep_apart(const Sequential& model) {
    std::vector<xg::HookHandle> handles;
    for (std::int64_t i = 0; i < model.size(); ++i)
        handles.push_back(model[i].register_forward_hook([](const Module&, const Tensors&, const Tensors&) {}));
    return handles;
}

std::string operation_behind(const Sequential& model, const Tensor& x) {
    std::string name;
    auto handle = model[1].register_output_hook([&](const Module&, const Tensor& y) { name = y.operation(); });
    model(x);
    handle.remove();
    return name;
}

double difference(const Tensor& a, const Tensor& b) {
    BOOST_REQUIRE(a.shape() == b.shape());
    const std::vector<double> p = a.to_vector(), q = b.to_vector();
    double worst = 0;
    for (std::size_t i = 0; i < p.size(); ++i) worst = std::max(worst, std::abs(p[i] - q[i]));
    return worst;
}

/// Value, gradients and the gradients of their sum of squares.
Tensors derivatives(const Sequential& model, Tensor x) {
    Tensors inputs = model.parameters();
    inputs.push_back(x.requires_grad(true));
    const Tensor y = model(x);
    Tensors all{y};
    const Tensors first = xg::grad({xg::sum(xg::square(y))}, inputs, {.create_graph = true});
    Tensor squares(0.0);
    for (const Tensor& g : first) squares = squares + xg::sum(xg::square(g));
    const Tensors second = xg::grad({squares}, inputs, {.allow_unused = true});
    all.insert(all.end(), first.begin(), first.end());
    all.insert(all.end(), second.begin(), second.end());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sequential)

BOOST_AUTO_TEST_CASE(fused_layers_give_what_separate_ones_give) {
    for (const xg::DType dtype : {xg::float32, xg::float64})
        for (const bool bias : {true, false}) {
            BOOST_TEST_CONTEXT(xg::name(dtype) << ", bias " << bias) {
                xg::manual_seed(3);
                const Sequential model = stack(dtype, bias);
                const Tensor x = numbers({37, 5}, 0.25, dtype);
                BOOST_TEST(operation_behind(model, x) == "linear_relu");
                const Tensors fused = derivatives(model, x);
                auto handles = keep_apart(model);
                BOOST_TEST(operation_behind(model, x) == "relu");
                const Tensors apart = derivatives(model, x);
                const double tolerance = dtype == xg::float32 ? 1e-6 : 1e-14;
                BOOST_REQUIRE(fused.size() == apart.size());
                for (std::size_t i = 0; i < fused.size(); ++i) {
                    BOOST_REQUIRE(fused[i].defined() == apart[i].defined());
                    if (!fused[i].defined()) continue;
                    const double scale = std::max(1.0, xg::max(xg::abs(apart[i])).item());
                    BOOST_TEST(difference(fused[i], apart[i]) <= tolerance * scale, "tensor " << i);
                }
                for (auto& handle : handles) handle.remove();
                BOOST_TEST(operation_behind(model, x) == "linear_relu");
            }
        }
}

BOOST_AUTO_TEST_CASE(backward_of_fused_and_separate_layers) {
    xg::manual_seed(4);
    const Sequential model = stack(xg::float32);
    const Tensor x = numbers({200, 5});
    xg::mean(xg::square(model(x))).backward();
    Tensors fused;
    for (const Tensor& p : model.parameters()) fused.push_back(p.grad());
    model.zero_grad();
    keep_apart(model);
    xg::mean(xg::square(model(x))).backward();
    for (std::size_t i = 0; i < fused.size(); ++i)
        BOOST_TEST(difference(fused[i], model.parameters()[i].grad()) <= 1e-6, "parameter " << i);
}

BOOST_AUTO_TEST_CASE(hooks_between_the_two_see_the_values_there) {
    const Sequential model = stack(xg::float32);
    const Tensor x = numbers({7, 5});
    Tensor before, into, gradient;
    auto handle = model[0].register_output_hook([&](const Module&, const Tensor& y) { before = y; });
    const Tensor y = model(x);
    BOOST_TEST(before.operation() == "linear");
    BOOST_TEST(xg::min(before).item() < 0);
    handle.remove();
    handle = model[1].register_forward_hook([&](const Module&, const Tensors& in, const Tensors&) { into = in[0]; });
    model(x);
    BOOST_TEST(difference(into, before) == 0);
    handle.remove();
    handle = model[0].register_gradient_hook([&](const Module&, const Tensor& g) { gradient = g; });
    xg::sum(model(x)).backward();
    BOOST_REQUIRE(gradient.defined());
    // Where the ReLU is closed nothing comes back.
    BOOST_TEST(xg::sum(xg::abs(xg::where(before.detach() > 0, 0, gradient))).item() == 0);
}

BOOST_AUTO_TEST_CASE(output_hooks_behind_a_fused_pair) {
    const Sequential model = stack(xg::float32);
    const Tensor x = numbers({7, 5});
    Tensors outputs, gradients;
    model[1].register_output_hook([&](const Module& m, const Tensor& y) {
        BOOST_TEST(m.type() == "ReLU");
        outputs.push_back(y);
    });
    model[1].register_gradient_hook([&](const Module&, const Tensor& g) { gradients.push_back(g); });
    xg::sum(model(x)).backward();
    BOOST_REQUIRE((outputs.size() == 1u && gradients.size() == 1u));
    BOOST_TEST(outputs[0].operation() == "linear_relu");
    BOOST_TEST(xg::min(outputs[0]).item() == 0);
    BOOST_TEST(gradients[0].shape() == (xg::Shape{7, 16}));
}

BOOST_AUTO_TEST_CASE(indices) {
    const Sequential model = stack(xg::float32);
    BOOST_TEST(model.size() == 5);
    BOOST_TEST((model[0].type() == "Linear" && model[-1].same_as(model[4]) && model[-5].same_as(model[0])));
    BOOST_TEST(refuses<xg::IndexError>([&] { model[5]; }, "Sequential: index 5 is out of range for 5 modules") == "");
    BOOST_TEST(refuses<xg::IndexError>([&] { model[-6]; }, "index -6") == "");
    BOOST_TEST(refuses<xg::IndexError>([&] { Sequential()[0]; }, "0 modules") == "");
    BOOST_TEST(refuses<xg::IndexError>([&] { Sequential()[-1]; }, "0 modules") == "");
}

BOOST_AUTO_TEST_CASE(an_empty_one_returns_its_input) {
    const Tensor x = numbers({2, 3});
    BOOST_TEST(Sequential()(x).unsafe_body() == x.unsafe_body());
    BOOST_TEST(Sequential().add().size() == 0);
}

BOOST_AUTO_TEST_CASE(nested_ones_and_activations) {
    Sequential inner, outer;
    inner.add(Linear(5, 4), xg::nn::Tanh());
    outer.add(inner).add(xg::nn::Sigmoid(), ReLU());
    const Tensor x = numbers({6, 5});
    const Tensor expected = xg::relu(xg::sigmoid(xg::tanh(inner[0](x))));
    BOOST_TEST(difference(outer(x), expected) == 0);
    BOOST_TEST(names(outer.named_parameters())[0] == "0.0.weight");
    // A ReLU at the end of an inner one follows no Linear of the outer one.
    Sequential last;
    last.add(inner[0]);
    Sequential both;
    both.add(last, ReLU());
    BOOST_TEST(difference(both(x), xg::relu(inner[0](x))) == 0);
}

BOOST_AUTO_TEST_CASE(empty_batches_and_wrong_inputs) {
    const Sequential model = stack(xg::float32);
    const Tensor y = model(xg::zeros({0, 5}));
    BOOST_TEST(y.shape() == (xg::Shape{0, 3}));
    xg::sum(y).backward();
    BOOST_TEST(xg::max(xg::abs(model.parameters()[0].grad())).item() == 0);
    BOOST_TEST(refuses<xg::ShapeError>([&] { model(xg::zeros({2, 6})); }, "(..., 5)") == "");
    BOOST_TEST(refuses<xg::DTypeError>([&] { model(xg::zeros({2, 5}, {.dtype = xg::float64})); }, "float64") == "");
    BOOST_TEST(refuses<xg::ValueError>([&] { model(Tensor()); }, "undefined") == "");
    BOOST_TEST(model(xg::zeros({2, 7, 5})).shape() == (xg::Shape{2, 7, 3}));
}

BOOST_AUTO_TEST_SUITE_END()
