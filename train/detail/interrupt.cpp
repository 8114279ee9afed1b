#include <xgrad/train/detail/interrupt.hpp>

#include <atomic>
#include <mutex>

namespace xg::train::detail {
namespace {

std::atomic<long> interrupts{0};
static_assert(std::atomic<long>::is_always_lock_free, "it is changed in a signal's handler");

extern "C" void note_interrupt(int) {
    interrupts.fetch_add(1, std::memory_order_relaxed);
    std::signal(SIGINT, SIG_DFL);
}

std::mutex scopes_mutex;
int scopes = 0;
bool installed = false;

}  // namespace

InterruptScope::InterruptScope(bool wanted) noexcept
    : wanted_(wanted), seen_(interrupts.load(std::memory_order_relaxed)) {
    if (!wanted_) return;
    const std::lock_guard lock(scopes_mutex);
    if (scopes++ > 0) return;
    struct sigaction now = {};
    if (sigaction(SIGINT, nullptr, &now) != 0 || (now.sa_flags & SA_SIGINFO) != 0 || now.sa_handler != SIG_DFL) return;
    struct sigaction ours = {};
    ours.sa_handler = note_interrupt;
    ours.sa_flags = SA_RESTART;
    sigemptyset(&ours.sa_mask);
    installed = sigaction(SIGINT, &ours, nullptr) == 0;
}

InterruptScope::~InterruptScope() {
    if (!wanted_) return;
    const std::lock_guard lock(scopes_mutex);
    if (--scopes > 0 || !installed) return;
    installed = false;
    struct sigaction now = {};
    // Whoever has put another in its place meanwhile keeps it.
    if (sigaction(SIGINT, nullptr, &now) == 0 && now.sa_handler == note_interrupt) std::signal(SIGINT, SIG_DFL);
}

bool InterruptScope::interrupted() const noexcept {
    return wanted_ && interrupts.load(std::memory_order_relaxed) != seen_;
}

}  // namespace xg::train::detail
