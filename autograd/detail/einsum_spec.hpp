#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/autograd/shape.hpp>

namespace xg::detail {

/// A set of labels, a bit each.
using Labels = std::uint64_t;

inline Labels bit(int label) { return Labels{1} << label; }

/// What a spec of `einsum` means for operands of given shapes: labels, numbered from 0, in place of letters and of the axes of `...`.
struct EinsumSpec {
    /// For each axis of each operand its label.
    std::vector<std::vector<int>> operands;
    std::vector<int> output;
    std::vector<std::int64_t> sizes;

    /// Throws ValueError and ShapeError.
    EinsumSpec(std::string_view spec, const std::vector<const Shape*>& shapes);
};

/// Which pairs to multiply, one after another: positions in the list of operands, from which both are taken away, and at whose end their product
/// is put. `output` are the labels that are not summed.
std::vector<std::pair<std::size_t, std::size_t>> contraction_order(const std::vector<Labels>& operands, Labels output,
                                                                   const std::vector<std::int64_t>& sizes);

}  // namespace xg::detail
