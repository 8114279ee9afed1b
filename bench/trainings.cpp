#include "trainings.hpp"

#include <cstdint>
#include <optional>

#include <xgrad/xgrad.hpp>

#include "mlp.hpp"

namespace bench {
namespace {

/// A training that goes on epoch by epoch.
class Fitting {
public:
    static Fitting deep() {
        const std::int64_t rows = 75'000;
        const xg::Tensor x = xg::randn({rows, 2});
        return {make_mlp(2, std::vector<std::int64_t>(100, 64), 1), x, xg::matmul(x, xg::tensor({{14.0}, {3.0}})),
                18'750, false};
    }
    static Fitting wide() {
        const std::int64_t rows = 75'000;
        const xg::Tensor x = xg::randn({rows, 2});
        return {make_mlp(2, {256}, 1), x, xg::matmul(x, xg::tensor({{14.0}, {3.0}})), rows, false};
    }
    static Fitting logarithm() {
        const std::int64_t rows = 20'000;
        const xg::Tensor x = xg::linspace(-50, 100, rows).reshape({rows, 1});
        return {make_mlp(1, {256}, 1), x, xg::log(xg::maximum(x, 1.0)), rows, true};
    }

    /// Seconds of so many epochs, after one that is not counted.
    std::vector<double> epochs(std::int64_t count) {
        xg::optim::SGD sgd(model_.parameters(), {.lr = 0.01});
        xg::optim::Adam adam(model_.parameters(), {.lr = 1e-3});
        xg::optim::Optimizer& optimizer = adam_ ? static_cast<xg::optim::Optimizer&>(adam) : sgd;
        xg::train::Trainer trainer(model_, xg::nn::MSELoss(), optimizer);
        const xg::train::History history =
            trainer.fit(x_, y_, {.epochs = count + 1, .batch_size = batch_, .verbose = 0});
        return {history.seconds().begin() + 1, history.seconds().end()};
    }

private:
    Fitting(const xg::nn::Sequential& model, const xg::Tensor& x, const xg::Tensor& y, std::int64_t batch, bool adam)
        : model_(model), x_(x), y_(y), batch_(batch), adam_(adam) {}

    xg::nn::Sequential model_;
    xg::Tensor x_, y_;
    std::int64_t batch_;
    bool adam_;
};

/// Epochs on all threads and on one, turn about.
void beside_one_thread(const Options& options, Fitting fitting, std::int64_t epochs, double scale, const char* unit) {
    const int threads = xg::num_threads();
    std::vector<double> times, alone, ratios;
    for (int i = 0; i < 5; ++i) {
        times.push_back(median(fitting.epochs(epochs)));
        xg::set_num_threads(1);
        alone.push_back(median(fitting.epochs(epochs)));
        xg::set_num_threads(threads);
        ratios.push_back(times.back() / alone.back());
    }
    std::ostringstream extra;
    extra << ", \"ratio\": " << median(ratios) << ", \"without\": " << median(alone) * scale;
    report(options, times, scale, unit, extra.str());
}

}  // namespace

void trainer_deep(const Options& options) { report(options, Fitting::deep().epochs(options.epochs), 1, "s"); }
void trainer_wide(const Options& options) { report(options, Fitting::wide().epochs(20), 1e3, "ms"); }
void trainer_log(const Options& options) { report(options, Fitting::logarithm().epochs(50), 1e3, "ms"); }

void threads_deep(const Options& options) { beside_one_thread(options, Fitting::deep(), 1, 1, "s"); }
void threads_wide(const Options& options) { beside_one_thread(options, Fitting::wide(), 10, 1e3, "ms"); }
void threads_log(const Options& options) { beside_one_thread(options, Fitting::logarithm(), 30, 1e3, "ms"); }

void line_program(const Options& options) {
    const double seconds = time_of([] {
        const auto [x, y] = xg::data::make_regression({.n_features = 2});
        const xg::nn::Sequential model(xg::nn::Linear(2, 1));
        xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
        xg::train::Trainer trainer(
            model, xg::nn::MSELoss(), optimizer,
            {.metrics = {xg::train::MeanSquaredError(), xg::train::MeanAbsolutePercentageError()}});
        trainer.fit(x, y, {.epochs = 1000, .batch_size = 32, .verbose = 0});
    });
    report(options, {seconds}, 1, "s");
}

void widths_program(const Options& options) {
    const double seconds = time_of([] {
        const xg::Tensor x = xg::randn({75'000, 2}), y = xg::matmul(x, xg::tensor({{14.0}, {3.0}}));
        for (const std::int64_t units : {1, 16, 32, 64, 128, 256}) {
            const xg::nn::Sequential model = make_mlp(2, {units}, 1);
            xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
            xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
            trainer.fit(x, y, {.epochs = 100, .batch_size = 75'000, .verbose = 0});
        }
    });
    report(options, {seconds}, 1, "s");
}

}  // namespace bench
