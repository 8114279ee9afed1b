#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <xgrad/train/history.hpp>

namespace xg::train::detail {

/// What a training shows while it runs: a bar on stderr where that is a terminal, and a line an epoch on stdout.
class ProgressBar {
public:
    /// See FitOptions::verbose.
    ProgressBar(int verbose, std::int64_t epochs);
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void begin_epoch(std::int64_t epoch, std::int64_t batches);
    /// After each batch. Draws ten times a second at most.
    void show(std::int64_t batch, const Logs& logs) {
        if (bar_) draw(batch, logs);
    }
    /// A line for a finished epoch. With a bar, of epochs that are finished faster than they can be read, only some.
    void end_epoch(const Logs& logs, double seconds, bool last);
    /// A line of its own.
    void say(const std::string& line);
    /// Takes the bar away.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    void draw(std::int64_t batch, const Logs& logs);

    bool bar_, lines_;
    bool shown_ = false;
    std::int64_t epoch_ = 0, epochs_, batches_ = 0;
    Clock::time_point began_, drawn_, printed_;
};

/// `0:07` or `1:02:03`.
std::string duration(double seconds);

}  // namespace xg::train::detail
