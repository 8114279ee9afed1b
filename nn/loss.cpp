#include <xgrad/nn/loss.hpp>

namespace xg::nn {
Tensor MSELoss::forward(const Tensor& prediction, const Tensor& target) const {
    return mse_loss(prediction, target, reduction_);
}

Tensor L1Loss::forward(const Tensor& prediction, const Tensor& target) const {
    return l1_loss(prediction, target, reduction_);
}

Tensor MAPELoss::forward(const Tensor& prediction, const Tensor& target) const {
    return mape_loss(prediction, target, reduction_);
}

Tensor MSLELoss::forward(const Tensor& prediction, const Tensor& target) const {
    return msle_loss(prediction, target, reduction_);
}

Tensor HingeLoss::forward(const Tensor& prediction, const Tensor& target) const {
    return hinge_loss(prediction, target, reduction_);
}

Tensor SquaredHingeLoss::forward(const Tensor& prediction, const Tensor& target) const {
    return squared_hinge_loss(prediction, target, reduction_);
}

Tensor HuberLoss::forward(const Tensor& prediction, const Tensor& target) const {
    return huber_loss(prediction, target, delta_, reduction_);
}

Tensor SmoothL1Loss::forward(const Tensor& prediction, const Tensor& target) const {
    return smooth_l1_loss(prediction, target, beta_, reduction_);
}

CrossEntropyLoss::CrossEntropyLoss(const CrossEntropyOptions& options) : options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    options_.weight = {};
}

Tensor CrossEntropyLoss::forward(const Tensor& logits, const Tensor& target) const {
    CrossEntropyOptions options = options_;
    options.weight = weight_;
    return cross_entropy(logits, target, options);
}

NLLLoss::NLLLoss(const NLLLossOptions& options) : options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    options_.weight = {};
}

Tensor NLLLoss::forward(const Tensor& log_probabilities, const Tensor& target) const {
    NLLLossOptions options = options_;
    options.weight = weight_;
    return nll_loss(log_probabilities, target, options);
}

BCELoss::BCELoss(const BinaryCrossEntropyOptions& options) : options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    options_.weight = {};
}

Tensor BCELoss::forward(const Tensor& prediction, const Tensor& target) const {
    BinaryCrossEntropyOptions options = options_;
    options.weight = weight_;
    return binary_cross_entropy(prediction, target, options);
}

BCEWithLogitsLoss::BCEWithLogitsLoss(const BinaryCrossEntropyWithLogitsOptions& options) : options_(options) {
    if (options.weight.defined()) weight_ = add_buffer("weight", options.weight);
    if (options.pos_weight.defined()) pos_weight_ = add_buffer("pos_weight", options.pos_weight);
    options_.weight = {};
    options_.pos_weight = {};
}

Tensor BCEWithLogitsLoss::forward(const Tensor& logits, const Tensor& target) const {
    BinaryCrossEntropyWithLogitsOptions options = options_;
    options.weight = weight_;
    options.pos_weight = pos_weight_;
    return binary_cross_entropy_with_logits(logits, target, options);
}

Tensor KLDivLoss::forward(const Tensor& input, const Tensor& target) const { return kl_div(input, target, options_); }

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
