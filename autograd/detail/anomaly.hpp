#pragma once

#include <span>

#include <xgrad/autograd/tensor.hpp>

namespace xg::detail {

struct Node;

/// Throws NonFiniteError if the result of an operation is not finite; see DetectAnomaly.
void check_result(const char* op, const Tensor& result, std::span<const Tensor* const> inputs);
/// The same for the gradient of an input.
void check_gradient(const Node& node, std::uint32_t input, const Tensor& gradient);

}  // namespace xg::detail
