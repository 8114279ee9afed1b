#pragma once

#include <xgrad/autograd/tensor.hpp>

// Parts of matrices and matrices made of vectors: diagonals, triangles, one-hot rows, grids.

namespace xg {}  // namespace xg
