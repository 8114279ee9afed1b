#pragma once

#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Options of Residual.
struct ResidualOptions {
    double scale = 1;       ///< What the branch is multiplied by.
    bool gate = false;      ///< Also by a parameter that starts at 0, so that the layer starts as the identity.
    DType dtype = float32;  ///< Of the gate.
};

/// A shortcut past a module: x + scale · f(x) (He et al., Deep residual learning for image recognition, 2016), or x +
/// scale · gate · f(x) (Bachlechner et al., ReZero is all you need, 2021). The module is its child `module`; parameter,
/// if any: gate (1).
class XG_EXPORT Residual final : public Layer<Residual> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit Residual(const Module& module, const ResidualOptions& options = {});
    /// Throws ShapeError where the module changes the shape.
    Tensor forward(const Tensor& x) const;
    /// Undefined if there is none.
    const Tensor& gate() const noexcept { return gate_; }

private:
    double scale_;
    Module module_;
    Parameter gate_;
};

}  // namespace xg::nn
