#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/tensor.hpp>
#include <xgrad/nn/module.hpp>
#include <xgrad/train/loss.hpp>

namespace xg::train::detail {

/// Rows of what cannot be cut that are evaluated at once, where the caller leaves it open.
constexpr std::int64_t kWholeRows = 1024;

/// What came of a batch.
struct BatchResult {
    double loss = 0;    ///< As the loss gives it for the whole batch.
    double weight = 0;  ///< What that counts beside other batches.
    Tensor prediction;  ///< Cut off from any graph; undefined unless it was asked for.
};

/// Runs batches through a model and a loss: whole, or in parts of some rows on all threads.
///
/// Parts are dealt out to at most `kLanes` lanes, contiguous ranges of them, by the batch's size alone. Each lane sums
/// its gradients in a store of its own, and the stores are added in the lanes' order: the bits do not depend on how many
/// threads take lanes.
class BatchRunner {
public:
    BatchRunner(const nn::Module& model, const Loss& loss, bool may_cut);

    /// Looks at the model, which may have grown, again: whether batches are cut is decided with the next one.
    void begin();

    /// Adds the loss's gradients to the parameters. `weights` of the samples may be undefined.
    BatchResult train(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction);
    /// Loss and predictions without a graph, in the mode in which the model is. The latter alone without targets.
    BatchResult evaluate(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction);

    /// Rows that are run at once; 0: whole batches.
    std::int64_t rows() const noexcept { return rows_; }
    std::string plan() const;

private:
    struct Parts;

    /// The loss of some rows as a tensor: for `weights` the weighted sum over `total`, else as the loss reduces it.
    Tensor loss_of(const Tensor& prediction, const Tensor& y, const Tensor& weights, double total) const;
    Tensor call(const Tensor& x) const;
    bool hooked() const;
    /// Decides, with the first batch, whether and where batches are cut.
    void decide(const Tensor& x, const Tensor& y, const Tensor& weights);
    /// Whether the gradients of x's first 2n rows are the same in one part and in two; none if they are all 0.
    std::optional<bool> agrees(const Tensor& x, const Tensor& y, const Tensor& weights, std::int64_t n);
    /// Whether the first rows of a part are predicted the same without the others.
    bool predicts_by_row(const Tensor& x, const Tensor& prediction) const;
    BatchResult train_whole(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction);
    BatchResult train_parts(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction);

    nn::Module model_;
    Loss loss_;
    std::vector<nn::Module> modules_;
    std::vector<Tensor> parameters_;
    std::int64_t rows_ = 0;
    std::int64_t lanes_ = 0;  // at most
    bool may_cut_;
    bool decided_ = false;
    bool by_row_ = true;  // nothing else has been seen
    std::string why_whole_;
    std::vector<GradientStore> stores_;
    std::vector<double> losses_;  // of each part
};

}  // namespace xg::train::detail
