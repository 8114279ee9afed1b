#pragma once

#include <xgrad/autograd/losses.hpp>
#include <xgrad/nn/module.hpp>

// Losses as modules, with PyTorch's names and defaults: they take (prediction, target), and <xgrad/autograd/losses.hpp>
// says what each computes, of which shapes, and what is thrown. Weights that are given become buffers.

namespace xg::nn {

using xg::mse_loss;

/// What losses of (prediction, target) have in common. One of your own needs no such base: any layer with that `forward`
/// is a loss. What a Trainer can do with it besides depends on which of these members it has.
template <class Self>
class LossLayer : public Layer<Self> {
public:
    static constexpr bool row_wise = true;  ///< The loss of a row depends on that row alone: see Layer.

    /// The loss, a single number unless the reduction is `none`.
    Tensor forward(const Tensor& prediction, const Tensor& target) const {
        return static_cast<const Self&>(*this).reduced(prediction, target, reduction_);
    }
    /// The losses of all elements, which weights of samples are multiplied with.
    Tensor each(const Tensor& prediction, const Tensor& target) const {
        return static_cast<const Self&>(*this).reduced(prediction, target, LossReduction::none);
    }
    /// What `forward` makes of them.
    LossReduction reduction() const noexcept { return reduction_; }
    /// What the mean over this batch counts beside the means over others: the number of elements that it is taken over,
    /// or of rows for `batchmean`, unless they weigh differently.
    double weight(const Tensor& target) const {
        return static_cast<double>(reduction_ == LossReduction::batchmean ? target.size(0) : target.numel());
    }

protected:
    explicit LossLayer(LossReduction reduction) : reduction_(reduction) {}

private:
    LossReduction reduction_;
};

/// `mse_loss`: (prediction - target)².
class XG_EXPORT MSELoss final : public LossLayer<MSELoss> {
public:
    explicit MSELoss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `l1_loss`: |prediction - target|.
class XG_EXPORT L1Loss final : public LossLayer<L1Loss> {
public:
    explicit L1Loss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `mape_loss`: the absolute error in percent of the target.
class XG_EXPORT MAPELoss final : public LossLayer<MAPELoss> {
public:
    explicit MAPELoss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `msle_loss`: the squared difference of the logarithms of 1 + prediction and 1 + target.
class XG_EXPORT MSLELoss final : public LossLayer<MSLELoss> {
public:
    explicit MSLELoss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `hinge_loss`: max(1 - target · prediction, 0).
class XG_EXPORT HingeLoss final : public LossLayer<HingeLoss> {
public:
    explicit HingeLoss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `squared_hinge_loss`: the square of that.
class XG_EXPORT SquaredHingeLoss final : public LossLayer<SquaredHingeLoss> {
public:
    explicit SquaredHingeLoss(LossReduction reduction = LossReduction::mean) : LossLayer(reduction) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;
};

/// `huber_loss`: quadratic up to `delta`, linear beyond.
class XG_EXPORT HuberLoss final : public LossLayer<HuberLoss> {
public:
    explicit HuberLoss(double delta = 1, LossReduction reduction = LossReduction::mean)
        : LossLayer(reduction), delta_(delta) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;

private:
    double delta_;
};

/// `smooth_l1_loss`: quadratic up to `beta`, linear beyond, with slope 1.
class XG_EXPORT SmoothL1Loss final : public LossLayer<SmoothL1Loss> {
public:
    explicit SmoothL1Loss(double beta = 1, LossReduction reduction = LossReduction::mean)
        : LossLayer(reduction), beta_(beta) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;

private:
    double beta_;
};

/// `cross_entropy` of logits, with classes or probabilities as targets. Buffer, if given: weight (C).
class XG_EXPORT CrossEntropyLoss final : public LossLayer<CrossEntropyLoss> {
public:
    explicit CrossEntropyLoss(const CrossEntropyOptions& options = {});
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& logits, const Tensor& target, LossReduction reduction) const;
    /// The sum of the classes' weights over all targets that count; rows for `batchmean`.
    double weight(const Tensor& target) const;

private:
    CrossEntropyOptions options_;
    Parameter weight_;
};

/// `nll_loss` of logarithms of probabilities. Buffer, if given: weight (C).
class XG_EXPORT NLLLoss final : public LossLayer<NLLLoss> {
public:
    explicit NLLLoss(const NLLLossOptions& options = {});
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& log_probabilities, const Tensor& target, LossReduction reduction) const;
    /// The sum of the classes' weights over all targets that count; rows for `batchmean`.
    double weight(const Tensor& target) const;

private:
    NLLLossOptions options_;
    Parameter weight_;
};

/// `binary_cross_entropy` of probabilities. Buffer, if given: weight.
class XG_EXPORT BCELoss final : public LossLayer<BCELoss> {
public:
    explicit BCELoss(const BinaryCrossEntropyOptions& options = {});
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const;

private:
    BinaryCrossEntropyOptions options_;
    Parameter weight_;
};

/// `binary_cross_entropy_with_logits`. Buffers, if given: weight, pos_weight.
class XG_EXPORT BCEWithLogitsLoss final : public LossLayer<BCEWithLogitsLoss> {
public:
    explicit BCEWithLogitsLoss(const BinaryCrossEntropyWithLogitsOptions& options = {});
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& logits, const Tensor& target, LossReduction reduction) const;

private:
    BinaryCrossEntropyWithLogitsOptions options_;
    Parameter weight_;
    Parameter pos_weight_;
};

/// `kl_div` of logarithms of probabilities.
class XG_EXPORT KLDivLoss final : public LossLayer<KLDivLoss> {
public:
    explicit KLDivLoss(const KLDivOptions& options = {}) : LossLayer(options.reduction), options_(options) {}
    /// The loss under a reduction of the caller's.
    Tensor reduced(const Tensor& input, const Tensor& target, LossReduction reduction) const;

private:
    KLDivOptions options_;
};

/// `cosine_embedding_loss` of two vectors each: takes (a, b, target).
class XG_EXPORT CosineEmbeddingLoss final : public Layer<CosineEmbeddingLoss> {
public:
    explicit CosineEmbeddingLoss(const MarginOptions& options = {}) : options_(options) {}
    Tensor forward(const Tensor& a, const Tensor& b, const Tensor& target) const;

private:
    MarginOptions options_;
};

/// `margin_ranking_loss` of two scores each: takes (a, b, target).
class XG_EXPORT MarginRankingLoss final : public Layer<MarginRankingLoss> {
public:
    explicit MarginRankingLoss(const MarginOptions& options = {}) : options_(options) {}
    Tensor forward(const Tensor& a, const Tensor& b, const Tensor& target) const;

private:
    MarginOptions options_;
};

/// `triplet_margin_loss`: takes (anchor, positive, negative).
class XG_EXPORT TripletMarginLoss final : public Layer<TripletMarginLoss> {
public:
    explicit TripletMarginLoss(const TripletMarginOptions& options = {}) : options_(options) {}
    Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;

private:
    TripletMarginOptions options_;
};

}  // namespace xg::nn
