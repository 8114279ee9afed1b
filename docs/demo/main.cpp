// The demo: 100 layers of ReLU that do not learn, and the reason.

#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <xgrad/xgrad.hpp>

#include "options.hpp"
#include "progress.hpp"

namespace {

using xg::Tensor;

xg::nn::Sequential make_stack(const Options& o, xg::nn::Init init) {
    xg::manual_seed(o.seed);
    xg::nn::Sequential model;
    for (std::int64_t i = 0; i < o.depth; ++i)
        model.add(xg::nn::Linear(i == 0 ? 2 : o.width, o.width, {.init = init}), xg::nn::ReLU());
    model.add(xg::nn::Linear(o.width, 1, {.init = init}));
    return model;
}

/// Trains; returns false, having said at which step, if the loss is not a number.
bool train(const Options& o, const xg::nn::Sequential& model, const xg::inspect::GradientMonitor& monitor,
           const xg::data::Split& data) {
    using xg::train::Training;
    using Clock = std::chrono::steady_clock;
    Progress progress;
    Clock::time_point start;
    bool finished = true;
    const xg::train::LambdaCallback shown(
        {.on_epoch_begin = [&](Training&) { start = Clock::now(); },
         .on_batch_begin =
             [&](Training& t) {
                 progress.show(fmt::format("epoch {}/{}", t.epoch(), t.epochs()), t.batch() - 1, t.batches());
             },
         .on_batch_end =
             [&](Training& t) {
                 if (std::isfinite(t.batch_loss())) return;
                 progress.clear();
                 fmt::print(stderr, "xgrad_demo: the loss is {} at step {} (epoch {}); try a smaller --lr\n",
                            std::abs(t.batch_loss()), t.steps(), t.epoch());
                 finished = false;
                 t.stop("the loss is not a number");
             },
         .on_epoch_end =
             [&](Training& t) {
                 progress.clear();
                 const auto log = [&](const char* name) { return xg::train::find(t.logs(), name).value_or(NAN); };
                 fmt::print("epoch {:>3}/{}  loss {:<10.7g} val_loss {:<10.7g} MAPE {:<8.4g} {:.2f} s\n", t.epoch(),
                            t.epochs(), log("loss"), log("val_loss"), log("MAPE"),
                            std::chrono::duration<double>(Clock::now() - start).count());
                 std::fflush(stdout);
             }});
    xg::optim::SGD optimizer(model.parameters(), {.lr = o.lr});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer,
                               {.metrics = {xg::train::MeanAbsolutePercentageError("MAPE")}});
    trainer.fit(data.x_train, data.y_train,
                {.epochs = o.epochs,
                 .batch_size = o.batch,
                 .shuffle = false,
                 .validation = {data.x_test, data.y_test},
                 .callbacks = {monitor, shown},
                 .verbose = 0});
    return finished;
}

/// The profile at the first step of a stack that is initialised so.
xg::inspect::NamedProfile first_step(const Options& o, xg::nn::Init init, const std::string& name, const Tensor& x,
                                     const Tensor& y) {
    const xg::nn::Sequential model = make_stack(o, init);
    xg::inspect::GradientMonitor monitor(model);
    xg::nn::mse_loss(model(x), y).backward();
    monitor.record();
    return {name, monitor.first()};
}

std::vector<std::string> draw(const Options& o, const xg::data::Split& data) {
    const Tensor x = data.x_train.slice(0, 0, o.batch), y = data.y_train.slice(0, 0, o.batch);
    const std::vector<xg::inspect::NamedProfile> profiles{first_step(o, xg::nn::Init::glorot_uniform, "Glorot", x, y),
                                                          first_step(o, xg::nn::Init::he_uniform, "He", x, y),
                                                          first_step(o, xg::nn::Init::pytorch, "PyTorch", x, y)};
    std::string caption =
        "Left: the gradient that reaches each layer's output at the first step, for three initialisations. Dashed and "
        "shaded: "
        "theory for one input, ½·n_in·Var(W) a layer, with two standard deviations. Right: what the weights get.";
    if (o.depth >= 50)  // shallower stacks show less of it, or none
        caption +=
            " Glorot's get equally little in every layer, since activations shrink going forward as gradients shrink "
            "going back: "
            "this panel alone would hide the fault.\n"
            "He's flat line is no cure under SGD: by the last layer all inputs look alike, and the loss overflows or "
            "stays. "
            "What trains this stack is a residual branch scaled by 1/depth, with He initialisation.";
    const xg::plot::Figure figure = xg::inspect::depth_figure(
        profiles, fmt::format("{} layers of {} ReLU units at the first step", o.depth, o.width), caption);
    const xg::plot::Written written = figure.write(o.out + "/gradients");
    if (!written.message.empty()) fmt::print(stderr, "xgrad_demo: {}\n", written.message);
    return written.paths;
}

int run(const Options& o) {
    xg::make_folder(o.out);  // before the work, not after it
    if (o.threads > 0) xg::set_num_threads(o.threads);
    Progress().say(fmt::format("{}; {} threads of xgrad's own", xg::tune_blas(), xg::num_threads()));

    auto [x, y] = xg::data::make_regression({.n_samples = 100'000, .n_features = 2, .random_state = 570});
    const xg::data::Split data = xg::data::train_test_split(x, y, {.random_state = 570});
    const xg::nn::Sequential model = make_stack(o, o.init);
    xg::inspect::GradientMonitor monitor(model);
    const bool finished = train(o, model, monitor, data);

    // Where the loss is lost, the first step still tells why.
    const xg::inspect::Profile profile = finished ? monitor.profile() : monitor.first();
    if (profile.step > 0) {
        fmt::print("\nStep {}:\n{}\n{}\n", profile.step, profile.table(), xg::inspect::diagnose(profile).text());
        xg::write_file(o.out + "/layers.csv", profile.to_csv());
        xg::write_file(o.out + "/layers.json", profile.to_json());
    }
    std::vector<std::string> paths = draw(o, data);
    if (profile.step > 0) paths.insert(paths.end(), {o.out + "/layers.csv", o.out + "/layers.json"});
    fmt::print("\nWritten:\n");
    for (const std::string& path : paths) fmt::print("  {}\n", path);
    return finished ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse_options(argc, argv);
    try {
        const int status = run(options);
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw xg::FileError("cannot write to the standard output");
        return status;
    } catch (const std::exception& error) {
        fmt::print(stderr, "xgrad_demo: {}\n", error.what());
        return 2;
    }
}
