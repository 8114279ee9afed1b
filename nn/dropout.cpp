#include <xgrad/nn/dropout.hpp>

#include <string>

#include <xgrad/autograd/dropout.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

double checked(const char* layer, double p) {
    if (p >= 0 && p <= 1) return p;
    throw ValueError(std::string(layer) + ": expected a probability from 0 to 1, got " + std::to_string(p));
}

}  // namespace

Dropout::Dropout(double p) : p_(checked("Dropout", p)) {}
Tensor Dropout::forward(const Tensor& x) const { return dropout(x, p_, is_training()); }

Dropout2d::Dropout2d(double p) : p_(checked("Dropout2d", p)) {}
Tensor Dropout2d::forward(const Tensor& x) const { return feature_dropout(x, p_, is_training()); }

AlphaDropout::AlphaDropout(double p) : p_(checked("AlphaDropout", p)) {}
Tensor AlphaDropout::forward(const Tensor& x) const { return alpha_dropout(x, p_, is_training()); }

}  // namespace xg::nn
