#pragma once

#include <xgrad/autograd/tensor.hpp>

#include "cases.hpp"

namespace families {

/// xgrad's side of the families, by the names that the driver's cases give the operations. Files add to it with
/// Addition.
bench::Operations<xg::Tensor>& operations();

/// Adds operations when the program starts.
struct Addition {
    explicit Addition(const bench::Operations<xg::Tensor>& more) { operations().insert(more.begin(), more.end()); }
};

/// Answers the driver's cases; see cases.hpp.
void serve();
/// Prints, as JSON, how fast this machine copies memory and how fast large element-wise operations move theirs, in
/// GB/s.
void bandwidth();

}  // namespace families
