#include <xgrad/nn/normalization.hpp>

#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/normalization.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

void check_features(const std::string& layer, std::int64_t n) {
    if (n < 1) throw ValueError(layer + ": expected at least 1 feature, got " + std::to_string(n));
}

/// x must be (N, n, ...), of a rank from `least` to `most`; `expected` says so in words.
void check_input(const std::string& layer, const Tensor& x, std::int64_t n, std::int64_t least, std::int64_t most,
                 const std::string& expected) {
    if (!x.defined()) throw ValueError(layer + ": the input is undefined");
    if (x.rank() < least || x.rank() > most || x.size(1) != n)
        throw ShapeError(layer + ": expected an input of shape " + expected + ", got " + x.shape().str());
}

}  // namespace

namespace detail {

template <class Self>
BatchNorm<Self>::BatchNorm(std::int64_t num_features, const BatchNormLayerOptions& options)
    : features_(num_features), options_(options) {
    check_features(this->type(), num_features);
    const Shape shape{num_features};
    const TensorOptions of{.dtype = options.dtype};
    if (options.affine) {
        weight_ = this->add_parameter("weight", ones(shape, of));
        bias_ = this->add_parameter("bias", zeros(shape, of));
    }
    if (!options.track_running_stats) return;
    mean_ = this->add_buffer("running_mean", zeros(shape, of));
    variance_ = this->add_buffer("running_var", ones(shape, of));
    batches_ = this->add_buffer("num_batches_tracked", zeros({}, {.dtype = int64}));
}

template <class Self>
Tensor BatchNorm<Self>::normalized(const Tensor& x) const {
    const bool training = this->is_training(), updates = training && options_.track_running_stats;
    double share = options_.momentum.value_or(0);
    if (updates && !options_.momentum) share = 1 / (static_cast<double>(batches_.item_int()) + 1);
    Tensor y =
        batch_norm(x, mean_, variance_, weight_, bias_,
                   {.training = training || !options_.track_running_stats, .momentum = share, .eps = options_.eps});
    if (updates) {
        const NoGrad no_grad;
        Tensor count = batches_;
        count.add_(1);
    }
    return y;
}

template class BatchNorm<BatchNorm1d>;
template class BatchNorm<BatchNorm2d>;

}  // namespace detail

BatchNorm1d::BatchNorm1d(std::int64_t num_features, const BatchNormLayerOptions& options)
    : BatchNorm(num_features, options) {}

Tensor BatchNorm1d::forward(const Tensor& x) const {
    const std::string n = std::to_string(features());
    check_input("BatchNorm1d", x, features(), 2, 3, "(N, " + n + ") or (N, " + n + ", L)");
    return normalized(x);
}

BatchNorm2d::BatchNorm2d(std::int64_t num_features, const BatchNormLayerOptions& options)
    : BatchNorm(num_features, options) {}

Tensor BatchNorm2d::forward(const Tensor& x) const {
    check_input("BatchNorm2d", x, features(), 4, 4, "(N, " + std::to_string(features()) + ", H, W)");
    return normalized(x);
}

LayerNorm::LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options)
    : shape_(normalized_shape), eps_(options.eps) {
    if (!options.elementwise_affine) return;
    weight_ = add_parameter("weight", ones(shape_, {.dtype = options.dtype}));
    if (options.bias) bias_ = add_parameter("bias", zeros(shape_, {.dtype = options.dtype}));
}

Tensor LayerNorm::forward(const Tensor& x) const { return layer_norm(x, shape_, weight_, bias_, eps_); }

RMSNorm::RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options)
    : shape_(normalized_shape), eps_(options.eps) {
    if (options.elementwise_affine) weight_ = add_parameter("weight", ones(shape_, {.dtype = options.dtype}));
}

Tensor RMSNorm::forward(const Tensor& x) const { return rms_norm(x, shape_, weight_, eps_); }

GroupNorm::GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options)
    : groups_(num_groups), channels_(num_channels), eps_(options.eps) {
    if (num_channels < 1 || num_groups < 1 || num_channels % num_groups != 0)
        throw ValueError("GroupNorm: expected a number of groups that divides that of the channels, got " +
                         std::to_string(num_groups) + " and " + std::to_string(num_channels));
    if (!options.affine) return;
    weight_ = add_parameter("weight", ones({num_channels}, {.dtype = options.dtype}));
    bias_ = add_parameter("bias", zeros({num_channels}, {.dtype = options.dtype}));
}

Tensor GroupNorm::forward(const Tensor& x) const {
    check_input("GroupNorm", x, channels_, 2, 64, "(N, " + std::to_string(channels_) + ", ...)");
    return group_norm(x, groups_, weight_, bias_, eps_);
}

InstanceNorm1d::InstanceNorm1d(std::int64_t num_features, const InstanceNormOptions& options)
    : features_(num_features), eps_(options.eps) {
    check_features("InstanceNorm1d", num_features);
    if (!options.affine) return;
    weight_ = add_parameter("weight", ones({num_features}, {.dtype = options.dtype}));
    bias_ = add_parameter("bias", zeros({num_features}, {.dtype = options.dtype}));
}

Tensor InstanceNorm1d::forward(const Tensor& x) const {
    check_input("InstanceNorm1d", x, features_, 3, 3, "(N, " + std::to_string(features_) + ", L)");
    return instance_norm(x, weight_, bias_, eps_);
}

InstanceNorm2d::InstanceNorm2d(std::int64_t num_features, const InstanceNormOptions& options)
    : features_(num_features), eps_(options.eps) {
    check_features("InstanceNorm2d", num_features);
    if (!options.affine) return;
    weight_ = add_parameter("weight", ones({num_features}, {.dtype = options.dtype}));
    bias_ = add_parameter("bias", zeros({num_features}, {.dtype = options.dtype}));
}

Tensor InstanceNorm2d::forward(const Tensor& x) const {
    check_input("InstanceNorm2d", x, features_, 4, 4, "(N, " + std::to_string(features_) + ", H, W)");
    return instance_norm(x, weight_, bias_, eps_);
}

}  // namespace xg::nn
