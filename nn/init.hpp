#pragma once

#include <string>

#include <xgrad/autograd/tensor.hpp>

namespace xg::nn {

/// How the weights of a layer are drawn. With n_in inputs and n_out outputs the variance of a weight is
/// - Glorot: 2 / (n_in + n_out) (Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010),
/// - He: 2 / n_in (He et al., Delving deep into rectifiers, 2015),
/// - LeCun: 1 / n_in (LeCun et al., Efficient backprop, 1998),
/// - PyTorch's default for linear layers: 1 / (3 n_in), uniform, and the biases likewise; those of the others are 0.
enum class Init : std::uint8_t {
    glorot_uniform,
    glorot_normal,
    he_uniform,
    he_normal,
    lecun_uniform,
    lecun_normal,
    pytorch
};

/// The variance of a weight drawn so; sizes of 0 count as 1.
XG_EXPORT double init_variance(Init init, std::int64_t n_in, std::int64_t n_out);
/// Draws all elements of `weights`, a floating-point tensor, from this thread's generator.
XG_EXPORT void initialize(Tensor weights, Init init, std::int64_t n_in, std::int64_t n_out);
/// `glorot_uniform`, …
XG_EXPORT const char* name(Init init) noexcept;
/// The initialisation of that name; `glorot`, `he` and `lecun` mean the uniform ones. Throws ValueError, listing the
/// names.
XG_EXPORT Init init_from_name(const std::string& name);

}  // namespace xg::nn
