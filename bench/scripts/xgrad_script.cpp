// A training script as a user writes it. The bench times its compilation, beside torch_script.cpp.

#include <iostream>

#include <xgrad/xgrad.hpp>

int main() {
    xg::manual_seed(0);
    auto [x, y] = xg::data::make_regression({.n_samples = 100'000, .n_features = 2, .random_state = 570});
    auto [x_train, x_test, y_train, y_test] = xg::data::train_test_split(x, y, {.random_state = 570});

    xg::nn::Sequential model;
    for (int i = 0; i < 100; ++i) model.add(xg::nn::Linear(i == 0 ? 2 : 64, 64), xg::nn::ReLU());
    model.add(xg::nn::Linear(64, 1));

    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::inspect::GradientMonitor monitor(model);
    for (int epoch = 0; epoch < 30; ++epoch) {
        for (auto [xb, yb] : xg::data::batches(x_train, y_train, {.batch_size = 18'750})) {
            optimizer.zero_grad();
            xg::Tensor loss = xg::nn::mse_loss(model(xb), yb);
            loss.backward();
            monitor.record();
            optimizer.step();
        }
    }
    const xg::NoGrad no_grad;
    std::cout << monitor.profile() << "test loss " << xg::nn::mse_loss(model(x_test), y_test).item() << '\n';
}
