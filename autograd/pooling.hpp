#pragma once

#include <xgrad/autograd/pair.hpp>
#include <xgrad/autograd/tensor.hpp>

// Maxima and means over windows of the last one or two axes. Shapes and options are PyTorch's; inputs are (N, C, L) and
// (N, C, H, W), or the same without N.
//
// All throw ShapeError for inputs of another rank and where no window fits into the padded input, DTypeError unless the
// input has a floating-point type, and ValueError for kernels and dilations below 1, negative strides, and paddings
// that are negative or more than half of the kernel.

namespace xg {

/// Options of `max_pool1d`.
struct MaxPool1dOptions {
    std::int64_t stride = 0;    ///< Steps from one window to the next; 0 stands for the size of the kernel.
    std::int64_t padding = 0;   ///< Elements thought before and after the input, less than any other.
    std::int64_t dilation = 1;  ///< Steps from one element of a window to the next.
    bool ceil_mode = false;     ///< With the last window also where it is not complete.
};

/// Options of `max_pool2d`.
struct MaxPool2dOptions {
    Pair stride = 0;         ///< Steps from one window to the next; 0 stands for the size of the kernel.
    Pair padding = 0;        ///< Elements thought on all sides of the input, less than any other.
    Pair dilation = 1;       ///< Steps from one element of a window to the next.
    bool ceil_mode = false;  ///< With the last window also where it is not complete.
};

/// Options of `avg_pool1d`.
struct AvgPool1dOptions {
    std::int64_t stride = 0;        ///< Steps from one window to the next; 0 stands for the size of the kernel.
    std::int64_t padding = 0;       ///< Zeros thought before and after the input.
    bool ceil_mode = false;         ///< With the last window also where it is not complete.
    bool count_include_pad = true;  ///< Whether means count the padding.
};

/// Options of `avg_pool2d`.
struct AvgPool2dOptions {
    Pair stride = 0;                    ///< Steps from one window to the next; 0 stands for the size of the kernel.
    Pair padding = 0;                   ///< Zeros thought on all sides of the input.
    bool ceil_mode = false;             ///< With the last window also where it is not complete.
    bool count_include_pad = true;      ///< Whether means count the padding.
    std::int64_t divisor_override = 0;  ///< What sums are divided by; 0 stands for the size of the window.
};

/// Maxima of windows and where they are.
struct MaxPoolResult {
    Tensor values;
    Tensor indices;  ///< int64: the place in the row-major plane of the input.
};

/// The maxima of windows of sequences. Of equal elements the first in a window counts; a NaN is greater than all, and
/// the last one counts.
XG_EXPORT Tensor max_pool1d(const Tensor& x, std::int64_t kernel_size, const MaxPool1dOptions& options = {});
/// The maxima of windows of images; ties as in `max_pool1d`, in row-major order.
XG_EXPORT Tensor max_pool2d(const Tensor& x, Pair kernel_size, const MaxPool2dOptions& options = {});
/// The same with the places of the maxima.
XG_EXPORT MaxPoolResult max_pool1d_with_indices(const Tensor& x, std::int64_t kernel_size,
                                                const MaxPool1dOptions& options = {});
/// The same of images.
XG_EXPORT MaxPoolResult max_pool2d_with_indices(const Tensor& x, Pair kernel_size,
                                                const MaxPool2dOptions& options = {});

/// The means of windows of sequences.
XG_EXPORT Tensor avg_pool1d(const Tensor& x, std::int64_t kernel_size, const AvgPool1dOptions& options = {});
/// The means of windows of images.
XG_EXPORT Tensor avg_pool2d(const Tensor& x, Pair kernel_size, const AvgPool2dOptions& options = {});

/// Means of `output_size` windows that cover the input: window i goes from i · L / output_size, rounded down, to
/// (i + 1) · L / output_size, rounded up.
XG_EXPORT Tensor adaptive_avg_pool1d(const Tensor& x, std::int64_t output_size);
/// The same of images, along both axes.
XG_EXPORT Tensor adaptive_avg_pool2d(const Tensor& x, Pair output_size);
/// Maxima of the windows of `adaptive_avg_pool1d`; ties as in `max_pool1d`.
XG_EXPORT Tensor adaptive_max_pool1d(const Tensor& x, std::int64_t output_size);
/// Maxima of the windows of `adaptive_avg_pool2d`; ties as in `max_pool2d`.
XG_EXPORT Tensor adaptive_max_pool2d(const Tensor& x, Pair output_size);
/// The same with the places of the maxima.
XG_EXPORT MaxPoolResult adaptive_max_pool1d_with_indices(const Tensor& x, std::int64_t output_size);
/// The same of images.
XG_EXPORT MaxPoolResult adaptive_max_pool2d_with_indices(const Tensor& x, Pair output_size);

}  // namespace xg
