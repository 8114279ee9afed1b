#pragma once

#include <cstdint>
#include <string>

#include <xgrad/autograd/tensor.hpp>

namespace xg::train::detail {

/// The numbers of a tensor of any dtype, one after another.
Tensor as_doubles(const Tensor& t);

/// Throws ShapeError unless both have the same number of rows, and of elements a row; gives the number of rows. Rank 0
/// is one row.
std::int64_t check_same(const std::string& metric, const Tensor& prediction, const Tensor& target);

/// Weights as doubles, or undefined as they are. Throws ShapeError unless they are (rows).
Tensor metric_weights(const std::string& metric, const Tensor& weights, std::int64_t rows);

}  // namespace xg::train::detail
