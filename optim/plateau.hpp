#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/optim/lr_scheduler.hpp>

namespace xg::optim {

/// Whether a metric is better when it is less or greater.
enum class Mode { min, max };
/// Whether a threshold is a share of the best value, or a difference.
enum class ThresholdMode { rel, abs };

/// Options of ReduceLROnPlateau.
struct ReduceLROnPlateauOptions {
    Mode mode = Mode::min;
    double factor = 0.1;         ///< What the rate is multiplied by, in [0, 1).
    std::int64_t patience = 10;  ///< How many epochs without a better value are waited for.
    double threshold = 1e-4;     ///< By how much a value must be better to count.
    ThresholdMode threshold_mode = ThresholdMode::rel;
    std::int64_t cooldown = 0;  ///< How many epochs after a reduction are not counted.
    PerGroup min_lr = 0.0;      ///< No rate becomes less.
    double eps = 1e-8;          ///< A reduction by no more than this is left out.
};

/// Reduces the learning rates when a metric has stopped getting better: call `step(metric)` after each epoch. As
/// PyTorch's.
///
/// A NaN is not better than anything. The optimizer must outlive it, and be given its groups before. Throws ValueError
/// for options out of range.
class XG_EXPORT ReduceLROnPlateau {
public:
    explicit ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});
    ReduceLROnPlateau(const ReduceLROnPlateau&) = delete;
    ReduceLROnPlateau& operator=(const ReduceLROnPlateau&) = delete;

    /// Takes the metric of one more epoch. Throws ValueError where the optimizer was given groups since.
    void step(double metric);
    std::int64_t last_epoch() const noexcept { return last_epoch_; }
    /// The rates after the last step, one a group.
    const std::vector<double>& get_last_lr() const noexcept { return last_lr_; }
    /// The best metric so far; infinite at first.
    double best() const noexcept { return best_; }
    std::int64_t num_bad_epochs() const noexcept { return bad_epochs_; }

    /// As LRScheduler's.
    State state() const;
    void load_state(const State& state);

private:
    bool is_better(double metric) const;

    Optimizer* optimizer_;
    ReduceLROnPlateauOptions options_;
    std::vector<double> min_lrs_, last_lr_;
    double best_;
    std::int64_t last_epoch_ = 0, bad_epochs_ = 0, cooldown_ = 0;
};

}  // namespace xg::optim
