#include "networks.hpp"

#include <xgrad/xgrad.hpp>

namespace bench {

void lenet_steps(const Options& options) {
    namespace nn = xg::nn;
    const nn::Sequential model(nn::Conv2d(1, 6, 5, {.padding = 2}), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(6, 16, 5),
                               nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Linear(400, 120), nn::ReLU(),
                               nn::Linear(120, 84), nn::ReLU(), nn::Linear(84, 10));
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    const xg::Tensor x = xg::randn({128, 1, 28, 28}), y = (xg::rand({128}) * 10).to(xg::int64);
    const auto step = [&] {
        optimizer.zero_grad();
        xg::cross_entropy(model(x), y).backward();
        optimizer.step();
    };
    report(options, measure_steps(step, options), 1e3, "ms");
}

void lstm_steps(const Options& options) {
    const xg::nn::LSTM lstm(128, 128);
    const xg::nn::Linear last(128, 1);
    std::vector<xg::Tensor> parameters = lstm.parameters();
    for (const xg::Tensor& p : last.parameters()) parameters.push_back(p);
    xg::optim::SGD optimizer(parameters, {.lr = 0.01});
    const xg::Tensor x = xg::randn({50, 32, 128}), y = xg::randn({32, 1});
    const auto step = [&] {
        optimizer.zero_grad();
        xg::mse_loss(last(lstm(x).first[-1]), y).backward();
        optimizer.step();
    };
    report(options, measure_steps(step, options), 1e3, "ms");
}

}  // namespace bench
