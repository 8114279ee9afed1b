#pragma once

#include <xgrad/autograd/linalg.hpp>
#include <xgrad/nn/init.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Options of Linear.
struct LinearOptions {
    bool bias = true;
    Init init = Init::glorot_uniform;  ///< Of the weights; see Init for the biases.
    DType dtype = float32;
};

/// A fully connected layer: (…, in) to (…, out) by x · weightᵀ + bias. Parameters: weight (out, in) and bias (out).
class XG_EXPORT Linear final : public Layer<Linear> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for sizes below 1.
    Linear(std::int64_t in, std::int64_t out, const LinearOptions& options = {});

    /// Throws ShapeError, DTypeError as `xg::linear` does.
    Tensor forward(const Tensor& x) const { return linear(x, weight_, bias_); }
    /// The same followed by an activation, in one pass.
    Tensor forward(const Tensor& x, Activation activation) const { return linear(x, weight_, bias_, activation); }

    const Tensor& weight() const noexcept { return weight_; }
    /// Undefined if there is none.
    const Tensor& bias() const noexcept { return bias_; }

private:
    Parameter weight_, bias_;
};

}  // namespace xg::nn
