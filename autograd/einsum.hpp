#pragma once

#include <xgrad/autograd/tensor.hpp>

// Sums of products in Einstein's notation.

namespace xg {}  // namespace xg
