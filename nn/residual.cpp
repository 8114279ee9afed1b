#include <xgrad/nn/residual.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {

Residual::Residual(const Module& module, const ResidualOptions& options)
    : scale_(options.scale), module_(add_module("module", module)) {
    if (options.gate) gate_ = add_parameter("gate", zeros({1}, {.dtype = options.dtype}));
}

Tensor Residual::forward(const Tensor& x) const {
    Tensor branch = module_(x);
    if (!(branch.shape() == x.shape()))
        throw ShapeError("Residual: expected of " + module_.type() + " the shape of its input, " + x.shape().str() +
                         ", got " + branch.shape().str());
    if (scale_ != 1) branch = branch * scale_;
    if (gate_.defined()) branch = branch * gate_;
    return x + branch;
}

}  // namespace xg::nn
