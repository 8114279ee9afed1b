#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/data_loader.hpp>
#include <xgrad/data/samples.hpp>
#include <xgrad/nn/module.hpp>
#include <xgrad/optim/optimizer.hpp>
#include <xgrad/train/callback.hpp>
#include <xgrad/train/history.hpp>
#include <xgrad/train/loss.hpp>
#include <xgrad/train/metric.hpp>

namespace xg::train {

namespace detail {
struct TrainerBody;
}

/// Options of Trainer.
struct TrainerOptions {
    std::vector<Metric> metrics = {};  ///< What is measured of predictions besides the loss.
    double clip_norm = 0;          ///< What all gradients together are scaled down to before each step; 0: not at all.
    bool micro_batches = true;     ///< Cut batches into parts that stay in cache, where that changes nothing.
    bool handle_interrupt = true;  ///< Let Ctrl-C end a training after the batch under way, in place of the program.
};

/// Options of Trainer::fit.
struct FitOptions {
    std::int64_t epochs = 1;        ///< The epoch after which the training ends, counted from 1; at least 0.
    std::int64_t batch_size = 32;   ///< Samples a batch; at least 1. Not of use with a DataLoader.
    bool shuffle = true;            ///< A new order each epoch, unless one batch holds all samples. Likewise.
    data::Samples validation = {};  ///< What is evaluated after each epoch.
    double validation_split = 0;    ///< Or the share of the samples, from their end, that is kept for that; below 1.
    Tensor sample_weight = {};      ///< What each sample's loss is multiplied by, (n); finite, at least 0.
    std::map<std::int64_t, double> class_weight = {};  ///< The same by the class that is the target; 1 if not named.
    std::vector<Callback> callbacks = {};              ///< Called in this order.
    int verbose = 1;  ///< 0: silent. 1: a progress bar on a terminal, else a line an epoch. 2: a line an epoch.
    std::optional<std::uint64_t> seed = {};  ///< Of the batches' order; without it `xg::manual_seed` decides.
    std::string resume = {};                 ///< A checkpoint to go on from: see Trainer::fit.
};

/// Options of Trainer::evaluate and Trainer::predict.
struct EvaluateOptions {
    std::int64_t batch_size = 0;  ///< Samples at a time; 0: as many as need little memory. Results differ by rounding.
    Tensor sample_weight = {};    ///< Of the loss, (n).
};

/// A training loop: fits a model to samples, evaluates and predicts, as Keras's `fit`, `evaluate` and `predict`.
///
///     xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer, {.metrics = {xg::train::R2Score()}});
///     const xg::train::History history =
///         trainer.fit(x, y, {.epochs = 30, .validation = {x_val, y_val}, .callbacks = {monitor}});
///
/// Batches are cut into parts of some hundred rows that run through all layers while they are in the processor's cache,
/// on all threads; the gradients are added in a fixed order. So a batch of any size needs little memory, the gradient is
/// the whole batch's but for rounding, and its bits do not depend on the number of threads. Only what is known to work
/// row by row is cut: see nn::Layer and nn::LossLayer. The rest runs whole; `plan()` says which and why. The first
/// batch's first rows are run both ways, and must agree; so must some rows of each prediction. A GradientMonitor sees the
/// whole batch's norms either way; any other hook on a module gets whole batches.
///
/// Model and optimizer are the caller's. The optimizer must outlive the trainer.
class XG_EXPORT Trainer {
public:
    /// Throws ValueError for two metrics of one name or the name `loss`, a loss that gives no single number, a
    /// negative `clip_norm`, and an optimizer with none of the model's parameters.
    Trainer(const nn::Module& model, Loss loss, optim::Optimizer& optimizer, TrainerOptions options = {});
    Trainer(Trainer&&) noexcept;
    Trainer& operator=(Trainer&&) noexcept;
    ~Trainer();

    /// Trains on samples (n, …) and targets (n, …), `epochs` times all of them.
    ///
    /// With `resume`, a file that ModelCheckpoint or Training::save wrote: takes over the model, the optimizer, the
    /// callbacks, the history and the random generator, and goes on after its last finished epoch to the same bits as
    /// if the training had never ended. Model, optimizer and callbacks must have been made in the same way. A file that
    /// is not there is no error: the training then begins; so a program can be started again as it is.
    ///
    /// The model is in training mode meanwhile, and afterwards in the mode in which it was. If anything throws, also a
    /// callback, what was trained so far is kept, and `history()` has the epochs that were finished.
    ///
    /// Throws ShapeError for samples and targets of different lengths and weights that do not fit; ValueError for
    /// options out of range, no samples, both kinds of validation, a split that leaves nothing; FileError, and
    /// ValueError for a resumed training whose model or data differ; and what the model, the loss and the callbacks do.
    History fit(const Tensor& x, const Tensor& y, const FitOptions& options = {});
    /// The same of what a DataLoader makes; one with a seed goes on with its order where the training is resumed. `validation_split`, `sample_weight` and `class_weight` need tensors.
    History fit(data::DataLoader& loader, const FitOptions& options = {});

    /// The loss (the sum of all, where it adds up) and the metrics of samples, without changing anything. Throws as `fit` does.
    Logs evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& options = {});
    /// What the model makes of x, in evaluation mode. Throws ShapeError for a tensor of rank 0.
    Tensor predict(const Tensor& x, const EvaluateOptions& options = {});

    /// What the latest `fit` told, also where it threw.
    const History& history() const noexcept;
    /// How batches are run: `in parts of 512 rows`, or `whole: …` and why. Known from the first batch on.
    std::string plan() const;

private:
    std::unique_ptr<detail::TrainerBody> body_;
};

}  // namespace xg::train
