#include <xgrad/core/detail/memory_pool.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

// Blocks are kept in classes of sizes: 64 bytes apart up to 4 KiB, then eight to each doubling. Each thread has lists
// of its own for the classes up to 1 MiB; larger blocks, and what a thread has too many of, lie in lists that all
// threads share.

namespace xg::detail {

constinit SmallLists no_small_lists{};
constinit thread_local SmallLists* small_lists = &no_small_lists;

namespace {

std::atomic<std::int64_t> live_bytes{0}, peak_bytes{0}, reserved_bytes{0}, reserved_small{0};

// A thread's own count goes into the common one when it has grown by this much either way: an atomic operation a block
// would show in the time of a step.
constexpr std::int64_t kUncounted = 1 << 20;
[[gnu::tls_model("initial-exec")]] constinit thread_local std::int64_t uncounted = 0;

void settle() noexcept {
    const std::int64_t change = std::exchange(uncounted, 0);
    const std::int64_t live = live_bytes.fetch_add(change, std::memory_order_relaxed) + change;
    std::int64_t peak = peak_bytes.load(std::memory_order_relaxed);
    while (live > peak && !peak_bytes.compare_exchange_weak(peak, live, std::memory_order_relaxed)) {
    }
}

// Only for what does not come from a thread's lists of small blocks: those are too quick to count.
void count(std::size_t bytes) noexcept {
    uncounted += static_cast<std::int64_t>(bytes);
    if (uncounted >= kUncounted) [[unlikely]]
        settle();
}
void uncount(std::size_t bytes) noexcept {
    uncounted -= static_cast<std::int64_t>(bytes);
    if (uncounted <= -kUncounted) [[unlikely]]
        settle();
}

/// Asks for large pages in a large block: with small ones, looking addresses up takes as long as reading what lies
/// there.
void use_large_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t large = 1 << 21, page = 4096;
    if (bytes < 2 * large) return;
    const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(block) + page - 1) / page * page;
    madvise(reinterpret_cast<void*>(first), (reinterpret_cast<std::uintptr_t>(block) + bytes - first) / page * page,
            MADV_HUGEPAGE);
#endif
}

constexpr std::size_t kCounted = 4096;  // blocks above this

/// Notes memory that was taken from the system, or given back.
void reserve(std::int64_t bytes) noexcept {
    reserved_bytes.fetch_add(bytes, std::memory_order_relaxed);
    if (std::abs(bytes) <= static_cast<std::int64_t>(kCounted))
        reserved_small.fetch_add(bytes, std::memory_order_relaxed);
}

[[noreturn]] void out_of_memory(std::size_t bytes) {
    throw OutOfMemoryError("out of memory: the system does not give " + std::to_string(bytes) + " bytes");
}

void* system_get(std::size_t bytes) {
    void* block = std::aligned_alloc(64, bytes);
    if (block == nullptr) {
        release_memory();
        block = std::aligned_alloc(64, bytes);
    }
    if (block == nullptr) out_of_memory(bytes);
    use_large_pages(block, bytes);
    reserve(static_cast<std::int64_t>(bytes));
    return block;
}

void system_put(void* block, std::size_t bytes) noexcept {
    std::free(block);
    reserve(-static_cast<std::int64_t>(bytes));
}

}  // namespace

#if XG_POOL_BYPASS

void* pool_get_slow(std::size_t bytes) {
    if (bytes > (std::size_t{1} << 62)) out_of_memory(bytes);
    const std::size_t whole = bytes == 0 ? 64 : (bytes + 63) / 64 * 64;
    void* const block = system_get(whole);
    if (whole > kCounted) count(whole);
    return block;
}
void pool_put_slow(void* block, std::size_t bytes) noexcept {
    const std::size_t whole = bytes == 0 ? 64 : (bytes + 63) / 64 * 64;
    if (whole > kCounted) uncount(whole);
    system_put(block, whole);
}

#else

namespace {

constexpr std::size_t kSmall = SmallLists::kClasses;
constexpr std::size_t kFirstMedium = kSmall + 1;         // more than 4 KiB
constexpr std::size_t kMediums = 8 * 8;                  // up to 1 MiB
constexpr std::size_t kClasses = kFirstMedium + 51 * 8;  // up to 2^63
/// How many blocks of a medium class a thread keeps: not more than 256 MiB of one size.
constexpr std::uint32_t most_blocks(std::size_t medium) { return medium < 6 * 8 ? 1024 : 256; }

std::size_t class_of(std::size_t bytes) {
    if (bytes <= 64 * kSmall) return small_class(bytes);
    const auto log =
        static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^log < bytes <= 2^(log + 1), log >= 12
    const std::size_t step = (bytes - 1 - (std::size_t{1} << log)) >> (log - 3);
    return kFirstMedium + (log - 12) * 8 + step;
}

std::size_t bytes_of(std::size_t c) {
    if (c <= kSmall) return c * 64;
    const std::size_t log = 12 + (c - kFirstMedium) / 8, step = (c - kFirstMedium) % 8;
    return (std::size_t{1} << log) + ((step + 1) << (log - 3));
}

struct Shared {
    std::mutex mutex;
    std::array<void*, kClasses> head{};
};

// Never destroyed: static tensors may give memory back after main().
Shared& shared() {
    static Shared* const s = new Shared;
    return *s;
}

/// All lists of one thread.
struct ThreadLists {
    SmallLists small{};
    void* medium_head[kMediums]{};
    std::uint32_t medium_count[kMediums]{};
};
[[gnu::tls_model("initial-exec")]] constinit thread_local ThreadLists* lists = nullptr;

void shared_put(void* block, std::size_t c) noexcept {
    Shared& s = shared();
    const std::lock_guard lock(s.mutex);
    *static_cast<void**>(block) = s.head[c];
    s.head[c] = block;
}

[[gnu::tls_model("initial-exec")]] constinit thread_local bool over = false;

void hand_over(void*& head, std::uint32_t& count, std::size_t c) noexcept {
    while (head != nullptr) {
        void* const next = *static_cast<void**>(head);
        shared_put(head, c);
        head = next;
    }
    count = 0;
}

/// Gives a thread's lists to all others when it ends. What it frees later goes to the shared lists at once.
struct Farewell {
    Farewell() : mine(new ThreadLists) {
        lists = mine;
        small_lists = &mine->small;
    }
    ~Farewell() {
        settle();
        over = true;
        lists = nullptr;
        small_lists = &no_small_lists;
        for (std::size_t c = 1; c <= kSmall; ++c) hand_over(mine->small.head[c], mine->small.count[c], c);
        for (std::size_t m = 0; m < kMediums; ++m)
            hand_over(mine->medium_head[m], mine->medium_count[m], kFirstMedium + m);
        delete mine;
    }
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;

    ThreadLists* mine;
};

/// This thread's lists, made at the first call; null once the thread is ending.
ThreadLists* own_lists() {
    if (lists == nullptr && !over) [[unlikely]] {
        thread_local Farewell farewell;
        static_cast<void>(farewell);
    }
    return lists;
}

void free_all(void*& head, std::size_t c) noexcept {
    while (head != nullptr) {
        void* const next = *static_cast<void**>(head);
        system_put(head, bytes_of(c));
        head = next;
    }
}

}  // namespace

/// Gives this thread's free blocks and the shared ones back to the system.
void free_lists() noexcept {
    if (lists != nullptr) {
        for (std::size_t c = 1; c <= kSmall; ++c) free_all(lists->small.head[c], c);
        for (std::size_t m = 0; m < kMediums; ++m) free_all(lists->medium_head[m], kFirstMedium + m);
        std::fill(std::begin(lists->small.count), std::end(lists->small.count), 0U);
        std::fill(std::begin(lists->medium_count), std::end(lists->medium_count), 0U);
    }
    Shared& s = shared();
    const std::lock_guard lock(s.mutex);
    for (std::size_t c = 1; c < kClasses; ++c) free_all(s.head[c], c);
}

namespace {

void* block_of_class(std::size_t c) {
    if (c >= kFirstMedium && c < kFirstMedium + kMediums) {
        const std::size_t m = c - kFirstMedium;
        if (lists != nullptr && lists->medium_head[m] != nullptr) {
            void* const block = lists->medium_head[m];
            lists->medium_head[m] = *static_cast<void**>(block);
            --lists->medium_count[m];
            return block;
        }
    }
    {
        Shared& s = shared();
        const std::lock_guard lock(s.mutex);
        if (void* const block = s.head[c]; block != nullptr) {
            s.head[c] = *static_cast<void**>(block);
            return block;
        }
    }
    return system_get(bytes_of(c));
}

}  // namespace

void* pool_get_slow(std::size_t bytes) {
    if (bytes > (std::size_t{1} << 62)) out_of_memory(bytes);
    const std::size_t c = class_of(bytes);
    void* const block = block_of_class(c);
    if (c >= kFirstMedium) count(bytes_of(c));
    return block;
}

void pool_put_slow(void* block, std::size_t bytes) noexcept {
    const std::size_t c = class_of(bytes);
    if (c >= kFirstMedium) uncount(bytes_of(c));
    if (ThreadLists* const own = c < kFirstMedium + kMediums ? own_lists() : nullptr; own != nullptr) {
        const bool small = c <= kSmall;
        void*& head = small ? own->small.head[c] : own->medium_head[c - kFirstMedium];
        std::uint32_t& count = small ? own->small.count[c] : own->medium_count[c - kFirstMedium];
        if (count < (small ? SmallLists::kMaxBlocks : most_blocks(c - kFirstMedium))) {
            *static_cast<void**>(block) = head;
            head = block;
            ++count;
            return;
        }
    }
    shared_put(block, c);
}

#endif

}  // namespace xg::detail

namespace xg {

void release_memory() noexcept {
#if !XG_POOL_BYPASS
    detail::free_lists();
#endif
}

MemoryStats memory_stats() noexcept {
    detail::settle();
    const std::int64_t live = detail::live_bytes.load(std::memory_order_relaxed),
                       reserved = detail::reserved_bytes.load(std::memory_order_relaxed),
                       small = detail::reserved_small.load(std::memory_order_relaxed);
    return {live, detail::peak_bytes.load(std::memory_order_relaxed), reserved,
            std::max<std::int64_t>(0, reserved - small - live)};
}

PeakMemory::PeakMemory() noexcept
    : start_(memory_stats().live), outer_(detail::peak_bytes.exchange(start_, std::memory_order_relaxed)) {}

PeakMemory::~PeakMemory() {
    detail::settle();
    std::int64_t peak = detail::peak_bytes.load(std::memory_order_relaxed);
    while (outer_ > peak && !detail::peak_bytes.compare_exchange_weak(peak, outer_, std::memory_order_relaxed)) {
    }
}

std::int64_t PeakMemory::bytes() const noexcept {
    detail::settle();
    return detail::peak_bytes.load(std::memory_order_relaxed);
}

}  // namespace xg
