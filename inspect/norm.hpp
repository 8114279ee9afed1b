#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg::inspect {

/// The Euclidean norm of all elements. Sums that float32 would lose, or that would overflow, are taken in double
/// precision: the norm of the smallest gradients is not 0, and its relative error is about 1e-6 at most. Throws
/// DTypeError for integers. `expected` is about what it will be, such as the norm of the step before: a good guess
/// halves the time for very small and very large elements, a bad one costs nothing else.
XG_EXPORT double l2_norm(const Tensor& x, double expected = 1);

/// The sum of squares of all elements, with the same care as far as doubles reach; `expected` is its root.
XG_EXPORT double sum_of_squares(const Tensor& x, double expected = 1);

}  // namespace xg::inspect
