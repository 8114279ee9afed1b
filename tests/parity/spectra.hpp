#pragma once

#include <optional>
#include <vector>

#include "distances.hpp"

// How far matrices are from those that have no inverse, or no derivative of what they are decomposed into. The numbers
// are relative to the greatest singular or eigenvalue, which itself must be more than `least`, lest it is what rounding
// left; those of stacks are of their worst matrix. Computed by Jacobi's rotations, not by the library under test.

namespace parity {

/// How much more than `least` the least singular value of the last two axes' matrices is; of their first min(m, n)
/// columns with `leading`.
Distance regular(std::size_t input = 0, double least = 0.01, bool leading = false);
/// regular() of the triangles of the first input; which ones, and whether with ones on the diagonal, options tell if
/// `upper` does not.
Distance regular_triangle(double least, std::optional<bool> upper = {});
/// Negative where the first two inputs are the same to rounding: of a system of one matrix by itself the gradient is
/// what is left of parts that cancel.
Distance of_different();
/// How much more than `least` the singular values are apart, and how much more than it the least one is.
Distance distinct_singular_values(std::size_t input = 0, double least = 0.01);
/// How much more than `least` the eigenvalues of the symmetric matrices whose lower triangles these are are apart.
Distance distinct_eigenvalues(std::size_t input = 0, double least = 0.01);

}  // namespace parity
