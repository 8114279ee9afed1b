#pragma once

#include <utility>
#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of NAdam. The defaults are PyTorch's.
struct XG_EXPORT NAdamOptions {
    double lr = 2e-3;
    std::pair<double, double> betas = {0.9, 0.999};  ///< How much of the averages is kept, each in [0, 1).
    double eps = 1e-8;                               ///< Added to the denominator.
    double weight_decay = 0;              ///< Added to the gradient, times the parameter, unless it is decoupled.
    double momentum_decay = 4e-3;         ///< How soon the momentum reaches β₁.
    bool decoupled_weight_decay = false;  ///< Shrink the parameters by lr · weight_decay of themselves.
    bool maximize = false;                ///< Climb instead of descend.

    /// Keras's defaults, with which the formula is Keras's Nadam: lr = 0.001, eps = 1e-7, momentum_decay = 1, and
    /// weights that decay by themselves.
    static NAdamOptions keras() {
        return {.lr = 1e-3, .eps = 1e-7, .momentum_decay = 1, .decoupled_weight_decay = true};
    }
};

/// Adam with Nesterov's momentum (Dozat, 2016), as PyTorch computes it: with g the gradient plus weight_decay · p,
/// μ(t) = β₁ · (1 - 0.96^(t · momentum_decay) / 2) and M(t) the product of μ(1) to μ(t),
///
///     m = β₁ · m + (1 - β₁) · g
///     v = β₂ · v + (1 - β₂) · g²
///     p = p - lr · (μ(t+1) · m / (1 - M(t+1)) + (1 - μ(t)) · g / (1 - M(t))) / (√(v / (1 - β₂ᵗ)) + eps)
///
/// What it keeps: `exp_avg`, `exp_avg_sq` and the number `mu_product`.
class XG_EXPORT NAdam : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit NAdam(std::vector<Tensor> parameters, const NAdamOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const NAdamOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    NAdamOptions options(std::size_t group = 0) const;

private:
    NAdamOptions defaults_;
};

}  // namespace xg::optim
