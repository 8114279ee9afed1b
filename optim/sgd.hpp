#pragma once

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of SGD.
struct SGDOptions {
    double lr = 0.01;
    double momentum = 0;      ///< In [0, 1).
    double dampening = 0;     ///< The share of each gradient that the momentum leaves out.
    double weight_decay = 0;  ///< Added to the gradient, times the parameter.
    bool nesterov = false;    ///< Needs momentum and no dampening.
};

/// Stochastic gradient descent, as PyTorch computes it: with g the gradient plus weight_decay · p,
///
///     v = momentum · v + (1 - dampening) · g      (at the first step v = g)
///     p = p - lr · v                              (with Nesterov: p - lr · (g + momentum · v); without momentum: p - lr · g)
class XG_EXPORT SGD : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit SGD(std::vector<Tensor> parameters, const SGDOptions& options = {});
    void step() override;

private:
    SGDOptions options_;
    std::vector<Tensor> velocity_;  // undefined until a parameter's first step
};

}  // namespace xg::optim
