#include <xgrad/optim/plateau.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/rates.hpp>
#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/state_reader.hpp>

namespace xg::optim {
namespace {

constexpr const char* kName = "ReduceLROnPlateau";

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : optimizer_(&optimizer),
      options_(options),
      min_lrs_(options.min_lr.expand(optimizer.groups(), kName, "min_lr")),
      last_lr_(detail::rates_of(optimizer)),
      best_((options.mode == Mode::min ? 1 : -1) * std::numeric_limits<double>::infinity()) {
    const auto need = [](bool ok, const char* what, double got) {
        if (!ok) throw ValueError(std::string(kName) + ": expected " + what + ", got " + detail::text(got));
    };
    need(options.factor >= 0 && options.factor < 1, "a factor in [0, 1)", options.factor);
    need(options.patience >= 0, "a patience of at least 0", static_cast<double>(options.patience));
    need(options.cooldown >= 0, "a cooldown of at least 0", static_cast<double>(options.cooldown));
    need(std::isfinite(options.threshold), "a finite threshold", options.threshold);
    need(options.eps >= 0, "an eps of at least 0", options.eps);
    for (const double least : min_lrs_)
        need(detail::in_range(detail::Range::at_least_0, least), "a min_lr of at least 0", least);
}

bool ReduceLROnPlateau::is_better(double metric) const {
    const double t = options_.threshold;
    if (options_.mode == Mode::min)
        return metric < (options_.threshold_mode == ThresholdMode::rel ? best_ * (1 - t) : best_ - t);
    return metric > (options_.threshold_mode == ThresholdMode::rel ? best_ * (1 + t) : best_ + t);
}

void ReduceLROnPlateau::step(double metric) {
    if (optimizer_->groups() != min_lrs_.size())
        throw ValueError(std::string(kName) + ": the optimizer has " + std::to_string(optimizer_->groups()) +
                         " groups; expected the " + std::to_string(min_lrs_.size()) +
                         " that it had when the schedule was made");
    ++last_epoch_;
    if (is_better(metric)) {
        best_ = metric;
        bad_epochs_ = 0;
    } else {
        ++bad_epochs_;
    }
    if (cooldown_ > 0) {
        --cooldown_;
        bad_epochs_ = 0;
    }
    if (bad_epochs_ > options_.patience) {
        for (std::size_t i = 0; i < min_lrs_.size(); ++i) {
            const double now = optimizer_->lr(i), next = std::max(now * options_.factor, min_lrs_[i]);
            if (now - next > options_.eps) optimizer_->set_lr(i, next);
        }
        cooldown_ = options_.cooldown;
        bad_epochs_ = 0;
    }
    last_lr_ = detail::rates_of(*optimizer_);
}

State ReduceLROnPlateau::state() const {
    State state;
    state.numbers = {{"last_epoch", static_cast<double>(last_epoch_)},
                     {"best", best_},
                     {"num_bad_epochs", static_cast<double>(bad_epochs_)},
                     {"cooldown_counter", static_cast<double>(cooldown_)}};
    for (std::size_t i = 0; i < last_lr_.size(); ++i)
        state.numbers.push_back({"_last_lr." + std::to_string(i), last_lr_[i]});
    return state;
}

void ReduceLROnPlateau::load_state(const State& state) {
    detail::StateReader reader(kName, state);
    const std::int64_t epoch = reader.whole("last_epoch", 0);
    const double best = reader.number("best", 0);
    const std::int64_t bad = reader.whole("num_bad_epochs", 0), cooldown = reader.whole("cooldown_counter", 0);
    std::vector<double> rates;
    for (std::size_t i = 0; i < last_lr_.size(); ++i)
        rates.push_back(reader.number("_last_lr." + std::to_string(i), 0));
    reader.finish();
    last_epoch_ = epoch;
    best_ = best;
    bad_epochs_ = bad;
    cooldown_ = cooldown;
    last_lr_ = std::move(rates);
}

}  // namespace xg::optim
