#pragma once

#include <cstdint>
#include <functional>

#include <xgrad/core/random.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data::detail {

/// Samples of a user's data set, by number.
using GetSample = std::function<Samples(std::int64_t i)>;

/// Samples number order[0], …, order[n - 1], or first, …, first + n - 1 where `order` is null, stacked. `place` is that
/// of the first in its pass, `seed` that of what `get` draws. Throws what `get` throws, and ShapeError, DTypeError or
/// ValueError, with the sample's number.
Samples collate(const GetSample& get, const std::int64_t* order, std::int64_t first, std::int64_t n, std::int64_t place,
                std::uint64_t seed);

}  // namespace xg::data::detail
