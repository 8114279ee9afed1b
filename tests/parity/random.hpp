#pragma once

#include <cstdint>
#include <random>

namespace parity {

/// Mixes two numbers into one whose bits all depend on both (Steele et al., Fast splittable pseudorandom number
/// generators, 2014).
inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = a * 0xd1342543de82ef95 + b + 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/// In [0, 1), of random bits.
inline double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// A random engine whose numbers are the same everywhere, which the standard's distributions are not.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    /// In [low, high].
    std::int64_t integer(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
    }
    double number(double low, double high) { return low + (high - low) * unit(engine_()); }
    bool coin(double probability = 0.5) { return unit(engine_()) < probability; }

private:
    std::mt19937_64 engine_;
};

}  // namespace parity
