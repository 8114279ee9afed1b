#pragma once

#include <optional>

#include <xgrad/nn/module.hpp>

// Normalisation as layers, with PyTorch's names and defaults; <xgrad/autograd/normalization.hpp> has the formulas.
// Weights start at 1, biases at 0.
//
// Keras counts momentum the other way round (its 0.99 is 0.01 here) and adds an eps of 1e-3.

namespace xg::nn {

/// Options of BatchNorm1d and BatchNorm2d.
struct BatchNormLayerOptions {
    double eps = 1e-5;
    /// The weight of a batch in the running statistics; without one all batches count alike.
    std::optional<double> momentum = 0.1;
    bool affine = true;               ///< With weights and biases.
    bool track_running_stats = true;  ///< Else each batch is normalised by its own statistics, in evaluation as well.
    DType dtype = float32;
};

namespace detail {

/// What BatchNorm1d and BatchNorm2d share.
template <class Self>
class BatchNorm : public Layer<Self> {
public:
    /// Undefined where there are none; so are the others.
    const Tensor& weight() const noexcept { return weight_; }
    const Tensor& bias() const noexcept { return bias_; }
    const Tensor& running_mean() const noexcept { return mean_; }
    const Tensor& running_var() const noexcept { return variance_; }
    const Tensor& num_batches_tracked() const noexcept { return batches_; }

protected:
    BatchNorm(std::int64_t num_features, const BatchNormLayerOptions& options);
    Tensor normalized(const Tensor& x) const;
    std::int64_t features() const noexcept { return features_; }

private:
    std::int64_t features_;
    BatchNormLayerOptions options_;
    Parameter weight_, bias_, mean_, variance_, batches_;
};

}  // namespace detail

/// `batch_norm` of (N, num_features) or (N, num_features, L): by the batch's statistics in training, in evaluation by
/// the running ones. Parameters: weight and bias, (num_features); buffers: running_mean and running_var, of this shape,
/// and num_batches_tracked, an int64 of rank 0.
class XG_EXPORT BatchNorm1d final : public detail::BatchNorm<BatchNorm1d> {
public:
    /// Throws ValueError for fewer than 1 feature.
    explicit BatchNorm1d(std::int64_t num_features, const BatchNormLayerOptions& options = {});
    /// Throws ShapeError for other ranks and numbers of features, and as `xg::batch_norm` does.
    Tensor forward(const Tensor& x) const;
};

/// The same of (N, num_features, H, W).
class XG_EXPORT BatchNorm2d final : public detail::BatchNorm<BatchNorm2d> {
public:
    /// Throws ValueError for fewer than 1 feature.
    explicit BatchNorm2d(std::int64_t num_features, const BatchNormLayerOptions& options = {});
    /// Throws ShapeError for other ranks and numbers of features, and as `xg::batch_norm` does.
    Tensor forward(const Tensor& x) const;
};

/// Options of LayerNorm.
struct LayerNormOptions {
    double eps = 1e-5;
    bool elementwise_affine = true;  ///< With weights and, if `bias`, biases.
    bool bias = true;
    DType dtype = float32;
};

/// `layer_norm` over the last axes, of `normalized_shape`. Parameters: weight and bias of that shape.
class XG_EXPORT LayerNorm final : public Layer<LayerNorm> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options = {});
    explicit LayerNorm(std::int64_t size, const LayerNormOptions& options = {}) : LayerNorm(Shape{size}, options) {}
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    const Tensor& bias() const noexcept { return bias_; }

private:
    Shape shape_;
    double eps_;
    Parameter weight_, bias_;
};

/// Options of RMSNorm.
struct RMSNormOptions {
    std::optional<double> eps = {};  ///< The dtype's machine epsilon if not given.
    bool elementwise_affine = true;  ///< With weights.
    DType dtype = float32;
};

/// `rms_norm` over the last axes, of `normalized_shape`. Parameter: weight of that shape.
class XG_EXPORT RMSNorm final : public Layer<RMSNorm> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options = {});
    explicit RMSNorm(std::int64_t size, const RMSNormOptions& options = {}) : RMSNorm(Shape{size}, options) {}
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }

private:
    Shape shape_;
    std::optional<double> eps_;
    Parameter weight_;
};

/// Options of GroupNorm.
struct GroupNormOptions {
    double eps = 1e-5;
    bool affine = true;  ///< With weights and biases.
    DType dtype = float32;
};

/// `group_norm` of (N, num_channels, ...) in `num_groups` groups. Parameters: weight and bias, (num_channels).
class XG_EXPORT GroupNorm final : public Layer<GroupNorm> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError unless the groups divide the channels.
    GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options = {});
    /// Throws ShapeError for another number of channels, and as `xg::group_norm` does.
    Tensor forward(const Tensor& x) const;
    const Tensor& weight() const noexcept { return weight_; }
    const Tensor& bias() const noexcept { return bias_; }

private:
    std::int64_t groups_, channels_;
    double eps_;
    Parameter weight_, bias_;
};

/// Options of InstanceNorm1d and InstanceNorm2d. As by default in PyTorch there are no running statistics.
struct InstanceNormOptions {
    double eps = 1e-5;
    bool affine = false;  ///< With weights and biases.
    DType dtype = float32;
};

/// `instance_norm` of (N, num_features, L). Parameters, if affine: weight and bias, (num_features).
class XG_EXPORT InstanceNorm1d final : public Layer<InstanceNorm1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for fewer than 1 feature.
    explicit InstanceNorm1d(std::int64_t num_features, const InstanceNormOptions& options = {});
    /// Throws ShapeError for other ranks and numbers of features, and as `xg::instance_norm` does.
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t features_;
    double eps_;
    Parameter weight_, bias_;
};

/// The same of (N, num_features, H, W).
class XG_EXPORT InstanceNorm2d final : public Layer<InstanceNorm2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError for fewer than 1 feature.
    explicit InstanceNorm2d(std::int64_t num_features, const InstanceNormOptions& options = {});
    /// Throws ShapeError for other ranks and numbers of features, and as `xg::instance_norm` does.
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t features_;
    double eps_;
    Parameter weight_, bias_;
};

}  // namespace xg::nn
