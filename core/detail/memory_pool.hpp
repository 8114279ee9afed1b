#pragma once

#include <cstddef>
#include <cstdint>

// Under AddressSanitizer every block comes from, and goes back to, the system, so that the pool hides no error.
#if defined(__SANITIZE_ADDRESS__)
#define XG_POOL_BYPASS 1
#else
#define XG_POOL_BYPASS 0
#endif

namespace xg::detail {

[[nodiscard]] void* pool_get_slow(std::size_t bytes);
void pool_put_slow(void* block, std::size_t bytes) noexcept;

/// This thread's free blocks of the small classes, 64 bytes apart. A free block's first word is the address of the
/// next.
struct SmallLists {
    static constexpr std::size_t kClasses = 64;
    static constexpr std::uint32_t kMaxBlocks = 4096;
    void* head[kClasses + 1];
    std::uint32_t count[kClasses + 1];
};

/// The lists of a thread that keeps none: before its first block comes back, and after its end. Always empty.
[[gnu::visibility("hidden")]] extern constinit SmallLists no_small_lists;

/// Only a pointer is thread-local: the room for such variables of libraries that are loaded late is small.
[[gnu::tls_model("initial-exec"), gnu::visibility("hidden")]] extern constinit thread_local SmallLists* small_lists;

/// The class of a block of so many bytes, if it is a small one; nothing at all counts as something.
constexpr std::size_t small_class(std::size_t bytes) noexcept { return bytes == 0 ? 1 : (bytes + 63) / 64; }

/// A block of at least `bytes`, aligned to 64 bytes, whose content is anything. Throws OutOfMemoryError.
[[nodiscard]] inline void* pool_get(std::size_t bytes) {
    if constexpr (!XG_POOL_BYPASS) {
        const std::size_t c = small_class(bytes);
        if (c <= SmallLists::kClasses) {
            SmallLists& lists = *small_lists;
            if (void* block = lists.head[c]; block != nullptr) {
                lists.head[c] = *static_cast<void**>(block);
                --lists.count[c];
                return block;
            }
        }
    }
    return pool_get_slow(bytes);
}

/// Gives a block back; `bytes` is what was asked for. Any thread may.
inline void pool_put(void* block, std::size_t bytes) noexcept {
    if constexpr (!XG_POOL_BYPASS) {
        const std::size_t c = small_class(bytes);
        SmallLists& lists = *small_lists;
        // A count of 0 also stands for a thread that is not yet, or no longer, keeping lists.
        if (c <= SmallLists::kClasses && lists.count[c] != 0 && lists.count[c] < SmallLists::kMaxBlocks) {
            *static_cast<void**>(block) = lists.head[c];
            lists.head[c] = block;
            ++lists.count[c];
            return;
        }
    }
    pool_put_slow(block, bytes);
}

}  // namespace xg::detail
