#pragma once

#include <xgrad/autograd/tensor.hpp>

// Elements picked by indices and masks, and put back.

namespace xg {}  // namespace xg
