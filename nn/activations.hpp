#pragma once

#include <xgrad/autograd/activations.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/nn/module.hpp>

// Activations as layers, with PyTorch's names and defaults; <xgrad/autograd/activations.hpp> has the formulas, the
// papers and what is thrown.

namespace xg::nn {

/// max(x, 0), element by element.
class ReLU final : public Layer<ReLU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const { return relu(x); }
};

/// The hyperbolic tangent, element by element.
class Tanh final : public Layer<Tanh> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const { return tanh(x); }
};

/// 1 / (1 + exp(-x)), element by element.
class Sigmoid final : public Layer<Sigmoid> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const { return sigmoid(x); }
};

/// x, but at least 0 and at most 6.
class XG_EXPORT ReLU6 final : public Layer<ReLU6> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// `selu`: scaled so that mean 0 and variance 1 are kept.
class XG_EXPORT SELU final : public Layer<SELU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// x sigmoid(x), also called swish.
class XG_EXPORT SiLU final : public Layer<SiLU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// x tanh(softplus(x)).
class XG_EXPORT Mish final : public Layer<Mish> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// x / (1 + |x|).
class XG_EXPORT Softsign final : public Layer<Softsign> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// log(sigmoid(x)).
class XG_EXPORT LogSigmoid final : public Layer<LogSigmoid> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// relu6(x + 3) / 6.
class XG_EXPORT Hardsigmoid final : public Layer<Hardsigmoid> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// x relu6(x + 3) / 6.
class XG_EXPORT Hardswish final : public Layer<Hardswish> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const;
};

/// `leaky_relu`: x where it is positive, else slope · x.
class XG_EXPORT LeakyReLU final : public Layer<LeakyReLU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit LeakyReLU(double negative_slope = 0.01) : slope_(negative_slope) {}
    Tensor forward(const Tensor& x) const;

private:
    double slope_;
};

/// `elu`: x where it is positive, else alpha (exp(x) - 1).
class XG_EXPORT ELU final : public Layer<ELU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit ELU(double alpha = 1) : alpha_(alpha) {}
    Tensor forward(const Tensor& x) const;

private:
    double alpha_;
};

/// `celu`: x where it is positive, else alpha (exp(x / alpha) - 1).
class XG_EXPORT CELU final : public Layer<CELU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit CELU(double alpha = 1) : alpha_(alpha) {}
    Tensor forward(const Tensor& x) const;

private:
    double alpha_;
};

/// `gelu`: x times the probability that a standard normal number is below it.
class XG_EXPORT GELU final : public Layer<GELU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit GELU(GeluApproximation approximation = GeluApproximation::none) : approximation_(approximation) {}
    Tensor forward(const Tensor& x) const;

private:
    GeluApproximation approximation_;
};

/// `softplus`: log(1 + exp(beta x)) / beta, and x itself where beta x > threshold.
class XG_EXPORT Softplus final : public Layer<Softplus> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit Softplus(double beta = 1, double threshold = 20) : beta_(beta), threshold_(threshold) {}
    Tensor forward(const Tensor& x) const;

private:
    double beta_, threshold_;
};

/// `hardtanh`: x, but at least `min` and at most `max`.
class XG_EXPORT Hardtanh final : public Layer<Hardtanh> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit Hardtanh(double min = -1, double max = 1) : min_(min), max_(max) {}
    Tensor forward(const Tensor& x) const;

private:
    double min_, max_;
};

/// `glu`: the first half along `axis` times the sigmoid of the second.
class XG_EXPORT GLU final : public Layer<GLU> {
public:
    explicit GLU(std::int64_t axis = -1) : axis_(axis) { set_row_wise(axis != 0); }
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t axis_;
};

/// `softmax` along `axis`.
class XG_EXPORT Softmax final : public Layer<Softmax> {
public:
    explicit Softmax(std::int64_t axis) : axis_(axis) { set_row_wise(axis != 0); }
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t axis_;
};

/// `log_softmax` along `axis`.
class XG_EXPORT LogSoftmax final : public Layer<LogSoftmax> {
public:
    explicit LogSoftmax(std::int64_t axis) : axis_(axis) { set_row_wise(axis != 0); }
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t axis_;
};

/// `prelu`: leaky_relu with slopes that are learnt. Parameter: weight, (num_parameters), all `init` at first; 1, or one
/// for each channel.
class XG_EXPORT PReLU final : public Layer<PReLU> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for a number below 1.
    explicit PReLU(std::int64_t num_parameters = 1, double init = 0.25, DType dtype = float32);
    /// Throws as `xg::prelu` does.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }

private:
    Parameter weight_;
};

}  // namespace xg::nn
