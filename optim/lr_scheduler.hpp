#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <xgrad/optim/optimizer.hpp>
#include <xgrad/optim/state.hpp>

namespace xg::optim {

namespace detail {
class StateReader;
}

/// An option that is one number for all groups, or one for each: `0.1` or `{0.1, 0.01}`.
class XG_EXPORT PerGroup {
public:
    PerGroup(double value) : values_{value} {}
    PerGroup(std::initializer_list<double> values) : values_(values) {}
    /// One for each of so many groups. Throws ValueError, naming the schedule and the option, where there are other
    /// than one or so many.
    std::vector<double> expand(std::size_t groups, const std::string& schedule, const char* option) const;

private:
    std::vector<double> values_;
};

/// What all learning-rate schedules have: after each epoch, or each step, of training a call of `step()` sets the
/// learning rates of all the optimizer's groups. The first rate is set when the schedule is made.
///
/// Like PyTorch's, most schedules change the rate that is there, so that several on one optimizer multiply. The
/// optimizer must outlive its schedules, and be given its groups before them.
class XG_EXPORT LRScheduler {
public:
    virtual ~LRScheduler() = default;
    LRScheduler(const LRScheduler&) = delete;
    LRScheduler& operator=(const LRScheduler&) = delete;

    /// Sets the next rates. Throws ValueError where the optimizer was given groups since the schedule was made.
    virtual void step();
    /// How often `step()` was called.
    std::int64_t last_epoch() const noexcept { return last_epoch_; }
    /// The rates that were set last, one a group.
    const std::vector<double>& get_last_lr() const noexcept { return last_lr_; }
    /// The rates that the schedule starts from, one a group.
    const std::vector<double>& base_lrs() const noexcept { return base_lrs_; }
    Optimizer& optimizer() const noexcept { return *optimizer_; }
    /// The class's name, such as `StepLR`.
    const char* name() const noexcept { return name_; }

    /// How far the schedule is. Its options are those of the program that makes it, and the current rates are in the
    /// optimizer's state.
    virtual State state() const;
    /// Goes on where another was. Throws ValueError, and changes nothing, unless all names are right; the message lists
    /// every one that is missing or unexpected.
    void load_state(const State& state);

protected:
    /// A derived class calls `start()` at the end of its constructor.
    LRScheduler(const char* name, Optimizer& optimizer);
    void start();

    /// The rate of a group at `last_epoch()`, which was just counted.
    virtual double next_lr(std::size_t group) const = 0;
    /// The same from the beginning, not from the rate before; where there is no such formula, `next_lr`.
    virtual double closed_form(std::size_t group) const { return next_lr(group); }
    /// Called when an epoch has been counted, before the rates are asked for. Throws where there are no more.
    virtual void advance() {}
    /// Called after the rates were set.
    virtual void finish() {}
    /// Takes one epoch back, and whatever belongs to it.
    virtual void undo() { --last_epoch_; }
    /// Whether `restart` can be used.
    virtual bool can_restart() const noexcept { return true; }
    /// What `load_state` reads beside the base's numbers; `commit` then takes it over.
    virtual void read(detail::StateReader& reader, const std::string& prefix);
    virtual void commit();
    /// What `state` writes, with a prefix before each name.
    virtual void write(State& state, const std::string& prefix) const;

    /// The rate of a group as it is now.
    double lr(std::size_t group) const { return optimizer_->lr(group); }
    bool initial() const noexcept { return initial_; }
    [[noreturn]] void refuse(const std::string& message) const;

    std::int64_t last_epoch_ = -1;
    std::vector<double> last_lr_, base_lrs_;

private:
    friend class SequentialLR;
    friend class ChainedScheduler;
    /// Sets the rates of epoch 0 again.
    void restart();
    void set_rates(bool closed);

    const char* name_;
    Optimizer* optimizer_;
    bool initial_ = false;
    std::vector<double> next_;  // room of a step
    struct Loaded {
        std::int64_t last_epoch = 0;
        std::vector<double> base_lrs, last_lr;
    } loaded_;
};

}  // namespace xg::optim
