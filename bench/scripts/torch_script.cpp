// The training of xgrad_script.cpp with libtorch: data and inspection, which it lacks, are the shortest that would do.

#include <torch/torch.h>

#include <iostream>

int main() {
    torch::manual_seed(0);
    auto x = torch::randn({100'000, 2});
    auto y = x.matmul(torch::tensor({{14.F}, {3.F}}));
    auto x_train = x.slice(0, 0, 75'000), x_test = x.slice(0, 75'000);
    auto y_train = y.slice(0, 0, 75'000), y_test = y.slice(0, 75'000);

    torch::nn::Sequential model;
    for (int i = 0; i < 100; ++i) {
        model->push_back(torch::nn::Linear(i == 0 ? 2 : 64, 64));
        model->push_back(torch::nn::ReLU());
    }
    model->push_back(torch::nn::Linear(64, 1));

    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.01));
    for (int epoch = 0; epoch < 30; ++epoch) {
        for (int64_t start = 0; start < 75'000; start += 18'750) {
            optimizer.zero_grad();
            auto loss = torch::mse_loss(model->forward(x_train.slice(0, start, start + 18'750)),
                                        y_train.slice(0, start, start + 18'750));
            loss.backward();
            optimizer.step();
        }
    }
    for (const auto& p : model->named_parameters())
        std::cout << p.key() << ' ' << p.value().grad().norm().item<float>() << '\n';
    torch::NoGradGuard no_grad;
    std::cout << "test loss " << torch::mse_loss(model->forward(x_test), y_test).item<float>() << '\n';
}
