#pragma once

#include <xgrad/autograd/tensor.hpp>

// Maxima and means over windows.

namespace xg {}  // namespace xg
