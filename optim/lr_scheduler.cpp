#include <xgrad/optim/lr_scheduler.hpp>

#include <cmath>

#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/state_reader.hpp>

namespace xg::optim {

std::vector<double> PerGroup::expand(std::size_t groups, const std::string& schedule, const char* option) const {
    if (values_.size() == 1) return std::vector<double>(groups, values_[0]);
    if (values_.size() != groups)
        throw ValueError(schedule + ": expected one " + option + ", or one for each of the " + std::to_string(groups) +
                         " groups, got " + std::to_string(values_.size()));
    return values_;
}

LRScheduler::LRScheduler(const char* name, Optimizer& optimizer) : name_(name), optimizer_(&optimizer) {
    for (std::size_t i = 0; i < optimizer.groups(); ++i) base_lrs_.push_back(optimizer.initial_lr(i));
}

void LRScheduler::start() {
    for (std::size_t i = 0; i < base_lrs_.size(); ++i) optimizer_->set_initial_lr(i, base_lrs_[i]);
    initial_ = true;
    step();
    initial_ = false;
}

void LRScheduler::refuse(const std::string& message) const { throw ValueError(std::string(name_) + ": " + message); }

void LRScheduler::set_rates(bool closed) {
    std::vector<double>& rates = next_;
    rates.resize(base_lrs_.size());
    for (std::size_t i = 0; i < rates.size(); ++i) {
        rates[i] = closed ? closed_form(i) : next_lr(i);
        if (!detail::in_range(detail::Range::at_least_0, rates[i]))
            refuse("the rate of group " + std::to_string(i) + " at epoch " + std::to_string(last_epoch_) + " is " +
                   detail::text(rates[i]) + "; expected one of at least 0");
    }
    for (std::size_t i = 0; i < rates.size(); ++i) optimizer_->set_lr(i, rates[i]);
    last_lr_ = rates;
    finish();
}

void LRScheduler::step() {
    if (optimizer_->groups() != base_lrs_.size())
        refuse("the optimizer has " + std::to_string(optimizer_->groups()) + " groups; expected the " +
               std::to_string(base_lrs_.size()) + " that it had when the schedule was made");
    ++last_epoch_;
    try {
        advance();
        set_rates(false);
    } catch (...) {
        --last_epoch_;
        throw;
    }
}

void LRScheduler::restart() {
    last_epoch_ = 0;
    set_rates(true);
}

State LRScheduler::state() const {
    State state;
    write(state, "");
    return state;
}

void LRScheduler::load_state(const State& state) {
    detail::StateReader reader(name_, state);
    read(reader, "");
    reader.finish();
    commit();
}

void LRScheduler::write(State& state, const std::string& prefix) const {
    state.numbers.push_back({prefix + "last_epoch", static_cast<double>(last_epoch_)});
    for (std::size_t i = 0; i < base_lrs_.size(); ++i)
        state.numbers.push_back({prefix + "base_lrs." + std::to_string(i), base_lrs_[i]});
    for (std::size_t i = 0; i < last_lr_.size(); ++i)
        state.numbers.push_back({prefix + "_last_lr." + std::to_string(i), last_lr_[i]});
}

void LRScheduler::read(detail::StateReader& reader, const std::string& prefix) {
    loaded_ = {};
    loaded_.last_epoch = reader.whole(prefix + "last_epoch", -1);
    for (std::size_t i = 0; i < base_lrs_.size(); ++i)
        loaded_.base_lrs.push_back(reader.number(prefix + "base_lrs." + std::to_string(i), 0));
    for (std::size_t i = 0; i < base_lrs_.size(); ++i)
        loaded_.last_lr.push_back(reader.number(prefix + "_last_lr." + std::to_string(i), 0));
}

void LRScheduler::commit() {
    last_epoch_ = loaded_.last_epoch;
    base_lrs_ = loaded_.base_lrs;
    last_lr_ = loaded_.last_lr;
}

}  // namespace xg::optim
