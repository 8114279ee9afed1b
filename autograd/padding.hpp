#pragma once

#include <xgrad/autograd/tensor.hpp>

// Arrays extended at their edges.

namespace xg {}  // namespace xg
