#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

struct Fit {
    xg::train::History history;
    xg::Tensor prediction;
    double loss() const { return history["loss"].back(); }
};

/// Adam on all samples at once.
Fit fit(const nn::Sequential& model, const xg::Tensor& x, const xg::Tensor& y, double lr, std::int64_t epochs) {
    xg::optim::Adam optimizer(model.parameters(), {.lr = lr});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    const xg::train::History history = trainer.fit(x, y, {.epochs = epochs, .batch_size = 20'000, .verbose = 0});
    return {history, trainer.predict(x)};
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);

    // [data]
    const xg::Tensor x = xg::linspace(-50, 100, 20'000).reshape({-1, 1});
    const xg::Tensor y = xg::log(xg::maximum(x, 1.0));
    // [data]

    // [unfinished]
    double least = 1e9, greatest = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        xg::manual_seed(seed);
        const double loss = fit(nn::Sequential(nn::Linear(1, 1)), x, y, 1e-3, 500).loss();
        least = std::min(least, loss);
        greatest = std::max(greatest, loss);
    }
    const xg::Tensor design = xg::concat({x, xg::ones_like(x)}, 1).to(xg::float64), target = y.to(xg::float64);
    const xg::Tensor best = xg::matmul(design, xg::matmul(xg::pinv(design), target));
    // [unfinished]
    const double least_squares = xg::mse_loss(best, target).item();

    // [finished]
    xg::manual_seed(0);
    const Fit linear = fit(nn::Sequential(nn::Linear(1, 1)), x, y, 0.05, 500);
    xg::manual_seed(0);
    const Fit curved = fit(nn::Sequential(nn::Linear(1, 256), nn::ReLU(), nn::Linear(256, 1)), x, y, 0.01, 500);
    // [finished]
    tutorial.value("unfinished_least", least, "%.1f");
    tutorial.value("unfinished_greatest", greatest, "%.0f");
    tutorial.value("least_squares", least_squares, "%.3f");
    tutorial.value("linear", linear.loss(), "%.3f");
    tutorial.value("curved", curved.loss(), "%.4f");
    tutorial.value("zero_labels_percent", 100 * xg::mean(xg::equal(y, 0).to(xg::float64)).item(), "%.0f");

    xg::plot::Figure figure({.rows = 1, .columns = 2, .title = "ln(max(x, 1))"});
    figure.axes(0, 0)
        .line(x.to_vector(), y.to_vector(), {.label = "label"})
        .line(x.to_vector(), linear.prediction.to_vector(), {.label = "linear"})
        .line(x.to_vector(), curved.prediction.to_vector(), {.label = "256 ReLU units"})
        .set({.x_label = "x"});
    figure.axes(0, 1)
        .bars({1, 2}, {linear.loss(), curved.loss()})
        .set_x_ticks({1, 2}, {"linear", "256 units"})
        .set({.y_label = "loss", .log_y = true});
    tutorial.save(figure, "fits");
}
