#include <xgrad/core/threads.hpp>

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <thread>

#include <fmt/core.h>

#include <xgrad/core/detail/thread_pool.hpp>
#include <xgrad/core/error.hpp>

namespace xg {
namespace {

constexpr int most_threads = 1024;

int processors() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    // Fails on machines with more than CPU_SETSIZE processors.
    int n = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                          : static_cast<int>(std::thread::hardware_concurrency());
    if (n < 1) n = 1;
    return n < most_threads ? n : most_threads;
}

int available_processors() noexcept {
    static const int n = processors();
    return n;
}

std::atomic<int> wanted{0};       // 0: as many as there are processors
std::atomic<bool> closed{false};  // after static destruction has begun everything runs in place

// Never freed: threads that still run at exit may look at it, and a forked child leaves its parent's behind.
std::atomic<detail::ThreadPool*> instance{nullptr};

// The threads of the parent don't exist in the child, and its locks may be held by one of them: begin anew.
void after_fork_in_child() noexcept {
    if (detail::ThreadPool* old = instance.load()) instance.store(new detail::ThreadPool(old));
}

detail::ThreadPool& pool() {
    static const bool made = [] {
        instance.store(new detail::ThreadPool(nullptr));
        ::pthread_atfork(nullptr, nullptr, after_fork_in_child);
        return true;
    }();
    static_cast<void>(made);
    return *instance.load(std::memory_order_acquire);
}

struct Closer {
    ~Closer() {
        closed.store(true);
        if (detail::ThreadPool* p = instance.load()) p->close();
    }
};
const Closer closer;

}  // namespace

void set_num_threads(int n) {
    if (n < 1 || n > most_threads)
        throw ValueError(fmt::format("set_num_threads: expected 1 to {} threads, got {}", most_threads, n));
    wanted.store(n);
    // Threads that are no longer wanted leave now; if the pool is at work, at the next region.
    if (detail::ThreadPool* p = instance.load()) p->try_shrink(n - 1);
}

int num_threads() noexcept {
    const int n = wanted.load(std::memory_order_relaxed);
    return n != 0 ? n : available_processors();
}

namespace detail {

bool pool_is_current(const ThreadPool* p) noexcept { return instance.load(std::memory_order_relaxed) == p; }

void parallel_run(std::int64_t n, void (*task)(void* context, std::int64_t i), void* argument) {
    const int threads = num_threads();
    if (n > 1 && threads > 1 && !ThreadPool::inside() && !closed.load(std::memory_order_relaxed)) {
        // More threads than processors would spin away the time of those that have work.
        const bool spin = threads <= available_processors();
        if (pool().run(n, task, argument, threads - 1, spin)) return;
    }
    for (std::int64_t i = 0; i < n; ++i) task(argument, i);
}

}  // namespace detail
}  // namespace xg
