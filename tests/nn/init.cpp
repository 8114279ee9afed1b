#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <xgrad/nn/init.hpp>

#include "support.hpp"

using namespace support;
using xg::nn::Init;
using xg::nn::Linear;

namespace {

constexpr Init all[] = {Init::glorot_uniform, Init::glorot_normal, Init::he_uniform, Init::he_normal,
                        Init::lecun_uniform,  Init::lecun_normal,  Init::pytorch};

struct Moments {
    double mean = 0, variance = 0, kurtosis = 0, largest = 0;
};

Moments moments(const Tensor& t) {
    Moments m;
    const std::vector<double> v = t.to_vector();
    const auto n = static_cast<double>(v.size());
    for (const double x : v) m.mean += x / n;
    double fourth = 0;
    for (const double x : v) {
        m.variance += (x - m.mean) * (x - m.mean) / n;
        fourth += std::pow(x - m.mean, 4) / n;
        m.largest = std::max(m.largest, std::abs(x));
    }
    m.kurtosis = fourth / (m.variance * m.variance);
    return m;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(init)

BOOST_AUTO_TEST_CASE(variances_are_those_of_the_papers) {
    BOOST_TEST(xg::nn::init_variance(Init::glorot_uniform, 6, 4) == 0.2);
    BOOST_TEST(xg::nn::init_variance(Init::glorot_normal, 6, 4) == 0.2);
    BOOST_TEST(xg::nn::init_variance(Init::he_uniform, 8, 4) == 0.25);
    BOOST_TEST(xg::nn::init_variance(Init::he_normal, 8, 4) == 0.25);
    BOOST_TEST(xg::nn::init_variance(Init::lecun_uniform, 8, 4) == 0.125);
    BOOST_TEST(xg::nn::init_variance(Init::lecun_normal, 8, 4) == 0.125);
    BOOST_TEST(xg::nn::init_variance(Init::pytorch, 8, 4) == 1.0 / 24);
    for (const Init i : all) BOOST_TEST(std::isfinite(xg::nn::init_variance(i, 0, 0)));
}

BOOST_AUTO_TEST_CASE(weights_have_the_variance_and_the_shape_of_their_law) {
    for (const xg::DType dtype : {xg::float32, xg::float64})
        for (const Init i : all) {
            BOOST_TEST_CONTEXT(xg::nn::name(i) << ' ' << xg::name(dtype)) {
                xg::manual_seed(11);
                const Linear layer(512, 256, {.init = i, .dtype = dtype});
                const double variance = xg::nn::init_variance(i, 512, 256);
                const Moments m = moments(layer.weight());
                BOOST_TEST(std::abs(m.variance / variance - 1) < 0.02);
                // Five standard deviations of the mean of 131,072 draws.
                BOOST_TEST(std::abs(m.mean) < 5 * std::sqrt(variance / (512 * 256)));
                const bool normal = std::string(xg::nn::name(i)).find("normal") != std::string::npos;
                BOOST_TEST(std::abs(m.kurtosis - (normal ? 3 : 1.8)) < 0.1);
                const double bound = std::sqrt(3 * variance);
                if (normal)
                    BOOST_TEST(m.largest > bound);
                else
                    BOOST_TEST((m.largest <= bound * (1 + 1e-6) && m.largest > 0.999 * bound));

                const Moments b = moments(layer.bias());
                if (i == Init::pytorch)
                    BOOST_TEST((b.largest <= bound * (1 + 1e-6) && b.largest > 0.9 * bound &&
                                std::abs(b.variance / variance - 1) < 0.3));
                else
                    BOOST_TEST(b.largest == 0);
                BOOST_TEST((layer.weight().dtype() == dtype && layer.bias().dtype() == dtype));
            }
        }
}

BOOST_AUTO_TEST_CASE(names_lead_there_and_back) {
    for (const Init i : all) BOOST_TEST((xg::nn::init_from_name(xg::nn::name(i)) == i));
    BOOST_TEST((xg::nn::init_from_name("glorot") == Init::glorot_uniform));
    BOOST_TEST((xg::nn::init_from_name("he") == Init::he_uniform));
    BOOST_TEST((xg::nn::init_from_name("lecun") == Init::lecun_uniform));
    for (const char* bad : {"", "Glorot", "xavier", "he_", "glorot_uniform ", "uniform"}) {
        BOOST_TEST(refuses<xg::ValueError>([&] { xg::nn::init_from_name(bad); },
                                           "unknown initialisation '" + std::string(bad) + "'") == "");
        for (const Init i : all)
            BOOST_TEST(refuses<xg::ValueError>([&] { xg::nn::init_from_name(bad); }, xg::nn::name(i)) == "");
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_weights) {
    const auto draw = [](std::uint64_t seed) {
        xg::manual_seed(seed);
        Linear(3, 7);
        return Linear(20, 30, {.init = Init::pytorch});
    };
    const Linear a = draw(5), b = draw(5), c = draw(6);
    BOOST_TEST(a.weight().to_vector() == b.weight().to_vector(), boost::test_tools::per_element());
    BOOST_TEST(a.bias().to_vector() == b.bias().to_vector(), boost::test_tools::per_element());
    BOOST_TEST(a.weight().to_vector() != c.weight().to_vector());
    // Two layers after each other are not alike.
    xg::manual_seed(5);
    BOOST_TEST(Linear(20, 30).weight().to_vector() != Linear(20, 30).weight().to_vector());
}

BOOST_AUTO_TEST_CASE(linear_without_bias) {
    const Linear layer(4, 3, {.bias = false});
    BOOST_TEST(!layer.bias().defined());
    BOOST_TEST(layer.named_parameters().size() == 1u);
    const Tensor x = numbers({5, 4});
    const Tensor expected = xg::matmul(x, layer.weight().transpose());
    const std::vector<double> y = layer(x).to_vector(), z = expected.to_vector();
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST(std::abs(y[i] - z[i]) < 1e-6);
    const Linear copy = layer.clone();
    BOOST_TEST((!copy.bias().defined() && copy(x).to_vector() == y));
    layer.to(xg::float64);
    BOOST_TEST(layer(x.to(xg::float64)).dtype() == xg::float64);
    xg::sum(copy(x)).backward();
    BOOST_TEST(copy.weight().grad().defined());
}

BOOST_AUTO_TEST_CASE(weights_are_out_by_in_and_sizes_are_checked) {
    const Linear layer(4, 3);
    BOOST_TEST((layer.weight().shape() == xg::Shape{3, 4} && layer.bias().shape() == xg::Shape{3}));
    BOOST_TEST(refuses<xg::ValueError>([] { Linear(0, 3); }, "at least 1 input and output, got 0 and 3") == "");
    BOOST_TEST(refuses<xg::ValueError>([] { Linear(3, -1); }, "got 3 and -1") == "");
    BOOST_TEST(refuses<xg::DTypeError>([] { Linear(3, 1, {.dtype = xg::int64}); }, "int64") == "");
}

BOOST_AUTO_TEST_SUITE_END()
