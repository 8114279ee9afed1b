// A small convolutional network learns to tell digits, images of 8 × 8, from each other. `digits --short` trains a
// little.

#include <cstring>
#include <iostream>

#include <xgrad/xgrad.hpp>

namespace {

/// The share of the images that are told right.
double accuracy(const xg::nn::Sequential& model, const xg::Tensor& x, const xg::Tensor& y) {
    const xg::NoGrad no_grad;
    model.eval();
    const double right = xg::mean(xg::equal(xg::argmax(model(x), 1), y).to(xg::float64)).item();
    model.train();
    return right;
}

}  // namespace

int main(int argc, char** argv) {
    namespace nn = xg::nn;
    const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;

    const auto [images, classes, names] = xg::data::load_digits();
    const auto [x_train, x_test, y_train, y_test] =
        xg::data::train_test_split(images.reshape({-1, 1, 8, 8}) / 16, classes, {.test_size = 0.25, .random_state = 1});

    xg::manual_seed(0);
    const nn::Sequential model(nn::Conv2d(1, 16, 3, {.padding = 1, .init = nn::Init::he_uniform}), nn::BatchNorm2d(16),
                               nn::ReLU(), nn::Conv2d(16, 32, 3, {.padding = 1, .init = nn::Init::he_uniform}),
                               nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Dropout(0.25),
                               nn::Linear(32 * 4 * 4, 10));
    std::cout << nn::summary(model, {1, 8, 8});

    xg::optim::Adam optimizer(model.parameters(), {.lr = 2e-3});
    const nn::CrossEntropyLoss loss_of;
    for (int epoch = 0; epoch < (brief ? 2 : 20); ++epoch) {
        double total = 0;
        for (auto [xb, yb] : xg::data::batches(x_train, y_train, {.batch_size = 64, .shuffle = true})) {
            optimizer.zero_grad();
            const xg::Tensor loss = loss_of(model(xb), yb);
            loss.backward();
            optimizer.step();
            total += loss.item() * static_cast<double>(xb.size(0));
        }
        std::cout << "epoch " << epoch + 1 << ": loss " << total / static_cast<double>(x_train.size(0))
                  << ", test accuracy " << accuracy(model, x_test, y_test) << '\n';
    }
    const double reached = accuracy(model, x_test, y_test), expected = brief ? 0.9 : 0.98;
    std::cout << "test accuracy " << reached << (reached >= expected ? "" : ", which is too low") << '\n';
    return reached >= expected ? 0 : 1;
}
