#pragma once

#include <array>
#include <cstdint>

#include <xgrad/core/export.hpp>

namespace xg {

/// A counter-based stream of random bits: Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC
/// 2011).
///
/// Draw number i of stream s depends on the seed, s and i alone, so that threads may draw any part of a stream in any
/// order.
class XG_EXPORT Philox {
public:
    explicit Philox(std::uint64_t seed, std::uint64_t stream = 0) noexcept : seed_(seed), stream_(stream) {}
    /// Four random words: block number `counter` of the stream.
    std::array<std::uint32_t, 4> block(std::uint64_t counter) const noexcept;
    /// The words of blocks number `counter`, `counter` + 1, …: sixteen blocks, faster than one by one.
    void sixteen_blocks(std::uint64_t counter, std::array<std::uint32_t, 64>& words) const noexcept;

private:
    std::uint64_t seed_;
    std::uint64_t stream_;
};

/// Seeds this thread's generator: everything random that xgrad draws on this thread from here on is then reproducible.
/// Threads that were never seeded start with the seed 0 and a stream of their own.
XG_EXPORT void manual_seed(std::uint64_t seed) noexcept;

/// A new stream of this thread's generator: each call gives another. What it draws depends only on the seed and on how
/// many streams were taken before it.
XG_EXPORT Philox next_stream() noexcept;

/// Where this thread's generator stands: enough to draw the same again.
struct RandomState {
    std::uint64_t seed = 0;
    std::uint64_t stream = 0;  ///< The next one.
};
XG_EXPORT RandomState random_state() noexcept;
XG_EXPORT void set_random_state(const RandomState& state) noexcept;

/// A uniform double in [0, 1) with 53 random bits, of two words.
constexpr double uniform_double(std::uint32_t high, std::uint32_t low) noexcept {
    return static_cast<double>((static_cast<std::uint64_t>(high) << 21) ^ (low >> 11)) * 0x1p-53;
}

}  // namespace xg
