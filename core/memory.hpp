#pragma once

#include <cstdint>

#include <xgrad/core/export.hpp>

namespace xg {

/// Gives memory that xgrad keeps for later tensors back to the system: what the calling thread and all threads together
/// keep. Warm training steps allocate nothing because of it; after work of other sizes it may be much. Done by itself
/// where memory runs out.
XG_EXPORT void release_memory() noexcept;

/// What xgrad's memory is used for, in bytes, over all threads. What other threads than the calling one hold is known
/// to a megabyte each, and so are peaks.
struct MemoryStats {
    std::int64_t live =
        0;  ///< In use, counting blocks of more than 4 KiB: all arrays that matter, and no graph nodes and shapes.
    std::int64_t peak = 0;      ///< The most that were ever in use at once, since the start or the last PeakMemory.
    std::int64_t reserved = 0;  ///< Taken from the system: in use, of any size, or kept for later.
    std::int64_t pooled =
        0;  ///< Kept for later, of the same sizes as `live`: what `release_memory` can give back. 0 under AddressSanitizer.
};
/// What the pool holds now, for all threads together.
XG_EXPORT MemoryStats memory_stats() noexcept;

/// Measures how much memory a part of a program needs at its peak: `const xg::PeakMemory peak; step(); peak.bytes();`.
/// All threads count. One inside another is seen by both; two that overlap in other ways disturb each other.
class XG_EXPORT PeakMemory {
public:
    PeakMemory() noexcept;
    ~PeakMemory();
    PeakMemory(const PeakMemory&) = delete;
    PeakMemory& operator=(const PeakMemory&) = delete;

    /// The most that was in use at once since the construction, in bytes: MemoryStats::live.
    std::int64_t bytes() const noexcept;
    /// The same above what was in use at the construction.
    std::int64_t added() const noexcept { return bytes() - start_; }

private:
    std::int64_t start_, outer_;
};

}  // namespace xg
