#pragma once

#include <xgrad/autograd/losses.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {

using xg::mse_loss;

/// The mean squared error as a layer: takes (prediction, target) of equal shapes.
class MSELoss final : public Layer<MSELoss> {
public:
    Tensor forward(const Tensor& prediction, const Tensor& target) const { return mse_loss(prediction, target); }
};

}  // namespace xg::nn
