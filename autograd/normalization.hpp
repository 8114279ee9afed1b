#pragma once

#include <optional>

#include <xgrad/autograd/tensor.hpp>

// Normalisation: what is normalised gets mean 0 and variance 1, then is scaled and shifted by weights and biases, which
// may be left undefined. Variances are biased (they divide by the number of elements) and are summed in two passes, the
// mean being taken off first. All throw DTypeError unless the input, weights and biases are of one floating-point
// dtype, and ShapeError for shapes other than those named.

namespace xg {

/// Options of `batch_norm`.
struct BatchNormOptions {
    bool training = false;  ///< Normalise by the batch's own statistics, and update the running ones.
    double momentum = 0.1;  ///< The weight of this batch in the running statistics.
    double eps = 1e-5;      ///< Added to the variance.
};

/// Normalises each channel of x, (N, C, ...), over the batch and the axes behind the channels.
///
/// In training by the batch's mean and variance; running_mean and running_var, if defined, then become (1 - momentum)
/// times themselves plus momentum times the batch's mean and unbiased variance (an empty batch leaves them). Else by
/// running_mean and running_var. These and the weights and biases are of shape (C,). Throws ShapeError in training for
/// a single value a channel, whose variance says nothing, and ValueError where running statistics are needed and
/// undefined. (Ioffe and Szegedy, Batch normalization, 2015.)
XG_EXPORT Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                            const Tensor& weight = {}, const Tensor& bias = {}, const BatchNormOptions& options = {});

/// Normalises x over its last axes, of `normalized_shape`, which weights and biases have, too. (Ba, Kiros and Hinton,
/// Layer normalization, 2016.)
XG_EXPORT Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight = {},
                            const Tensor& bias = {}, double eps = 1e-5);

/// Normalises x, (N, C, ...), over groups of C / num_groups channels and the axes behind them; weights and biases are
/// of shape (C,). Throws ValueError unless num_groups divides C. (Wu and He, Group normalization, 2018.)
XG_EXPORT Tensor group_norm(const Tensor& x, std::int64_t num_groups, const Tensor& weight = {},
                            const Tensor& bias = {}, double eps = 1e-5);

/// Normalises each channel of each sample of x, (N, C, L, ...), by itself; weights and biases are of shape (C,). Throws
/// ShapeError for a single value a channel. (Ulyanov, Vedaldi and Lempitsky, Instance normalization, 2016.)
XG_EXPORT Tensor instance_norm(const Tensor& x, const Tensor& weight = {}, const Tensor& bias = {}, double eps = 1e-5);

/// x / sqrt(mean(x²) + eps) · weight over the last axes, of `normalized_shape`, which the weights have, too. eps is the
/// dtype's machine epsilon if not given. (Zhang and Sennrich, Root mean square layer normalization, 2019.)
XG_EXPORT Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight = {},
                          std::optional<double> eps = {});

}  // namespace xg
