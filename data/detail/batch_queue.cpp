#include <xgrad/data/detail/batch_queue.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace xg::data::detail {

BatchQueue::BatchQueue(std::int64_t batches, int workers, std::int64_t ahead, Make make)
    : batches_(batches), make_(std::move(make)) {
    // No more of either than there are batches.
    slots_.resize(static_cast<std::size_t>(std::max<std::int64_t>(1, std::min(ahead, batches))));
    const auto n = static_cast<std::size_t>(std::min<std::int64_t>(workers, batches));
    threads_.reserve(n);
    while (threads_.size() < n) {
        try {
            threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            if (threads_.empty()) throw;
            break;  // with fewer, then
        }
    }
}

BatchQueue::~BatchQueue() {
    stop();
    for (std::thread& thread : threads_) thread.join();
}

void BatchQueue::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stop_.store(true, std::memory_order_relaxed);
    }
    taken_.notify_all();
}

void BatchQueue::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        taken_.wait(lock, [this] {
            return stopped() || next_ == batches_ || next_ < front_ + static_cast<std::int64_t>(slots_.size());
        });
        if (stopped() || next_ == batches_) return;
        const std::int64_t batch = next_++;
        lock.unlock();
        Slot made;
        try {
            made.batch = make_(batch);
        } catch (...) {
            made.error = std::current_exception();
        }
        made.full = true;
        lock.lock();
        const bool failed = made.error != nullptr;
        slots_[static_cast<std::size_t>(batch) % slots_.size()] = std::move(made);
        // Those before it are on their way; nobody will take those after it.
        if (failed) next_ = batches_;
        made_.notify_one();
    }
}

Samples BatchQueue::take() {
    Slot slot;
    {
        std::unique_lock lock(mutex_);
        Slot& next = slots_[static_cast<std::size_t>(front_) % slots_.size()];
        made_.wait(lock, [&next] { return next.full; });
        slot = std::exchange(next, {});
        ++front_;
    }
    taken_.notify_all();
    if (slot.error) {
        stop();
        std::rethrow_exception(std::exchange(slot.error, nullptr));
    }
    return std::move(slot.batch);
}

}  // namespace xg::data::detail
