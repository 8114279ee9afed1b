#pragma once

#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of RMSprop. The defaults are PyTorch's.
struct XG_EXPORT RMSpropOptions {
    double lr = 0.01;
    double alpha = 0.99;         ///< How much of the average of squares is kept, in [0, 1]; Keras's rho.
    double eps = 1e-8;           ///< Added to the denominator.
    double weight_decay = 0;     ///< Added to the gradient, times the parameter.
    double momentum = 0;         ///< In [0, 1).
    bool centered = false;       ///< Divide by the estimated variance: the square of the mean is taken off.
    bool maximize = false;       ///< Climb instead of descend.
    bool keras_formula = false;  ///< Compute as Keras does: see RMSprop.

    /// Keras's formula and defaults: lr = 0.001, alpha = 0.9, eps = 1e-7.
    static RMSpropOptions keras() { return {.lr = 1e-3, .alpha = 0.9, .eps = 1e-7, .keras_formula = true}; }
};

/// RMSprop (Hinton's lecture 6 of 2012), as PyTorch computes it: with g the gradient plus weight_decay · p,
///
///     v = alpha · v + (1 - alpha) · g²
///     a = alpha · a + (1 - alpha) · g             (if centered; else 0)
///     d = √(v - a²) + eps
///     p = p - lr · g / d                          (with momentum: b = momentum · b + g / d, p = p - lr · b)
///
/// or, with `keras_formula`, as Keras does, with ε under the root, the learning rate in b, and weights that decay by
/// themselves:
///
///     p = p - lr · weight_decay · p
///     d = √(v - a² + eps)
///     p = p - lr · g / d                          (with momentum: b = momentum · b + lr · g / d, p = p - b)
///
/// What it keeps: `square_avg`, with momentum `momentum_buffer`, and if centered `grad_avg`.
class XG_EXPORT RMSprop : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit RMSprop(std::vector<Tensor> parameters, const RMSpropOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const RMSpropOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    RMSpropOptions options(std::size_t group = 0) const;

private:
    RMSpropOptions defaults_;
};

}  // namespace xg::optim
