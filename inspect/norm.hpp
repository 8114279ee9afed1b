#pragma once

#include <xgrad/autograd/tensor.hpp>

namespace xg::inspect {

/// The Euclidean norm of all elements. Sums that float32 would lose, or that would overflow, are taken in double precision: the
/// norm of the smallest gradients is not 0, and its relative error is about 1e-6 at most. Throws DTypeError for integers.
XG_EXPORT double l2_norm(const Tensor& x);

/// The sum of squares of all elements, with the same care. `expected` is about what its root will be, such as that of the step before: a good
/// guess halves the time for very small and very large elements, a bad one costs nothing else.
XG_EXPORT double sum_of_squares(const Tensor& x, double expected = 1);

}  // namespace xg::inspect
