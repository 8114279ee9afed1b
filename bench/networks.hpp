#pragma once

#include "measure.hpp"

namespace bench {

/// Steps of a small convolutional network on 128 images.
void lenet_steps(const Options& options);
/// Steps of an LSTM on 32 sequences of 50 steps.
void lstm_steps(const Options& options);

}  // namespace bench
