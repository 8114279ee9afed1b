#pragma once

#include <xgrad/autograd/tensor.hpp>

// softmax and its logarithm.

namespace xg {}  // namespace xg
