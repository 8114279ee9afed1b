#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <xgrad/optim/lr_scheduler.hpp>

namespace xg::optim {

/// How a schedule goes from one value to another.
enum class Anneal { cos, linear };

/// Options of OneCycleLR.
struct OneCycleLROptions {
    PerGroup max_lr = 0.1;             ///< The greatest rate. (PyTorch has no default.)
    std::int64_t total_steps = 0;      ///< How many steps the cycle has; 0: epochs times steps_per_epoch.
    std::int64_t epochs = 0;           ///< With steps_per_epoch, in place of total_steps.
    std::int64_t steps_per_epoch = 0;  ///< See epochs.
    double pct_start = 0.3;            ///< The share of the cycle in which the rate rises, in [0, 1].
    Anneal anneal_strategy = Anneal::cos;
    bool cycle_momentum = true;     ///< Let the momentum, or the first of betas, go the other way.
    PerGroup base_momentum = 0.85;  ///< The least momentum, at the greatest rate.
    PerGroup max_momentum = 0.95;   ///< The greatest momentum, at both ends.
    double div_factor = 25;         ///< The first rate is max_lr / div_factor.
    double final_div_factor = 1e4;  ///< The last rate is the first / final_div_factor.
    bool three_phase = false;       ///< Go back to the first rate as slowly as up, and then down.
};

/// One rise of the rate and one fall, with the momentum going the other way (Smith and Topin, arXiv:1708.07120), as
/// PyTorch has it: call `step()` after each batch. It sets each group's rate whatever it was before.
///
/// Throws ValueError for options out of range, for an optimizer without a momentum to cycle, and for more than
/// total_steps calls.
class XG_EXPORT OneCycleLR : public LRScheduler {
public:
    explicit OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options);

protected:
    double next_lr(std::size_t group) const override;
    void advance() override;
    void finish() override;

private:
    struct Phase {
        double end;
        int from, to;                    ///< Which of the rates.
        int from_momentum, to_momentum;  ///< Which of the momenta.
    };
    struct Course {
        std::array<double, 3> rates;    ///< First, greatest, last.
        std::array<double, 2> momenta;  ///< Greatest, least.
    };
    double between(double start, double end, double share) const;
    /// The phase of this step, and how much of it has passed.
    std::pair<const Phase*, double> phase() const;

    OneCycleLROptions options_;
    std::int64_t total_steps_ = 0;
    std::vector<Phase> phases_;
    std::vector<Course> courses_;  ///< One a group.
};

}  // namespace xg::optim
