#include <memory>

#include "tutorial.hpp"

namespace nn = xg::nn;
namespace train = xg::train;

namespace {

std::unique_ptr<xg::optim::Optimizer> make(const std::string& name, const nn::Sequential& model, double lr) {
    if (name == "sgd") return std::make_unique<xg::optim::SGD>(model.parameters(), xg::optim::SGDOptions{.lr = lr});
    if (name == "adam") return std::make_unique<xg::optim::Adam>(model.parameters(), xg::optim::AdamOptions{.lr = lr});
    return std::make_unique<xg::optim::RMSprop>(model.parameters(), xg::optim::RMSpropOptions{.lr = lr});
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split data = line_data();

    // [objective]
    const auto objective = [&](train::Trial& trial) {
        const auto units = trial.get<std::int64_t>("units");
        const auto name = trial.get<std::string>("optimizer");
        const double usual = name == "sgd" ? 0.01 : 1e-3;
        const nn::Sequential model(nn::Linear(2, units), nn::ReLU(), nn::Linear(units, 1));
        const auto optimizer = make(name, model, trial.has("lr") ? trial.get<double>("lr") : usual);
        train::Trainer trainer(model, nn::MSELoss(), *optimizer);
        const train::History history =
            trainer.fit(data.x_train, data.y_train,
                        {.epochs = 15,
                         .batch_size = 75'000,
                         .validation = {data.x_test, data.y_test},
                         .callbacks = {train::EarlyStopping({.patience = 3}), train::TerminateOnNaN()},
                         .verbose = 0});
        return history.epochs() == 0 ? NAN : *std::min_element(history["val_loss"].begin(), history["val_loss"].end());
    };
    // [objective]

    // [first]
    train::SearchSpace space;
    space.choice("units", {1, 16, 32, 64, 128}).choice("optimizer", {"rmsprop", "adam", "sgd"});
    const train::TunerResult first =
        train::Tuner(space, {.max_trials = 50, .max_epochs = 15, .parallel = true}).search(objective);
    std::cout << first.table() << "stopped: " << first.stop_reason << "\n\n";
    // [first]

    // [second]
    space.log("lr", 1e-3, 1);
    const train::TunerResult second =
        train::Tuner(space, {.max_trials = 200, .max_epochs = 15, .seed = 1, .parallel = true}).search(objective);
    // [second]
    tutorial.save(second.figure("Units, optimizer and rate at random"), "search");
    double best_of_sgd = 1e9;
    for (const train::TrialResult& t : second.trials)
        if (t.values[1].second == train::SearchValue("sgd")) best_of_sgd = std::min(best_of_sgd, t.score);
    std::cout << "best with the rate searched, too: " << second.best().values[1].second.str() << '\n';
    tutorial.value("trials", static_cast<double>(first.trials.size()), "%.0f");
    tutorial.value("first_is_sgd", first.best().values[1].second == train::SearchValue("sgd"), "%.0f");
    tutorial.value("second_is_sgd", second.best().values[1].second == train::SearchValue("sgd"), "%.0f");
    tutorial.value("first_best", first.best().score, "%.1f");
    tutorial.value("second_best", second.best().score, "%.2f");
    tutorial.value("second_best_rate", second.best().values[2].second.number().value_or(0), "%.2f");
    tutorial.value("second_best_of_sgd", best_of_sgd, "%.2f");
}
