#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <xgrad/core/detail/task_context.hpp>

namespace xg::detail {

/// The threads behind parallel_for. One region runs at a time; its caller does blocks like any worker, so that a region
/// never waits for a worker that has not come.
class ThreadPool {
public:
    using Task = void (*)(void* argument, std::int64_t i);

    /// `abandoned` is the pool of a forked child's parent: kept reachable, never touched.
    explicit ThreadPool(ThreadPool* abandoned) noexcept : abandoned_(abandoned) {}

    /// Runs the region with up to `workers` threads beside the caller. False, and nothing run, if another thread is
    /// inside. Rethrows the exception of the lowest block that threw.
    bool run(std::int64_t n, Task task, void* argument, int workers, bool spin);

    /// Lets go of the threads beyond `workers`, unless a region is running.
    void try_shrink(int workers);

    /// Ends all threads, at process exit.
    void close() noexcept;

    /// Whether this thread is running a block.
    static bool inside() noexcept;

private:
    void resize(int workers);
    void stop_from(int keep);
    void work(int index, std::uint64_t seen);
    bool await_region(int index, std::uint64_t& seen);
    void run_blocks();
    void leave() noexcept;
    void await_workers();

    // One word says all: the region's number, whether it is open, and how many workers are in. A worker enters by a
    // compare-and-swap, so it can't slip into a region that was closed meanwhile, and the caller may write the next
    // region's fields as soon as it is closed and empty.
    static constexpr std::uint64_t one_worker = 1;
    static constexpr std::uint64_t workers_mask = 0xFFFF;
    static constexpr std::uint64_t open_bit = 0x10000;
    static constexpr int number_shift = 17;

    alignas(64) std::atomic<std::uint64_t> gate_{0};
    alignas(64) std::atomic<std::int64_t> next_{0};

    // The region. Written by the caller while the gate is closed and nobody is in.
    alignas(64) std::int64_t n_ = 0;
    Task task_ = nullptr;
    void* task_argument_ = nullptr;
    TaskContext task_context_{};
    std::atomic<bool> spin_{true};

    std::mutex error_mutex_;
    std::exception_ptr error_;
    std::int64_t error_block_ = 0;

    alignas(64) std::atomic<bool> busy_{false};
    std::atomic<int> keep_{0};  // workers with this index or a greater one leave
    std::atomic<int> sleepers_{0};
    std::atomic<bool> caller_sleeps_{false};
    std::mutex sleep_mutex_;
    std::condition_variable wake_;  // a region has opened, or keep_ has shrunk
    std::condition_variable done_;  // the last worker has left a closed region

    std::mutex members_mutex_;  // guards what follows
    std::vector<std::thread> threads_;
    int asked_ = 0;  // what resize was last asked for, which the system may not have granted
    bool closed_ = false;

    ThreadPool* abandoned_;
};

/// Whether `p` is this process's pool: not so in a child that was forked from inside a region.
bool pool_is_current(const ThreadPool* p) noexcept;

}  // namespace xg::detail
