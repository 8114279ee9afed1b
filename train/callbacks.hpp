#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include <xgrad/core/export.hpp>
#include <xgrad/optim/lr_scheduler.hpp>
#include <xgrad/optim/plateau.hpp>
#include <xgrad/train/callback.hpp>

// Callbacks for a Trainer, with Keras's names. Those with something to tell afterwards are handles: copies are one.

namespace xg::train {

/// Options of EarlyStopping.
struct EarlyStoppingOptions {
    std::string monitor = "val_loss";     ///< A quantity of the epoch's logs.
    std::int64_t patience = 0;            ///< How many epochs without a better value are waited for; at least 0.
    double min_delta = 0;                 ///< By how much a value must be better to count; at least 0.
    optim::Mode mode = optim::Mode::min;  ///< Whether less or more is better.
    double baseline =
        std::numeric_limits<double>::quiet_NaN();  ///< A value that must be reached first, if it is not NaN.
    bool restore_best_weights = true;   ///< At the end, give the model its best epoch's parameters and buffers back.
    std::int64_t start_from_epoch = 0;  ///< Epochs up to this one are not looked at.
};

/// Ends the training when a quantity has stopped getting better. As Keras's, but it restores the best weights unless
/// told otherwise, also where the training ran to its end. A NaN is never better.
///
/// Throws ValueError for options out of range, and at the first epoch's end for a quantity that is not there.
class XG_EXPORT EarlyStopping {
public:
    explicit EarlyStopping(const EarlyStoppingOptions& options = {});

    void on_train_begin(Training& training);
    void on_epoch_end(Training& training);
    void on_train_end(Training& training);
    optim::State state() const;
    void load_state(const optim::State& state);

    /// The epoch at whose end it stopped the training; 0 if it did not.
    std::int64_t stopped_epoch() const noexcept;
    /// The epoch with the best value; 0 before there was one.
    std::int64_t best_epoch() const noexcept;
    /// That value.
    double best() const noexcept;

private:
    struct Body;
    std::shared_ptr<Body> body_;
};

/// Options of ModelCheckpoint.
struct ModelCheckpointOptions {
    /// The file; `{epoch}` and names of the epoch's logs in braces are replaced, as in `best-{epoch:03}-{val_loss:.4f}`.
    std::string path = {};
    std::string monitor = "val_loss";     ///< Of `save_best_only`.
    optim::Mode mode = optim::Mode::min;  ///< Likewise.
    bool save_best_only = false;  ///< Write only when the quantity is better than at any n-th epoch's end before.
    std::int64_t every = 1;       ///< Write at each n-th epoch's end; at least 1.
};

/// Writes a checkpoint at epochs' ends, also at that of the last, from which the training can be resumed: see
/// FitOptions::resume. Each file is written whole or not at all. A training that ends in the middle of an epoch goes on
/// after the last epoch that was written.
///
/// Throws ValueError for no path, an unknown name in it and `every` below 1; FileError, before the training begins,
/// for a folder that cannot be written.
class XG_EXPORT ModelCheckpoint {
public:
    explicit ModelCheckpoint(const ModelCheckpointOptions& options);

    void on_train_begin(Training& training);
    void on_epoch_end(Training& training);
    void on_train_end(Training& training);
    optim::State state() const;
    void load_state(const optim::State& state);

    /// The file that was written last; empty before that.
    const std::string& last_path() const noexcept;

private:
    struct Body;
    std::shared_ptr<Body> body_;
};

/// Lowers the learning rate when a quantity has stopped getting better: an optim::ReduceLROnPlateau, stepped with it at
/// each epoch's end. Throws ValueError at the first epoch's end for a quantity that is not there.
class XG_EXPORT ReduceLROnPlateau {
public:
    explicit ReduceLROnPlateau(const optim::ReduceLROnPlateauOptions& options = {}, std::string monitor = "val_loss");

    void on_train_begin(Training& training);
    void on_epoch_end(Training& training);
    optim::State state() const;
    void load_state(const optim::State& state);

private:
    struct Body;
    std::shared_ptr<Body> body_;
};

/// When a schedule moves on.
enum class Per { epoch, step };

/// Sets the learning rate by a schedule of optim, stepped after each epoch or each step, or by a function of the epoch,
/// counted from 1, and the rate that was. Adds `lr` to the epoch's logs. A schedule must outlive the training.
class XG_EXPORT LearningRateScheduler {
public:
    LearningRateScheduler(optim::LRScheduler& schedule, Per per = Per::epoch);
    explicit LearningRateScheduler(std::function<double(std::int64_t epoch, double lr)> rate);

    void on_epoch_begin(Training& training);
    void on_batch_end(Training& training);
    void on_epoch_end(Training& training);
    optim::State state() const;
    void load_state(const optim::State& state);

private:
    optim::LRScheduler* schedule_ = nullptr;
    Per per_ = Per::epoch;
    std::function<double(std::int64_t, double)> rate_;
};

/// Ends the training at the first batch whose loss is NaN or infinite; the reason names the epoch and the batch.
class XG_EXPORT TerminateOnNaN {
public:
    void on_batch_end(Training& training);
};

/// Writes the epochs' logs to a CSV file, whole after each epoch. Throws FileError, before the training begins, for a
/// folder that cannot be written.
class XG_EXPORT CSVLogger {
public:
    explicit CSVLogger(std::string path) : path_(std::move(path)) {}
    void on_train_begin(Training& training);
    void on_epoch_end(Training& training);

private:
    std::string path_;
};

/// Ends the training after the first batch that finishes this late. Throws ValueError unless `seconds` is above 0.
class XG_EXPORT TimeLimit {
public:
    explicit TimeLimit(double seconds);
    void on_train_begin(Training& training);
    void on_batch_end(Training& training);

private:
    double seconds_;
    std::int64_t start_ = 0;
};

/// Functions of the caller's, each of which may be left out: `LambdaCallback({.on_epoch_end = [](Training& t) { … }})`.
struct XG_EXPORT LambdaCallback {
    using Function = std::function<void(Training&)>;
    /// The functions.
    struct Functions {
        Function on_train_begin = {}, on_epoch_begin = {}, on_batch_begin = {}, after_backward = {}, on_batch_end = {},
                 on_epoch_end = {}, on_train_end = {};
    };
    explicit LambdaCallback(Functions f) : functions(std::move(f)) {}

    void on_train_begin(Training& t) { call(functions.on_train_begin, t); }
    void on_epoch_begin(Training& t) { call(functions.on_epoch_begin, t); }
    void on_batch_begin(Training& t) { call(functions.on_batch_begin, t); }
    void after_backward(Training& t) { call(functions.after_backward, t); }
    void on_batch_end(Training& t) { call(functions.on_batch_end, t); }
    void on_epoch_end(Training& t) { call(functions.on_epoch_end, t); }
    void on_train_end(Training& t) { call(functions.on_train_end, t); }

    Functions functions;

private:
    static void call(const Function& f, Training& t) {
        if (f) f(t);
    }
};

}  // namespace xg::train
