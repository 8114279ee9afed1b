#pragma once

#include <xgrad/autograd/math.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// max(x, 0), element by element.
class ReLU final : public Layer<ReLU> {
public:
    Tensor forward(const Tensor& x) const { return relu(x); }
};

/// The hyperbolic tangent, element by element.
class Tanh final : public Layer<Tanh> {
public:
    Tensor forward(const Tensor& x) const { return tanh(x); }
};

/// 1 / (1 + exp(-x)), element by element.
class Sigmoid final : public Layer<Sigmoid> {
public:
    Tensor forward(const Tensor& x) const { return sigmoid(x); }
};

}  // namespace xg::nn
