#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include <xgrad/data/make_regression.hpp>
#include <xgrad/inspect/diagnosis.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::diagnose;
using xg::inspect::Diagnosis;
using xg::inspect::Finding;
using xg::inspect::GradientMonitor;
using xg::inspect::Profile;
using xg::nn::Init;
using xg::nn::Sequential;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Profile first_step(const Sequential& model) {
    const auto [x, y] = xg::data::make_regression({.n_samples = 500, .n_features = 2, .random_state = 570});
    GradientMonitor observed(model);
    xg::nn::mse_loss(model(x), y).backward();
    observed.record();
    return observed.profile();
}

bool says(const Diagnosis& d, const std::string& part) { return d.text().find(part) != std::string::npos; }

/// What the text says that a layer multiplies the squared norm by.
double stated_gain(const Diagnosis& d) {
    const std::string before = "½·n_in·Var(W) = ", text = d.text();
    const std::size_t at = text.find(before);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + before.size()));
}

void scale_weights(const Sequential& model, double factor) {
    for (const Tensor& p : model.parameters()) Tensor(p).set_data(p.detach() * factor);
}

std::vector<double> decades(int n, double per_layer) {
    std::vector<double> norms;
    for (int i = 0; i < n; ++i) norms.push_back(std::pow(10, per_layer * (i + 1 - n)));
    return norms;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(diagnosis)

BOOST_AUTO_TEST_CASE(a_gradient_of_zero_is_not_healthy) {
    const Sequential model(xg::nn::Linear(2, 4), xg::nn::Linear(4, 1));
    GradientMonitor observed(model);
    const Tensor y = model(xg::ones({3, 2}));
    xg::nn::mse_loss(y, y.detach()).backward();
    observed.record();
    const Diagnosis d = diagnose(observed.profile());
    BOOST_TEST((d.finding == Finding::zero));
    BOOST_TEST(says(d, "The gradient is 0 in every layer"));
    BOOST_TEST(!says(d, "nan"));
}

BOOST_AUTO_TEST_CASE(a_hundred_glorot_layers_vanish) {
    const Profile profile = first_step(stack(0, Init::glorot_uniform));
    const Diagnosis d = diagnose(profile);
    BOOST_TEST_MESSAGE(d.text());
    BOOST_TEST((d.finding == Finding::vanishing));
    // ½ a layer: 2⁻⁵⁰ of the norm, 15 decades and 0.85 for the width; a batch's shift is somewhat smaller.
    BOOST_TEST(std::abs(d.decades - 15.5) < 2);
    BOOST_TEST(std::abs(d.predicted_decades - 15.8) < 0.5);
    BOOST_TEST(std::abs(d.predicted_deviation - 0.604) < 0.01);
    BOOST_TEST(close(d.decades, profile.decades()));
    // Three decades are lost after about twenty layers.
    const int layer = std::stoi(d.layer) / 2;
    BOOST_TEST((layer > 60 && layer < 95), d.layer);
    const double last = profile.layers.back().gradient_norm;
    BOOST_TEST(profile.layers[static_cast<std::size_t>(layer)].gradient_norm < last / 1000);
    BOOST_TEST(profile.layers[static_cast<std::size_t>(layer) + 1].gradient_norm >= last / 1000);
    for (const char* part : {"has vanished", "decades", "101 layers", "‖∂L/∂W‖ does not show it", "h + relu(W·h) / 100",
                             "does not train a deep plain stack with SGD"})
        BOOST_TEST(says(d, part), part);
    BOOST_TEST(says(d, "layer " + d.layer));
    BOOST_TEST(std::abs(stated_gain(d) - 0.5) < 0.01);
}

BOOST_AUTO_TEST_CASE(two_layers_are_healthy) {
    const Diagnosis d = diagnose(first_step(stack(0, Init::glorot_uniform, 1)));
    BOOST_TEST((d.finding == Finding::healthy && d.layer.empty()));
    BOOST_TEST(std::abs(d.decades) < 1);
    BOOST_TEST(says(d, "keeps its size"));
    BOOST_TEST((!says(d, "Try") && !says(d, "look alike")));
}

BOOST_AUTO_TEST_CASE(hes_flat_line_is_no_cure) {
    const Diagnosis d = diagnose(first_step(stack(1, Init::he_uniform)));
    BOOST_TEST((d.finding == Finding::healthy));
    BOOST_TEST(says(d, "look alike by the last layer"));
    BOOST_TEST(std::abs(d.predicted_decades - 0.84) < 0.5);
}

BOOST_AUTO_TEST_CASE(weights_twice_hes_explode) {
    const Sequential model = stack(2, Init::he_uniform, 40);
    scale_weights(model, 2);  // four times He's variance: 0.6 decade a layer
    const Diagnosis d = diagnose(first_step(model));
    BOOST_TEST_MESSAGE(d.text());
    BOOST_TEST((d.finding == Finding::exploding));
    BOOST_TEST(std::abs(d.decades + 39 * 0.301) < 3);
    BOOST_TEST(std::abs(d.predicted_decades + 39 * 0.301) < 1.5);
    BOOST_TEST((says(d, "explodes") && says(d, "grows by") && std::abs(stated_gain(d) - 4) < 0.05));
}

BOOST_AUTO_TEST_CASE(a_dead_layer_is_found) {
    const Sequential model = stack(3, Init::he_uniform, 6, 16);
    // 6.bias. Behind it all inputs are 0 and so, without a bias, all units: the layer that is the cause is named.
    Tensor(model.named_parameters()[7].tensor).set_data(xg::full({16}, -1e4));
    const Diagnosis d = diagnose(first_step(model));
    BOOST_TEST((d.finding == Finding::dead));
    BOOST_TEST(d.layer == "6");
    BOOST_TEST((says(d, "Layer 6 is dead") && says(d, "none of its units")));
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_found) {
    Sequential model = stack(4, Init::he_uniform, 3, 8);
    Tensor(model.parameters()[4]).set_data(xg::full({8, 8}, std::numeric_limits<double>::quiet_NaN()));
    const Diagnosis d = diagnose(first_step(model));
    BOOST_TEST((d.finding == Finding::not_finite));
    BOOST_TEST(says(d, "not finite"));
    Profile profile = profile_of(decades(4, 0.1));
    profile.layers[1].weight_gradient_norm = infinite;
    BOOST_TEST((diagnose(profile).finding == Finding::not_finite && diagnose(profile).layer == "2"));
    profile = profile_of(decades(4, 0.1));
    profile.layers[2].gradient_norm = infinite;
    BOOST_TEST((diagnose(profile).finding == Finding::not_finite && diagnose(profile).layer == "4"));
}

BOOST_AUTO_TEST_CASE(too_little_is_unknown) {
    BOOST_TEST((diagnose({}).finding == Finding::unknown));
    BOOST_TEST(says(diagnose({}), "Nothing to judge"));
    BOOST_TEST((diagnose(profile_of({1})).finding == Finding::unknown));
    const Sequential model = stack(5, Init::he_uniform, 2, 8);
    BOOST_TEST((diagnose(GradientMonitor(model).profile()).finding == Finding::unknown));
    std::ostringstream text;
    text << Profile();
    BOOST_TEST(text.str().find("no layers were recorded") == 0u);
}

// The verdict depends on the way from the last layer to the first, not on the loss's scale.
BOOST_AUTO_TEST_CASE(three_decades_are_the_limit_whatever_the_scale) {
    for (const double scale : {1e-30, 1e-7, 1.0, 1e7, 1e30}) {
        const auto finding = [&](double per_layer) {
            std::vector<double> norms = decades(11, per_layer);
            for (double& v : norms) v *= scale;
            return diagnose(profile_of(norms));
        };
        BOOST_TEST((finding(0.29).finding == Finding::healthy && finding(-0.29).finding == Finding::healthy));
        BOOST_TEST((finding(0.31).finding == Finding::vanishing && finding(-0.31).finding == Finding::exploding));
        BOOST_TEST(finding(0.31).layer == "0");
        // 0.62 a layer: five layers before the last it is 3.1 decades down.
        BOOST_TEST(finding(0.62).layer == "10");
        BOOST_TEST(finding(-0.62).layer == "10");
        BOOST_TEST((std::abs(finding(0.62).decades - 6.2) < 1e-9 && std::abs(finding(-0.62).decades + 6.2) < 1e-9));
    }
}

BOOST_AUTO_TEST_CASE(zero_gradients_without_dead_units_vanish) {
    const Diagnosis d = diagnose(profile_of({0, 0, 1e-3, 1}));
    BOOST_TEST((d.finding == Finding::vanishing && d.layer == "2"));
    BOOST_TEST(!says(d, "nan"));
}

// Where a layer's weights are no matrix the theory has nothing to say, and does not say "infinite".
BOOST_AUTO_TEST_CASE(layers_that_the_theory_does_not_know) {
    Profile profile = profile_of(decades(5, 1));
    profile.layers[2].geometry = {};
    const Diagnosis d = diagnose(profile);
    BOOST_TEST((d.finding == Finding::vanishing));
    BOOST_TEST(std::isnan(d.predicted_decades));
    BOOST_TEST((!says(d, "Theory") && !says(d, "inf")));
}

// A layer that took no part in the step has no gradient: that is not a gradient that is NaN.
BOOST_AUTO_TEST_CASE(layers_that_took_no_part) {
    Profile profile = profile_of(decades(5, 0.1));
    auto& idle = profile.layers[4];
    idle.gradient_norm = idle.weight_gradient_norm = idle.bias_gradient_norm = std::numeric_limits<double>::quiet_NaN();
    profile.layers[4].measured = false;
    const Diagnosis d = diagnose(profile);
    BOOST_TEST((d.finding == Finding::healthy));
    BOOST_TEST(std::abs(d.decades - 0.3) < 1e-9);
}

BOOST_AUTO_TEST_SUITE_END()
