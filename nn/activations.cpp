#include <xgrad/nn/activations.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/softmax.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {

Tensor ReLU6::forward(const Tensor& x) const { return relu6(x); }
Tensor SELU::forward(const Tensor& x) const { return selu(x); }
Tensor SiLU::forward(const Tensor& x) const { return silu(x); }
Tensor Mish::forward(const Tensor& x) const { return mish(x); }
Tensor Softsign::forward(const Tensor& x) const { return softsign(x); }
Tensor LogSigmoid::forward(const Tensor& x) const { return logsigmoid(x); }
Tensor Hardsigmoid::forward(const Tensor& x) const { return hardsigmoid(x); }
Tensor Hardswish::forward(const Tensor& x) const { return hardswish(x); }
Tensor LeakyReLU::forward(const Tensor& x) const { return leaky_relu(x, slope_); }
Tensor ELU::forward(const Tensor& x) const { return elu(x, alpha_); }
Tensor CELU::forward(const Tensor& x) const { return celu(x, alpha_); }
Tensor GELU::forward(const Tensor& x) const { return gelu(x, approximation_); }
Tensor Softplus::forward(const Tensor& x) const { return softplus(x, beta_, threshold_); }
Tensor Hardtanh::forward(const Tensor& x) const { return hardtanh(x, min_, max_); }
Tensor GLU::forward(const Tensor& x) const { return glu(x, axis_); }
Tensor Softmax::forward(const Tensor& x) const { return softmax(x, axis_); }
Tensor LogSoftmax::forward(const Tensor& x) const { return log_softmax(x, axis_); }

PReLU::PReLU(std::int64_t num_parameters, double init, DType dtype) {
    if (num_parameters < 1)
        throw ValueError("PReLU: expected at least 1 parameter, got " + std::to_string(num_parameters));
    weight_ = add_parameter("weight", full({num_parameters}, init, {.dtype = dtype}));
}
Tensor PReLU::forward(const Tensor& x) const { return prelu(x, weight_); }

}  // namespace xg::nn
