#pragma once

#include <functional>

#include "program.hpp"

namespace parity {

/// The smallest program that can be made of one for which `fails` holds, and for which it still holds: fewer
/// operations, smaller shapes, simpler numbers. Operations go by having their results, as libtorch computes them,
/// become leaves.
Program shrink(const Program& program, const std::function<bool(const Program&)>& fails);

}  // namespace parity
