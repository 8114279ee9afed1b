#pragma once

#include "measure.hpp"

namespace bench {

/// Rows G, H and I with the Trainer: an epoch.
void trainer_deep(const Options& options);
void trainer_wide(const Options& options);
void trainer_log(const Options& options);

/// The same on all threads beside the same on one.
void threads_deep(const Options& options);
void threads_wide(const Options& options);
void threads_log(const Options& options);

}  // namespace bench
