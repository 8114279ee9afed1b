#pragma once

#include <xgrad/autograd/losses.hpp>
#include <xgrad/nn/module.hpp>

// Losses as modules, with PyTorch's names and defaults: they take (prediction, target), and <xgrad/autograd/losses.hpp>
// says what each computes, of which shapes, and what is thrown. Weights that are given become buffers.

namespace xg::nn {

using xg::mse_loss;

/// `mse_loss`: (prediction - target)².
class XG_EXPORT MSELoss final : public Layer<MSELoss> {
public:
    explicit MSELoss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `l1_loss`: |prediction - target|.
class XG_EXPORT L1Loss final : public Layer<L1Loss> {
public:
    explicit L1Loss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `mape_loss`: the absolute error in percent of the target.
class XG_EXPORT MAPELoss final : public Layer<MAPELoss> {
public:
    explicit MAPELoss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `msle_loss`: the squared difference of the logarithms of 1 + prediction and 1 + target.
class XG_EXPORT MSLELoss final : public Layer<MSLELoss> {
public:
    explicit MSLELoss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `hinge_loss`: max(1 - target · prediction, 0).
class XG_EXPORT HingeLoss final : public Layer<HingeLoss> {
public:
    explicit HingeLoss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `squared_hinge_loss`: the square of that.
class XG_EXPORT SquaredHingeLoss final : public Layer<SquaredHingeLoss> {
public:
    explicit SquaredHingeLoss(LossReduction reduction = LossReduction::mean) : reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    LossReduction reduction_;
};

/// `huber_loss`: quadratic up to `delta`, linear beyond.
class XG_EXPORT HuberLoss final : public Layer<HuberLoss> {
public:
    explicit HuberLoss(double delta = 1, LossReduction reduction = LossReduction::mean)
        : delta_(delta), reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    double delta_;
    LossReduction reduction_;
};

/// `smooth_l1_loss`: quadratic up to `beta`, linear beyond, with slope 1.
class XG_EXPORT SmoothL1Loss final : public Layer<SmoothL1Loss> {
public:
    explicit SmoothL1Loss(double beta = 1, LossReduction reduction = LossReduction::mean)
        : beta_(beta), reduction_(reduction) {}
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    double beta_;
    LossReduction reduction_;
};

/// `cross_entropy` of logits, with classes or probabilities as targets. Buffer, if given: weight (C).
class XG_EXPORT CrossEntropyLoss final : public Layer<CrossEntropyLoss> {
public:
    explicit CrossEntropyLoss(const CrossEntropyOptions& options = {});
    Tensor forward(const Tensor& logits, const Tensor& target) const;

private:
    CrossEntropyOptions options_;
    Parameter weight_;
};

/// `nll_loss` of logarithms of probabilities. Buffer, if given: weight (C).
class XG_EXPORT NLLLoss final : public Layer<NLLLoss> {
public:
    explicit NLLLoss(const NLLLossOptions& options = {});
    Tensor forward(const Tensor& log_probabilities, const Tensor& target) const;

private:
    NLLLossOptions options_;
    Parameter weight_;
};

/// `binary_cross_entropy` of probabilities. Buffer, if given: weight.
class XG_EXPORT BCELoss final : public Layer<BCELoss> {
public:
    explicit BCELoss(const BinaryCrossEntropyOptions& options = {});
    Tensor forward(const Tensor& prediction, const Tensor& target) const;

private:
    BinaryCrossEntropyOptions options_;
    Parameter weight_;
};

/// `binary_cross_entropy_with_logits`. Buffers, if given: weight, pos_weight.
class XG_EXPORT BCEWithLogitsLoss final : public Layer<BCEWithLogitsLoss> {
public:
    explicit BCEWithLogitsLoss(const BinaryCrossEntropyWithLogitsOptions& options = {});
    Tensor forward(const Tensor& logits, const Tensor& target) const;

private:
    BinaryCrossEntropyWithLogitsOptions options_;
    Parameter weight_;
    Parameter pos_weight_;
};

/// `kl_div` of logarithms of probabilities.
class XG_EXPORT KLDivLoss final : public Layer<KLDivLoss> {
public:
    explicit KLDivLoss(const KLDivOptions& options = {}) : options_(options) {}
    Tensor forward(const Tensor& input, const Tensor& target) const;

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
