#pragma once

#include <xgrad/autograd/tensor.hpp>

// Order along an axis: sorting, ranks, quantiles; and counts: bincount, histogram.

namespace xg {}  // namespace xg
