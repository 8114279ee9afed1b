#pragma once

#include <xgrad/autograd/detail/lines.hpp>

// softmax and log_softmax of each line, and their gradients: a line is read from memory once where it fits into a
// cache. Not recorded; the tensors are contiguous, of one shape and floating-point dtype.

namespace xg::detail {

void softmax_lines(const Lines& x, const Tensor& y, bool logarithm);
/// y · (g - Σ g · y); with `logarithm`, g - exp(y) · Σ g.
void softmax_backward_lines(const Lines& g, const Lines& y, const Tensor& out, bool logarithm);
/// log(Σ exp(x)), one number a line.
void logsumexp_lines(const Lines& x, const Tensor& y);

}  // namespace xg::detail
