#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <vector>

#include <xgrad/inspect/theory.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::LayerGeometry;
using xg::inspect::NormLaw;
using xg::inspect::Profile;
using xg::nn::Init;

namespace {

constexpr int draws = sanitized ? 40 : 300;
constexpr std::array<std::size_t, 8> depths{0, 20, 40, 60, 80, 95, 97, 98};

/// How far ‖∂L/∂h‖ of one input is from the theory's mean, in its standard deviations, at each of the depths; given the
/// norm at the last layer.
std::array<double, depths.size()> deviations(std::uint64_t seed, Init init) {
    const xg::nn::Sequential model = stack(seed, init);
    const Tensor x = xg::randn({1, 2});
    xg::inspect::GradientMonitor observed(model);
    xg::sum(model(x)).backward();
    observed.record();
    const Profile profile = observed.profile();
    std::vector<LayerGeometry> layers;
    for (const auto& layer : profile.layers) layers.push_back(layer.geometry);
    const std::vector<NormLaw> laws = predict_gradient_norms(layers, profile.layers.back().gradient_norm);
    std::array<double, depths.size()> z{};
    for (std::size_t i = 0; i < depths.size(); ++i)
        z[i] = (std::log10(profile.layers[depths[i]].gradient_norm) - laws[depths[i]].mean) / laws[depths[i]].deviation;
    return z;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(single_inputs)

// Each draw has weights and an input of its own. The law is met from the first layer on that has a spread.
BOOST_AUTO_TEST_CASE(lie_in_the_theorys_band_as_often_as_it_claims) {
    // Three and a half standard deviations of what is counted.
    const double n = draws, limit = 3.5;
    const auto tolerance = [&](double share) { return limit * std::sqrt(share * (1 - share) / n); };
    std::uint64_t seed = 20'000;
    for (const Init init : {Init::glorot_uniform, Init::he_normal, Init::pytorch}) {
        std::array<double, depths.size()> within_one{}, within_two{}, mean{}, square{};
        for (int k = 0; k < draws; ++k) {
            const auto z = deviations(++seed, init);
            for (std::size_t i = 0; i < z.size(); ++i) {
                within_one[i] += (std::abs(z[i]) < 1) / n;
                within_two[i] += (std::abs(z[i]) < 2) / n;
                mean[i] += z[i] / n;
                square[i] += z[i] * z[i] / n;
            }
        }
        for (std::size_t i = 0; i < depths.size(); ++i) {
            BOOST_TEST_CONTEXT(xg::nn::name(init) << ", layer " << depths[i]) {
                BOOST_TEST(std::abs(within_one[i] - 0.6827) < tolerance(0.6827));
                BOOST_TEST(std::abs(within_two[i] - 0.9545) < tolerance(0.9545));
                // The shift is half of the variance: at 100 layers 1.4 standard deviations, were it left out.
                BOOST_TEST(std::abs(mean[i]) < limit / std::sqrt(n));
                BOOST_TEST(std::abs(std::sqrt(square[i] - mean[i] * mean[i]) - 1) < limit / std::sqrt(2 * n));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
