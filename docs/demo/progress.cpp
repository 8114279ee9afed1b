#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

#include <fmt/core.h>

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::say(const std::string& line) {
    if (terminal_) fmt::print(stderr, "{}\n", line);
}

void Progress::show(const std::string& label, std::int64_t done, std::int64_t total) {
    if (!terminal_) return;
    constexpr std::int64_t width = 30;
    const std::int64_t full = total > 0 ? width * done / total : 0;
    std::string bar(static_cast<std::size_t>(full), '=');
    bar.resize(static_cast<std::size_t>(width), ' ');
    fmt::print(stderr, "\r{} [{}] {}/{}\x1b[K", label, bar, done, total);
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (!shown_) return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    shown_ = false;
}
