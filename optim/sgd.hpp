#pragma once

#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of SGD. The defaults are those of PyTorch and Keras.
struct XG_EXPORT SGDOptions {
    double lr = 0.01;
    double momentum = 0;         ///< In [0, 1).
    double dampening = 0;        ///< The share of each gradient that the momentum leaves out.
    double weight_decay = 0;     ///< Added to the gradient, times the parameter.
    bool nesterov = false;       ///< Needs momentum and no dampening.
    bool maximize = false;       ///< Climb instead of descend.
    bool keras_formula = false;  ///< Compute as Keras does: see SGD.

    /// Keras's formula.
    static SGDOptions keras() { return {.keras_formula = true}; }
};

/// Stochastic gradient descent, as PyTorch computes it: with g the gradient plus weight_decay · p,
///
///     v = momentum · v + (1 - dampening) · g      (at the first step v = g)
///     p = p - lr · v                              (with Nesterov: p - lr · (g + momentum · v); without momentum: p - lr · g)
///
/// or, with `keras_formula`, as Keras does: the velocity holds the learning rate, which makes a difference where that
/// changes, the weights decay by themselves, and with g the gradient
///
///     p = p - lr · weight_decay · p
///     v = momentum · v - lr · g
///     p = p + v                                   (with Nesterov: p + momentum · v - lr · g)
///
/// What it keeps: `momentum_buffer`, with momentum. `step` counts the steps with momentum.
class XG_EXPORT SGD : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit SGD(std::vector<Tensor> parameters, const SGDOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const SGDOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    SGDOptions options(std::size_t group = 0) const;

private:
    SGDOptions defaults_;
};

}  // namespace xg::optim
