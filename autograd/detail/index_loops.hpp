#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <type_traits>

#include <xgrad/autograd/detail/index_kernels.hpp>
#include <xgrad/core/error.hpp>

// What the loops over index arrays share. Only for the kernel files.

namespace xg::detail {

/// Elements that one task moves.
inline constexpr std::int64_t kIndexBlock = 32768;
/// Indices that are made ready at a time, in a buffer that stays in cache.
inline constexpr std::int64_t kReady = 512;
/// Where the first index lies that is out of range, of those that were seen.
class Fault {
public:
    explicit Fault(const IndexedAxis& what, const std::int64_t* index) : what_(what), index_(index) {}
    void note(std::int64_t at) noexcept {
        std::int64_t before = at_.load(std::memory_order_relaxed);
        while (at < before && !at_.compare_exchange_weak(before, at, std::memory_order_relaxed)) {
        }
    }
    void check() const {
        const std::int64_t at = at_.load(std::memory_order_relaxed);
        if (at == INT64_MAX) return;
        throw IndexError(std::string(what_.operation) + ": index " + std::to_string(index_[at]) +
                         " is out of range for axis " + std::to_string(what_.axis) + " of the shape " +
                         what_.shape.str());
    }

private:
    const IndexedAxis& what_;
    const std::int64_t* index_;
    std::atomic<std::int64_t> at_{INT64_MAX};
};

/// Indices [begin, begin + n) counted from the front; those that are out of range are noted and become `size`.
inline bool ready(const std::int64_t* index, std::int64_t begin, std::int64_t n, std::int64_t size, std::int64_t* to,
                  Fault& fault) {
    std::uint64_t bad = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t given = index[begin + i], at = given + (given < 0 ? size : 0);
        to[i] = at;
        bad |= static_cast<std::uint64_t>(static_cast<std::uint64_t>(at) >= static_cast<std::uint64_t>(size));
    }
    if (bad == 0) [[likely]]
        return true;
    for (std::int64_t i = 0; i < n; ++i)
        if (to[i] < 0 || to[i] >= size) {
            fault.note(begin + i);
            return false;
        }
    return false;
}

/// What is copied as one, whatever it holds.
template <std::size_t N>
struct Item {
    unsigned char bytes[N];
};

template <class F>
void with_item(std::int64_t bytes, F&& f) {
    switch (bytes) {
        case 1: return f(static_cast<std::uint8_t*>(nullptr));
        case 4: return f(static_cast<std::uint32_t*>(nullptr));
        case 8: return f(static_cast<std::uint64_t*>(nullptr));
        case 16: return f(static_cast<Item<16>*>(nullptr));
        case 32: return f(static_cast<Item<32>*>(nullptr));
        default: return f(static_cast<void*>(nullptr));
    }
}

template <class T>
void add_one(T& to, T from) {
    if constexpr (std::is_same_v<T, bool>)
        to = to || from;
    else if constexpr (std::is_integral_v<T>)
        to = static_cast<T>(static_cast<std::uint64_t>(to) + static_cast<std::uint64_t>(from));
    else
        to += from;
}

struct Add {
    template <class A, class T>
    static void row(A* to, const T* from, std::int64_t n) {
        for (std::int64_t j = 0; j < n; ++j) add_one(to[j], static_cast<A>(from[j]));
    }
};

struct Put {
    template <class A, class T>
    static void row(A* to, const T* from, std::int64_t n) {
        for (std::int64_t j = 0; j < n; ++j) to[j] = static_cast<A>(from[j]);
    }
};

/// Many numbers for each place: float32 sums would lose digits.
inline bool needs_wide_sums(DType dtype, std::int64_t places, std::int64_t n) {
    return dtype == DType::float32 && n / 32 >= std::max<std::int64_t>(1, places);
}

template <class T>
void add_sums(T* to, const double* sums, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<double>(to[i]) + sums[i]);
}

}  // namespace xg::detail
