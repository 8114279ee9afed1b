#pragma once

#include <cstdint>

#include <xgrad/autograd/tensor.hpp>

// The activation functions of neural networks, element by element: one pass over memory forward, one backward. Integers
// become float32. All are differentiable to any order; where a function has a kink its derivative there is PyTorch's.
// NaN gives NaN.

namespace xg {

/// x where it is positive, else slope · x. The derivative at 0 is `slope` (Maas, Hannun, Ng 2013).
XG_EXPORT Tensor leaky_relu(const Tensor& x, double slope = 0.01);
/// leaky_relu with slopes to learn: `weight` has one element, or one for each channel, axis 1 of x (He et al. 2015).
/// Throws ShapeError.
XG_EXPORT Tensor prelu(const Tensor& x, const Tensor& weight);
/// x where it is positive, else alpha (exp(x) - 1). The derivative at 0 is `alpha` (Clevert, Unterthiner, Hochreiter
/// 2016).
XG_EXPORT Tensor elu(const Tensor& x, double alpha = 1);
/// elu scaled so that mean 0 and variance 1 are kept, with α = 1.6733 and λ = 1.0507 (Klambauer et al. 2017). The
/// derivative at 0 is α λ.
XG_EXPORT Tensor selu(const Tensor& x);
/// x where it is positive, else alpha (exp(x / alpha) - 1) (Barron 2017). Throws ValueError for alpha = 0.
XG_EXPORT Tensor celu(const Tensor& x, double alpha = 1);

/// How `gelu` computes the normal distribution.
enum class GeluApproximation : std::uint8_t {
    none,  ///< By the error function.
    tanh,  ///< By a hyperbolic tangent, to about 1e-3.
};
/// x times the probability that a standard normal number is below it (Hendrycks, Gimpel 2016).
XG_EXPORT Tensor gelu(const Tensor& x, GeluApproximation approximation = GeluApproximation::none);
/// x sigmoid(x), also called swish (Elfwing, Uchibe, Doya 2018).
XG_EXPORT Tensor silu(const Tensor& x);
/// x tanh(softplus(x)) (Misra 2019).
XG_EXPORT Tensor mish(const Tensor& x);
/// log(1 + exp(beta x)) / beta, and x itself where beta x > threshold. Throws ValueError unless beta > 0.
XG_EXPORT Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);
/// x / (1 + |x|).
XG_EXPORT Tensor softsign(const Tensor& x);
/// log(sigmoid(x)), without overflow on the way.
XG_EXPORT Tensor logsigmoid(const Tensor& x);

/// x, but at least `min` and at most `max`. The derivative at both is 0. Throws ValueError unless min <= max.
XG_EXPORT Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);
/// x, but at least 0 and at most 6. The derivative at both is 0.
XG_EXPORT Tensor relu6(const Tensor& x);
/// relu6(x + 3) / 6. The derivative at ±3 is 0 (Howard et al. 2019).
XG_EXPORT Tensor hardsigmoid(const Tensor& x);
/// x relu6(x + 3) / 6. The derivative at -3 is 0, at 3 it is 1 (Howard et al. 2019).
XG_EXPORT Tensor hardswish(const Tensor& x);

/// The first half of x along `axis` times the sigmoid of the second (Dauphin et al. 2017). Throws ShapeError where the
/// size is odd.
XG_EXPORT Tensor glu(const Tensor& x, std::int64_t axis = -1);

}  // namespace xg
