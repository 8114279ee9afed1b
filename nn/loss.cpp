#include <xgrad/nn/loss.hpp>

#include <xgrad/autograd/ops.hpp>

namespace xg::nn {
namespace {

/// The sum of the weights of the classes in `target`; distributions over the classes, along axis 1, count as one each.
double class_weight(const Tensor& target, const Tensor& weight, std::int64_t ignore_index) {
    if (target.dtype() != int64)
        return static_cast<double>(target.numel()) / static_cast<double>(target.rank() > 1 ? target.size(1) : 1);
    const Tensor classes = target.contiguous();
    const std::int64_t* const of = classes.data<std::int64_t>();
    const std::vector<double> weights = weight.defined() ? weight.to_vector() : std::vector<double>();
    double sum = 0;
    for (std::int64_t i = 0; i < classes.numel(); ++i) {
        if (of[i] == ignore_index) continue;
        // A class that there is not is the loss's to refuse.
        const bool known = of[i] >= 0 && of[i] < static_cast<std::int64_t>(weights.size());
        sum += weights.empty() ? 1 : known ? weights[static_cast<std::size_t>(of[i])] : 0;
    }
    return sum;
}

/// Whether each row of a batch has the same weights.
bool same_for_all(const Tensor& weight) { return !weight.defined() || weight.numel() == 1; }

}  // namespace

Tensor MSELoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return mse_loss(prediction, target, reduction);
}

Tensor L1Loss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return l1_loss(prediction, target, reduction);
}

Tensor MAPELoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return mape_loss(prediction, target, reduction);
}

Tensor MSLELoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return msle_loss(prediction, target, reduction);
}

Tensor HingeLoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return hinge_loss(prediction, target, reduction);
}

Tensor SquaredHingeLoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return squared_hinge_loss(prediction, target, reduction);
}

Tensor HuberLoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return huber_loss(prediction, target, delta_, reduction);
}

Tensor SmoothL1Loss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    return smooth_l1_loss(prediction, target, beta_, reduction);
}

CrossEntropyLoss::CrossEntropyLoss(const CrossEntropyOptions& options)
    : LossLayer(options.reduction), options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    options_.weight = {};
}

Tensor CrossEntropyLoss::reduced(const Tensor& logits, const Tensor& target, LossReduction reduction) const {
    CrossEntropyOptions options = options_;
    options.weight = weight_;
    options.reduction = reduction;
    return cross_entropy(logits, target, options);
}

double CrossEntropyLoss::weight(const Tensor& target) const {
    if (reduction() == LossReduction::batchmean) return LossLayer::weight(target);
    return class_weight(target, weight_, options_.ignore_index);
}

NLLLoss::NLLLoss(const NLLLossOptions& options) : LossLayer(options.reduction), options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    options_.weight = {};
}

Tensor NLLLoss::reduced(const Tensor& log_probabilities, const Tensor& target, LossReduction reduction) const {
    NLLLossOptions options = options_;
    options.weight = weight_;
    options.reduction = reduction;
    return nll_loss(log_probabilities, target, options);
}

double NLLLoss::weight(const Tensor& target) const {
    if (reduction() == LossReduction::batchmean) return LossLayer::weight(target);
    return class_weight(target, weight_, options_.ignore_index);
}

BCELoss::BCELoss(const BinaryCrossEntropyOptions& options) : LossLayer(options.reduction), options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    set_row_wise(same_for_all(options.weight));
    options_.weight = {};
}

Tensor BCELoss::reduced(const Tensor& prediction, const Tensor& target, LossReduction reduction) const {
    BinaryCrossEntropyOptions options = options_;
    options.weight = weight_;
    options.reduction = reduction;
    return binary_cross_entropy(prediction, target, options);
}

BCEWithLogitsLoss::BCEWithLogitsLoss(const BinaryCrossEntropyWithLogitsOptions& options)
    : LossLayer(options.reduction), options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    if (options.pos_weight.defined()) pos_weight_ = add_buffer("pos_weight", options.pos_weight);
    set_row_wise(same_for_all(options.weight) && same_for_all(options.pos_weight));
    options_.weight = {};
    options_.pos_weight = {};
}

Tensor BCEWithLogitsLoss::reduced(const Tensor& logits, const Tensor& target, LossReduction reduction) const {
    BinaryCrossEntropyWithLogitsOptions options = options_;
    options.weight = weight_;
    options.reduction = reduction;
    options.pos_weight = pos_weight_;
    return binary_cross_entropy_with_logits(logits, target, options);
}

Tensor KLDivLoss::reduced(const Tensor& input, const Tensor& target, LossReduction reduction) const {
    KLDivOptions options = options_;
    options.reduction = reduction;
    return kl_div(input, target, options);
}

Tensor CosineEmbeddingLoss::forward(const Tensor& a, const Tensor& b, const Tensor& target) const {
    return cosine_embedding_loss(a, b, target, options_);
}

Tensor MarginRankingLoss::forward(const Tensor& a, const Tensor& b, const Tensor& target) const {
    return margin_ranking_loss(a, b, target, options_);
}

Tensor TripletMarginLoss::forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const {
    return triplet_margin_loss(anchor, positive, negative, options_);
}

}  // namespace xg::nn
