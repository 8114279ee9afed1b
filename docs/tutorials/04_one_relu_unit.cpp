#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

xg::train::History fit(const nn::Sequential& model, const xg::data::Split& data, std::int64_t epochs) {
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    return trainer.fit(
        data.x_train, data.y_train,
        {.epochs = epochs, .batch_size = 75'000, .validation = {data.x_test, data.y_test}, .verbose = 0});
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split data = line_data();

    // [line]
    xg::manual_seed(0);
    const nn::Sequential line(nn::Linear(2, 1));
    const xg::train::History of_line = fit(line, data, 375);
    // [line]
    tutorial.value("parameters_of_line", static_cast<double>(nn::summary(line, {2}).trainable), "%.0f");
    tutorial.value("loss_of_line", of_line["loss"].back(), "%.1e");

    // [unit]
    int dead = 0, learning = 0;
    std::vector<xg::train::History> histories;
    for (std::uint64_t seed = 0; seed < (tutorial.quick ? 4U : 12U); ++seed) {
        xg::manual_seed(seed);
        const nn::Sequential unit(nn::Linear(2, 1), nn::ReLU(), nn::Linear(1, 1));
        histories.push_back(fit(unit, data, 375));
        const bool is_dead =
            xg::max(xg::relu(nn::Linear(*unit.children()[0].second.get_if<nn::Linear>())(data.x_train))).item() == 0;
        ++(is_dead ? dead : learning);
    }
    // [unit]
    double least = 1e9, greatest = 0;
    xg::plot::Figure figure({.title = "One ReLU unit, several seeds, beside a line"});
    xg::plot::Axes& axes = figure.axes();
    std::vector<double> epochs;
    for (int e = 1; e <= 375; ++e) epochs.push_back(e);
    for (const xg::train::History& h : histories) {
        axes.line(epochs, h["loss"], {.color = "#d55e00", .width = 1});
        least = std::min(least, h["loss"].back());
        greatest = std::max(greatest, h["loss"].back());
    }
    axes.line(epochs, of_line["loss"], {.label = "line", .color = "#0072b2"})
        .set({.x_label = "epoch", .y_label = "loss", .log_y = true});
    tutorial.save(figure, "one_unit");
    tutorial.value("runs", dead + learning, "%.0f");
    tutorial.value("dead", dead, "%.0f");
    tutorial.value("best_of_unit", least, "%.1f");
    tutorial.value("worst_of_unit", greatest, "%.0f");
}
