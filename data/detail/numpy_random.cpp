#include <xgrad/data/detail/numpy_random.hpp>

#include <cmath>
#include <numeric>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt): a fused multiply-add rounds once where NumPy
// rounds twice.

namespace xg::data::detail {

RandomState::RandomState(std::uint32_t seed) noexcept {
    for (std::size_t i = 0; i < kWords; ++i) {
        words_[i] = seed;
        seed = 1812433253U * (seed ^ (seed >> 30)) + static_cast<std::uint32_t>(i + 1);
    }
}

void RandomState::refill() noexcept {
    constexpr std::size_t middle = 397;
    const auto twist = [](std::uint32_t current, std::uint32_t next) {
        const std::uint32_t joined = (current & 0x80000000U) | (next & 0x7fffffffU);
        return (joined >> 1) ^ ((0U - (next & 1U)) & 0x9908b0dfU);
    };
    // Two loops and a last word, so that no index needs a modulo.
    std::size_t i = 0;
    for (; i < kWords - middle; ++i) words_[i] = words_[i + middle] ^ twist(words_[i], words_[i + 1]);
    for (; i < kWords - 1; ++i) words_[i] = words_[i + middle - kWords] ^ twist(words_[i], words_[i + 1]);
    words_[i] = words_[middle - 1] ^ twist(words_[i], words_[0]);
    position_ = 0;
}

double RandomState::uniform(double low, double high) noexcept {
    const double range = high - low;
    return low + range * random_sample();
}

double RandomState::standard_normal() noexcept {
    if (has_kept_normal_) {
        has_kept_normal_ = false;
        return kept_normal_;
    }
    double a, b, square;
    do {
        a = 2.0 * random_sample() - 1.0;
        b = 2.0 * random_sample() - 1.0;
        square = a * a + b * b;
    } while (square >= 1.0 || square == 0.0);
    const double factor = std::sqrt(-2.0 * std::log(square) / square);
    kept_normal_ = factor * a;  // the point's first coordinate is the second draw
    has_kept_normal_ = true;
    return factor * b;
}

double RandomState::normal(double mean, double deviation) noexcept { return mean + deviation * standard_normal(); }

std::uint64_t RandomState::interval(std::uint64_t max) noexcept {
    if (max == 0) return 0;
    const std::uint64_t mask = covering_mask(max);
    std::uint64_t value;
    if (max <= 0xffffffffU) {
        do value = next_uint32() & mask;
        while (value > max);
    } else {
        do value = next_uint64() & mask;
        while (value > max);
    }
    return value;
}

std::int64_t RandomState::randint(std::int64_t low, std::int64_t high) noexcept {
    // In unsigned arithmetic, where a span beyond 2^63 wraps as it should.
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) - 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + interval(span));
}

void RandomState::shuffle(std::vector<std::int64_t>& values) noexcept {
    fisher_yates(values.data(), static_cast<std::int64_t>(values.size()),
                 [this](std::uint64_t max) { return interval(max); });
}

std::vector<std::int64_t> RandomState::permutation(std::int64_t n) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    shuffle(order);
    return order;
}

}  // namespace xg::data::detail
