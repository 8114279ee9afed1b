#pragma once

#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {

/// Options of Adagrad. The defaults are PyTorch's.
struct XG_EXPORT AdagradOptions {
    double lr = 0.01;
    double lr_decay = 0;                   ///< The rate of step t is lr / (1 + (t - 1) · lr_decay).
    double weight_decay = 0;               ///< Added to the gradient, times the parameter.
    double initial_accumulator_value = 0;  ///< Where the sum of squares starts.
    double eps = 1e-10;                    ///< Added to the denominator.
    bool maximize = false;                 ///< Climb instead of descend.
    bool keras_formula = false;            ///< Compute as Keras does: see Adagrad.

    /// Keras's formula and defaults: lr = 0.001, initial_accumulator_value = 0.1, eps = 1e-7.
    static AdagradOptions keras() {
        return {.lr = 1e-3, .initial_accumulator_value = 0.1, .eps = 1e-7, .keras_formula = true};
    }
};

/// Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011), as PyTorch computes it: with g the gradient plus weight_decay · p,
///
///     s = s + g²
///     p = p - lr / (1 + (t - 1) · lr_decay) · g / (√s + eps)
///
/// or, with `keras_formula`, as Keras does, with ε under the root, and weights that decay by themselves:
///
///     p = p - lr · weight_decay · p
///     p = p - lr / (1 + (t - 1) · lr_decay) · g / √(s + eps)
///
/// What it keeps: `sum`.
class XG_EXPORT Adagrad : public Optimizer {
public:
    /// Throws ValueError for options out of range, and as Optimizer does.
    explicit Adagrad(std::vector<Tensor> parameters, const AdagradOptions& options = {});
    /// Adds a group with the constructor's options, or with others. Throws as the constructor does, and for parameters
    /// of another group.
    void add_group(std::vector<Tensor> parameters);
    void add_group(std::vector<Tensor> parameters, const AdagradOptions& options);
    /// The options of a group as they are now. Throws IndexError.
    AdagradOptions options(std::size_t group = 0) const;

private:
    AdagradOptions defaults_;
};

}  // namespace xg::optim
