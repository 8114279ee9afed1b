#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <xgrad/core/export.hpp>

namespace xg::data::detail {

/// Shuffles `values` as `std::shuffle` would, with the draws of `interval(max)`: an integer in [0, max], uniform.
///
/// Durstenfeld's form of the Fisher-Yates shuffle, from the last place to the first (CACM 7 (1964), algorithm 235).
template <class T, class Interval>
void fisher_yates(T* values, std::int64_t n, Interval&& interval) {
    for (std::int64_t i = n - 1; i > 0; --i) {
        const auto j = static_cast<std::int64_t>(interval(static_cast<std::uint64_t>(i)));
        std::swap(values[i], values[j]);
    }
}

/// The smallest number of the form 2^k - 1 that is not below `max`.
constexpr std::uint64_t covering_mask(std::uint64_t max) noexcept {
    for (unsigned shift = 1; shift < 64; shift *= 2) max |= max >> shift;
    return max;
}

/// The generator behind NumPy's `numpy.random.RandomState(seed)`: the same seed gives the same draws, bit for bit.
///
/// NumPy has frozen these streams (NEP 19), and scikit-learn's `random_state` is one of them. The words come from the
/// Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8 (1998)); how they become numbers is said at each
/// member. The normal draws go through the C library's `log`, so they are as exact as that is.
class XG_EXPORT RandomState {
public:
    /// Seeds by Knuth's linear recurrence, as NumPy does when the seed is one integer of 32 bits.
    explicit RandomState(std::uint32_t seed) noexcept;

    /// 32 uniform bits.
    std::uint32_t next_uint32() noexcept {
        if (position_ == kWords) refill();
        std::uint32_t word = words_[position_++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c5680U;
        word ^= (word << 15) & 0xefc60000U;
        return word ^ (word >> 18);
    }
    /// 64 uniform bits, of two words, the higher first.
    std::uint64_t next_uint64() noexcept {
        const std::uint64_t high = next_uint32();
        return (high << 32) | next_uint32();
    }
    /// `random_sample()`: uniform in [0, 1), a multiple of 2^-53.
    double random_sample() noexcept {
        const std::uint32_t high = next_uint32() >> 5;  // 27 bits, then 26 more
        const std::uint32_t low = next_uint32() >> 6;
        return (static_cast<double>(high) * 0x1p26 + static_cast<double>(low)) * 0x1p-53;
    }
    /// `uniform(low, high)`: uniform in [low, high).
    double uniform(double low = 0.0, double high = 1.0) noexcept;
    /// `standard_normal()`: Marsaglia's polar method (SIAM Review 6 (1964)). Each accepted point gives two draws; the
    /// second is kept for the next call.
    double standard_normal() noexcept;
    /// `normal(mean, deviation)`.
    double normal(double mean, double deviation) noexcept;
    /// An integer in [0, max], uniform: words masked to the bits of `max`, until one fits. No word is drawn for max =
    /// 0.
    std::uint64_t interval(std::uint64_t max) noexcept;
    /// `randint(low, high)`: an integer in [low, high). The caller sees to it that low < high.
    std::int64_t randint(std::int64_t low, std::int64_t high) noexcept;
    /// `shuffle` of a one-dimensional array.
    void shuffle(std::vector<std::int64_t>& values) noexcept;
    /// `permutation(n)`: 0, …, n - 1 in shuffled order; n >= 0.
    std::vector<std::int64_t> permutation(std::int64_t n);

private:
    static constexpr std::size_t kWords = 624;
    void refill() noexcept;

    std::array<std::uint32_t, kWords> words_;
    std::size_t position_ = kWords;
    double kept_normal_ = 0.0;
    bool has_kept_normal_ = false;
};

}  // namespace xg::data::detail
