#pragma once

#include <csignal>

namespace xg::train::detail {

/// While it lives, the first Ctrl-C sets a flag instead of ending the program; a second one ends it. Only where nobody
/// else handles or ignores the signal. Several at once, also in several threads, share the flag's meaning: each sees
/// signals since it began.
class InterruptScope {
public:
    explicit InterruptScope(bool wanted) noexcept;
    ~InterruptScope();
    InterruptScope(const InterruptScope&) = delete;
    InterruptScope& operator=(const InterruptScope&) = delete;

    bool interrupted() const noexcept;

private:
    bool wanted_;
    long seen_;
};

}  // namespace xg::train::detail
