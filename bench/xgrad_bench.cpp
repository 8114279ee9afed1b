// The rows of the bench with xgrad. `xgrad_bench ROW [--threads N]` times one row and prints a line of JSON;
// `xgrad_bench warm` counts what warm training steps allocate, `xgrad_bench blas` names the matrix kernels,
// `xgrad_bench rows` the rows there are; `xgrad_bench families` answers cases of single operations (see cases.hpp),
// `xgrad_bench bandwidth` compares them with copies of memory.

#include <dlfcn.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/xgrad.hpp>

#include "data.hpp"
#include "derivatives.hpp"
#include "families.hpp"
#include "measure.hpp"
#include "mlp.hpp"
#include "networks.hpp"
#include "optimizers.hpp"
#include "trainings.hpp"
#include "warm.hpp"

namespace {

constexpr std::int64_t deep_rows = 75'000;
constexpr std::int64_t deep_batch = 18'750;

/// A model under training on batches of rows of two normal features, of which it is to learn a linear function.
class Training {
public:
    Training(const std::vector<std::int64_t>& widths, std::int64_t rows)
        : model_(make_mlp(2, widths, 1)), optimizer_(model_.parameters(), {.lr = 0.01}), x_(xg::randn({rows, 2})) {
        const xg::NoGrad no_grad;
        y_ = xg::matmul(x_, xg::tensor({{14.0}, {3.0}}));
    }

    void step() { step(x_, y_); }
    void step_on(std::int64_t start, std::int64_t stop) { step(x_.slice(0, start, stop), y_.slice(0, start, stop)); }
    void epoch() {
        for (std::int64_t start = 0; start < deep_rows; start += deep_batch) step_on(start, start + deep_batch);
    }

    /// From now on each step also takes the norms of all gradients.
    void watch() { monitor_.emplace(model_, xg::inspect::MonitorOptions{.dead_units = false}); }
    void unwatch() { monitor_.reset(); }

private:
    void step(const xg::Tensor& x, const xg::Tensor& y) {
        optimizer_.zero_grad();
        xg::nn::mse_loss(model_(x), y).backward();
        if (monitor_) monitor_->record();
        optimizer_.step();
    }

    xg::nn::Sequential model_;
    xg::optim::SGD optimizer_;
    std::optional<xg::inspect::GradientMonitor> monitor_;
    xg::Tensor x_;
    xg::Tensor y_;
};

std::vector<std::int64_t> deep_widths() { return std::vector<std::int64_t>(100, 64); }

/// A chain of 50 times (multiply, tanh) and the sum: 101 operations.
void chain(const bench::Options& options) {
    // Away from 0, lest the powers of it become denormal numbers.
    xg::Tensor a = xg::linspace(0.5, 1.5, 8);
    a.requires_grad(true);
    const auto step = [&] {
        xg::Tensor t = a;
        for (int i = 0; i < 50; ++i) t = xg::tanh(t * a);
        xg::sum(t).backward();
        a.set_grad({});
    };
    bench::report(options, bench::measure_steps(step, options), 1e6 / 101, "us");
}

void linear_steps(const bench::Options& options) {
    Training training({}, 32);
    bench::report(options, bench::measure_steps([&] { training.step(); }, options), 1e6, "us");
}

void deep_steps(const bench::Options& options) {
    Training training(deep_widths(), 32);
    bench::report(options, bench::measure_steps([&] { training.step(); }, options), 1e3, "ms");
}

/// Steps with and without the norms in turn, on one model, so that both see the same memory and the same moments.
/// Reports the steps with norms, and the median of what each block of them takes relative to its neighbour without.
void norm_steps(const bench::Options& options) {
    constexpr std::size_t block = 10;
    Training training(deep_widths(), 32);
    bench::warm_up([&] { training.step(); }, options.seconds / 4);

    const auto plain_block = [&] { return bench::time_of([&] { training.step(); }, block) / block; };
    const auto watched_block = [&] {
        training.watch();
        training.step();
        const double time = bench::time_of([&] { training.step(); }, block) / block;
        training.unwatch();
        training.step();
        return time;
    };
    watched_block();

    std::vector<double> with_norms, without, ratios;
    for (double spent = 0; ratios.size() < 20 || spent < 4 * options.seconds;) {
        // Who goes first alternates: a drift of the machine's speed then cancels.
        const bool plain_first = ratios.size() % 2 == 0;
        double plain = plain_first ? plain_block() : 0;
        const double watched = watched_block();
        if (!plain_first) plain = plain_block();
        with_norms.push_back(watched);
        without.push_back(plain);
        ratios.push_back(watched / plain);
        spent += (plain + watched) * block;
    }
    std::ostringstream extra;
    extra << ", \"ratio\": " << bench::median(ratios) << ", \"without\": " << bench::median(without) * 1e3;
    bench::report(options, with_norms, 1e3, "ms", extra.str());
}

void deep_epochs(const bench::Options& options) {
    Training training(deep_widths(), deep_rows);
    training.step_on(0, deep_batch);
    bench::report(options, bench::measure_epochs([&] { training.epoch(); }, options), 1, "s");
}

/// What `count` calls of `step` allocate and fault, after `warm` others.
template <class Step>
std::string warm_counts(const char* name, Step&& step, int warm, int count) {
    for (int i = 0; i < warm; ++i) step();
    const bench::Activity before = bench::activity_so_far();
    for (int i = 0; i < count; ++i) step();
    const bench::Activity after = bench::activity_so_far();
    std::ostringstream json;
    json << '"' << name << "\": {\"steps\": " << count
         << ", \"allocations\": " << after.allocations - before.allocations
         << ", \"faults\": " << after.faults - before.faults << '}';
    return json.str();
}

void warm_steps(const bench::Options&) {
    Training linear({}, 32), deep(deep_widths(), 32), large(deep_widths(), deep_batch);
    bench::AdamTraining small = bench::small_training();
    bench::ClassifierTraining classifier;
    bench::AdamAlone adam;
    std::string counts;
    const auto add = [&counts](const std::string& one) { counts += (counts.empty() ? "" : ", ") + one; };
    add(warm_counts(
        "B", [&] { linear.step(); }, 20, 100));
    add(warm_counts(
        "C", [&] { small.step(); }, 20, 100));
    add(warm_counts(
        "D", [&] { deep.step(); }, 20, 100));
    add(warm_counts(
        "F", [&] { classifier.step(); }, 20, 100));
    add(warm_counts(
        "G", [&] { large.step(); }, 3, 10));
    add(warm_counts(
        "R", [&] { adam.step(); }, 20, 100));
    std::cout << '{' << counts << "}\n";
}

/// Prints the name and version of the BLAS and the processor whose kernels it runs.
void blas(const bench::Options&) {
    const xg::Tensor a = xg::randn({64, 64});
    xg::matmul(a, a);  // kernels may be chosen at the first use
    using Text = char* (*)();
    const auto config = reinterpret_cast<Text>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
    const auto core = reinterpret_cast<Text>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
    if (config == nullptr || core == nullptr) {
        std::cout << "unknown\n";
        return;
    }
    std::istringstream words(config());
    std::string name, version;
    words >> name >> version;
    std::cout << name << ' ' << version << ' ' << core() << '\n';
}

const std::vector<std::pair<std::string, std::function<void(const bench::Options&)>>>& rows() {
    static const std::vector<std::pair<std::string, std::function<void(const bench::Options&)>>> all = {
        {"A", chain},
        {"B", linear_steps},
        {"C", bench::small_adam_steps},
        {"D", deep_steps},
        {"E", norm_steps},
        {"F", bench::classifier_steps},
        {"G", deep_epochs},
        {"G-trainer", bench::trainer_deep},
        {"H", bench::trainer_wide},
        {"I", bench::trainer_log},
        {"G-threads", bench::threads_deep},
        {"H-threads", bench::threads_wide},
        {"I-threads", bench::threads_log},
        {"line", bench::line_program},
        {"widths", bench::widths_program},
        {"M", bench::hessian_vector},
        {"N", bench::whole_hessian},
        {"O", bench::sample_norms},
        {"P", bench::checkpoint_steps},
        {"Q", bench::checkpoint_memory},
        {"R", bench::adam_steps},
        {"loader", bench::loader_steps},
        {"CSV", bench::read_numbers},
        {"LeNet", bench::lenet_steps},
        {"LSTM", bench::lstm_steps}};
    return all;
}

void run(const bench::Options& options) {
    if (options.row == "warm") return warm_steps(options);
    if (options.row == "blas") return blas(options);
    if (options.row == "families") return families::serve();
    if (options.row == "bandwidth") return families::bandwidth();
    if (options.row == "rows") {
        for (const auto& [name, function] : rows()) std::cout << name << '\n';
        return;
    }
    for (const auto& [name, function] : rows()) {
        if (name == options.row) return function(options);
    }
    throw std::invalid_argument("no row " + options.row);
}

}  // namespace

int main(int argc, char** argv) try {
    const bench::Options options = bench::parse(argc, argv);
    if (options.threads > 0) xg::set_num_threads(options.threads);
    xg::tune_blas();  // as a program that cares for speed does, at its start
    xg::manual_seed(0);
    run(options);
} catch (const std::exception& error) {
    std::cerr << "xgrad_bench: " << error.what() << '\n';
    return 2;
}
