// NaN, frozen parameters and layers of other shapes than Linear's.

#include <boost/test/unit_test.hpp>

#include <cmath>

#include <xgrad/inspect/diagnosis.hpp>

#include "support.hpp"

using xg::Tensor;
using xg::inspect::diagnose;
using xg::inspect::Finding;
using xg::inspect::GradientMonitor;

namespace {

/// Two weights of its own, a bias, and a child.
class Mixed : public xg::nn::Layer<Mixed> {
    xg::nn::Parameter w1 = add_parameter("w1", xg::ones({3, 3}));
    xg::nn::Parameter w2 = add_parameter("w2", xg::full({3, 3}, 2));
    xg::nn::Linear fc = add_module("fc", xg::nn::Linear(3, 3));

public:
    Tensor forward(const Tensor& x) const { return xg::matmul(xg::matmul(fc(x), w1), w2); }
};

xg::nn::Sequential small() {
    xg::manual_seed(1);
    xg::nn::Sequential model;
    model.add(xg::nn::Linear(3, 3), xg::nn::ReLU(), xg::nn::Linear(3, 3), xg::nn::ReLU(), xg::nn::Linear(3, 1));
    return model;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(not_finite)

BOOST_AUTO_TEST_CASE(nan_is_neither_healthy_nor_dead) {
    for (const int bad_rows : {1, 4}) {
        const xg::nn::Sequential model = small();
        GradientMonitor monitor(model);
        Tensor x = xg::ones({4, 3});
        for (int i = 0; i < 3 * bad_rows; ++i) x.mutable_data<float>()[i] = NAN;
        xg::sum(model(x)).backward();
        monitor.record();
        BOOST_TEST((diagnose(monitor.profile()).finding == Finding::not_finite));
        BOOST_TEST(std::isinf(monitor.profile().layers[0].weight_gradient_norm));
    }
}

BOOST_AUTO_TEST_CASE(frozen_parameters_show_their_size_alone) {
    const xg::nn::Sequential model = small();
    model.parameters()[0].requires_grad(false);
    GradientMonitor monitor(model);
    xg::sum(model(xg::ones({4, 3}))).backward();
    monitor.record();
    const auto first = monitor.profile().layers.at(0);
    BOOST_TEST(std::isnan(first.weight_gradient_norm));
    BOOST_TEST(first.weight_norm > 0);
    BOOST_TEST(std::isfinite(first.bias_gradient_norm));
}

BOOST_AUTO_TEST_CASE(all_of_a_modules_own_parameters_count) {
    const Mixed model;
    GradientMonitor monitor(model);
    xg::sum(model(xg::ones({2, 3}))).backward();
    monitor.record();
    const auto profile = monitor.profile();
    BOOST_TEST_REQUIRE(profile.layers.size() == 2U);
    const auto squared = [](const Tensor& t) { return xg::sum(xg::square(t)).item(); };
    const auto parameters = model.named_parameters();
    BOOST_TEST(profile.layers[0].weight_norm == std::sqrt(9.0 + 36.0), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(profile.layers[0].weight_gradient_norm ==
                   std::sqrt(squared(parameters[0].tensor.grad()) + squared(parameters[1].tensor.grad())),
               boost::test_tools::tolerance(1e-5));
    BOOST_TEST(profile.layers[1].name == "fc");
}

BOOST_AUTO_TEST_SUITE_END()
