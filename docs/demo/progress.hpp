#pragma once

#include <cstdint>
#include <string>

/// A bar on stderr that shows how far an epoch has come; nothing where stderr is no terminal.
class Progress {
public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// A line for who watches.
    void say(const std::string& line);
    void show(const std::string& label, std::int64_t done, std::int64_t total);
    /// Takes the bar away, so that a line can be printed in its place.
    void clear();

private:
    bool terminal_;
    bool shown_ = false;
};
