#include <xgrad/optim/one_cycle.hpp>

#include <cmath>
#include <numbers>

#include <xgrad/optim/detail/rule.hpp>

namespace xg::optim {

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options)
    : LRScheduler("OneCycleLR", optimizer), options_(options) {
    const auto need = [this](bool ok, const char* what, double got) {
        if (!ok) refuse(std::string("expected ") + what + ", got " + detail::text(got));
    };
    need(options.total_steps >= 0, "total_steps of at least 1", static_cast<double>(options.total_steps));
    total_steps_ = options.total_steps;
    if (total_steps_ == 0) {
        need(options.epochs > 0, "total_steps, or epochs, of at least 1", static_cast<double>(options.epochs));
        need(options.steps_per_epoch > 0, "total_steps, or steps_per_epoch, of at least 1",
             static_cast<double>(options.steps_per_epoch));
        total_steps_ = options.epochs * options.steps_per_epoch;
    }
    need(options.pct_start >= 0 && options.pct_start <= 1, "a pct_start in [0, 1]", options.pct_start);
    need(options.div_factor > 0, "a div_factor above 0", options.div_factor);
    need(options.final_div_factor > 0, "a final_div_factor above 0", options.final_div_factor);
    if (options.cycle_momentum && !optimizer.has_momentum())
        refuse(std::string("expected an optimizer with momentum or betas to cycle, got ") + optimizer.name());

    const std::size_t groups = optimizer.groups();
    const std::vector<double> max_lr = options.max_lr.expand(groups, name(), "max_lr"),
                              greatest = options.max_momentum.expand(groups, name(), "max_momentum"),
                              least = options.base_momentum.expand(groups, name(), "base_momentum");
    for (std::size_t i = 0; i < groups; ++i) {
        need(detail::in_range(detail::Range::at_least_0, max_lr[i]), "a max_lr of at least 0", max_lr[i]);
        need(detail::in_range(detail::Range::below_1, greatest[i]), "a max_momentum in [0, 1)", greatest[i]);
        need(detail::in_range(detail::Range::below_1, least[i]), "a base_momentum in [0, 1)", least[i]);
        const double first = max_lr[i] / options.div_factor;
        courses_.push_back(
            {.rates = {first, max_lr[i], first / options.final_div_factor}, .momenta = {greatest[i], least[i]}});
    }
    const auto steps = static_cast<double>(total_steps_);
    const double up = options.pct_start * steps - 1;
    phases_.push_back({up, 0, 1, 0, 1});
    if (options.three_phase) {
        phases_.push_back({2 * options.pct_start * steps - 2, 1, 0, 1, 0});
        phases_.push_back({steps - 1, 0, 2, 0, 0});
    } else {
        phases_.push_back({steps - 1, 1, 2, 1, 0});
    }
    for (std::size_t i = 0; i < groups; ++i) base_lrs_[i] = courses_[i].rates[0];
    start();
}

double OneCycleLR::between(double start, double end, double share) const {
    if (options_.anneal_strategy == Anneal::linear) return (end - start) * share + start;
    return end + (start - end) / 2 * (std::cos(std::numbers::pi * share) + 1);
}

std::pair<const OneCycleLR::Phase*, double> OneCycleLR::phase() const {
    const auto step = static_cast<double>(last_epoch_);
    double begin = 0;
    for (std::size_t i = 0; i + 1 < phases_.size(); ++i) {
        if (step <= phases_[i].end)
            return {&phases_[i], phases_[i].end == begin ? 1 : (step - begin) / (phases_[i].end - begin)};
        begin = phases_[i].end;
    }
    const Phase& last = phases_.back();
    return {&last, last.end == begin ? 1 : (step - begin) / (last.end - begin)};
}

void OneCycleLR::advance() {
    if (last_epoch_ > total_steps_)
        refuse("step " + std::to_string(last_epoch_) + " of a cycle of " + std::to_string(total_steps_) +
               "; expected no more");
}

double OneCycleLR::next_lr(std::size_t group) const {
    const auto [now, share] = phase();
    const auto& rates = courses_[group].rates;
    return between(rates[static_cast<std::size_t>(now->from)], rates[static_cast<std::size_t>(now->to)], share);
}

void OneCycleLR::finish() {
    if (!options_.cycle_momentum) return;
    const auto [now, share] = phase();
    for (std::size_t i = 0; i < courses_.size(); ++i) {
        const auto& momenta = courses_[i].momenta;
        optimizer().set_momentum(i, between(momenta[static_cast<std::size_t>(now->from_momentum)],
                                            momenta[static_cast<std::size_t>(now->to_momentum)], share));
    }
}

}  // namespace xg::optim
