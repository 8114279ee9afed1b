#pragma once

#include <xgrad/autograd/tensor.hpp>

// Convolutions, their transposes, and the windows that they see.

namespace xg {}  // namespace xg
