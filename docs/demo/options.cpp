#include "options.hpp"

#include <cmath>
#include <cstdlib>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

Options parse_options(int argc, char** argv) {
    Options o;
    CLI::App app(
        "Trains a deep stack of Linear and ReLU layers on a linear problem, and shows what happens to its gradient, "
        "layer by layer: "
        "why it does not learn, what theory predicts, and which cure to try.",
        "xgrad_demo");
    std::string init = "glorot";
    std::int64_t seed = 0;
    o.out = XGRAD_DEMO_OUT;
    app.add_option("--epochs", o.epochs, "Passes over the 75,000 training rows")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}));
    app.add_option("--depth", o.depth, "Hidden layers")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
    app.add_option("--width", o.width, "Units a hidden layer")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{65'536}));
    app.add_option("--init", init, "Initialisation: glorot, he, lecun, pytorch, or one of these with _normal")
        ->capture_default_str();
    app.add_option("--batch", o.batch, "Rows a batch")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{75'000}));
    app.add_option("--lr", o.lr, "Learning rate of SGD")->capture_default_str()->check(CLI::NonNegativeNumber);
    app.add_option("--seed", seed, "Seed of the weights; the data are always those of random_state 570")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{4'294'967'295}));
    app.add_option("--threads", o.threads, "Threads; 0: one for each processor")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024));
    app.add_option("--out", o.out, "Folder for the figure and the table")->capture_default_str();
    try {
        app.parse(argc, argv);
        if (std::isnan(o.lr)) throw CLI::ValidationError("--lr", "expected a number of at least 0, got nan");
        o.init = xg::nn::init_from_name(init);
        o.seed = static_cast<std::uint64_t>(seed);
    } catch (const CLI::CallForHelp&) {
        fmt::print("{}", app.help());
        std::exit(0);
    } catch (const std::exception& error) {
        fmt::print(stderr, "xgrad_demo: {}\n", error.what());
        std::exit(2);
    }
    return o;
}
