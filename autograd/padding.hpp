#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Arrays extended at their edges.

namespace xg {

/// How many elements are put before and behind those of an axis.
struct PadWidth {
    std::int64_t before = 0;
    std::int64_t after = 0;
};

/// What an array is extended with, for 1 2 3: PyTorch's modes.
enum class PadMode : std::uint8_t {
    constant,   ///< A value: 0 0 | 1 2 3 | 0 0.
    reflect,    ///< Its elements mirrored at the outermost: 3 2 | 1 2 3 | 2 1. Widths must be below the size.
    replicate,  ///< The outermost element: 1 1 | 1 2 3 | 3 3. The size must not be 0.
    circular,   ///< Its elements from the other end: 2 3 | 1 2 3 | 1 2. Widths must not exceed the size.
};

/// Options of `pad`.
struct PadOptions {
    PadMode mode = PadMode::constant;
    Scalar value = 0;  ///< Of the mode `constant`, in x's dtype.
};

/// x extended by `widths`, one for each axis as in NumPy, or fewer for the last axes: `pad(x, {{1, 1}, {0, 2}})` puts a
/// row on top and below and two columns to the right. Throws ShapeError for more widths than axes and for those that
/// the mode does not allow, and ValueError for negative ones.
XG_EXPORT Tensor pad(const Tensor& x, const std::vector<PadWidth>& widths, const PadOptions& options = {});

}  // namespace xg
