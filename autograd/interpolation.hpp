#pragma once

#include <xgrad/autograd/tensor.hpp>

// Images resampled to another size.

namespace xg {}  // namespace xg
