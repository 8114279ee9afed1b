#include "campaign.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace parity {
namespace {

constexpr std::uint64_t kAttempts = 200;

/// Which program a thread is at, for when it crashes.
thread_local std::uint64_t at_index = 0;
std::uint64_t at_seed = 0;

void crashed(int signal) {
    char text[128];
    const auto end =
        fmt::format_to_n(text, sizeof text, "parity: signal {} in --seed {} --program {}\n", signal, at_seed, at_index);
    if (write(STDERR_FILENO, text, std::min(end.size, sizeof text)) < 0) _exit(3);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void add(Statistics& total, const Statistics& part) {
    total.programs += part.programs;
    total.steps += part.steps;
    total.wild += part.wild;
    total.second += part.second;
    total.redrawn += part.redrawn;
    total.refused += part.refused;
    total.steps_redrawn += part.steps_redrawn;
    total.conditioned += part.conditioned;
    total.worst_condition = std::max(total.worst_condition, part.worst_condition);
    for (const auto& [reason, n] : part.reasons) total.reasons[reason] += n;
    for (const auto& [name, n] : part.times) total.times[name] += n;
    total.failures.insert(total.failures.end(), part.failures.begin(), part.failures.end());
}

}  // namespace

Program find_program(const Settings& settings, std::uint64_t index, Verdict& verdict, Statistics& statistics) {
    for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
        Generated made = generate(settings.seed, index, attempt, settings.extra, settings.only);
        statistics.steps_redrawn += made.steps_redrawn;
        statistics.steps += made.steps;
        if (made.program.steps.empty()) {
            ++statistics.redrawn;
            ++statistics.reasons["no step could be drawn"];
            continue;
        }
        verdict = judge(made.program);
        // The values were there when the program was made: libtorch has errors in derivatives.
        if (verdict.outcome == Outcome::refused) ++statistics.refused;
        if (verdict.outcome == Outcome::unfit || verdict.outcome == Outcome::refused) {
            ++statistics.redrawn;
            ++statistics.reasons[verdict.what];
            continue;
        }
        return std::move(made.program);
    }
    throw std::logic_error(
        fmt::format("program {} of seed {}: {} attempts gave nothing to compare", index, settings.seed, kAttempts));
}

Statistics run_campaign(const Settings& settings) {
    at_seed = settings.seed;
    for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGBUS, SIGILL}) std::signal(signal, crashed);
    std::atomic<std::int64_t> next{0}, failed{0};
    std::mutex mutex;
    Statistics total;
    std::exception_ptr error;
    const auto work = [&] {
        Statistics mine;
        try {
            for (std::int64_t i = next++; i < settings.programs; i = next++) {
                if (settings.stop_after >= 0 && failed >= settings.stop_after) break;
                const auto index = static_cast<std::uint64_t>(i);
                at_index = index;
                Verdict verdict;
                Program program = find_program(settings, index, verdict, mine);
                ++mine.programs;
                mine.wild += program.wild;
                mine.second += program.second;
                for (const Step& step : program.steps) ++mine.times[step.operation->name];
                mine.conditioned += verdict.condition > 1;
                mine.worst_condition = std::max(mine.worst_condition, verdict.condition);
                if (verdict.outcome == Outcome::different) {
                    ++failed;
                    mine.failures.push_back({index, std::move(program), verdict.what});
                }
            }
        } catch (const std::exception& e) {
            next = settings.programs;
            const std::lock_guard lock(mutex);
            error = std::make_exception_ptr(
                std::logic_error(fmt::format("--seed {} --program {}: {}", settings.seed, at_index, e.what())));
        }
        const std::lock_guard lock(mutex);
        add(total, mine);
    };
    std::vector<std::thread> threads;
    for (int k = 1; k < settings.threads; ++k) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGBUS, SIGILL}) std::signal(signal, SIG_DFL);
    if (error) std::rethrow_exception(error);
    std::sort(total.failures.begin(), total.failures.end(),
              [](const Failure& a, const Failure& b) { return a.index < b.index; });
    return total;
}

}  // namespace parity
