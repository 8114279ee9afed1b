// Runs random programs in xgrad and in libtorch and compares values, gradients and second gradients.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <xgrad/core/threads.hpp>

#include "campaign.hpp"
#include "missing.hpp"
#include "print.hpp"
#include "shrink.hpp"

namespace {

using namespace parity;

/// The smallest program that fails as this one does. One that throws instead may do so because a shape is no longer
/// one.
Program made_smaller(const Program& program) {
    const bool throws = !judge(program).xgrad.error.empty();
    return shrink(program, [throws](const Program& candidate) {
        const Verdict verdict = judge(candidate);
        return verdict.outcome == Outcome::different && verdict.xgrad.error.empty() == !throws;
    });
}

/// The shrunk program as C++, with what is wrong about it.
void report(const Settings& settings, const Failure& failure) {
    fmt::print("\nprogram {} of seed {} differs: {}\n", failure.index, settings.seed, failure.what);
    const Program small = made_smaller(failure.program);
    const Verdict verdict = judge(small);
    fmt::print("made smaller, {} of {} operations are left: {}\n\n{}", small.steps.size(), failure.program.steps.size(),
               verdict.what, as_cpp(small, verdict));
    std::fflush(stdout);
}

/// One operation's halves without the other.
bool halves_fit() {
    std::set<std::string> ours, theirs;
    for (const Table* t : {&table(), &wrong_table()})
        for (const Operation& operation : *t)
            if (!ours.insert(operation.name).second) fmt::print("two entries are called \"{}\"\n", operation.name);
    for (const std::string& name : torch_names()) theirs.insert(name);
    bool fit = true;
    const auto miss = [&](const std::set<std::string>& a, const std::set<std::string>& b, const char* side) {
        for (const std::string& name : a)
            if (b.count(name) == 0) {
                fmt::print("\"{}\" has no half for {}\n", name, side);
                fit = false;
            }
    };
    miss(ours, theirs, "libtorch");
    miss(theirs, ours, "xgrad");
    return fit;
}

double percent(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void print_times(const Statistics& s) {
    std::size_t column = 0;
    for (const Operation& operation : table()) {
        const auto found = s.times.find(operation.name);
        const std::string entry = fmt::format("{} {}", operation.name, found == s.times.end() ? 0 : found->second);
        fmt::print("{:<34}{}", entry, ++column % 4 == 0 ? "\n" : "");
    }
    if (column % 4 != 0) fmt::print("\n");
}

/// Prints what was done; whether all is well.
bool summary(const Settings& settings, const Statistics& s) {
    print_times(s);
    fmt::print("\n{} programs of {} operations; {} with second derivatives, {} with infinities and NaN (values only)\n",
               s.programs, s.steps, s.second, s.wild);
    const double redrawn = percent(s.redrawn, s.programs + s.redrawn);
    fmt::print("drawn anew: {:.1f} % of the programs, {:.1f} % of the operations\n", redrawn,
               percent(s.steps_redrawn, s.steps + s.steps_redrawn));
    for (const auto& [reason, n] : s.reasons) fmt::print("  {:>6}  {}\n", n, reason);
    fmt::print("{} programs agree only given their condition, {:.2g} at most\n", s.conditioned, s.worst_condition);
    bool well = s.failures.empty();
    if (redrawn >= 60) {
        fmt::print("too many programs were drawn anew\n");
        well = false;
    }
    if (100 * s.refused > std::max<std::int64_t>(s.programs, 1000)) {
        fmt::print("libtorch cannot differentiate too many programs: see which operations lack .second = false\n");
        well = false;
    }
    if (settings.programs >= 1000 && settings.only.empty())
        for (const Operation& operation : table())
            if (s.times.count(operation.name) == 0) {
                fmt::print("\"{}\" never ran\n", operation.name);
                well = false;
            }
    if (!s.failures.empty()) {
        // Which operations the programs that differ share says more than any of them.
        fmt::print("{} of {} programs differ\n", s.failures.size(), s.programs);
    } else if (well) {
        fmt::print("xgrad and libtorch agree\n");
    }
    return well;
}

/// Every wrong operation must be found, and told apart from the right ones in at most two operations.
bool self_test(Settings settings) {
    bool well = true;
    settings.programs = 400;
    for (const Operation& wrong : wrong_table()) {
        settings.extra = &wrong;
        settings.stop_after = 1;
        const Statistics s = run_campaign(settings);
        if (s.failures.empty()) {
            fmt::print("{}: not found in {} programs\n", wrong.name, s.programs);
            well = false;
            continue;
        }
        const Failure& failure = s.failures.front();
        const Program small = made_smaller(failure.program);
        const Verdict verdict = judge(small);
        const bool shown = std::any_of(small.steps.begin(), small.steps.end(),
                                       [&](const Step& step) { return step.operation == &wrong; });
        const bool good = shown && small.steps.size() <= 2 && verdict.outcome == Outcome::different;
        fmt::print("{}: found in program {}, {} operations of {} are left{}\n  {}\n{}", wrong.name, failure.index,
                   small.steps.size(), failure.program.steps.size(), good ? "" : ": NOT WELL", verdict.what,
                   good ? "" : as_cpp(small, verdict));
        well = well && good;
    }
    fmt::print("{}\n", well ? "every error was found" : "the self-test failed");
    return well;
}

int run(int argc, char** argv) {
    CLI::App app("Runs random programs in xgrad and in libtorch and compares what they compute.", "parity");
    Settings settings;
    std::optional<std::uint64_t> seed, program;
    std::string wrong, source;
    int shown = 5;
    bool test = false, list = false, print = false;
    app.add_option("--programs", settings.programs, "How many programs")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", seed, "Which programs; each other number gives others [random]");
    app.add_option("--program", program, "Run this one program of the seed alone, and print it");
    app.add_option("--only", settings.only, "Draw this one operation alone");
    app.add_option("--threads", settings.threads, "How many threads run programs [all]")->check(CLI::PositiveNumber);
    app.add_option("--show", shown, "How many programs that differ to make smaller and print")->capture_default_str();
    app.add_option("--wrong", wrong, "Add the wrong operation whose name begins so");
    app.add_flag("--print", print, "Print the programs instead");
    app.add_flag("--self-test", test, "See whether each of the wrong operations is found");
    app.add_flag("--list", list, "Print the operations' names");
    app.add_option("--missing", source, "Name the public operations in this source tree that are not compared")
        ->check(CLI::ExistingDirectory);
    settings.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    CLI11_PARSE(app, argc, argv);

    prepare_torch();
    xg::set_num_threads(1);
    if (!halves_fit()) return 1;
    if (list) {
        for (const Operation& operation : table()) fmt::print("{}\n", operation.name);
        return 0;
    }
    if (!source.empty()) {
        const std::vector<std::string> lines = missing_operations(source);
        for (const std::string& line : lines) fmt::print("{}\n", line);
        return lines.empty() ? 0 : 1;
    }
    settings.seed = seed ? *seed : test ? 0 : std::random_device()() % 1'000'000;
    if (test) return self_test(settings) ? 0 : 1;
    for (const Operation& operation : wrong_table())
        if (!wrong.empty() && operation.name.starts_with("wrong " + wrong)) settings.extra = &operation;
    if (!wrong.empty() && settings.extra == nullptr) throw std::invalid_argument("--wrong: there is no such operation");

    if (program) {
        Verdict verdict;
        Statistics statistics;
        const Program found = find_program(settings, *program, verdict, statistics);
        fmt::print("{}", as_cpp(found, verdict));
        if (verdict.outcome != Outcome::different) {
            fmt::print("xgrad and libtorch agree\n");
            return 0;
        }
        report(settings, {*program, found, verdict.what});
        return 1;
    }
    for (std::uint64_t i = 0; print && i < static_cast<std::uint64_t>(settings.programs); ++i) {
        Verdict verdict;
        Statistics statistics;
        const Program found = find_program(settings, i, verdict, statistics);
        fmt::print("{}", as_cpp(found, verdict));
    }
    if (print) return 0;
    fmt::print("seed {}\n", settings.seed);
    std::fflush(stdout);
    const Statistics statistics = run_campaign(settings);
    const bool well = summary(settings, statistics);
    std::fflush(stdout);
    for (std::size_t i = 0; i < statistics.failures.size() && static_cast<int>(i) < shown; ++i)
        report(settings, statistics.failures[i]);
    return well ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        fmt::print(stderr, "parity: {}\n", e.what());
        return 1;
    }
}
