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
    app.add_option("--init", init,
                   "Initialisation: pytorch, or glorot, he or lecun, or one of these three with _normal")
        ->capture_default_str();
    app.add_option("--batch", o.batch, "Rows a batch")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{75'000}));
    app.add_option("--lr", o.lr, "Learning rate of SGD")->capture_default_str()->check([](const std::string& text) {
        const double value = std::strtod(text.c_str(), nullptr);
        return value >= 0 && std::isfinite(value) ? std::string() : "expected a number of at least 0, got " + text;
    });
    app.add_option("--seed", seed, "Seed of the weights; the data are always those of random_state 570")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{4'294'967'295}));
    app.add_option("--threads", o.threads, "Threads; 0: one for each processor")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024));
    app.add_option("--out", o.out, "Folder for the figure and the table")->capture_default_str();
    try {
        app.parse(argc, argv);
        if (o.out.empty()) throw CLI::ValidationError("--out", "expected a folder, got nothing");
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
