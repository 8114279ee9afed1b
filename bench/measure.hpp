#pragma once

// How one row is timed, the same way in every C++ program of the bench: xgrad's own and libtorch's.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct Options {
    std::string row;
    int threads = 0;       ///< 0 leaves the library's own choice alone.
    double seconds = 0.5;  ///< How long a row of many steps is timed for.
    int epochs = 2;        ///< How many epochs a row of epochs is timed for.
};

inline Options parse(int argc, char** argv) {
    if (argc < 2)
        throw std::invalid_argument("usage: " + std::string(argv[0]) + " ROW [--threads N] [--seconds S] [--epochs N]");
    Options options{.row = argv[1]};
    for (int i = 2; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 == argc) throw std::invalid_argument(name + " needs a value");
        if (name == "--threads")
            options.threads = std::atoi(argv[i + 1]);
        else if (name == "--seconds")
            options.seconds = std::atof(argv[i + 1]);
        else if (name == "--epochs")
            options.epochs = std::atoi(argv[i + 1]);
        else
            throw std::invalid_argument("unknown option " + name);
    }
    return options;
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// The wall time of `count` calls of `step`, in seconds.
template <class Step>
double time_of(Step&& step, std::size_t count = 1) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) step();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Calls `step` until pools, caches and branch predictors are warm; returns what a call takes, in seconds.
template <class Step>
double warm_up(Step&& step, double seconds) {
    double spent = 0;
    std::size_t count = 0;
    for (; count < 3 || spent < seconds; ++count) spent += time_of(step);
    return spent / static_cast<double>(count);
}

/// Seconds a call, one sample a block. A block lasts about 10 ms, so that reading the clock costs nothing.
template <class Step>
std::vector<double> measure_steps(Step&& step, const Options& options) {
    const double estimate = warm_up(step, options.seconds / 4);
    const auto block = static_cast<std::size_t>(std::max(1.0, 0.01 / estimate));
    std::vector<double> samples;
    for (double spent = 0; samples.size() < 5 || spent < options.seconds;) {
        const double time = time_of(step, block);
        spent += time;
        samples.push_back(time / static_cast<double>(block));
    }
    return samples;
}

/// Seconds an epoch. The caller has run a batch before: a whole epoch to warm up would double the time of the bench.
template <class Epoch>
std::vector<double> measure_epochs(Epoch&& epoch, const Options& options) {
    std::vector<double> samples;
    for (int i = 0; i < options.epochs; ++i) samples.push_back(time_of(epoch));
    return samples;
}

/// Prints the one line that the driver reads: the samples in seconds times `scale`, in `unit`. `extra` is more JSON
/// members, each with a comma before it.
inline void report(const Options& options, std::vector<double> samples, double scale, const char* unit,
                   const std::string& extra = "") {
    const auto [least, greatest] = std::minmax_element(samples.begin(), samples.end());
    std::printf("{\"row\": \"%s\", \"median\": %.6g, \"min\": %.6g, \"max\": %.6g, \"n\": %zu, \"unit\": \"%s\"%s}\n",
                options.row.c_str(), median(samples) * scale, *least * scale, *greatest * scale, samples.size(), unit,
                extra.c_str());
}

/// Times `work` and `plain` in turn, and reports what `work` takes, and the median of what it takes relative to its
/// neighbour.
template <class Work, class Plain>
void report_beside(const Options& options, Work&& work, Plain&& plain, double scale, const char* unit) {
    const double one = warm_up(work, options.seconds / 4) + warm_up(plain, options.seconds / 4);
    const auto block = static_cast<std::size_t>(std::max(1.0, 0.02 / one));
    const auto count = static_cast<double>(block);
    std::vector<double> times, without, ratios;
    for (double spent = 0; ratios.size() < 10 || spent < 2 * options.seconds;) {
        // Who goes first alternates: a drift of the machine's speed then cancels.
        const bool plain_first = ratios.size() % 2 == 0;
        double base = plain_first ? time_of(plain, block) : 0;
        const double time = time_of(work, block);
        if (!plain_first) base = time_of(plain, block);
        times.push_back(time / count);
        without.push_back(base / count);
        ratios.push_back(time / base);
        spent += time + base;
    }
    std::ostringstream extra;
    extra << ", \"ratio\": " << median(ratios) << ", \"without\": " << median(without) * scale;
    report(options, times, scale, unit, extra.str());
}

}  // namespace bench
