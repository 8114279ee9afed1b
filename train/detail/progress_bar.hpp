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

    using Clock = std::chrono::steady_clock;

    void begin_epoch(std::int64_t epoch, std::int64_t batches, Clock::time_point now);
    /// After each batch. Draws ten times a second at most, and does not look at the clock each time where batches are
    /// quicker than a look is worth.
    template <class MakeLogs>
    void show(std::int64_t batch, MakeLogs&& logs) {
        if (bar_ && ++unseen_ >= skip_ && is_time()) draw(batch, logs());
    }
    /// A line for a finished epoch. With a bar, of epochs that are finished faster than they can be read, only some.
    void end_epoch(const Logs& logs, double seconds, bool last, Clock::time_point now);
    /// A line of its own.
    void say(const std::string& line);
    /// Takes the bar away.
    void clear();

private:
    /// Whether the bar should be drawn again.
    bool is_time();
    void draw(std::int64_t batch, const Logs& logs);

    bool bar_, lines_;
    bool shown_ = false;
    std::int64_t epoch_ = 0, epochs_, batches_ = 0;
    std::int64_t unseen_ = 0, skip_ = 1;  // batches since the last look at the clock, and for how many there is none
    Clock::time_point began_, looked_, drawn_, printed_;
};

/// `0:07` or `1:02:03`.
std::string duration(double seconds);

}  // namespace xg::train::detail
