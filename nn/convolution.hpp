#pragma once

#include <xgrad/autograd/padding.hpp>
#include <xgrad/autograd/pair.hpp>
#include <xgrad/nn/init.hpp>
#include <xgrad/nn/module.hpp>

// Convolutions as layers, with the shapes, names and options of PyTorch's; <xgrad/autograd/convolution.hpp> has the
// formulas. Weights are drawn as Glorot's by default and biases are 0, as in Keras; `Init::pytorch` draws both as
// PyTorch does. Of a weight (a, b, k...) b times the kernel's size counts as inputs and a times that as outputs, in
// PyTorch's way, also for transposes.
//
// Keras has its channels last, and its kernels (k..., in, out): permute both. Its `padding="same"` is a padding of half
// the kernel here, for odd kernels and a stride of 1.

namespace xg::nn {

/// Options of Conv1d.
struct Conv1dLayerOptions {
    std::int64_t stride = 1;
    std::int64_t padding = 0;  ///< On both sides.
    std::int64_t dilation = 1;
    std::int64_t groups = 1;  ///< Must divide both numbers of channels.
    bool bias = true;
    PadMode padding_mode = PadMode::constant;  ///< Constant means zeros.
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// Options of Conv2d; of each pair the first is for the height.
struct Conv2dLayerOptions {
    Pair stride = 1;
    Pair padding = 0;  ///< On all sides.
    Pair dilation = 1;
    std::int64_t groups = 1;  ///< Must divide both numbers of channels.
    bool bias = true;
    PadMode padding_mode = PadMode::constant;  ///< Constant means zeros.
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// Options of ConvTranspose1d: those of the convolution that it is the transpose of.
struct ConvTranspose1dLayerOptions {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t output_padding = 0;
    std::int64_t groups = 1;
    bool bias = true;
    std::int64_t dilation = 1;
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// Options of ConvTranspose2d: those of the convolution that it is the transpose of.
struct ConvTranspose2dLayerOptions {
    Pair stride = 1;
    Pair padding = 0;
    Pair output_padding = 0;
    std::int64_t groups = 1;
    bool bias = true;
    Pair dilation = 1;
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// `conv1d`: (N, in, L) to (N, out, L'). Parameters: weight (out, in / groups, kernel) and bias (out).
class XG_EXPORT Conv1d final : public Layer<Conv1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1, and groups that do not divide the channels.
    Conv1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
           const Conv1dLayerOptions& options = {});
    /// Throws as `xg::conv1d` does, and as `xg::pad` in other modes of padding.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    /// Undefined if there is none.
    const Tensor& bias() const noexcept { return bias_; }

private:
    Conv1dLayerOptions options_;
    Parameter weight_, bias_;
};

/// `conv2d`: (N, in, H, W) to (N, out, H', W'). Parameters: weight (out, in / groups, kernel height, width) and bias
/// (out).
class XG_EXPORT Conv2d final : public Layer<Conv2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1, and groups that do not divide the channels.
    Conv2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size,
           const Conv2dLayerOptions& options = {});
    /// Throws as `xg::conv2d` does, and as `xg::pad` in other modes of padding.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    /// Undefined if there is none.
    const Tensor& bias() const noexcept { return bias_; }

private:
    Conv2dLayerOptions options_;
    Parameter weight_, bias_;
};

/// `conv_transpose1d`: (N, in, L) to (N, out, L'). Parameters: weight (in, out / groups, kernel) and bias (out).
class XG_EXPORT ConvTranspose1d final : public Layer<ConvTranspose1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1, and groups that do not divide the channels.
    ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
                    const ConvTranspose1dLayerOptions& options = {});
    /// Throws as `xg::conv_transpose1d` does.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    /// Undefined if there is none.
    const Tensor& bias() const noexcept { return bias_; }

private:
    ConvTranspose1dLayerOptions options_;
    Parameter weight_, bias_;
};

/// `conv_transpose2d`: (N, in, H, W) to (N, out, H', W'). Parameters: weight (in, out / groups, kernel height, width)
/// and bias (out).
class XG_EXPORT ConvTranspose2d final : public Layer<ConvTranspose2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1, and groups that do not divide the channels.
    ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size,
                    const ConvTranspose2dLayerOptions& options = {});
    /// Throws as `xg::conv_transpose2d` does.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    /// Undefined if there is none.
    const Tensor& bias() const noexcept { return bias_; }

private:
    ConvTranspose2dLayerOptions options_;
    Parameter weight_, bias_;
};

}  // namespace xg::nn
