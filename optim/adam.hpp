#pragma once

#include <utility>
#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of Adam. The defaults are PyTorch's.
struct XG_EXPORT AdamOptions {
    double lr = 1e-3;
    std::pair<double, double> betas = {0.9, 0.999};  ///< How much of the averages is kept, each in [0, 1).
    double eps = 1e-8;                               ///< Added to the denominator.
    double weight_decay = 0;              ///< Added to the gradient, times the parameter, unless it is decoupled.
    bool amsgrad = false;                 ///< Divide by the greatest average of squares so far.
    bool maximize = false;                ///< Climb instead of descend.
    bool decoupled_weight_decay = false;  ///< Shrink the parameters by lr · weight_decay of themselves: AdamW.
    bool keras_formula = false;           ///< Add eps where Keras does, and decouple the decay: see Adam.

    /// Keras's formula and defaults: eps = 1e-7.
    static AdamOptions keras() { return {.eps = 1e-7, .keras_formula = true}; }
};

/// Adam (Kingma and Ba, arXiv:1412.6980), as PyTorch computes it: with g the gradient plus weight_decay · p, t the
/// parameter's count of steps,
///
///     m = β₁ · m + (1 - β₁) · g
///     v = β₂ · v + (1 - β₂) · g²                  (with amsgrad the denominator has the greatest v so far, arXiv:1904.09237)
///     p = p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + eps)
///
/// or, with `keras_formula`, as Keras does, whose ε is the paper's ε̂, and whose weights decay by themselves:
///
///     p = p - lr · weight_decay · p
///     p = p - lr · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + eps)
///
/// What it keeps: `exp_avg`, `exp_avg_sq`, and with amsgrad `max_exp_avg_sq`.
class XG_EXPORT Adam : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit Adam(std::vector<Tensor> parameters, const AdamOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const AdamOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    AdamOptions options(std::size_t group = 0) const;

private:
    AdamOptions defaults_;
};

/// Options of AdamW. The defaults are PyTorch's.
struct XG_EXPORT AdamWOptions {
    double lr = 1e-3;
    std::pair<double, double> betas = {0.9, 0.999};  ///< How much of the averages is kept, each in [0, 1).
    double eps = 1e-8;                               ///< Added to the denominator.
    double weight_decay = 0.01;                      ///< The parameters shrink by lr · weight_decay of themselves.
    bool amsgrad = false;                            ///< Divide by the greatest average of squares so far.
    bool maximize = false;                           ///< Climb instead of descend.
    bool keras_formula = false;                      ///< Add eps where Keras does: see Adam.

    /// Keras's formula and defaults: eps = 1e-7, weight_decay = 0.004.
    static AdamWOptions keras() { return {.eps = 1e-7, .weight_decay = 0.004, .keras_formula = true}; }
};

/// Adam whose weights decay by themselves, not through the gradient (Loshchilov and Hutter, arXiv:1711.05101): first
/// p = p - lr · weight_decay · p, then Adam's step for the gradient alone.
class XG_EXPORT AdamW : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit AdamW(std::vector<Tensor> parameters, const AdamWOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const AdamWOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    AdamWOptions options(std::size_t group = 0) const;

private:
    AdamWOptions defaults_;
};

}  // namespace xg::optim
