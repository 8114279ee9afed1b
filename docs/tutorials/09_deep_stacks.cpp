#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

struct Outcome {
    double first, last, decades;
    std::string verdict;
    xg::inspect::Profile profile;
};

/// A stack of `depth` hidden layers of 64, trained by SGD, with a monitor that looks at its first step.
Outcome train(const xg::data::Split& data, int depth, double lr, std::int64_t batch, std::int64_t epochs) {
    xg::manual_seed(0);
    nn::Sequential model;
    for (int i = 0; i < depth; ++i) model.add(nn::Linear(i == 0 ? 2 : 64, 64), nn::ReLU());
    model.add(nn::Linear(64, 1));

    xg::inspect::Profile profile;
    {
        xg::inspect::GradientMonitor monitor(model);
        xg::mse_loss(model(data.x_train.slice(0, 0, batch)), data.y_train.slice(0, 0, batch)).backward();
        monitor.record();
        profile = monitor.profile();
    }
    xg::optim::SGD optimizer(model.parameters(), {.lr = lr});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    const xg::train::History history =
        trainer.fit(data.x_train, data.y_train,
                    {.epochs = epochs, .batch_size = batch, .callbacks = {xg::train::TerminateOnNaN()}, .verbose = 0});
    const bool finished = history.epochs() > 0 && history.stop_reason().empty();
    return {finished ? history["loss"].front() : NAN, finished ? history["loss"].back() : NAN, profile.decades(),
            xg::inspect::diagnose(profile).text(), profile};
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split all = line_data(), some = few_rows();

    // [one_layer_and_a_hundred]
    const Outcome shallow = train(all, 1, 0.01, 75'000, 30);
    const Outcome deep = train(all, 100, 0.01, 18'750, tutorial.quick ? 2 : 30);
    // [one_layer_and_a_hundred]
    std::cout << deep.verdict << "\n\n";
    tutorial.value("shallow_fold", shallow.first / shallow.last, "%.0f");
    tutorial.value("deep_first", deep.first, "%.2f");
    tutorial.value("deep_last", deep.last, "%.2f");
    tutorial.value("deep_falls_percent", 100 * (1 - deep.last / deep.first), "%.2f");
    tutorial.value("deep_decades", deep.decades, "%.1f");

    // [depths]
    std::vector<double> depths, slow, fast, decades;
    for (const int depth : {2, 5, 10, 15, 20, 30, 50, 100}) {
        const Outcome a = train(some, depth, 0.01, 1'500, tutorial.quick ? 5 : 30),
                      b = train(some, depth, 0.001, 1'500, tutorial.quick ? 5 : 30);
        std::printf("%3d layers: loss %8.3g at rate 0.01, %8.3g at 0.001; the gradient falls by %.1f decades\n", depth,
                    a.last, b.last, a.decades);
        depths.push_back(depth);
        fast.push_back(a.last);
        slow.push_back(b.last);
        decades.push_back(a.decades);
    }
    // [depths]
    tutorial.value("five_fast", fast[1], "%.3g");
    tutorial.value("five_slow", slow[1], "%.3g");
    tutorial.value("five_decades", decades[1], "%.1f");
    tutorial.value("hundred_fast", fast.back(), "%.4g");
    tutorial.value("hundred_slow", slow.back(), "%.4g");
    xg::plot::Figure figure({.rows = 1, .columns = 2, .title = "Stacks of 64 ReLU units, Glorot, SGD, 30 epochs"});
    figure.axes(0, 0)
        .line(depths, fast, {.label = "rate 0.01"})
        .line(depths, slow, {.label = "rate 0.001"})
        .set({.x_label = "layers", .y_label = "loss", .log_x = true, .log_y = true});
    figure.axes(0, 1).line(depths, decades).set({.x_label = "layers", .y_label = "decades lost by the gradient"});
    tutorial.save(figure, "depths");
    tutorial.save(xg::inspect::depth_figure({{"Glorot", deep.profile}}, "100 layers at the first step", ""), "profile");
}
