#pragma once

#include "operation.hpp"

namespace parity {

/// Images or sequences: (N, C, ...) of `axes` axes behind the channels, or the same without the first axis unless
/// `batched`; now and then none of them.
inline const Array& planes(Draw& d, std::size_t axes, bool batched = false) {
    const auto rank = static_cast<std::int64_t>(axes);
    if (d.random.coin(0.97)) return d.real({.min_rank = rank + (batched ? 2 : 1), .max_rank = rank + 2, .min_size = 1});
    Sizes shape = d.shape(rank + 2, rank + 2, 1);
    shape[0] = 0;
    return d.real_of(shape);
}

}  // namespace parity
