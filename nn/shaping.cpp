#include <xgrad/nn/shaping.hpp>

#include <xgrad/autograd/shaping.hpp>

namespace xg::nn {

Tensor Flatten::forward(const Tensor& x) const { return flatten(x, start_, end_); }
Tensor Unflatten::forward(const Tensor& x) const { return unflatten(x, axis_, sizes_); }
Tensor Upsample::forward(const Tensor& x) const { return interpolate(x, options_); }

}  // namespace xg::nn
