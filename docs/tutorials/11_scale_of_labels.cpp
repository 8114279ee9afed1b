#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

/// The loss after training, relative to the labels' variance: 1 is what a constant achieves.
double unexplained(const xg::Tensor& x, const xg::Tensor& y, double lr, std::int64_t epochs) {
    xg::manual_seed(0);
    const nn::Sequential model(nn::Linear(2, 64), nn::ReLU(), nn::Linear(64, 64), nn::ReLU(), nn::Linear(64, 1));
    xg::optim::SGD optimizer(model.parameters(), {.lr = lr});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    const xg::train::History history = trainer.fit(
        x, y, {.epochs = epochs, .batch_size = 1'500, .callbacks = {xg::train::TerminateOnNaN()}, .verbose = 0});
    return history.stop_reason().empty() ? history["loss"].back() / xg::var(y).item() : INFINITY;
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);

    // [states]
    int failed = 0, cured = 0, states = 0;
    std::vector<double> variances, raw, standardised;
    for (std::uint32_t state = 0; state < (tutorial.quick ? 6U : 20U); ++state, ++states) {
        const auto [x, y] = xg::data::make_regression({.n_samples = 6'000, .n_features = 2, .random_state = state});
        const xg::Tensor scaled = xg::data::StandardScaler().fit_transform(y);
        variances.push_back(xg::var(y).item());
        raw.push_back(unexplained(x, y, 0.01, 30));
        standardised.push_back(unexplained(x, scaled, 0.01, 30));
        failed += raw.back() > 0.5 ? 1 : 0;
        cured += standardised.back() < 0.05 ? 1 : 0;
        std::printf("state %2u: variance %8.0f, unexplained %9.3g, standardised %.3g\n", state, variances.back(),
                    raw.back(), standardised.back());
    }
    // [states]
    std::vector<double> sorted = variances;
    std::sort(sorted.begin(), sorted.end());
    tutorial.value("states", states, "%.0f");
    tutorial.value("failed", failed, "%.0f");
    tutorial.value("cured", cured, "%.0f");
    tutorial.value("median_variance", sorted[sorted.size() / 2], "%.0f");
    const xg::data::Split known = line_data();
    tutorial.value("variance_of_570", xg::var(known.y_train).item(), "%.1f");

    xg::plot::Figure figure({.title = "What the scale of the labels does to a learning rate of 0.01"});
    figure.axes()
        .points(variances, raw, {.label = "labels as they are"})
        .points(variances, standardised, {.label = "standardised"})
        .set({.x_label = "variance of the labels",
              .y_label = "unexplained share (none drawn: diverged)",
              .log_x = true,
              .log_y = true});
    tutorial.save(figure, "states");
}
