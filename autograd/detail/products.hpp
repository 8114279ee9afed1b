#pragma once

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

/// Writes a · b into y: matrices in the last two axes, batches in those before, broadcast to y's, which is contiguous.
/// All of one floating-point dtype. Cut by shape alone, and run on all cores.
void multiply_matrices(const Tensor& a, const Tensor& b, const Tensor& y);

/// The sum of the products of two vectors' elements.
double inner_product(const Tensor& a, const Tensor& b);

}  // namespace xg::detail
