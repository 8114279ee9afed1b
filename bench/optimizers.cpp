#include "optimizers.hpp"

#include <utility>

#include "mlp.hpp"

namespace bench {
namespace {

std::vector<xg::Tensor> many_parameters() {
    std::vector<xg::Tensor> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(xg::randn({50, 100}));
        all.back().requires_grad(true);
        all.back().set_grad(xg::randn({50, 100}));
    }
    return all;
}

xg::Tensor some_labels() {
    std::vector<std::int64_t> labels(128);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i * 7 % 10);
    return xg::from_data(labels, {128}, {.dtype = xg::int64});
}

}  // namespace

AdamTraining::AdamTraining(std::int64_t inputs, const std::vector<std::int64_t>& widths, xg::Tensor x, xg::Tensor y)
    : model_(make_mlp(inputs, widths, 1)),
      optimizer_(model_.parameters(), {.lr = 1e-3}),
      x_(std::move(x)),
      y_(std::move(y)) {}

void AdamTraining::step() {
    optimizer_.zero_grad();
    xg::nn::mse_loss(model_(x_), y_).backward();
    optimizer_.step();
}

AdamTraining small_training() {
    const xg::Tensor x = xg::randn({32, 2});
    return {2, {64}, x, xg::matmul(x, xg::tensor({{14.0}, {3.0}}))};
}

ClassifierTraining::ClassifierTraining()
    : model_(make_mlp(784, {512, 512}, 10)),
      optimizer_(model_.parameters(), {.lr = 1e-3}),
      x_(xg::randn({128, 784})),
      labels_(some_labels()) {}

void ClassifierTraining::step() {
    optimizer_.zero_grad();
    xg::cross_entropy(model_(x_), labels_).backward();
    optimizer_.step();
}

AdamAlone::AdamAlone() : optimizer_(many_parameters(), {.lr = 1e-3}) {}

void small_adam_steps(const Options& options) {
    AdamTraining training = small_training();
    report(options, measure_steps([&] { training.step(); }, options), 1e6, "us");
}

void classifier_steps(const Options& options) {
    ClassifierTraining training;
    report(options, measure_steps([&] { training.step(); }, options), 1e3, "ms");
}

void adam_steps(const Options& options) {
    AdamAlone adam;
    report(options, measure_steps([&] { adam.step(); }, options), 1e3, "ms");
}

}  // namespace bench
