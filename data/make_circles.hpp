#pragma once

#include <cstdint>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/one_or_each.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// Options of `make_circles`, with scikit-learn's names and defaults.
struct CirclesOptions {
    /// Samples in all, at least 1, half of them (rounded down) outside; or {outside, inside}, at least 0 each.
    OneOrEach<std::int64_t> n_samples = 100;
    double factor = 0.8;  ///< The inner radius over the outer one, in [0, 1).
    double noise = 0.0;   ///< Standard deviation of the normal noise; at least 0, finite.
    bool shuffle = true;  ///< Shuffles the samples; else those of the outer circle come first.
    /// The seed. Unlike scikit-learn's default, this one gives the same numbers every time.
    std::uint32_t random_state = 0;
    DType dtype = float32;  ///< Of x: float32 or float64.
};

/// Options of `make_moons`, with scikit-learn's names and defaults.
struct MoonsOptions {
    /// Samples in all, at least 1, half of them (rounded down) on the outer moon; or {outer, inner}, at least 0 each.
    OneOrEach<std::int64_t> n_samples = 100;
    double noise = 0.0;   ///< Standard deviation of the normal noise; at least 0, finite.
    bool shuffle = true;  ///< Shuffles the samples; else those of the outer moon come first.
    /// The seed. Unlike scikit-learn's default, this one gives the same numbers every time.
    std::uint32_t random_state = 0;
    DType dtype = float32;  ///< Of x: float32 or float64.
};

/// A small circle in a large one, with the numbers of scikit-learn's `make_circles` for the same `random_state`.
///
/// x is (n, 2), y, 0 outside and 1 inside, int64 of (n,). Throws ValueError for options out of range, naming them, and
/// DTypeError for a dtype that is not a floating-point type.
XG_EXPORT Samples make_circles(const CirclesOptions& options = {});

/// Two half circles that reach into each other, with the numbers of scikit-learn's `make_moons` for the same
/// `random_state`.
///
/// x is (n, 2), y, 0 for the outer moon and 1 for the inner, int64 of (n,). Throws as `make_circles`.
XG_EXPORT Samples make_moons(const MoonsOptions& options = {});

}  // namespace xg::data
