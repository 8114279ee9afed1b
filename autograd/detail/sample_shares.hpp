#pragma once

#include <xgrad/autograd/detail/node.hpp>

// Gradients of parameters sample by sample, by the formulas of the whole gradients: for operations without a rule of
// their own.

namespace xg::detail {

/// What the node's formula makes of its outputs' gradients for one input; undefined where it makes none.
Tensor run_formula(Node& node, std::uint32_t input);

/// The share of each sample in the gradient of one input, (N, the input's shape). The samples are the entries along the
/// first axis of the outputs' gradients, which are as they were afterwards.
Tensor shares_of_formula(Node& node, std::uint32_t input, std::int64_t samples);

}  // namespace xg::detail
