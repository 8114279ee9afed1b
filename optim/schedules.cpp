#include <xgrad/optim/schedules.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/state_reader.hpp>

namespace xg::optim {
namespace {

using detail::text;
using std::numbers::pi;

}  // namespace

StepLR::StepLR(Optimizer& optimizer, const StepLROptions& options)
    : LRScheduler("StepLR", optimizer), options_(options) {
    if (options.step_size < 1) refuse("expected a step_size of at least 1, got " + std::to_string(options.step_size));
    if (!detail::in_range(detail::Range::at_least_0, options.gamma))
        refuse("expected a gamma of at least 0, got " + text(options.gamma));
    start();
}

double StepLR::next_lr(std::size_t group) const {
    return last_epoch_ == 0 || last_epoch_ % options_.step_size != 0 ? lr(group) : lr(group) * options_.gamma;
}

double StepLR::closed_form(std::size_t group) const {
    return base_lrs()[group] * std::pow(options_.gamma, static_cast<double>(last_epoch_ / options_.step_size));
}

MultiStepLR::MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options)
    : LRScheduler("MultiStepLR", optimizer), options_(options) {
    for (const std::int64_t milestone : options.milestones)
        if (milestone < 0) refuse("expected milestones of at least 0, got " + std::to_string(milestone));
    if (!detail::in_range(detail::Range::at_least_0, options.gamma))
        refuse("expected a gamma of at least 0, got " + text(options.gamma));
    std::sort(options_.milestones.begin(), options_.milestones.end());
    start();
}

double MultiStepLR::next_lr(std::size_t group) const {
    const auto times = std::count(options_.milestones.begin(), options_.milestones.end(), last_epoch_);
    return times == 0 ? lr(group) : lr(group) * std::pow(options_.gamma, static_cast<double>(times));
}

double MultiStepLR::closed_form(std::size_t group) const {
    const auto& m = options_.milestones;
    const auto times = std::upper_bound(m.begin(), m.end(), last_epoch_) - m.begin();
    return base_lrs()[group] * std::pow(options_.gamma, static_cast<double>(times));
}

ConstantLR::ConstantLR(Optimizer& optimizer, const ConstantLROptions& options)
    : LRScheduler("ConstantLR", optimizer), options_(options) {
    // PyTorch takes 0, and divides by it in the end.
    if (!(options.factor > 0 && options.factor <= 1))
        refuse("expected a factor in (0, 1], got " + text(options.factor));
    if (options.total_iters < 0)
        refuse("expected total_iters of at least 0, got " + std::to_string(options.total_iters));
    start();
}

double ConstantLR::next_lr(std::size_t group) const {
    if (last_epoch_ == 0) return lr(group) * options_.factor;
    return last_epoch_ != options_.total_iters ? lr(group) : lr(group) * (1 / options_.factor);
}

double ConstantLR::closed_form(std::size_t group) const {
    return base_lrs()[group] * (last_epoch_ >= options_.total_iters ? 1 : options_.factor);
}

LinearLR::LinearLR(Optimizer& optimizer, const LinearLROptions& options)
    : LRScheduler("LinearLR", optimizer), options_(options) {
    if (!(options.start_factor > 0 && options.start_factor <= 1))
        refuse("expected a start_factor in (0, 1], got " + text(options.start_factor));
    if (!(options.end_factor >= 0 && options.end_factor <= 1))
        refuse("expected an end_factor in [0, 1], got " + text(options.end_factor));
    if (options.total_iters < 1)
        refuse("expected total_iters of at least 1, got " + std::to_string(options.total_iters));
    start();
}

double LinearLR::next_lr(std::size_t group) const {
    if (last_epoch_ == 0) return lr(group) * options_.start_factor;
    if (initial() || last_epoch_ > options_.total_iters) return lr(group);
    const double rise = options_.end_factor - options_.start_factor;
    return lr(group) * (1 + rise / (static_cast<double>(options_.total_iters) * options_.start_factor +
                                    static_cast<double>(last_epoch_ - 1) * rise));
}

double LinearLR::closed_form(std::size_t group) const {
    const double rise = options_.end_factor - options_.start_factor;
    return base_lrs()[group] *
           (options_.start_factor + rise * static_cast<double>(std::min(options_.total_iters, last_epoch_)) /
                                        static_cast<double>(options_.total_iters));
}

ExponentialLR::ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options)
    : LRScheduler("ExponentialLR", optimizer), options_(options) {
    if (!detail::in_range(detail::Range::at_least_0, options.gamma))
        refuse("expected a gamma of at least 0, got " + text(options.gamma));
    start();
}

double ExponentialLR::next_lr(std::size_t group) const { return initial() ? lr(group) : lr(group) * options_.gamma; }

double ExponentialLR::closed_form(std::size_t group) const {
    return base_lrs()[group] * std::pow(options_.gamma, static_cast<double>(last_epoch_));
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options)
    : LRScheduler("CosineAnnealingLR", optimizer), options_(options) {
    if (options.T_max < 1) refuse("expected a T_max of at least 1, got " + std::to_string(options.T_max));
    if (!detail::in_range(detail::Range::at_least_0, options.eta_min))
        refuse("expected an eta_min of at least 0, got " + text(options.eta_min));
    start();
}

double CosineAnnealingLR::next_lr(std::size_t group) const {
    if (initial()) return lr(group);
    const auto period = static_cast<double>(options_.T_max), t = static_cast<double>(last_epoch_);
    // Rounding may take the recursion below 0 near the bottom.
    const double least = std::min(0.0, options_.eta_min);
    if ((last_epoch_ - 1 - options_.T_max) % (2 * options_.T_max) == 0)
        return lr(group) + (base_lrs()[group] - options_.eta_min) * (1 - std::cos(pi / period)) / 2;
    return std::max(least, (1 + std::cos(pi * t / period)) / (1 + std::cos(pi * (t - 1) / period)) *
                                   (lr(group) - options_.eta_min) +
                               options_.eta_min);
}

double CosineAnnealingLR::closed_form(std::size_t group) const {
    const double turn = pi * static_cast<double>(last_epoch_) / static_cast<double>(options_.T_max);
    return options_.eta_min + (base_lrs()[group] - options_.eta_min) * (1 + std::cos(turn)) / 2;
}

CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(Optimizer& optimizer,
                                                         const CosineAnnealingWarmRestartsOptions& options)
    : LRScheduler("CosineAnnealingWarmRestarts", optimizer), options_(options), T_i_(options.T_0) {
    if (options.T_0 < 1) refuse("expected a T_0 of at least 1, got " + std::to_string(options.T_0));
    if (options.T_mult < 1) refuse("expected a T_mult of at least 1, got " + std::to_string(options.T_mult));
    if (!detail::in_range(detail::Range::at_least_0, options.eta_min))
        refuse("expected an eta_min of at least 0, got " + text(options.eta_min));
    start();
}

void CosineAnnealingWarmRestarts::advance() {
    if (last_epoch_ == 0) {
        T_cur_ = 0;
        T_i_ = options_.T_0;
        return;
    }
    if (++T_cur_ < T_i_) return;
    T_cur_ -= T_i_;
    T_i_ *= options_.T_mult;
}

double CosineAnnealingWarmRestarts::next_lr(std::size_t group) const {
    const double turn = pi * static_cast<double>(T_cur_) / static_cast<double>(T_i_);
    return options_.eta_min + (base_lrs()[group] - options_.eta_min) * (1 + std::cos(turn)) / 2;
}

void CosineAnnealingWarmRestarts::read(detail::StateReader& reader, const std::string& prefix) {
    LRScheduler::read(reader, prefix);
    loaded_T_cur_ = reader.whole(prefix + "T_cur", 0);
    loaded_T_i_ = reader.whole(prefix + "T_i", 1);
}

void CosineAnnealingWarmRestarts::commit() {
    LRScheduler::commit();
    T_cur_ = loaded_T_cur_;
    T_i_ = loaded_T_i_;
}

void CosineAnnealingWarmRestarts::write(State& state, const std::string& prefix) const {
    LRScheduler::write(state, prefix);
    state.numbers.push_back({prefix + "T_cur", static_cast<double>(T_cur_)});
    state.numbers.push_back({prefix + "T_i", static_cast<double>(T_i_)});
}

LambdaLR::LambdaLR(Optimizer& optimizer, LRLambda lr_lambda)
    : LambdaLR(optimizer, std::vector<LRLambda>(optimizer.groups(), std::move(lr_lambda))) {}

LambdaLR::LambdaLR(Optimizer& optimizer, std::vector<LRLambda> lr_lambdas)
    : LRScheduler("LambdaLR", optimizer), lambdas_(std::move(lr_lambdas)) {
    if (lambdas_.size() != optimizer.groups())
        refuse("expected one function, or one for each of the " + std::to_string(optimizer.groups()) + " groups, got " +
               std::to_string(lambdas_.size()));
    for (const LRLambda& lambda : lambdas_)
        if (!lambda) refuse("expected functions that can be called, got an empty one");
    start();
}

double LambdaLR::next_lr(std::size_t group) const { return base_lrs()[group] * lambdas_[group](last_epoch_); }

}  // namespace xg::optim
