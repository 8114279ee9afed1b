#include <chrono>

#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

double seconds(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double difference(const xg::Tensor& a, const xg::Tensor& b) { return xg::max(xg::abs(a - b)).item(); }

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);

    // [by_hand]
    xg::manual_seed(0);
    const xg::Tensor x = xg::randn({8, 3}), y = xg::randn({8, 1});
    const nn::Linear first(3, 4), second(4, 1);
    const xg::Tensor z = first(x), h = xg::relu(z), prediction = second(h);
    xg::mse_loss(prediction, y).backward();

    const xg::NoGrad no_grad;
    const xg::Tensor at_output = (prediction - y) * (2.0 / 8);            // dL/dŷ
    const xg::Tensor of_second = xg::matmul(at_output.transpose(), h);    // dL/dW₂
    const xg::Tensor at_hidden = xg::matmul(at_output, second.weight());  // dL/dh
    const xg::Tensor at_sum = at_hidden * (z > 0.0).to(xg::float32);      // dL/dz: where the unit was on
    const xg::Tensor of_first = xg::matmul(at_sum.transpose(), x);        // dL/dW₁
    const xg::Tensor of_bias = xg::sum(at_sum, 0);                        // dL/db₁
    // [by_hand]
    std::cout << "by hand    " << of_first[0] << "\nby engine  " << first.weight().grad()[0] << '\n';
    tutorial.value("difference",
                   std::max({difference(of_first, first.weight().grad()), difference(of_second, second.weight().grad()),
                             difference(of_bias, first.bias().grad())}),
                   "%.0e");

    // [depth]
    const xg::GradMode recording(true);
    const xg::data::Split data = few_rows();
    std::vector<double> depths, define, train;
    for (const int depth : {1, 2, 5, 10, 20, 50, 100}) {
        nn::Sequential model;
        depths.push_back(depth);
        define.push_back(1e3 * seconds([&] { model = relu_stack(depth); }));
        xg::optim::SGD optimizer(model.parameters(), {.lr = 1e-5});
        xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
        const xg::train::FitOptions options{.epochs = tutorial.quick ? 1 : 5, .batch_size = 1'500, .verbose = 0};
        train.push_back(1e3 / static_cast<double>(options.epochs) *
                        seconds([&] { trainer.fit(data.x_train, data.y_train, options); }));
    }
    // [depth]
    tutorial.value("define_1", define.front(), "%.2g");
    tutorial.value("define_100", define.back(), "%.2g");
    tutorial.value("train_1", train.front(), "%.2g");
    tutorial.value("train_100", train.back(), "%.2g");
    xg::plot::Figure figure({.title = "What depth costs"});
    figure.axes()
        .line(depths, define, {.label = "to define"})
        .line(depths, train, {.label = "an epoch of 6,000 rows"})
        .set({.x_label = "layers", .y_label = "ms", .log_x = true, .log_y = true});
    tutorial.save(figure, "cost");
}
