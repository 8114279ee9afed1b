#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// What both sides read and write: plain numbers, of no library.

namespace parity {

using Sizes = std::vector<std::int64_t>;

enum class Kind : std::uint8_t { real, single, integer, boolean };

/// An array of float64, float32, int64 or bool, in row-major order. Real ones among a program's leaves have gradients.
struct Array {
    Kind kind = Kind::real;
    Sizes shape = {};
    std::vector<double> values = {};
};

inline std::int64_t elements(const Sizes& shape) {
    std::int64_t n = 1;
    for (const std::int64_t size : shape) n *= size;
    return n;
}

/// Whether arrays of these shapes broadcast; `result` is then the shape that they take together.
inline bool broadcast(const Sizes& a, const Sizes& b, Sizes& result) {
    result.assign(a.size() > b.size() ? a.size() : b.size(), 1);
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::int64_t p = i < a.size() ? a[a.size() - 1 - i] : 1, q = i < b.size() ? b[b.size() - 1 - i] : 1;
        if (p != q && p != 1 && q != 1) return false;
        result[result.size() - 1 - i] = p == 1 ? q : p;
    }
    return true;
}

/// Where in an array of `shape` that is broadcast to `whole` the element number `i` of `whole` comes from.
inline std::size_t source(const Sizes& shape, const Sizes& whole, std::int64_t i) {
    std::int64_t offset = 0, step = 1;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        const std::int64_t size = shape[shape.size() - 1 - k], n = whole[whole.size() - 1 - k];
        if (size != 1) offset += i % n * step;
        i /= n;
        step *= size;
    }
    return static_cast<std::size_t>(offset);
}

}  // namespace parity
