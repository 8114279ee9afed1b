#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <xgrad/core/export.hpp>
#include <xgrad/nn/module.hpp>
#include <xgrad/optim/optimizer.hpp>
#include <xgrad/optim/state.hpp>
#include <xgrad/train/history.hpp>

namespace xg::train {

/// The training under way, as callbacks see and steer it.
class XG_EXPORT Training {
public:
    virtual ~Training() = default;
    Training(const Training&) = delete;
    Training& operator=(const Training&) = delete;

    /// The model; its parameters may be changed between steps.
    const nn::Module& model() const noexcept { return model_; }
    optim::Optimizer& optimizer() const noexcept { return optimizer_; }
    /// The epoch under way, or finished last, counted from 1; 0 before the first.
    std::int64_t epoch() const noexcept { return epoch_; }
    /// The epoch after which the training ends.
    std::int64_t epochs() const noexcept { return epochs_; }
    /// The batch under way, or finished last, counted from 1 in each epoch.
    std::int64_t batch() const noexcept { return batch_; }
    /// How many batches an epoch has.
    std::int64_t batches() const noexcept { return batches_; }
    /// How many steps were made, over all epochs.
    std::int64_t steps() const noexcept { return steps_; }
    /// The loss of the latest batch.
    double batch_loss() const noexcept { return batch_loss_; }
    /// What was measured in this epoch: within it the `loss` over the batches so far, at its end that and the metrics over
    /// all, and of the validation. Callbacks may add to it at an epoch's end; what they add gets into the History.
    Logs& logs() noexcept { return logs_; }
    const Logs& logs() const noexcept { return logs_; }
    /// The epochs that were finished.
    const History& history() const noexcept { return history_; }

    /// Ends the training after this batch, or after this epoch where it is asked for at its end. The reason gets into
    /// the History.
    void stop(std::string reason) {
        if (!stopped_) stop_reason_ = std::move(reason);
        stopped_ = true;
    }
    bool stopped() const noexcept { return stopped_; }

    /// Writes all that is needed to go on from here, whole or not at all: see FitOptions::resume. What is written within
    /// an epoch begins that one anew, with the weights as they were then. Throws FileError.
    virtual void save(const std::string& path) const = 0;

protected:
    Training(const nn::Module& model, optim::Optimizer& optimizer) : model_(model), optimizer_(optimizer) {}

    nn::Module model_;
    optim::Optimizer& optimizer_;
    std::int64_t epoch_ = 0, epochs_ = 0, batch_ = 0, batches_ = 0, steps_ = 0;
    double batch_loss_ = 0;
    Logs logs_;
    History history_;
    std::string stop_reason_;
    bool stopped_ = false;
};

namespace detail {

template <class T>
concept HasCallback = requires(T& c, Training& t) {
    c.on_train_begin(t);
}
|| requires(T& c, Training& t) { c.on_epoch_begin(t); }
|| requires(T& c, Training& t) { c.on_batch_begin(t); }
|| requires(T& c, Training& t) { c.after_backward(t); }
|| requires(T& c) { c.record(); }
|| requires(T& c, Training& t) { c.on_batch_end(t); }
|| requires(T& c, Training& t) { c.on_epoch_end(t); }
|| requires(T& c, Training& t) { c.on_train_end(t); };

}  // namespace detail

/// Something that is called at the turns of a training: any copyable class with one or more of
///
///     void on_train_begin(Training&);   void on_epoch_begin(Training&);   void on_batch_begin(Training&);
///     void after_backward(Training&);   // the gradients are there, the step is not made yet
///     void record();                    // the same without arguments, as inspect::GradientMonitor has it
///     void on_batch_end(Training&);     void on_epoch_end(Training&);
///     void on_train_end(Training&);     // also where the training ends early
///
/// and, where it must go on with a training that is resumed, `optim::State state() const` and `void load_state(const
/// optim::State&)`. A Trainer keeps a copy, so that a class whose results are read afterwards is best a handle: copies
/// that share.
class XG_EXPORT Callback {
public:
    template <class C>
        requires(!std::same_as<C, Callback> && detail::HasCallback<C>)
    Callback(C callback) : held_(std::make_shared<Held<C>>(std::move(callback))) {}

    void on_train_begin(Training& t) const { held_->on_train_begin(t); }
    void on_epoch_begin(Training& t) const { held_->on_epoch_begin(t); }
    void on_batch_begin(Training& t) const { held_->on_batch_begin(t); }
    void after_backward(Training& t) const { held_->after_backward(t); }
    void on_batch_end(Training& t) const { held_->on_batch_end(t); }
    void on_epoch_end(Training& t) const { held_->on_epoch_end(t); }
    void on_train_end(Training& t) const { held_->on_train_end(t); }
    optim::State state() const { return held_->state(); }
    void load_state(const optim::State& state) const { held_->load_state(state); }

private:
    struct Erased {
        virtual ~Erased() = default;
        virtual void on_train_begin(Training&) = 0;
        virtual void on_epoch_begin(Training&) = 0;
        virtual void on_batch_begin(Training&) = 0;
        virtual void after_backward(Training&) = 0;
        virtual void on_batch_end(Training&) = 0;
        virtual void on_epoch_end(Training&) = 0;
        virtual void on_train_end(Training&) = 0;
        virtual optim::State state() const = 0;
        virtual void load_state(const optim::State& state) = 0;
    };
    template <class C>
    struct Held final : Erased {
        C callback;
        explicit Held(C c) : callback(std::move(c)) {}
        void on_train_begin(Training& t) override {
            if constexpr (requires { callback.on_train_begin(t); }) callback.on_train_begin(t);
        }
        void on_epoch_begin(Training& t) override {
            if constexpr (requires { callback.on_epoch_begin(t); }) callback.on_epoch_begin(t);
        }
        void on_batch_begin(Training& t) override {
            if constexpr (requires { callback.on_batch_begin(t); }) callback.on_batch_begin(t);
        }
        void after_backward(Training& t) override {
            if constexpr (requires { callback.after_backward(t); }) callback.after_backward(t);
            if constexpr (requires { callback.record(); }) callback.record();
        }
        void on_batch_end(Training& t) override {
            if constexpr (requires { callback.on_batch_end(t); }) callback.on_batch_end(t);
        }
        void on_epoch_end(Training& t) override {
            if constexpr (requires { callback.on_epoch_end(t); }) callback.on_epoch_end(t);
        }
        void on_train_end(Training& t) override {
            if constexpr (requires { callback.on_train_end(t); }) callback.on_train_end(t);
        }
        optim::State state() const override {
            if constexpr (requires {
                              { callback.state() } -> std::convertible_to<optim::State>;
                          })
                return callback.state();
            else
                return {};
        }
        void load_state(const optim::State& state) override {
            if constexpr (requires { callback.load_state(state); }) callback.load_state(state);
        }
    };

    std::shared_ptr<Erased> held_;
};

}  // namespace xg::train
