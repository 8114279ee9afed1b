#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

#include "support.hpp"

using namespace support;
using xg::inspect::GradientMonitor;
using xg::inspect::LayerRecord;
using xg::inspect::Profile;
using xg::nn::Linear;
using xg::nn::Sequential;

namespace {

class Residual : public xg::nn::Layer<Residual> {
    Linear fc1_ = add_module("fc1", Linear(4, 4));
    Linear fc2_ = add_module("fc2", Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return x + fc2_(xg::relu(fc1_(x))); }
};

/// One layer of four units whose biases say which can be active on inputs in [-1, 1].
Linear with_biases(const std::vector<double>& biases, xg::DType dtype = xg::float32) {
    const auto n = static_cast<std::int64_t>(biases.size());
    const Linear layer(2, n, {.dtype = dtype});
    Tensor(layer.weight()).set_data(xg::full({n, 2}, 0.5, {.dtype = dtype}));
    Tensor(layer.bias()).set_data(xg::from_data(biases, {n}, {.dtype = dtype}));
    return layer;
}

Profile profile_of_one_step(const xg::nn::Module& model, const Tensor& x,
                            const xg::inspect::MonitorOptions& options = {}) {
    GradientMonitor observed(model, options);
    xg::sum(model(x)).backward();
    observed.record();
    return observed.profile();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dead_units)

BOOST_AUTO_TEST_CASE(units_that_are_never_active_are_counted) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        Sequential model;
        model.add(with_biases({2, -2, 0, -5}, dtype), xg::nn::ReLU(), Linear(4, 1, {.dtype = dtype}));
        const Profile profile = profile_of_one_step(model, numbers({50, 2}, 0, dtype));
        BOOST_TEST(profile.layers[0].dead_share == 0.5);
        BOOST_TEST(std::isnan(profile.layers[1].dead_share));
        BOOST_TEST(std::isnan(
            profile_of_one_step(model, numbers({50, 2}, 0, dtype), {.dead_units = false}).layers[0].dead_share));
    }
}

BOOST_AUTO_TEST_CASE(a_unit_that_one_row_wakes_is_not_dead) {
    Sequential model;
    model.add(with_biases({-0.9}), xg::nn::ReLU(), Linear(1, 1));
    BOOST_TEST(profile_of_one_step(model, xg::tensor({{0.1, 0.2}, {0.0, 0.0}, {-1.0, 0.5}}, {.dtype = xg::float32}))
                   .layers[0]
                   .dead_share == 1);
    BOOST_TEST(profile_of_one_step(model, xg::tensor({{0.1, 0.2}, {0.0, 0.0}, {1.0, 1.0}}, {.dtype = xg::float32}))
                   .layers[0]
                   .dead_share == 0);
}

// Several batches of one step are taken together, and the next step starts anew.
BOOST_AUTO_TEST_CASE(activity_is_collected_over_a_step) {
    Sequential model;
    model.add(with_biases({-0.5, -0.5}), xg::nn::ReLU(), Linear(2, 1));
    Tensor(model.parameters()[0]).set_data(xg::tensor({{1, 0}, {0, 1}}, {.dtype = xg::float32}));
    const Tensor first = xg::tensor({{1, 0}}, {.dtype = xg::float32}),
                 second = xg::tensor({{0, 1}}, {.dtype = xg::float32});
    GradientMonitor observed(model);
    xg::sum(model(first)).backward();
    xg::sum(model(second)).backward();
    observed.record();
    BOOST_TEST(observed.profile().layers[0].dead_share == 0);
    xg::sum(model(second)).backward();
    observed.record();
    BOOST_TEST(observed.profile().layers[0].dead_share == 0.5);
}

BOOST_AUTO_TEST_CASE(which_layers_have_units_to_look_at) {
    Sequential model;
    model.add(Linear(2, 4), xg::nn::ReLU(), Linear(4, 4), xg::nn::Tanh(), Linear(4, 4), xg::nn::Sigmoid(), Residual(),
              Linear(4, 1));
    const Profile profile = profile_of_one_step(model, numbers({50, 2}));
    std::vector<std::string> seen;
    for (const LayerRecord& r : profile.layers) {
        seen.push_back(r.name + " " + r.type);
        BOOST_TEST(std::isnan(r.dead_share) == (r.name != "0"), r.name);
        BOOST_TEST(r.geometry.relu == (r.name == "0"), r.name);
        BOOST_TEST((r.gradient_norm > 0 && r.weight_gradient_norm > 0), r.name);
    }
    // A function in a block's own forward is not a module: its layers are shown by themselves.
    const std::vector<std::string> expected{"0 Linear + ReLU", "2 Linear + Tanh", "4 Linear + Sigmoid",
                                            "6.fc1 Linear",    "6.fc2 Linear",    "7 Linear"};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_single_layer_and_layers_without_bias) {
    const Profile single = profile_of_one_step(Linear(2, 3), numbers({5, 2}));
    BOOST_REQUIRE(single.layers.size() == 1u);
    BOOST_TEST((single.layers[0].name == "(Linear)" && single.layers[0].type == "Linear"));
    BOOST_TEST(close(single.layers[0].gradient_norm, std::sqrt(15.0)));
    const Profile bare = profile_of_one_step(Sequential().add(Linear(2, 3, {.bias = false})), numbers({5, 2}));
    BOOST_TEST((std::isnan(bare.layers[0].bias_gradient_norm) && bare.layers[0].weight_gradient_norm > 0));
    BOOST_TEST(xg::inspect::GradientMonitor(xg::nn::ReLU()).profile().layers.empty());
}

BOOST_AUTO_TEST_SUITE_END()
