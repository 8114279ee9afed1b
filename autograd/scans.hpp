#pragma once

#include <xgrad/autograd/tensor.hpp>

// Running sums, products and extrema along an axis.

namespace xg {}  // namespace xg
