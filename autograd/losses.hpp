#pragma once

#include <xgrad/autograd/tensor.hpp>

// Losses, with arguments in PyTorch's order: what was predicted, then what it should have been. Both must have the same
// shape, unless said otherwise, so that a (n,) beside a (n, 1) is not silently broadcast to (n, n): they throw
// ShapeError. dtypes are promoted, integers to float32. Targets get gradients, too. Sums are made in double precision,
// in an order that depends on the shape alone.

namespace xg {

/// What becomes of the losses of all elements.
enum class LossReduction : std::uint8_t {
    none,       ///< They are returned as they are.
    mean,       ///< Their mean; NaN for none of them.
    sum,        ///< Their sum.
    batchmean,  ///< Their sum divided by the size of the first axis.
};

/// (prediction - target)².
XG_EXPORT Tensor mse_loss(const Tensor& prediction, const Tensor& target,
                          LossReduction reduction = LossReduction::mean);
/// |prediction - target|; its derivative is 0 where they are equal.
XG_EXPORT Tensor l1_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction = LossReduction::mean);
/// d²/2 for |d| = |prediction - target| <= delta, else delta · (|d| - delta/2). Throws ValueError unless delta > 0.
/// (Huber, 1964.)
XG_EXPORT Tensor huber_loss(const Tensor& prediction, const Tensor& target, double delta = 1,
                            LossReduction reduction = LossReduction::mean);
/// d²/(2·beta) for |d| = |prediction - target| < beta, else |d| - beta/2; `l1_loss` for beta = 0. Throws ValueError for
/// beta < 0. (Girshick, Fast R-CNN, 2015.)
XG_EXPORT Tensor smooth_l1_loss(const Tensor& prediction, const Tensor& target, double beta = 1,
                                LossReduction reduction = LossReduction::mean);
/// The absolute error in percent of the target, 100 · |prediction - target| / max(|target|, 1e-7), as in Keras.
XG_EXPORT Tensor mape_loss(const Tensor& prediction, const Tensor& target,
                           LossReduction reduction = LossReduction::mean);
/// (log(1 + max(prediction, 1e-7)) - log(1 + max(target, 1e-7)))², as in Keras.
XG_EXPORT Tensor msle_loss(const Tensor& prediction, const Tensor& target,
                           LossReduction reduction = LossReduction::mean);

/// Options of `binary_cross_entropy`.
struct BinaryCrossEntropyOptions {
    Tensor weight = {};  ///< Of each loss; broadcast to the target's shape.
    LossReduction reduction = LossReduction::mean;
};
/// -(target · log(prediction) + (1 - target) · log(1 - prediction)) of probabilities; logarithms are at least -100, as
/// in PyTorch. Throws ValueError for predictions outside of [0, 1].
XG_EXPORT Tensor binary_cross_entropy(const Tensor& prediction, const Tensor& target,
                                      const BinaryCrossEntropyOptions& options = {});

/// Options of `binary_cross_entropy_with_logits`.
struct BinaryCrossEntropyWithLogitsOptions {
    Tensor weight = {};      ///< Of each loss; broadcast to the target's shape.
    Tensor pos_weight = {};  ///< Of positive targets; broadcast to the target's shape.
    LossReduction reduction = LossReduction::mean;
};
/// -(pos_weight · target · log(sigmoid(logits)) + (1 - target) · log(1 - sigmoid(logits))), exact for logits of any
/// size.
XG_EXPORT Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                                  const BinaryCrossEntropyWithLogitsOptions& options = {});

/// Options of `cross_entropy`.
struct CrossEntropyOptions {
    Tensor weight = {};                ///< Of each class, (C,); a constant.
    std::int64_t ignore_index = -100;  ///< Targets of this class count for nothing.
    double label_smoothing = 0;        ///< The share of the target that is spread evenly over all classes; from 0 to 1.
    LossReduction reduction = LossReduction::mean;
};
/// -log(softmax(logits)) of the target's class, for logits of shape (C,), (N, C) or (N, C, d1, ...).
///
/// The target is either int64 classes, of the logits' shape without C, or probabilities, of the logits' shape. The mean
/// is over the classes' weights of targets that are not ignored (NaN if all are), that of probabilities over all.
/// Throws IndexError for a class that there is not, ShapeError, DTypeError, and ValueError for a label_smoothing
/// outside of [0, 1].
XG_EXPORT Tensor cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options = {});

/// Options of `nll_loss`.
struct NLLLossOptions {
    Tensor weight = {};                ///< Of each class, (C,); a constant.
    std::int64_t ignore_index = -100;  ///< Targets of this class count for nothing.
    LossReduction reduction = LossReduction::mean;
};
/// The same of what already are logarithms of probabilities: -log_probabilities of the target's class, times its
/// weight.
XG_EXPORT Tensor nll_loss(const Tensor& log_probabilities, const Tensor& target, const NLLLossOptions& options = {});

/// Options of `kl_div`.
struct KLDivOptions {
    bool log_target = false;                        ///< Whether the target is given as logarithms.
    LossReduction reduction = LossReduction::mean;  ///< `batchmean` gives the divergence of a batch of distributions.
};
/// The parts of the Kullback-Leibler divergence, target · (log(target) - input), where the input is logarithms of
/// probabilities; 0 · log(0) is 0, and its derivative is finite.
XG_EXPORT Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivOptions& options = {});

/// max(1 - target · prediction, 0) for targets of -1 and 1; if all are 0 or 1, 0 stands for -1, as in Keras.
XG_EXPORT Tensor hinge_loss(const Tensor& prediction, const Tensor& target,
                            LossReduction reduction = LossReduction::mean);
/// The square of that.
XG_EXPORT Tensor squared_hinge_loss(const Tensor& prediction, const Tensor& target,
                                    LossReduction reduction = LossReduction::mean);

/// The cosine of the angle between vectors along `axis`: a · b / (max(|a|, eps) · max(|b|, eps)). Shapes are broadcast.
XG_EXPORT Tensor cosine_similarity(const Tensor& a, const Tensor& b, std::int64_t axis = 1, double eps = 1e-8);

/// Options of `cosine_embedding_loss` and `margin_ranking_loss`.
struct MarginOptions {
    double margin = 0;
    LossReduction reduction = LossReduction::mean;
};
/// 1 - cos(a, b) where the target is 1, max(cos(a, b) - margin, 0) where it is -1; a and b are (N, D) or (D,), targets
/// (N,) or ().
XG_EXPORT Tensor cosine_embedding_loss(const Tensor& a, const Tensor& b, const Tensor& target,
                                       const MarginOptions& options = {});
/// max(margin - target · (a - b), 0): a target of 1 says that a should be the greater, -1 that b should.
XG_EXPORT Tensor margin_ranking_loss(const Tensor& a, const Tensor& b, const Tensor& target,
                                     const MarginOptions& options = {});

/// Options of `triplet_margin_loss`.
struct TripletMarginOptions {
    double margin = 1;
    double eps = 1e-6;  ///< Added to each difference, as in PyTorch.
    LossReduction reduction = LossReduction::mean;
};
/// max(margin + |anchor - positive| - |anchor - negative|, 0), with Euclidean distances along the last axis. (Balntas
/// et al., 2016.)
XG_EXPORT Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                     const TripletMarginOptions& options = {});

}  // namespace xg
