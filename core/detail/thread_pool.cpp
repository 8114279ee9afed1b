#include <xgrad/core/detail/thread_pool.hpp>

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xg::detail {
namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local bool inside_region = false;

inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Longer than the gap between two regions of a training step, far shorter than anyone would notice in a CPU meter.
constexpr std::chrono::microseconds spin_time{40};

/// Polls `ready` for a short while; false if it did not come true.
template <class Ready>
bool spin_until(bool spin, Ready ready) {
    if (ready()) return true;
    if (!spin) return false;
    const auto end = std::chrono::steady_clock::now() + spin_time;
    do {
        for (int i = 0; i < 32; ++i) {
            relax();
            if (ready()) return true;
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

/// Signals belong to the program's own threads: while it lives, a thread that is started gets none.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        // Those that a fault in the thread itself raises: blocked, they would kill without the program's handler.
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&all, fault);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

bool ThreadPool::inside() noexcept { return inside_region; }

bool ThreadPool::run(std::int64_t n, Task task, void* argument, int workers, bool spin) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    struct Free {
        std::atomic<bool>& busy;
        ~Free() { busy.store(false, std::memory_order_release); }
    } const free{busy_};
    resize(workers);

    n_ = n;
    task_ = task;
    task_argument_ = argument;
    task_context_ = task_context();
    spin_.store(spin, std::memory_order_relaxed);
    next_.store(0, std::memory_order_relaxed);
    const std::uint64_t number = (gate_.load(std::memory_order_relaxed) >> number_shift) + 1;
    gate_.store((number << number_shift) |
                open_bit);  // seq_cst, as the load of sleepers_: one of the two sides sees the other
    if (const int asleep = sleepers_.load(); asleep > 0) {
        const std::lock_guard lock(sleep_mutex_);
        if (n - 1 >= asleep)
            wake_.notify_all();
        else
            for (std::int64_t i = 1; i < n; ++i) wake_.notify_one();
    }

    inside_region = true;
    run_blocks();
    inside_region = false;
    gate_.fetch_and(~open_bit);
    await_workers();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return true;
}

void ThreadPool::run_blocks() {
    TaskContext& mine = task_context();
    const TaskContext before = mine;
    for (;;) {
        const std::int64_t i = next_.fetch_add(1, std::memory_order_relaxed);
        if (i >= n_) break;
        mine = task_context_;
        try {
            task_(task_argument_, i);
        } catch (...) {
            // Blocks are handed out in order, so those below i all run, and the lowest that throws is always the same.
            next_.store(n_, std::memory_order_relaxed);
            const std::lock_guard lock(error_mutex_);
            if (!error_ || i < error_block_) {
                error_ = std::current_exception();
                error_block_ = i;
            }
        }
    }
    mine = before;
}

void ThreadPool::await_workers() {
    const auto empty = [this] { return (gate_.load() & workers_mask) == 0; };
    if (spin_until(spin_.load(std::memory_order_relaxed), empty)) return;
    if (!pool_is_current(this))
        throw Error("parallel region: the process was forked inside of it, and its threads are gone");
    std::unique_lock lock(sleep_mutex_);
    caller_sleeps_.store(true);
    done_.wait(lock, empty);
    caller_sleeps_.store(false);
}

void ThreadPool::leave() noexcept {
    const std::uint64_t left = gate_.fetch_sub(one_worker) - one_worker;
    if ((left & workers_mask) != 0 || !caller_sleeps_.load()) return;
    const std::lock_guard lock(sleep_mutex_);
    done_.notify_one();
}

void ThreadPool::work(int index, std::uint64_t seen) {
    inside_region = true;  // whatever runs here runs in a region
    while (await_region(index, seen)) {
        run_blocks();
        if (!pool_is_current(this)) return;  // forked in a block: this thread is all that the child has
        leave();
    }
}

/// Waits for a region other than `seen` and enters it. False when this worker is no longer wanted.
bool ThreadPool::await_region(int index, std::uint64_t& seen) {
    const auto open = [](std::uint64_t gate, std::uint64_t before) {
        return (gate & open_bit) != 0 && gate >> number_shift != before;
    };
    const auto called = [&] { return keep_.load() <= index || open(gate_.load(), seen); };
    for (;;) {
        if (!spin_until(spin_.load(std::memory_order_relaxed), called)) {
            std::unique_lock lock(sleep_mutex_);
            sleepers_.fetch_add(1);
            wake_.wait(lock, called);
            sleepers_.fetch_sub(1);
        }
        if (keep_.load() <= index) return false;
        std::uint64_t gate = gate_.load();
        while (open(gate, seen))
            if (gate_.compare_exchange_weak(gate, gate + one_worker)) {
                seen = gate >> number_shift;
                return true;
            }
    }
}

void ThreadPool::resize(int workers) {
    const std::lock_guard members(members_mutex_);
    if (asked_ == workers || closed_) return;
    if (workers < static_cast<int>(threads_.size())) stop_from(workers);
    keep_.store(workers);
    threads_.reserve(static_cast<std::size_t>(workers));
    asked_ = workers;
    const SignalsBlocked blocked;
    // A new worker must not take the region that was closed last for one it has missed.
    const std::uint64_t seen = gate_.load() >> number_shift;
    while (static_cast<int>(threads_.size()) < workers) {
        try {
            threads_.emplace_back(&ThreadPool::work, this, static_cast<int>(threads_.size()), seen);
        } catch (const std::system_error&) {
            return;  // the system has no more threads: the work is done by those there are
        }
    }
}

void ThreadPool::stop_from(int keep) {
    {
        const std::lock_guard lock(sleep_mutex_);
        keep_.store(keep);
        wake_.notify_all();
    }
    while (static_cast<int>(threads_.size()) > keep) {
        std::thread& last = threads_.back();
        // exit() called from inside a block runs on a worker, which can't wait for itself.
        if (last.get_id() == std::this_thread::get_id())
            last.detach();
        else
            last.join();
        threads_.pop_back();
    }
}

void ThreadPool::try_shrink(int workers) {
    if (inside_region || busy_.exchange(true, std::memory_order_acquire)) return;
    {
        const std::lock_guard members(members_mutex_);
        if (!closed_ && workers < asked_) {
            stop_from(workers);
            asked_ = workers;
        }
    }
    busy_.store(false, std::memory_order_release);
}

void ThreadPool::close() noexcept {
    const std::lock_guard members(members_mutex_);
    closed_ = true;
    stop_from(0);
}

}  // namespace xg::detail
