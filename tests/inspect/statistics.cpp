#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <xgrad/data/make_regression.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::LayerRecord;
using xg::inspect::Profile;
using xg::nn::Init;

namespace {

constexpr int seeds = sanitized ? 4 : 20;

const xg::data::Samples& problem() {
    static const auto p = xg::data::make_regression({.n_samples = 100'000, .n_features = 2, .random_state = 570});
    return p;
}

/// What a batch of 1,500 rows shows at the first step.
Profile first_step(std::uint64_t seed, Init init) {
    const xg::nn::Sequential model = stack(seed, init);
    xg::inspect::GradientMonitor observed(model);
    xg::nn::mse_loss(model(problem().x.slice(0, 0, 1500)), problem().y.slice(0, 0, 1500)).backward();
    observed.record();
    return observed.profile();
}

struct Means {
    std::vector<double> outputs, weights, biases;  // of log10 of the norms
    double smallest_output = HUGE_VAL, smallest_weight = HUGE_VAL;
};

Means means_of(Init init) {
    Means m;
    for (int seed = 0; seed < seeds; ++seed) {
        const Profile profile = first_step(static_cast<std::uint64_t>(seed), init);
        BOOST_REQUIRE(profile.layers.size() == 101u);
        for (auto* list : {&m.outputs, &m.weights, &m.biases}) list->resize(101);
        for (std::size_t i = 0; i < 101; ++i) {
            const LayerRecord& r = profile.layers[i];
            m.outputs[i] += std::log10(r.gradient_norm) / seeds;
            m.weights[i] += std::log10(r.weight_gradient_norm) / seeds;
            m.biases[i] += std::log10(r.bias_gradient_norm) / seeds;
            m.smallest_output = std::min(m.smallest_output, r.gradient_norm);
            m.smallest_weight = std::min(m.smallest_weight, r.weight_gradient_norm);
        }
    }
    return m;
}

/// The least-squares slope over the layers; negative: the values fall from the last layer to the first.
double slope(const std::vector<double>& y) {
    const double n = static_cast<double>(y.size()), middle = (n - 1) / 2;
    double xy = 0, xx = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        xy += (static_cast<double>(i) - middle) * y[i];
        xx += (static_cast<double>(i) - middle) * (static_cast<double>(i) - middle);
    }
    return -xy / xx;
}

double spread(const std::vector<double>& y) {
    const auto [low, high] = std::minmax_element(y.begin(), y.end());
    return *high - *low;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(glorots_gradient_vanishes_and_its_weights_hide_it) {
    const Means m = means_of(Init::glorot_uniform);
    BOOST_TEST_MESSAGE("Glorot: " << slope(m.outputs) << " decades a layer, weights " << slope(m.weights));
    BOOST_TEST(std::abs(slope(m.outputs) + 0.1555) < 0.015);
    BOOST_TEST(std::abs(slope(m.biases) + 0.1555) < 0.015);
    // Activations shrink going forward as gradients shrink going back.
    BOOST_TEST(std::abs(slope(m.weights)) < 0.015);
    BOOST_TEST(spread(m.outputs) > 14);
    const std::vector<double> hidden(m.weights.begin() + 1, m.weights.end() - 1);
    BOOST_TEST(spread(hidden) < 1.5);
}

BOOST_AUTO_TEST_CASE(hes_gradient_keeps_its_size) {
    const Means m = means_of(Init::he_uniform);
    BOOST_TEST_MESSAGE("He: " << slope(m.outputs) << " decades a layer, weights " << slope(m.weights));
    BOOST_TEST(std::abs(slope(m.outputs) + 0.0053) < 0.015);
}

BOOST_AUTO_TEST_CASE(pytorchs_gradient_falls_below_float32s_normal_numbers_and_is_not_zero) {
    const Means m = means_of(Init::pytorch);
    BOOST_TEST_MESSAGE("PyTorch: " << slope(m.outputs) << " decades a layer, weights " << slope(m.weights)
                                   << ", smallest norms " << m.smallest_output << " and " << m.smallest_weight);
    BOOST_TEST(std::abs(slope(m.outputs) + 0.398) < 0.015);
    BOOST_TEST(m.smallest_output > 0);
    BOOST_TEST(m.smallest_output < 1e-36);
    BOOST_TEST(m.smallest_weight > 0);
}

BOOST_AUTO_TEST_SUITE_END()
