#pragma once

#include <utility>

#include "torch_table.hpp"

namespace parity {

/// Whether the right-hand sides b of a system of the matrices a are vectors, as libtorch tells it.
bool is_vectors(const at::Tensor& a, const at::Tensor& b);
/// Matrices with the axes in front broadcast.
std::pair<at::Tensor, at::Tensor> broadcast_stacks(const at::Tensor& a, const at::Tensor& b);

}  // namespace parity
