// Layers and losses of xgrad beside those of libtorch, over random options and shapes: outputs, gradients and state
// dicts.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <xgrad/core/threads.hpp>

#include "module_cases.hpp"
#include "modules.hpp"

namespace {

using namespace modules;

constexpr double kTolerance = 1e-9;

/// What differs; empty if nothing does.
std::string difference(const Array& ours, const Array& theirs) {
    if (ours.shape != theirs.shape) return "another shape";
    double scale = 1;
    for (const double v : theirs.values)
        if (std::isfinite(v)) scale = std::max(scale, std::abs(v));
    for (std::size_t i = 0; i < ours.values.size(); ++i) {
        const double a = ours.values[i], b = theirs.values[i];
        if (std::isnan(a) && std::isnan(b)) continue;
        if (!(std::abs(a - b) <= kTolerance * scale) && a != b) return fmt::format("element {}: {} and {}", i, a, b);
    }
    return "";
}

std::string difference(const std::vector<NamedArray>& ours, const std::vector<NamedArray>& theirs, const char* what) {
    if (ours.size() != theirs.size()) return fmt::format("{} and {} {}", ours.size(), theirs.size(), what);
    std::map<std::string, const Array*> by_name;
    for (const NamedArray& t : theirs) by_name.emplace(t.name, &t.array);
    for (const NamedArray& t : ours) {
        const auto found = by_name.find(t.name);
        const std::string found_difference =
            found == by_name.end() ? "is libtorch's not" : difference(t.array, *found->second);
        if (!found_difference.empty()) return fmt::format("{} {}: {}", what, t.name, found_difference);
    }
    return "";
}

std::string difference(const Outcome& ours, const Outcome& theirs, bool is_loss) {
    if (!ours.error.empty()) return "xgrad throws: " + ours.error;
    if (!theirs.error.empty()) return "libtorch throws: " + theirs.error;
    if (ours.outputs.size() != theirs.outputs.size()) return "another number of outputs";
    for (std::size_t i = 0; i < ours.outputs.size(); ++i)
        if (const std::string d = difference(ours.outputs[i], theirs.outputs[i]); !d.empty())
            return fmt::format("output {}: {}", i, d);
    if (std::string d = difference(ours.gradients, theirs.gradients, "gradient of"); !d.empty()) return d;
    return is_loss ? "" : difference(ours.state, theirs.state, "state");
}

std::string described(const Case& c) {
    std::string text = c.layer + (c.training ? "" : " in evaluation") + ", inputs";
    for (const Array& a : c.inputs) text += fmt::format(" ({})", fmt::join(a.shape, ", "));
    for (const auto& [name, value] : c.options.all) {
        text += ", " + name + " ";
        std::visit(
            [&]<class T>(const T& v) {
                if constexpr (std::is_same_v<T, parity::Sizes> || std::is_same_v<T, std::vector<double>>)
                    text += fmt::format("({})", fmt::join(v, ", "));
                else if constexpr (std::is_same_v<T, parity::Choice>)
                    text += v.name;
                else
                    text += fmt::format("{}", v);
            },
            value);
    }
    return text;
}

int run(int argc, char** argv) {
    CLI::App app("Compares layers and losses of xgrad with those of libtorch.", "parity_modules");
    int cases = 20;
    std::uint64_t seed = 1;
    std::string only;
    bool wrong = false;
    app.add_option("--cases", cases, "How many cases of each layer")->capture_default_str();
    app.add_option("--seed", seed, "Which cases")->capture_default_str();
    app.add_option("--only", only, "This layer alone");
    app.add_flag("--wrong", wrong, "Change one number of what xgrad gives: every case must differ");
    CLI11_PARSE(app, argc, argv);
    xg::set_num_threads(1);
    std::int64_t done = 0, failed = 0, shown = 0, layers = 0;
    for (const Maker& maker : makers()) {
        if (!only.empty() && only != maker.layer) continue;
        ++layers;
        parity::Random random(parity::mixed(seed, std::hash<std::string>()(maker.layer)));
        for (int i = 0; i < cases; ++i) {
            Case c;
            c.layer = maker.layer;
            maker.draw(c, random);
            std::vector<NamedArray> state;
            Outcome ours = run_xgrad(c, state);
            if (wrong && !ours.outputs.empty() && !ours.outputs[0].values.empty()) ours.outputs[0].values[0] += 1e-6;
            const Outcome theirs = run_torch(c, state);
            const std::string d = difference(ours, theirs, c.layer.find("Loss") != std::string::npos);
            ++done;
            if (d.empty()) continue;
            ++failed;
            if (++shown <= 20 && !wrong) fmt::print("{}\n  {}\n", described(c), d);
        }
    }
    fmt::print("{} cases of {} layers and losses: {} differ by more than {:g}\n", done, layers, failed, kTolerance);
    return failed == (wrong ? done : 0) && done > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        fmt::print(stderr, "parity_modules: {}\n", e.what());
        return 1;
    }
}
