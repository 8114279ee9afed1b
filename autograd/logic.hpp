#pragma once

#include <xgrad/autograd/tensor.hpp>

// Logical operations and tests of single elements: bool in, bool out, nothing to differentiate.

namespace xg {}  // namespace xg
