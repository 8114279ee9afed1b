#include <xgrad/nn/per_sample.hpp>

#include <boost/test/unit_test.hpp>

#include <xgrad/nn/loss.hpp>

#include "support.hpp"

using support::numbers;
using support::refuses;
using xg::Tensor;
using xg::nn::Sequential;
using xg::nn::TensorMap;

namespace {

constexpr std::int64_t kSamples = 6;

void check_close(const Tensor& found, const Tensor& expected, double tolerance = 1e-6) {
    BOOST_REQUIRE_EQUAL(found.shape(), expected.shape());
    BOOST_TEST(xg::max(xg::abs(found - expected)).item() <= tolerance);
}

Sequential mlp() {
    xg::manual_seed(5);
    return Sequential(xg::nn::Linear(3, 8), xg::nn::ReLU(), xg::nn::Linear(8, 8), xg::nn::Tanh(), xg::nn::Linear(8, 2));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(per_sample)

BOOST_AUTO_TEST_CASE(against_a_backward_a_sample) {
    const Sequential model = mlp();
    const Tensor x = numbers({kSamples, 3}), y = numbers({kSamples, 2}, 0.4);
    const auto loss = [](const Tensor& p, const Tensor& t) { return xg::sum(xg::square(p - t)); };
    const TensorMap found = xg::nn::per_sample_gradients(model, loss, x, y);
    const auto norms = xg::nn::per_sample_gradient_norms(model, loss, x, y);
    BOOST_TEST(found.size() == 6u);
    Tensor total = xg::zeros({kSamples});
    for (const auto& [name, g] : found) {
        BOOST_TEST_CONTEXT(name) {
            for (std::int64_t i = 0; i < kSamples; ++i) {
                const TensorMap alone = xg::nn::grad(loss(model(x.slice(0, i, i + 1)), y.slice(0, i, i + 1)), model);
                check_close(g[i], alone.at(name));
            }
            const Tensor norm = xg::norm(g.reshape({kSamples, -1}), 2, 1);
            check_close(norms.of_each.at(name), norm);
            total = total + xg::square(norm);
        }
    }
    check_close(norms.total, xg::sqrt(total));
    for (const Tensor& p : model.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_CASE(shares_of_a_mean) {
    const Sequential model = mlp();
    const Tensor x = numbers({kSamples, 3}), y = numbers({kSamples, 2}, 0.4);
    const TensorMap shares = xg::nn::per_sample_gradients(model, xg::nn::MSELoss(), x, y);
    const TensorMap whole = xg::nn::grad(xg::nn::mse_loss(model(x), y), model);
    for (const auto& [name, g] : shares) check_close(xg::sum(g, 0), whole.at(name));
}

BOOST_AUTO_TEST_CASE(models_of_other_signatures_and_frozen_parameters) {
    const support::Scaled model;
    for (Tensor p : model.block().fc1().parameters()) p.requires_grad(false);
    const Tensor x = numbers({kSamples, 4});
    const auto f = [&](const std::vector<Tensor>& in) { return xg::sum(xg::square(model(in[0])), 1); };
    const TensorMap found = xg::nn::per_sample_gradients(model, f, {x});
    BOOST_TEST(found.size() == 3u);
    BOOST_TEST(found.count("block.fc1.weight") == 0u);
    const TensorMap first = xg::nn::grad(xg::sum(f({x.slice(0, 0, 1)})), model);
    for (const auto& [name, g] : found) check_close(g[0], first.at(name));
    const auto norms = xg::nn::per_sample_gradient_norms(model, f, {x});
    BOOST_TEST(norms.of_each.size() == 3u);
    check_close(norms.of_each.at("gain"), xg::norm(found.at("gain"), 2, 1));
}

BOOST_AUTO_TEST_CASE(messages_name_the_module) {
    class Flat : public xg::nn::Layer<Flat> {
        xg::nn::Linear fc_ = add_module("fc", xg::nn::Linear(3, 2));

    public:
        Tensor forward(const Tensor& x) const { return fc_(x.reshape({-1, 3})); }
    };
    const auto loss = [](const Tensor& p, const Tensor&) { return xg::sum(p); };
    BOOST_TEST(refuses<xg::GradError>(
                   [&] {
                       xg::nn::per_sample_gradients(Flat(), loss, numbers({kSamples, 2, 3}), Tensor());
                   },
                   "linear in fc (Linear) on the batch and a parameter") == "");
}

BOOST_AUTO_TEST_SUITE_END()
