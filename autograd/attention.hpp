#pragma once

#include <xgrad/autograd/tensor.hpp>

// Scaled dot-product attention.

namespace xg {}  // namespace xg
