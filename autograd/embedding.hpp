#pragma once

#include <xgrad/autograd/tensor.hpp>

// Rows of a table looked up by index.

namespace xg {}  // namespace xg
