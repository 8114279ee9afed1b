#pragma once

#include <xgrad/autograd/tensor.hpp>

// Linear systems, determinants and decompositions of matrices.

namespace xg {}  // namespace xg
