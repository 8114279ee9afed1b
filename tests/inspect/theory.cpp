#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

#include <xgrad/inspect/theory.hpp>
#include <xgrad/nn/init.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::backward_gain;
using xg::inspect::LayerGeometry;
using xg::inspect::NormLaw;
using xg::inspect::predict_gradient_norms;

namespace {

std::vector<LayerGeometry> geometry(xg::nn::Init init) {
    std::vector<LayerGeometry> layers;
    for (int i = 0; i <= 100; ++i) {
        const std::int64_t in = i == 0 ? 2 : 64, out = i == 100 ? 1 : 64;
        layers.push_back({.n_in = static_cast<double>(in),
                          .n_out = static_cast<double>(out),
                          .weight_variance = init_variance(init, in, out),
                          .relu = i < 100});
    }
    return layers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(theory)

BOOST_AUTO_TEST_CASE(gains) {
    BOOST_TEST(backward_gain({.n_in = 64, .n_out = 64, .weight_variance = 1.0 / 64}) == 0.5);
    BOOST_TEST(backward_gain({.n_in = 64, .n_out = 64, .weight_variance = 2.0 / 64}) == 1);
    BOOST_TEST(close(backward_gain({.n_in = 64, .n_out = 64, .weight_variance = 1.0 / 192}), 1.0 / 6, 1e-12));
    BOOST_TEST(backward_gain({.n_in = 64, .n_out = 64, .weight_variance = 2.0 / 64, .relu = false}) == 2);
}

// From the output of layer 100 of 101 (the last with a ReLU) 99 layers lead back to the first one's output.
BOOST_AUTO_TEST_CASE(a_hundred_layers) {
    struct Expected {
        xg::nn::Init init;
        double gain, slope;
    };
    for (const Expected& e :
         {Expected{xg::nn::Init::glorot_uniform, 0.5, 0.159}, Expected{xg::nn::Init::he_uniform, 1, 0.0085},
          Expected{xg::nn::Init::pytorch, 1.0 / 6, 0.398}}) {
        const std::vector<NormLaw> laws = predict_gradient_norms(geometry(e.init), 3);
        BOOST_REQUIRE(laws.size() == 101u);
        BOOST_TEST(std::abs(laws[100].mean - std::log10(3)) < 1e-12);
        BOOST_TEST((laws[100].deviation == 0 && laws[99].deviation == 0 && laws[99].shift == 0));
        const double root_mean_square = laws[99].mean - laws[0].mean - laws[0].shift;
        BOOST_TEST(std::abs(root_mean_square + 99 * 0.5 * std::log10(e.gain)) < 1e-9);
        // β = 99 · (3/64 + 2/64 · 63/64): 0.6 decade of the norm is one standard deviation, and the mean is 0.83 lower.
        BOOST_TEST(std::abs(laws[0].deviation - 0.6021) < 0.0001);
        BOOST_TEST(std::abs(laws[0].shift - 0.8345) < 0.0001);
        BOOST_TEST(std::abs((laws[99].mean - laws[0].mean) / 99 - e.slope) < 0.0015);
        for (std::size_t i = 0; i + 1 < laws.size(); ++i) BOOST_TEST(laws[i].deviation >= laws[i + 1].deviation);
    }
}

BOOST_AUTO_TEST_CASE(widths_that_differ) {
    const std::vector<NormLaw> laws =
        predict_gradient_norms({{.n_in = 3, .n_out = 10, .weight_variance = 1, .relu = true},
                                {.n_in = 10, .n_out = 20, .weight_variance = 0.2, .relu = true},
                                {.n_in = 20, .n_out = 1, .weight_variance = 0.05, .relu = false}},
                               1);
    // Going back through the second layer: ½ · 10 · 0.2 = 1, with a spread of 2/10 · 19/20 and 3/20; through the third:
    // 20 · 0.05 = 1.
    BOOST_TEST(std::abs(laws[1].mean) < 1e-12);
    BOOST_TEST(laws[1].deviation == 0);
    BOOST_TEST(close(laws[0].deviation, std::sqrt(0.34) / (2 * std::log(10)), 1e-12));
    BOOST_TEST(close(-laws[0].mean, 0.34 / (4 * std::log(10)), 1e-9));
    BOOST_TEST(predict_gradient_norms({}, 1).empty());
}

// A layer right below an output of one unit, drawn many times: what the formulas say of its spread, for weights of
// either kind.
BOOST_AUTO_TEST_CASE(spread_below_a_single_output) {
    constexpr std::int64_t in = 40, out = 80, draws = 6000;
    for (const bool normal : {true, false}) {
        xg::manual_seed(normal ? 1 : 2);
        const auto drawn = [&](const xg::Shape& shape) {
            return normal ? xg::randn(shape) : (xg::rand(shape) * 2 - 1) * std::sqrt(3.0);
        };
        double sum = 0, squares = 0;
        for (std::int64_t i = 0; i < draws; ++i) {
            const Tensor row = drawn({1, out}), shut = xg::greater(xg::rand({1, out}), 0.5), w = xg::randn({out, in});
            // Whatever the weights' norms are, the law is given them.
            const Tensor g = xg::matmul(row / xg::norm(row) * shut, w / xg::norm(w));
            const double v = std::log(xg::sum(g * g).item());
            sum += v / draws;
            squares += v * v / draws;
        }
        const std::vector<NormLaw> laws =
            predict_gradient_norms({{.n_in = 1, .n_out = in, .weight_variance = 1},
                                    {.n_in = in, .n_out = out, .weight_variance = 1},
                                    {.n_in = out, .weight_kurtosis = normal ? 3 : 1.8, .relu = false}},
                                   1);
        const double deviation = std::sqrt(squares - sum * sum) / (2 * std::log(10));
        BOOST_TEST(std::abs(deviation / laws[0].deviation - 1) < 0.05, deviation << " and " << laws[0].deviation);
    }
}

BOOST_AUTO_TEST_SUITE_END()
