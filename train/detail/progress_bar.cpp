#include <xgrad/train/detail/progress_bar.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace xg::train::detail {
namespace {

constexpr std::chrono::milliseconds kDrawn{100}, kPrinted{100};

std::size_t terminal_width() {
    winsize size = {};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

std::string numbers(const Logs& logs) {
    std::string text;
    for (const auto& [name, value] : logs) text += fmt::format("  {} {:.5g}", name, value);
    return text;
}

}  // namespace

std::string duration(double seconds) {
    if (!std::isfinite(seconds) || seconds > 1e8) return "?";
    const auto s = static_cast<std::int64_t>(std::lround(std::max(0.0, seconds)));
    if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    return fmt::format("{}:{:02}", s / 60, s % 60);
}

ProgressBar::ProgressBar(int verbose, std::int64_t epochs)
    : bar_(verbose == 1 && isatty(STDERR_FILENO) == 1), lines_(verbose > 0), epochs_(epochs) {
    // What is over before anybody can read it is not shown.
    if (bar_) looked_ = drawn_ = printed_ = Clock::now();
}

void ProgressBar::begin_epoch(std::int64_t epoch, std::int64_t batches, Clock::time_point now) {
    epoch_ = epoch;
    batches_ = batches;
    began_ = now;
}

bool ProgressBar::is_time() {
    const Clock::time_point now = Clock::now();
    // So many batches that a look at the clock comes every millisecond or so.
    const auto passed = now - looked_;
    skip_ = passed < std::chrono::microseconds(500) ? std::min<std::int64_t>(2 * skip_, 4096)
            : passed > std::chrono::milliseconds(2) ? std::max<std::int64_t>(skip_ / 2, 1)
                                                    : skip_;
    unseen_ = 0;
    looked_ = now;
    if (now - drawn_ < kDrawn) return false;
    drawn_ = now;
    return true;
}

void ProgressBar::draw(std::int64_t batch, const Logs& logs) {
    constexpr std::int64_t width = 25;
    const double seconds = std::chrono::duration<double>(drawn_ - began_).count();
    const double rate = seconds > 0 ? static_cast<double>(batch) / seconds : 0;
    const std::int64_t full = batches_ > 0 ? std::min(width, width * batch / batches_) : 0;
    std::string line =
        fmt::format("epoch {}/{} [{:=>{}}{:{}}] {}/{}  {} left", epoch_, epochs_, "", full, "", width - full, batch,
                    batches_, duration(static_cast<double>(batches_ - batch) / rate));
    line += rate >= 1 || rate == 0 ? fmt::format("  {:.3g} batch/s", rate) : fmt::format("  {:.3g} s/batch", 1 / rate);
    line += numbers(logs);
    const std::size_t columns = terminal_width();
    if (line.size() >= columns) line.resize(columns - 1);
    fmt::print(stderr, "\r{}\x1b[K", line);
    std::fflush(stderr);
    shown_ = true;
}

void ProgressBar::clear() {
    if (!shown_) return;
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
    shown_ = false;
}

void ProgressBar::end_epoch(const Logs& logs, double seconds, bool last, Clock::time_point now) {
    if (!lines_) return;
    if (bar_) {
        if (!last && now - printed_ < kPrinted) return;
        printed_ = now;
    }
    clear();
    fmt::print("epoch {:>{}}/{}{}  {:.3g} s\n", epoch_, std::to_string(epochs_).size(), epochs_, numbers(logs),
               seconds);
    std::fflush(stdout);
}

void ProgressBar::say(const std::string& line) {
    if (!lines_) return;
    clear();
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

}  // namespace xg::train::detail
