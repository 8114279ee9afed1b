#pragma once

#include <xgrad/autograd/tensor.hpp>

// Functions of single numbers: exponentials and logarithms, trigonometric and hyperbolic functions, special functions, rounding.

namespace xg {}  // namespace xg
