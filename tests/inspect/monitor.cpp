#include <boost/test/unit_test.hpp>

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <xgrad/optim/sgd.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::GradientMonitor;
using xg::inspect::LayerRecord;
using xg::inspect::Profile;
using xg::nn::Linear;
using xg::nn::Sequential;

namespace {

/// The norms of ∂L/∂h by hand: the outputs are kept, and `grad` is asked for them.
std::vector<double> output_norms(const Sequential& model, const Tensor& x, const Tensor& y) {
    std::vector<Tensor> outputs;
    Tensor h = x;
    for (std::int64_t i = 0; i < model.size(); ++i) {
        h = model[i](h);
        if (i + 1 == model.size() || model[i + 1].type() == "Linear") outputs.push_back(h);
    }
    std::vector<double> norms;
    for (const Tensor& g : xg::grad({xg::nn::mse_loss(h, y)}, outputs)) norms.push_back(plain_norm(g));
    return norms;
}

bool hooked(const Sequential& model) {
    for (const auto& [name, module] : model.named_modules())
        if (xg::nn::detail::has_hooks(module.state())) return true;
    return false;
}

class Twice : public xg::nn::Layer<Twice> {
    Linear fc_ = add_module("fc", Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return fc_(xg::tanh(fc_(x))); }
    const Linear& fc() const { return fc_; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(monitor)

BOOST_AUTO_TEST_CASE(norms_are_those_computed_by_hand) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const Sequential model = stack(1, xg::nn::Init::he_uniform, 6, 16, dtype);
        const Tensor x = numbers({50, 2}, 0, dtype), y = numbers({50, 1}, 0.4, dtype);
        const std::vector<double> expected = output_norms(model, x, y);
        const GradientMonitor observed(model);
        GradientMonitor copy = observed;
        xg::nn::mse_loss(model(x), y).backward();
        copy.record();
        const Profile profile = observed.profile();
        BOOST_REQUIRE(profile.layers.size() == 7u);
        BOOST_TEST((profile.step == 1 && observed.steps() == 1 && observed.first().step == 1));
        for (std::size_t i = 0; i < 7; ++i) {
            const LayerRecord& r = profile.layers[i];
            const auto at = static_cast<std::int64_t>(2 * i);
            const Linear* const layer = model[at].get_if<Linear>();
            BOOST_REQUIRE(layer != nullptr);
            BOOST_TEST((r.name == std::to_string(at) && r.type == (i < 6 ? "Linear + ReLU" : "Linear")));
            BOOST_TEST(close(r.gradient_norm, expected[i]), i << ": " << r.gradient_norm << " and " << expected[i]);
            BOOST_TEST(close(r.weight_gradient_norm, plain_norm(layer->weight().grad())));
            BOOST_TEST(close(r.bias_gradient_norm, plain_norm(layer->bias().grad())));
            BOOST_TEST(close(r.weight_norm, plain_norm(layer->weight())));
            BOOST_TEST((r.geometry.n_in == (i == 0 ? 2 : 16) && r.geometry.n_out == (i < 6 ? 16 : 1)));
            BOOST_TEST(r.geometry.relu == (i < 6));
            const double n = r.geometry.n_in * r.geometry.n_out;
            BOOST_TEST(close(r.geometry.weight_variance, std::pow(plain_norm(layer->weight()), 2) / n));
        }
        BOOST_TEST(observed.history().size() == 1u);
        BOOST_TEST(observed.history()[0].size() == 7u);
        BOOST_TEST(observed.history()[0][3] == profile.layers[3].gradient_norm);
    }
}

// A model in float64 has gradients whose squares are no longer doubles.
BOOST_AUTO_TEST_CASE(the_smallest_gradients_are_not_zero) {
    const Sequential model = stack(2, xg::nn::Init::glorot_uniform, 3, 8, xg::float64);
    const Tensor x = numbers({4, 2}, 0, xg::float64);
    GradientMonitor observed(model);
    (xg::sum(model(x)) * 1e-250).backward();
    observed.record();
    for (const LayerRecord& r : observed.profile().layers) {
        BOOST_TEST((r.gradient_norm > 1e-255 && r.gradient_norm < 1e-245), r.name << ": " << r.gradient_norm);
        BOOST_TEST((r.weight_gradient_norm > 1e-260 && r.bias_gradient_norm > 1e-260), r.name);
    }
}

// Gradients of several passes add up in the parameters; what reached the outputs is that of all rows.
BOOST_AUTO_TEST_CASE(several_backward_passes_a_step) {
    const Sequential model = stack(3, xg::nn::Init::he_uniform, 3, 8);
    const Tensor x = numbers({40, 2}), y = numbers({40, 1}, 0.4);
    GradientMonitor observed(model);
    xg::nn::mse_loss(model(x), y).backward();
    observed.record();
    const Profile whole = observed.profile();
    model.zero_grad();
    for (int part = 0; part < 4; ++part) {
        const Tensor xb = x.slice(0, 10 * part, 10 * part + 10), yb = y.slice(0, 10 * part, 10 * part + 10);
        (xg::nn::mse_loss(model(xb), yb) * 0.25).backward();
    }
    observed.record();
    const Profile parts = observed.profile();
    BOOST_TEST((parts.step == 2 && observed.steps() == 2));
    for (std::size_t i = 0; i < whole.layers.size(); ++i) {
        BOOST_TEST(close(parts.layers[i].gradient_norm, whole.layers[i].gradient_norm, 1e-4), i);
        BOOST_TEST(close(parts.layers[i].weight_gradient_norm, whole.layers[i].weight_gradient_norm, 1e-4), i);
        BOOST_TEST(close(parts.layers[i].bias_gradient_norm, whole.layers[i].bias_gradient_norm, 1e-4), i);
    }
}

BOOST_AUTO_TEST_CASE(a_module_that_is_called_twice) {
    const Twice model;
    const Tensor x = numbers({5, 4});
    std::vector<Tensor> outputs;
    auto handle =
        model.fc().register_output_hook([&](const xg::nn::Module&, const Tensor& h) { outputs.push_back(h); });
    const Tensor loss = xg::sum(xg::square(model(x)));
    handle.remove();
    double squares = 0;
    for (const Tensor& g : xg::grad({loss}, outputs)) squares += std::pow(plain_norm(g), 2);

    GradientMonitor observed(model);
    xg::sum(xg::square(model(x))).backward();
    observed.record();
    const Profile profile = observed.profile();
    BOOST_REQUIRE(profile.layers.size() == 1u);
    BOOST_TEST(profile.layers[0].name == "fc");
    BOOST_TEST(close(profile.layers[0].gradient_norm, std::sqrt(squares)));
    BOOST_TEST(close(profile.layers[0].weight_gradient_norm, plain_norm(model.fc().weight().grad())));
}

BOOST_AUTO_TEST_CASE(a_step_without_backward_is_not_counted) {
    const Sequential model = stack(4, xg::nn::Init::he_uniform, 2, 8);
    GradientMonitor observed(model);
    BOOST_TEST((observed.profile().step == 0 && observed.profile().layers.empty() && observed.history().empty()));
    observed.record();
    model(numbers({3, 2}));
    observed.record();
    BOOST_TEST((observed.steps() == 0 && observed.profile().step == 0 && observed.first().step == 0));
    xg::sum(model(numbers({3, 2}))).backward();
    observed.record();
    observed.record();
    BOOST_TEST((observed.steps() == 1 && observed.profile().step == 1 && observed.history().size() == 1u));
}

BOOST_AUTO_TEST_CASE(evaluation_between_does_not_count) {
    const Sequential model = stack(5, xg::nn::Init::he_uniform, 2, 8);
    const Tensor x = numbers({30, 2}), y = numbers({30, 1}, 0.4);
    GradientMonitor observed(model);
    xg::nn::mse_loss(model(x), y).backward();
    {
        // These would wake units that the batch leaves dead.
        const xg::NoGrad no_grad;
        model(x * -100);
    }
    observed.record();
    const Profile with = observed.profile();
    GradientMonitor again(model);
    xg::nn::mse_loss(model(x), y).backward();
    again.record();
    for (std::size_t i = 0; i < with.layers.size(); ++i) {
        BOOST_TEST(with.layers[i].gradient_norm == again.profile().layers[i].gradient_norm);
        BOOST_TEST((i == 2 || with.layers[i].dead_share == again.profile().layers[i].dead_share));
    }
}

BOOST_AUTO_TEST_CASE(a_monitor_that_is_gone_watches_nothing) {
    const Sequential model = stack(6, xg::nn::Init::he_uniform, 2, 8);
    const Tensor x = numbers({3, 2});
    std::string operation;
    const auto before_relu = [&] {
        auto handle =
            model[1].register_output_hook([&](const xg::nn::Module&, const Tensor& h) { operation = h.operation(); });
        xg::sum(model(x)).backward();
        handle.remove();
    };
    Tensor loss;
    {
        std::optional<GradientMonitor> first(std::in_place, model);
        const GradientMonitor second = *first;
        first.reset();
        xg::sum(model(x)).backward();
        GradientMonitor(second).record();
        BOOST_TEST(second.steps() == 1);
        BOOST_TEST(hooked(model));
        loss = xg::sum(model(x));
    }
    BOOST_TEST(!hooked(model));
    // The graph that is left is walked as if nobody had watched.
    loss.backward();
    before_relu();
    BOOST_TEST(operation == "linear_relu");
    GradientMonitor other(model);
    xg::sum(model(x)).backward();
    other.record();
    BOOST_TEST(other.steps() == 1);
}

BOOST_AUTO_TEST_CASE(two_monitors_of_one_model) {
    const Sequential model = stack(7, xg::nn::Init::he_uniform, 2, 8);
    GradientMonitor a(model), b(model);
    xg::sum(model(numbers({3, 2}))).backward();
    a.record();
    b.record();
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(a.profile().layers[i].gradient_norm == b.profile().layers[i].gradient_norm);
}

BOOST_AUTO_TEST_CASE(every_nth_step) {
    const Sequential model = stack(8, xg::nn::Init::he_uniform, 2, 8);
    GradientMonitor observed(model, {.every = 3});
    for (int i = 1; i <= 7; ++i) {
        xg::sum(model(numbers({3, 2}, 0.1 * i)) * i).backward();
        observed.record();
        model.zero_grad();
        BOOST_TEST(observed.steps() == i);
        BOOST_TEST(observed.profile().step == 1 + 3 * ((i - 1) / 3));
        // A step without backward, also among those that are not measured.
        observed.record();
        BOOST_TEST(observed.steps() == i);
    }
    BOOST_TEST(observed.history().size() == 3u);
    BOOST_TEST(observed.first().step == 1);
    BOOST_CHECK_THROW(GradientMonitor(model, {.every = 0}), xg::ValueError);
    BOOST_CHECK_THROW(GradientMonitor(model, {.every = -2}), xg::ValueError);
}

// What the monitor sees is not changed by training, and its profile keeps the first step.
BOOST_AUTO_TEST_CASE(a_training_loop) {
    const Sequential model = stack(9, xg::nn::Init::he_uniform, 2, 16);
    const Tensor x = numbers({60, 2}), y = xg::sum(x, 1, true);
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.05});
    GradientMonitor observed(model);
    std::vector<double> losses;
    for (int i = 0; i < 60; ++i) {
        optimizer.zero_grad();
        const Tensor loss = xg::nn::mse_loss(model(x), y);
        losses.push_back(loss.item());
        loss.backward();
        observed.record();
        optimizer.step();
    }
    BOOST_TEST(losses.back() < 0.2 * losses.front());
    BOOST_TEST(observed.steps() == 60);
    BOOST_TEST(observed.history().size() == 60u);
    BOOST_TEST(observed.profile().step == 60);
    BOOST_TEST(observed.first().layers[0].gradient_norm == observed.history()[0][0]);
    BOOST_TEST(observed.history()[59][0] < observed.history()[0][0]);
}

BOOST_AUTO_TEST_SUITE_END()
