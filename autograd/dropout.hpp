#pragma once

#include <xgrad/autograd/tensor.hpp>

// Random zeros.

namespace xg {}  // namespace xg
