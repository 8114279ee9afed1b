#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg::data {

/// Inputs and their targets: entry i along the first axis of `x` belongs to entry i of `y`.
///
/// Made to be taken apart: `auto [x, y] = …`.
struct Samples {
    Tensor x;  ///< Inputs, (n, …).
    Tensor y;  ///< Targets, (n, …).
};

}  // namespace xg::data
