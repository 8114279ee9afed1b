#pragma once

#include <xgrad/autograd/detail/lines.hpp>

// Order within lines. `values`, of the lines' dtype, and `indices`, of int64, are contiguous. NaN is the greatest.

namespace xg::detail {

/// Whole lines in order; stable.
void sort_lines(const Lines& x, const Tensor& values, const Tensor& indices, bool descending);
/// The first k of that order; in any order unless `sorted`.
void select_lines(const Lines& x, std::int64_t k, const Tensor& values, const Tensor& indices, bool descending,
                  bool sorted);
/// Element k of that order, ascending; with `nan_wins` the first NaN if there is one.
void pick_lines(const Lines& x, std::int64_t k, const Tensor& values, const Tensor& indices, bool nan_wins);

}  // namespace xg::detail
