#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <xgrad/inspect/diagnosis.hpp>
#include <xgrad/inspect/report.hpp>

#include "support.hpp"

// Which layers a profile shows, and in which order: that of their calls.

using namespace support;
using xg::inspect::diagnose;
using xg::inspect::Finding;
using xg::inspect::GradientMonitor;
using xg::inspect::Profile;
using xg::nn::Layer;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::ReLU;
using xg::nn::Sequential;

namespace {

using Names = std::vector<std::string>;

Names names(const Profile& profile) {
    Names out;
    for (const auto& layer : profile.layers) out.push_back(layer.name);
    return out;
}

/// One step of a model that takes (rows, 4).
template <class Model>
void step(const Model& model, GradientMonitor& monitor) {
    xg::sum(xg::square(model(numbers({6, 4})))).backward();
    monitor.record();
}

Linear scaled(std::int64_t in, std::int64_t out, double factor) {
    const Linear layer(in, out, {.bias = false});
    const xg::NoGrad no_grad;
    Tensor weight = layer.weight();
    weight.mul_(factor);
    return layer;
}

/// Registers its layers in the opposite order of that in which it calls them; the gradient falls by five decades.
class Backwards : public Layer<Backwards> {
    Linear head_ = add_module("head", Linear(4, 1));
    Linear second_ = add_module("second", scaled(4, 4, 1e-5));
    Linear first_ = add_module("first", Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return head_(second_(first_(x))); }
};

/// A gate of its own around layers, as in ReZero, registered before them.
class Gated : public Layer<Gated> {
    xg::nn::Parameter gate_ = add_parameter("gate", xg::full({}, 1e-6));
    Linear inner_ = add_module("inner", Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return x + gate_ * inner_(x); }
};

/// A parameter of its own, and an activation as a child: a layer like any other.
class Scaled : public Layer<Scaled> {
    xg::nn::Parameter weight_ = add_parameter("weight", xg::ones({4}));
    ReLU relu_ = add_module("relu", ReLU());

public:
    Tensor forward(const Tensor& x) const { return relu_(x * weight_ + 1); }
};

/// Calls one branch or the other.
class Switched : public Layer<Switched> {
    Linear left_ = add_module("left", Linear(4, 4));
    Linear right_ = add_module("right", Linear(4, 4));
    Linear unused_ = add_module("unused", Linear(4, 4));
    Linear last_ = add_module("last", Linear(4, 4));

public:
    bool use_right = true, use_left = false;
    Tensor forward(const Tensor& x) const {
        Tensor h = x;
        if (use_right) h = right_(h);
        if (use_left) h = left_(h);
        return last_(h);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(order)

BOOST_AUTO_TEST_CASE(layers_stand_in_the_order_of_their_calls) {
    const Backwards model;
    GradientMonitor monitor(model);
    step(model, monitor);
    const Profile profile = monitor.profile();
    BOOST_TEST(names(profile) == (Names{"first", "second", "head"}), boost::test_tools::per_element());
    BOOST_TEST(names(monitor.first()) == names(profile), boost::test_tools::per_element());
    // By registration the head would be the first layer, and the gradient would seem to explode.
    BOOST_TEST(profile.decades() > 3);
    BOOST_TEST((diagnose(profile).finding == Finding::vanishing));
    BOOST_TEST(diagnose(profile).layer == "first");
    const std::vector<double> row = monitor.history().at(0);
    for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(row[i] == profile.layers[i].gradient_norm);
}

BOOST_AUTO_TEST_CASE(a_module_around_layers_is_none_of_the_chain) {
    Sequential model;
    model.add(Gated(), scaled(4, 4, 1e-5), Linear(4, 1));
    GradientMonitor monitor(model);
    step(model, monitor);
    const Profile profile = monitor.profile();
    BOOST_TEST(names(profile) == (Names{"0", "0.inner", "1", "2"}), boost::test_tools::per_element());
    BOOST_TEST(std::isnan(profile.layers[0].gradient_norm));
    BOOST_TEST(profile.layers[0].weight_gradient_norm > 0);
    BOOST_TEST(profile.layers[0].measured);
    BOOST_TEST((diagnose(profile).finding == Finding::vanishing));
    // The chain has three layers, whose first is within.
    BOOST_TEST(
        close(profile.decades(), std::log10(profile.layers[3].gradient_norm / profile.layers[1].gradient_norm), 1e-12));
    BOOST_TEST(profile.table().find(" 0  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_layer_with_an_activation_inside_is_one) {
    const Scaled model;
    GradientMonitor monitor(model);
    step(model, monitor);
    const Profile profile = monitor.profile();
    BOOST_REQUIRE(profile.layers.size() == 1u);
    BOOST_TEST(profile.layers[0].gradient_norm > 0);
}

BOOST_AUTO_TEST_CASE(the_model_itself_is_called_by_its_type) {
    const Linear model(4, 2);
    GradientMonitor monitor(model);
    step(model, monitor);
    BOOST_TEST(names(monitor.profile()) == Names{"(Linear)"}, boost::test_tools::per_element());
    const Gated gated;
    GradientMonitor around(gated);
    step(gated, around);
    BOOST_TEST(names(around.profile()).at(0).find("Gated") != std::string::npos);
    BOOST_TEST(names(around.profile()).at(1) == "inner");
}

BOOST_AUTO_TEST_CASE(layers_that_are_called_later_or_never) {
    Switched model;
    GradientMonitor monitor(model);
    step(model, monitor);
    BOOST_TEST(names(monitor.profile()) == (Names{"right", "last", "left", "unused"}),
               boost::test_tools::per_element());
    BOOST_TEST(!monitor.profile().layers[2].measured);
    BOOST_TEST((std::isfinite(monitor.profile().decades())));
    model.use_left = true;
    step(model, monitor);
    const Profile profile = monitor.profile();
    BOOST_TEST(names(profile) == (Names{"right", "last", "left", "unused"}), boost::test_tools::per_element());
    const auto history = monitor.history();
    BOOST_REQUIRE(history.size() == 2u);
    BOOST_TEST((std::isnan(history[0][2]) && history[1][2] == profile.layers[2].gradient_norm));
    BOOST_TEST(std::isnan(history[1][3]));
}

BOOST_AUTO_TEST_CASE(before_a_call_layers_stand_as_registered) {
    const Backwards model;
    const GradientMonitor monitor(model);
    BOOST_TEST(monitor.profile().layers.empty());
    BOOST_TEST(monitor.history().empty());
}

BOOST_AUTO_TEST_CASE(a_layer_under_two_names_is_shown_once) {
    const Linear shared(4, 4);
    Sequential model;
    model.add(shared, ReLU(), shared);
    GradientMonitor monitor(model);
    step(model, monitor);
    BOOST_TEST(names(monitor.profile()) == Names{"0"}, boost::test_tools::per_element());
    BOOST_TEST(close(monitor.profile().layers[0].weight_gradient_norm, plain_norm(shared.weight().grad())));
}

// The activation's output would be taken for that of both.
BOOST_AUTO_TEST_CASE(an_activation_behind_two_layers) {
    const ReLU relu;
    const Linear a(4, 4), b(4, 4);
    Sequential model;
    model.add(a, relu, b, relu);
    std::vector<Tensor> outputs;
    auto keep = [&](const Module&, const Tensor& h) { outputs.push_back(h); };
    auto at_a = a.register_output_hook(keep), at_b = b.register_output_hook(keep);
    const Tensor loss = xg::sum(xg::square(model(numbers({6, 4}))));
    const std::vector<Tensor> expected = xg::grad({loss}, outputs);
    at_a.remove();
    at_b.remove();
    GradientMonitor monitor(model);
    step(model, monitor);
    const Profile profile = monitor.profile();
    BOOST_REQUIRE(profile.layers.size() == 2u);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(close(profile.layers[i].gradient_norm, plain_norm(expected[i]), 1e-5), i);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_has_no_range) {
    Profile profile;
    profile.step = 1;
    profile.layers = {{.name = "0\n\x1b[31m", .type = "Linear", .gradient_norm = INFINITY},
                      {.name = "1", .type = "Linear", .gradient_norm = INFINITY}};
    BOOST_TEST(profile.table().find("1einf") == std::string::npos);
    const std::string page = xg::inspect::to_html(profile);
    BOOST_TEST(page.find("1einf") == std::string::npos);
    // A name's control characters reach neither a terminal nor a page.
    for (const std::string& text : {profile.table(), page, diagnose(profile).text()})
        BOOST_TEST(text.find('\x1b') == std::string::npos);
    profile.layers[1].gradient_norm = 1;
    BOOST_TEST(diagnose(profile).text().find("0??[31m") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
