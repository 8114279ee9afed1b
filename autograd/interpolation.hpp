#pragma once

#include <cstdint>

#include <xgrad/autograd/pair.hpp>
#include <xgrad/autograd/tensor.hpp>

// Images and sequences resampled to another size.

namespace xg {

/// What a resampled element is made of.
enum class Interpolation : std::uint8_t {
    nearest,        ///< The element at the place rounded down, as PyTorch's "nearest" and OpenCV's INTER_NEAREST.
    nearest_exact,  ///< The element nearest to the place, as scikit-image and PIL have it.
    linear,         ///< Its two neighbours, of sequences (N, C, L).
    bilinear,       ///< Its four neighbours, of images (N, C, H, W).
    area,           ///< The mean of all elements that it covers: `adaptive_avg_pool1d` or `adaptive_avg_pool2d`.
};

/// Options of `interpolate`: either `size` or `scale_factor` must be set. Of sequences only the pairs' widths count.
struct InterpolateOptions {
    Pair size = 0;             ///< The result's size.
    Factors scale_factor = 0;  ///< By how much the result is larger than the input; rounded down.
    Interpolation mode = Interpolation::nearest;
    /// Of linear and bilinear: whether the corner elements' centres stay where they are, else the corners of the whole
    /// image.
    bool align_corners = false;
    /// Whether places are computed with the ratio of the sizes even where `scale_factor` is given.
    bool recompute_scale_factor = false;
};

/// x (N, C, L) or (N, C, H, W) resampled, with PyTorch's conventions (torch.nn.functional.interpolate). Throws
/// ShapeError for other ranks and empty results, DTypeError unless x is of a floating-point type, and ValueError unless
/// one of `size` and `scale_factor` is set and positive, and the mode fits the rank.
XG_EXPORT Tensor interpolate(const Tensor& x, const InterpolateOptions& options);

}  // namespace xg
