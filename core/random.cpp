#include <xgrad/core/random.hpp>

#include <atomic>
#include <cstddef>

// Its headers trip -Wpedantic and -Wconversion in some versions, and Debian's lie in a plain system folder.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

namespace xg {
namespace {

// A thread that was never seeded has 2^40 streams to itself, beyond those that a seeded thread counts from 0.
constexpr int thread_shift = 40;
std::atomic<std::uint64_t> unseeded_threads{0};

struct Generator {
    std::uint64_t seed = 0;
    std::uint64_t stream = 0;
    bool started = false;
};

[[gnu::tls_model("initial-exec")]] constinit thread_local Generator generator{};

constexpr std::uint32_t low_word(std::uint64_t v) noexcept { return static_cast<std::uint32_t>(v); }
constexpr std::uint32_t high_word(std::uint64_t v) noexcept { return static_cast<std::uint32_t>(v >> 32); }

}  // namespace

std::array<std::uint32_t, 4> Philox::block(std::uint64_t counter) const noexcept {
    const r123::Philox4x32::ctr_type place{
        {low_word(counter), high_word(counter), low_word(stream_), high_word(stream_)}};
    const r123::Philox4x32::key_type key{{low_word(seed_), high_word(seed_)}};
    const auto words = r123::Philox4x32{}(place, key);
    return {words[0], words[1], words[2], words[3]};
}

void Philox::sixteen_blocks(std::uint64_t counter, std::array<std::uint32_t, 64>& words) const noexcept {
    // The same rounds for all blocks at once, which the compiler makes vectors of.
    constexpr int n = 16;
    std::uint32_t a[n], b[n], c[n], d[n];
    for (int i = 0; i < n; ++i) {
        const std::uint64_t place = counter + static_cast<std::uint64_t>(i);
        a[i] = low_word(place);
        b[i] = high_word(place);
        c[i] = low_word(stream_);
        d[i] = high_word(stream_);
    }
    std::uint32_t key0 = low_word(seed_), key1 = high_word(seed_);
    for (int round = 0; round < PHILOX4x32_DEFAULT_ROUNDS; ++round) {
#pragma GCC unroll 1  // else there is no loop left when vectors are looked for
        for (int i = 0; i < n; ++i) {
            const std::uint64_t p = std::uint64_t{PHILOX_M4x32_0} * a[i], q = std::uint64_t{PHILOX_M4x32_1} * c[i];
            a[i] = high_word(q) ^ b[i] ^ key0;
            b[i] = low_word(q);
            c[i] = high_word(p) ^ d[i] ^ key1;
            d[i] = low_word(p);
        }
        key0 += PHILOX_W32_0;
        key1 += PHILOX_W32_1;
    }
    for (std::size_t i = 0; i < n; ++i) {
        words[4 * i] = a[i];
        words[4 * i + 1] = b[i];
        words[4 * i + 2] = c[i];
        words[4 * i + 3] = d[i];
    }
}

void manual_seed(std::uint64_t seed) noexcept { generator = {.seed = seed, .stream = 0, .started = true}; }

namespace {

void start() noexcept {
    if (generator.started) return;
    const std::uint64_t number = unseeded_threads.fetch_add(1, std::memory_order_relaxed) + 1;
    generator = {.seed = 0, .stream = number << thread_shift, .started = true};
}

}  // namespace

Philox next_stream() noexcept {
    start();
    return Philox(generator.seed, generator.stream++);
}

RandomState random_state() noexcept {
    start();
    return {generator.seed, generator.stream};
}

void set_random_state(const RandomState& state) noexcept {
    generator = {.seed = state.seed, .stream = state.stream, .started = true};
}

}  // namespace xg
