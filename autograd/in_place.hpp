#pragma once

#include <xgrad/autograd/tensor.hpp>

// Changes of a tensor in place, for what is not recorded: updates of parameters under NoGrad.

namespace xg {}  // namespace xg
