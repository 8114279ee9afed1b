#pragma once

#include "measure.hpp"

namespace bench {

/// Row loader: training steps of row B on batches from a DataLoader, beside the same on batches that were cut
/// beforehand.
void loader_steps(const Options& options);

/// Row CSV: reading numbers from a CSV file a block at a time.
void read_numbers(const Options& options);

}  // namespace bench
