#include "tutorial.hpp"

namespace {

struct Outcome {
    double first, last;
    xg::inspect::Profile profile;  // of the first step
};

/// A stack of `depth` hidden layers of 64, trained by SGD, with a monitor that looks at its first step.
Outcome train(const xg::data::Split& data, int depth, double lr, std::int64_t batch, std::int64_t epochs) {
    xg::manual_seed(0);
    const xg::nn::Sequential model = relu_stack(depth);
    const auto profile = first_step(model, data.x_train.slice(0, 0, batch), data.y_train.slice(0, 0, batch));
    xg::optim::SGD optimizer(model.parameters(), {.lr = lr});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    const xg::train::History history =
        trainer.fit(data.x_train, data.y_train,
                    {.epochs = epochs, .batch_size = batch, .callbacks = {xg::train::TerminateOnNaN()}, .verbose = 0});
    const bool finished = history.epochs() > 0 && history.stop_reason().empty();
    return {finished ? history["loss"].front() : NAN, finished ? history["loss"].back() : NAN, profile};
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split all = line_data(), some = few_rows();

    // [one_layer_and_a_hundred]
    const Outcome shallow = train(all, 1, 0.01, 75'000, 30);
    const Outcome deep = train(all, 100, 0.01, 18'750, tutorial.quick ? 2 : 30);
    // [one_layer_and_a_hundred]
    std::cout << xg::inspect::diagnose(deep.profile).text() << "\n\n";
    tutorial.value("shallow_fold", shallow.first / shallow.last, "%.0f");
    tutorial.value("deep_first", deep.first, "%.2f");
    tutorial.value("deep_last", deep.last, "%.2f");
    tutorial.value("deep_falls_percent", 100 * (1 - deep.last / deep.first), "%.2f");
    tutorial.value("deep_decades", deep.profile.decades(), "%.1f");

    // [depths]
    std::vector<double> depths, slow, fast;
    for (const int depth : {2, 5, 10, 15, 20, 30, 50, 100}) {
        const Outcome a = train(some, depth, 0.01, 1'500, tutorial.quick ? 5 : 30),
                      b = train(some, depth, 0.001, 1'500, tutorial.quick ? 5 : 30);
        std::printf("%3d layers: loss %8.3g at rate 0.01, %8.3g at 0.001; the gradient falls by %.1f decades\n", depth,
                    a.last, b.last, a.profile.decades());
        if (depth == 5) tutorial.value("five_decades", a.profile.decades(), "%.1f");
        depths.push_back(depth);
        fast.push_back(a.last);
        slow.push_back(b.last);
    }
    // [depths]
    tutorial.value("five_fast", fast[1], "%.3g");
    tutorial.value("five_slow", slow[1], "%.3g");
    tutorial.value("hundred_fast", fast.back(), "%.4g");
    tutorial.value("hundred_slow", slow.back(), "%.4g");
    tutorial.save(xg::plot::function_curves(depths, {{"rate 0.01", fast}, {"rate 0.001", slow}},
                                            {.title = "Stacks of 64 ReLU units, Glorot, SGD, 30 epochs",
                                             .x_label = "layers",
                                             .y_label = "loss",
                                             .log_x = true,
                                             .log_y = true}),
                  "depths");
    tutorial.save(xg::inspect::depth_figure({{"Glorot", deep.profile}}, "100 layers at the first step", ""), "profile");
}
