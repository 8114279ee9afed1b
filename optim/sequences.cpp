#include <xgrad/optim/sequences.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/rates.hpp>
#include <xgrad/optim/detail/state_reader.hpp>

namespace xg::optim {
namespace {

Optimizer& optimizer_of(const LRSchedulers& schedulers) {
    if (schedulers.empty()) throw ValueError("ChainedScheduler: expected at least one schedule");
    return schedulers[0].get().optimizer();
}

void check_owner(const LRSchedulers& schedulers, const Optimizer& optimizer, const char* name) {
    for (std::size_t i = 0; i < schedulers.size(); ++i) {
        if (&schedulers[i].get().optimizer() != &optimizer)
            throw ValueError(std::string(name) + ": schedule " + std::to_string(i) + " (" + schedulers[i].get().name() +
                             ") is of another optimizer; expected all of one");
    }
}

std::string part(const std::string& prefix, std::size_t i) { return prefix + "_schedulers." + std::to_string(i) + "."; }

}  // namespace

SequentialLR::SequentialLR(Optimizer& optimizer, LRSchedulers schedulers, std::vector<std::int64_t> milestones)
    : LRScheduler("SequentialLR", optimizer), schedulers_(std::move(schedulers)), milestones_(std::move(milestones)) {
    if (schedulers_.empty()) refuse("expected at least one schedule");
    check_owner(schedulers_, optimizer, name());
    if (milestones_.size() + 1 != schedulers_.size())
        refuse("expected one milestone fewer than the " + std::to_string(schedulers_.size()) + " schedules, got " +
               std::to_string(milestones_.size()));
    for (std::size_t i = 0; i < milestones_.size(); ++i) {
        if (milestones_[i] < 1 || (i > 0 && milestones_[i] <= milestones_[i - 1]))
            refuse("expected milestones of at least 1 that rise, got " + std::to_string(milestones_[i]) +
                   " as number " + std::to_string(i));
        if (!schedulers_[i + 1].get().can_restart())
            refuse(std::string("expected schedules that can begin anew, got ") + schedulers_[i + 1].get().name() +
                   " as number " + std::to_string(i + 1));
    }
    // All have taken their first step when they were made: back to where they began, and only the first takes it.
    for (std::size_t i = 0; i < optimizer.groups(); ++i) optimizer.set_lr(i, optimizer.initial_lr(i));
    undo();
    last_epoch_ = 0;
    schedulers_[0].get().start();
    last_lr_ = schedulers_[0].get().get_last_lr();
}

LRScheduler& SequentialLR::at(std::int64_t epoch) const {
    return schedulers_[static_cast<std::size_t>(std::upper_bound(milestones_.begin(), milestones_.end(), epoch) -
                                                milestones_.begin())];
}

void SequentialLR::step() {
    const std::int64_t next = last_epoch_ + 1;
    LRScheduler& scheduler = at(next);
    if (std::binary_search(milestones_.begin(), milestones_.end(), next))
        scheduler.restart();
    else
        scheduler.step();
    last_epoch_ = next;
    last_lr_ = scheduler.get_last_lr();
}

double SequentialLR::next_lr(std::size_t group) const { return lr(group); }

void SequentialLR::undo() {
    for (LRScheduler& scheduler : schedulers_) scheduler.undo();
}

void SequentialLR::write(State& state, const std::string& prefix) const {
    LRScheduler::write(state, prefix);
    for (std::size_t i = 0; i < schedulers_.size(); ++i) schedulers_[i].get().write(state, part(prefix, i));
}

void SequentialLR::read(detail::StateReader& reader, const std::string& prefix) {
    LRScheduler::read(reader, prefix);
    for (std::size_t i = 0; i < schedulers_.size(); ++i) schedulers_[i].get().read(reader, part(prefix, i));
}

void SequentialLR::commit() {
    LRScheduler::commit();
    for (LRScheduler& scheduler : schedulers_) scheduler.commit();
}

ChainedScheduler::ChainedScheduler(LRSchedulers schedulers)
    : LRScheduler("ChainedScheduler", optimizer_of(schedulers)), schedulers_(std::move(schedulers)) {
    check_owner(schedulers_, optimizer(), name());
    last_epoch_ = 0;
    last_lr_ = detail::rates_of(optimizer());
}

void ChainedScheduler::step() {
    for (LRScheduler& scheduler : schedulers_) scheduler.step();
    ++last_epoch_;
    last_lr_ = detail::rates_of(optimizer());
}

double ChainedScheduler::next_lr(std::size_t group) const { return lr(group); }

void ChainedScheduler::undo() {
    for (LRScheduler& scheduler : schedulers_) scheduler.undo();
    --last_epoch_;
}

void ChainedScheduler::write(State& state, const std::string& prefix) const {
    LRScheduler::write(state, prefix);
    for (std::size_t i = 0; i < schedulers_.size(); ++i) schedulers_[i].get().write(state, part(prefix, i));
}

void ChainedScheduler::read(detail::StateReader& reader, const std::string& prefix) {
    LRScheduler::read(reader, prefix);
    for (std::size_t i = 0; i < schedulers_.size(); ++i) schedulers_[i].get().read(reader, part(prefix, i));
}

void ChainedScheduler::commit() {
    LRScheduler::commit();
    for (LRScheduler& scheduler : schedulers_) scheduler.commit();
}

}  // namespace xg::optim
