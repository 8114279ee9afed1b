#pragma once

#include <vector>

#include "options.hpp"

namespace parity {

/// All values of xg::LossReduction.
const std::vector<Choice>& loss_reductions();

}  // namespace parity
