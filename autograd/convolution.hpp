#pragma once

#include <xgrad/autograd/pair.hpp>
#include <xgrad/autograd/tensor.hpp>

// Convolutions (cross-correlations, as everywhere in deep learning), their transposes, and the windows that they see.
// Shapes and options are PyTorch's. Every input may also come without its first axis, that of the images of a batch;
// the result then has none either.
//
// All throw ShapeError where shapes do not fit each other or a window is larger than the padded input, DTypeError
// unless all inputs have one floating-point type, and ValueError for strides, dilations and groups below 1 and negative
// paddings.

namespace xg {

/// Options of `conv1d`.
struct Conv1dOptions {
    std::int64_t stride = 1;    ///< Steps from one window to the next.
    std::int64_t padding = 0;   ///< Zeros that are thought before and after the input.
    std::int64_t dilation = 1;  ///< Steps from one element of a window to the next.
    std::int64_t groups = 1;    ///< Channels are cut into so many groups, each with filters of its own.
};

/// Options of `conv2d`; of each pair the first is for the height.
struct Conv2dOptions {
    Pair stride = 1;          ///< Steps from one window to the next.
    Pair padding = 0;         ///< Zeros that are thought on all sides of the input.
    Pair dilation = 1;        ///< Steps from one element of a window to the next.
    std::int64_t groups = 1;  ///< Channels are cut into so many groups, each with filters of its own.
};

/// Options of `conv_transpose1d`: those of the convolution that it is the transpose of.
struct ConvTranspose1dOptions {
    std::int64_t stride = 1;
    std::int64_t padding = 0;         ///< What is cut off from both ends of the result.
    std::int64_t output_padding = 0;  ///< Added to the result's length at its end; below stride or dilation.
    std::int64_t groups = 1;
    std::int64_t dilation = 1;
};

/// Options of `conv_transpose2d`: those of the convolution that it is the transpose of.
struct ConvTranspose2dOptions {
    Pair stride = 1;
    Pair padding = 0;         ///< What is cut off from all sides of the result.
    Pair output_padding = 0;  ///< Added to the result's sizes at their ends; below stride or dilation.
    std::int64_t groups = 1;
    Pair dilation = 1;
};

/// Options of `unfold` and `fold`.
struct UnfoldOptions {
    Pair dilation = 1;
    Pair padding = 0;
    Pair stride = 1;
};

/// Filters slid along sequences: x is (N, C, L), the weight (O, C / groups, K), the bias (O) or undefined; the result
/// is (N, O, L') with L' = (L + 2 padding - dilation (K - 1) - 1) / stride + 1, rounded down.
XG_EXPORT Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                        const Conv1dOptions& options = {});

/// Filters slid over images: x is (N, C, H, W), the weight (O, C / groups, KH, KW), the bias (O) or undefined; the
/// result is (N, O, H', W') with sizes as for `conv1d`. Besides its result it takes a megabyte or two of memory a
/// thread, whatever the batch, and backward the same and at most 16 copies of the weights.
XG_EXPORT Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                        const Conv2dOptions& options = {});

/// The transpose of `conv1d` as a linear map, also called deconvolution: x is (N, C, L), the weight (C, O / groups, K);
/// the result is (N, O, L') with L' = (L - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1. ValueError
/// for an output_padding that is not below stride or dilation.
XG_EXPORT Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                                  const ConvTranspose1dOptions& options = {});

/// The transpose of `conv2d` as a linear map: x is (N, C, H, W), the weight (C, O / groups, KH, KW); sizes as for
/// `conv_transpose1d`.
XG_EXPORT Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                                  const ConvTranspose2dOptions& options = {});

/// The windows that a convolution sees, as columns: of x (N, C, H, W) the result is (N, C · KH · KW, number of
/// windows).
XG_EXPORT Tensor unfold(const Tensor& x, Pair kernel_size, const UnfoldOptions& options = {});

/// The transpose of `unfold` as a linear map: puts columns (N, C · KH · KW, number of windows) back to images (N, C, H,
/// W) of the size `output_size`, and sums where windows overlap.
XG_EXPORT Tensor fold(const Tensor& x, Pair output_size, Pair kernel_size, const UnfoldOptions& options = {});

}  // namespace xg
