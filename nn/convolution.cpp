#include <xgrad/nn/convolution.hpp>

#include <string>

#include <xgrad/autograd/convolution.hpp>
#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

void check(const char* layer, std::int64_t in, std::int64_t out, const Shape& kernel, std::int64_t groups) {
    for (const std::int64_t size : kernel)
        if (size < 1) throw ValueError(std::string(layer) + ": expected a kernel of at least 1, got " + kernel.str());
    if (in < 1 || out < 1)
        throw ValueError(std::string(layer) + ": expected at least 1 channel in and out, got " + std::to_string(in) +
                         " and " + std::to_string(out));
    if (groups < 1 || in % groups != 0 || out % groups != 0)
        throw ValueError(std::string(layer) + ": expected a number of groups that divides the " + std::to_string(in) +
                         " and " + std::to_string(out) + " channels, got " + std::to_string(groups));
}

struct Drawn {
    Tensor weight, bias;
};

/// Weights (first, second, kernel...) and biases (out), if wanted.
Drawn drawn(std::int64_t first, std::int64_t second, const Shape& kernel, std::int64_t out, bool bias, Init init,
            DType dtype) {
    Shape shape = kernel.inserted(0, second).inserted(0, first);
    Drawn made{empty(shape, {.dtype = dtype}), {}};
    const std::int64_t n_in = second * kernel.elements(), n_out = first * kernel.elements();
    initialize(made.weight, init, n_in, n_out);
    if (!bias) return made;
    made.bias = zeros({out}, {.dtype = dtype});
    if (init == Init::pytorch) initialize(made.bias, init, n_in, n_out);
    return made;
}

}  // namespace

Conv1d::Conv1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
               const Conv1dLayerOptions& options)
    : options_(options) {
    check("Conv1d", in_channels, out_channels, {kernel_size}, options.groups);
    const Drawn made = drawn(out_channels, in_channels / options.groups, {kernel_size}, out_channels, options.bias,
                             options.init, options.dtype);
    weight_ = add_parameter("weight", made.weight);
    if (options.bias) bias_ = add_parameter("bias", made.bias);
}

Tensor Conv1d::forward(const Tensor& x) const {
    const Conv1dLayerOptions& o = options_;
    const bool zeros = o.padding_mode == PadMode::constant || o.padding == 0;
    return conv1d(zeros ? x : pad(x, {{o.padding, o.padding}}, {.mode = o.padding_mode}), weight_, bias_,
                  {.stride = o.stride, .padding = zeros ? o.padding : 0, .dilation = o.dilation, .groups = o.groups});
}

Conv2d::Conv2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size, const Conv2dLayerOptions& options)
    : options_(options) {
    const Shape kernel{kernel_size.height, kernel_size.width};
    check("Conv2d", in_channels, out_channels, kernel, options.groups);
    const Drawn made = drawn(out_channels, in_channels / options.groups, kernel, out_channels, options.bias,
                             options.init, options.dtype);
    weight_ = add_parameter("weight", made.weight);
    if (options.bias) bias_ = add_parameter("bias", made.bias);
}

Tensor Conv2d::forward(const Tensor& x) const {
    const Conv2dLayerOptions& o = options_;
    const bool zeros = o.padding_mode == PadMode::constant || o.padding == Pair(0);
    const PadWidth rows{o.padding.height, o.padding.height}, columns{o.padding.width, o.padding.width};
    return conv2d(
        zeros ? x : pad(x, {rows, columns}, {.mode = o.padding_mode}), weight_, bias_,
        {.stride = o.stride, .padding = zeros ? o.padding : Pair(0), .dilation = o.dilation, .groups = o.groups});
}

ConvTranspose1d::ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
                                 const ConvTranspose1dLayerOptions& options)
    : options_(options) {
    check("ConvTranspose1d", in_channels, out_channels, {kernel_size}, options.groups);
    const Drawn made = drawn(in_channels, out_channels / options.groups, {kernel_size}, out_channels, options.bias,
                             options.init, options.dtype);
    weight_ = add_parameter("weight", made.weight);
    if (options.bias) bias_ = add_parameter("bias", made.bias);
}

Tensor ConvTranspose1d::forward(const Tensor& x) const {
    const ConvTranspose1dLayerOptions& o = options_;
    return conv_transpose1d(x, weight_, bias_,
                            {.stride = o.stride,
                             .padding = o.padding,
                             .output_padding = o.output_padding,
                             .groups = o.groups,
                             .dilation = o.dilation});
}

ConvTranspose2d::ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, Pair kernel_size,
                                 const ConvTranspose2dLayerOptions& options)
    : options_(options) {
    const Shape kernel{kernel_size.height, kernel_size.width};
    check("ConvTranspose2d", in_channels, out_channels, kernel, options.groups);
    const Drawn made = drawn(in_channels, out_channels / options.groups, kernel, out_channels, options.bias,
                             options.init, options.dtype);
    weight_ = add_parameter("weight", made.weight);
    if (options.bias) bias_ = add_parameter("bias", made.bias);
}

Tensor ConvTranspose2d::forward(const Tensor& x) const {
    const ConvTranspose2dLayerOptions& o = options_;
    return conv_transpose2d(x, weight_, bias_,
                            {.stride = o.stride,
                             .padding = o.padding,
                             .output_padding = o.output_padding,
                             .groups = o.groups,
                             .dilation = o.dilation});
}

}  // namespace xg::nn
