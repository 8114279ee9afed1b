#pragma once

#include <xgrad/autograd/tensor.hpp>

// Batch, layer, group and RMS normalisation.

namespace xg {}  // namespace xg
