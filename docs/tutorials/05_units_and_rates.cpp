#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

/// The test loss at the end of a layer of ReLU units under full-batch gradient descent.
double train(const xg::data::Split& data, std::int64_t units, std::uint64_t seed, std::int64_t epochs) {
    xg::manual_seed(seed);
    const nn::Sequential model(nn::Linear(2, units), nn::ReLU(), nn::Linear(units, 1));
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    const xg::train::History history =
        trainer.fit(data.x_train, data.y_train,
                    {.epochs = epochs, .batch_size = 75'000, .validation = {data.x_test, data.y_test}, .verbose = 0});
    return history["val_loss"].back();
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split data = line_data();

    // [units]
    const std::vector<std::int64_t> widths{1, 16, 32, 64, 128, 256};
    const std::uint64_t seeds = tutorial.quick ? 2 : 5;
    std::vector<double> x, mean, low, high;
    for (const std::int64_t units : widths) {
        double sum = 0, least = 1e9, greatest = 0;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const double loss = train(data, units, seed, 100);
            sum += loss / static_cast<double>(seeds);
            least = std::min(least, loss);
            greatest = std::max(greatest, loss);
        }
        x.push_back(static_cast<double>(units));
        mean.push_back(sum);
        low.push_back(least);
        high.push_back(greatest);
        std::printf("%4lld units: test loss %8.3f, from %.3f to %.3f\n", static_cast<long long>(units), sum, least,
                    greatest);
    }
    // [units]
    xg::plot::Figure figure({.rows = 1, .columns = 2, .title = "Test loss after 100 epochs over seeds"});
    for (const std::ptrdiff_t from : {0, 1}) {
        const auto rest = [&](const std::vector<double>& v) { return std::vector<double>(v.begin() + from, v.end()); };
        figure.axes(0, static_cast<int>(from))
            .line(rest(x), rest(mean))
            .band(rest(x), rest(low), rest(high))
            .points(rest(x), rest(mean))
            .set({.title = from == 0 ? "" : "without the single unit",
                  .x_label = "units",
                  .y_label = "test loss",
                  .log_x = true,
                  .log_y = from == 0});
    }
    tutorial.save(figure, "units");
    tutorial.value("one_unit", mean[0], "%.1f");
    tutorial.value("sixteen_units", mean[1], "%.2f");
    tutorial.value("least_of_32_to_256", *std::min_element(mean.begin() + 2, mean.end()), "%.2f");
    tutorial.value("greatest_of_32_to_256", *std::max_element(mean.begin() + 2, mean.end()), "%.2f");
    tutorial.value("seeds", static_cast<double>(seeds), "%.0f");
}
