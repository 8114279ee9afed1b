#pragma once

#include <xgrad/autograd/detail/body.hpp>

// Gradients of parameters sample by sample, for the operations that have a rule for them. Samples lie along the first
// axis. Not recorded.

namespace xg::detail {

/// Σ left ⊗ right over all but the first axis and the last, (N, p, q), of (N, …, p) and (N, …, q): a sample's gradient
/// of a weight that takes one to the other.
Tensor products_per_sample(const Tensor& left, const Tensor& right);

/// Their norms, (N,), without them where that is cheaper: |left| · |right| for one row a sample, and of several the sum
/// of the products of their inner products, which is the norm's square. (Goodfellow, Efficient per-example gradient
/// computations, 2015; Rochette et al., Efficient per-example gradient computations in convolutional neural networks,
/// 2019.) Where rows cancel, that square loses digits: the error is about the square root of the dtype's precision,
/// relative to |left| · |right|.
Tensor product_norms(const Tensor& left, const Tensor& right);

/// g, (N, …, d), summed over all axes in between: (N, d). The gradient of what was added to the last axis.
Tensor sums_over_rows(const Tensor& g);
/// g, (N, c, …), summed over all axes behind: (N, c). The gradient of what was added to each channel.
Tensor sums_over_planes(const Tensor& g);

/// The norms, (N,), of the rows of v, (N, t, d), once those that `same`, (N, t, t), puts together have been added up.
Tensor norms_of_sums(const Tensor& v, const Tensor& same);

}  // namespace xg::detail
