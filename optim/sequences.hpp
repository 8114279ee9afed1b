#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <xgrad/optim/lr_scheduler.hpp>

namespace xg::optim {

/// Schedules of one optimizer, which must outlive what is made of them: `{warmup, cosine}`.
using LRSchedulers = std::vector<std::reference_wrapper<LRScheduler>>;

/// One schedule after another: the i-th runs until the epoch `milestones[i]`, at which the next begins from its own
/// start. As PyTorch's.
///
/// Call its `step()` alone, not those of its parts. Throws ValueError for no schedules, for those of another optimizer,
/// unless there is one milestone fewer than schedules and they rise, and for a ChainedScheduler or a SequentialLR that
/// is not the first, which can't begin anew.
class XG_EXPORT SequentialLR : public LRScheduler {
public:
    SequentialLR(Optimizer& optimizer, LRSchedulers schedulers, std::vector<std::int64_t> milestones);
    void step() override;

protected:
    double next_lr(std::size_t group) const override;
    void undo() override;
    bool can_restart() const noexcept override { return false; }
    void read(detail::StateReader& reader, const std::string& prefix) override;
    void commit() override;
    void write(State& state, const std::string& prefix) const override;

private:
    LRScheduler& at(std::int64_t epoch) const;

    LRSchedulers schedulers_;
    std::vector<std::int64_t> milestones_;
};

/// Several schedules at once, whose factors multiply where they change the rate that is there. As PyTorch's.
///
/// Call its `step()` alone, not those of its parts. Throws ValueError for no schedules, and for those of different
/// optimizers.
class XG_EXPORT ChainedScheduler : public LRScheduler {
public:
    explicit ChainedScheduler(LRSchedulers schedulers);
    void step() override;

protected:
    double next_lr(std::size_t group) const override;
    void undo() override;
    bool can_restart() const noexcept override { return false; }
    void read(detail::StateReader& reader, const std::string& prefix) override;
    void commit() override;
    void write(State& state, const std::string& prefix) const override;

private:
    LRSchedulers schedulers_;
};

}  // namespace xg::optim
