#pragma once

#include <cstdint>

namespace xg {

/// A value for each of the last two axes of an image, height and width; one number stands for both.
template <class T>
struct BasicPair {
    T height, width;
    constexpr BasicPair(T both) noexcept : height(both), width(both) {}
    constexpr BasicPair(T of_height, T of_width) noexcept : height(of_height), width(of_width) {}
    friend constexpr bool operator==(const BasicPair&, const BasicPair&) noexcept = default;
};

/// Sizes, strides, paddings: `2` or `{2, 1}`.
using Pair = BasicPair<std::int64_t>;
/// Factors: `0.5` or `{0.5, 2.0}`.
using Factors = BasicPair<double>;

}  // namespace xg
