#pragma once

#include <xgrad/autograd/tensor.hpp>

// The activation functions of neural networks, element by element.

namespace xg {}  // namespace xg
