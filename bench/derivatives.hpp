#pragma once

#include "measure.hpp"

// The rows about derivatives beyond a training step.

namespace bench {

/// Hv of the classifier's loss, and how it relates to the gradient alone.
void hessian_vector(const Options& options);
/// All second derivatives of a small network's loss.
void whole_hessian(const Options& options);
/// The norms of every sample's gradient, and how they relate to a plain training step.
void sample_norms(const Options& options);
/// Steps of the deep stack in checkpointed pieces, and how they relate to plain ones.
void checkpoint_steps(const Options& options);
/// The memory that such steps need at their peak, and how it relates to that of plain ones.
void checkpoint_memory(const Options& options);

}  // namespace bench
