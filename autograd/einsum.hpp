#pragma once

#include <string_view>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Sums of products in Einstein's notation.

namespace xg {

/// Sums of products of elements whose indices have the names that `spec` gives them: `einsum("bij,bjk->bik", {a, b})`
/// multiplies matrices, `einsum("ii", {a})` is a trace, `einsum("...i,...i->...", {a, b})` makes scalar products.
///
/// A letter names an axis; what has the same letter has the same size, or size 1, which is broadcast. A letter that
/// comes twice in one operand walks its diagonal. `...` stands for all further axes, which are broadcast from the last
/// one on. Behind `->` stand the axes of the result; all others are summed. Without `->` the result has the axes of
/// `...` and then, in alphabetical order, capitals first, the letters that come once. Blanks do not count. dtypes are
/// promoted.
///
/// Several operands are multiplied two at a time in the order that takes the fewest multiplications: the best one for
/// up to four, else the cheapest pair first. Throws ValueError for a spec that is malformed and ShapeError for one that
/// does not fit the shapes.
XG_EXPORT Tensor einsum(std::string_view spec, const std::vector<Tensor>& operands);

}  // namespace xg
