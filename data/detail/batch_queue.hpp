#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <xgrad/data/samples.hpp>

namespace xg::data::detail {

/// Threads that make the batches of a pass ahead of the loop that takes them, at most `ahead` of them, in any order;
/// they are taken in theirs.
class BatchQueue {
public:
    using Make = std::function<Samples(std::int64_t batch)>;

    /// Starts the threads. Throws std::system_error if there can be none.
    BatchQueue(std::int64_t batches, int workers, std::int64_t ahead, Make make);
    /// Ends them: each finishes the sample that it is at.
    ~BatchQueue();
    BatchQueue(const BatchQueue&) = delete;
    BatchQueue& operator=(const BatchQueue&) = delete;

    /// The next batch. Throws what making it threw.
    Samples take();
    /// Whether the threads are to end; to be asked between samples.
    bool stopped() const noexcept { return stop_.load(std::memory_order_relaxed); }

private:
    struct Slot {
        Samples batch;
        std::exception_ptr error;
        bool full = false;
    };

    void work();
    void stop() noexcept;

    const std::int64_t batches_;
    const Make make_;
    std::atomic<bool> stop_{false};

    std::mutex mutex_;  // guards what follows
    std::condition_variable made_, taken_;
    std::vector<Slot> slots_;  // batch number b goes to slot b modulo their number
    std::int64_t next_ = 0;    // to be made
    std::int64_t front_ = 0;   // to be taken

    std::vector<std::thread> threads_;
};

}  // namespace xg::data::detail
