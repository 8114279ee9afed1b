#pragma once

#include <xgrad/autograd/math.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// max(x, 0), element by element.
class ReLU : public Layer<ReLU> {
public:
    Tensor forward(const Tensor& x) const { return relu(x); }
};

/// The hyperbolic tangent, element by element.
class Tanh : public Layer<Tanh> {
public:
    Tensor forward(const Tensor& x) const { return tanh(x); }
};

/// 1 / (1 + exp(-x)), element by element.
class Sigmoid : public Layer<Sigmoid> {
public:
    Tensor forward(const Tensor& x) const { return sigmoid(x); }
};

}  // namespace xg::nn
