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

/// Two of the tutorials' trainings as whole programs: a line on 100 samples, 1,000 epochs with two metrics; and six widths on
/// 75,000 samples, 100 epochs each.
void line_program(const Options& options);
void widths_program(const Options& options);

}  // namespace bench
