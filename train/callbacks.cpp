#include <xgrad/train/callbacks.hpp>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/args.h>
#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

namespace xg::train {
namespace {

double monitored(const char* who, const Training& training, const std::string& name) {
    if (const std::optional<double> value = find(training.logs(), name)) return *value;
    std::vector<std::string> names;
    for (const auto& [key, v] : training.logs()) names.push_back(key);
    throw ValueError(fmt::format("{}: the epoch has no '{}', expected one of: {}", who, name, fmt::join(names, ", ")));
}

bool better(double value, double best, optim::Mode mode, double min_delta) {
    if (std::isnan(value)) return false;
    return mode == optim::Mode::min ? value < best - min_delta : value > best + min_delta;
}

double worst(optim::Mode mode) { return mode == optim::Mode::min ? INFINITY : -INFINITY; }

double number(const optim::State& state, const char* who, const std::string& name) {
    for (const optim::NamedNumber& n : state.numbers)
        if (n.name == name) return n.value;
    throw ValueError(fmt::format("{}: what was saved has no '{}': it is of another callback", who, name));
}

/// Whether a training has taken over what was saved, not only tried to.
bool goes_on(bool& resumed, const Training& training) { return std::exchange(resumed, false) && training.epoch() > 0; }

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

}  // namespace

struct EarlyStopping::Body {
    EarlyStoppingOptions options;
    double best = 0;
    std::int64_t best_epoch = 0, waited = 0, stopped_epoch = 0;
    std::vector<nn::NamedTensor> weights;  // of the best epoch
    bool resumed = false;

    void keep(const nn::Module& model) {
        const NoGrad no_grad;
        std::vector<nn::NamedTensor> now = model.state_dict();
        for (nn::NamedTensor& t : now) t.tensor = t.tensor.detach().clone();
        weights = std::move(now);
    }
};

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options) : body_(std::make_shared<Body>()) {
    const auto refuse = [](const std::string& what) { throw ValueError("EarlyStopping: " + what); };
    if (options.patience < 0) refuse(fmt::format("patience is {}, expected at least 0", options.patience));
    if (!(options.min_delta >= 0) || !std::isfinite(options.min_delta))
        refuse(fmt::format("min_delta is {}, expected at least 0", options.min_delta));
    if (options.start_from_epoch < 0)
        refuse(fmt::format("start_from_epoch is {}, expected at least 0", options.start_from_epoch));
    if (options.monitor.empty()) refuse("monitor is empty, expected a quantity such as val_loss");
    body_->options = options;
}

void EarlyStopping::on_train_begin(Training& training) {
    Body& b = *body_;
    if (goes_on(b.resumed, training)) return;
    b.best = worst(b.options.mode);
    b.best_epoch = b.waited = b.stopped_epoch = 0;
    b.weights.clear();
}

void EarlyStopping::on_epoch_end(Training& training) {
    Body& b = *body_;
    const double value = monitored("EarlyStopping", training, b.options.monitor);
    if (training.epoch() <= b.options.start_from_epoch) return;
    ++b.waited;
    if (better(value, b.best, b.options.mode, b.options.min_delta)) {
        b.best = value;
        b.best_epoch = training.epoch();
        if (b.options.restore_best_weights) b.keep(training.model());
        // One that is not as good as the baseline is kept, but does not count as getting better.
        if (std::isnan(b.options.baseline) || better(value, b.options.baseline, b.options.mode, 0)) b.waited = 0;
    }
    if (b.waited > 0 && b.waited >= b.options.patience) {
        b.stopped_epoch = training.epoch();
        training.stop(fmt::format("{} has not got better since epoch {}", b.options.monitor, b.best_epoch));
    }
}

void EarlyStopping::on_train_end(Training& training) {
    Body& b = *body_;
    if (b.options.restore_best_weights && !b.weights.empty()) training.model().load_state_dict(b.weights);
    b.weights.clear();
}

optim::State EarlyStopping::state() const {
    const Body& b = *body_;
    optim::State state;
    state.numbers = {{"best", b.best},
                     {"best_epoch", static_cast<double>(b.best_epoch)},
                     {"waited", static_cast<double>(b.waited)},
                     {"stopped_epoch", static_cast<double>(b.stopped_epoch)}};
    for (const nn::NamedTensor& t : b.weights) state.tensors.push_back({t.name, t.tensor});
    return state;
}

void EarlyStopping::load_state(const optim::State& state) {
    Body& b = *body_;
    const double best = number(state, "EarlyStopping", "best"),
                 best_epoch = number(state, "EarlyStopping", "best_epoch"),
                 waited = number(state, "EarlyStopping", "waited");
    b.best = best;
    b.best_epoch = static_cast<std::int64_t>(best_epoch);
    b.waited = static_cast<std::int64_t>(waited);
    b.stopped_epoch = 0;
    b.weights.clear();
    for (const optim::NamedTensor& t : state.tensors) b.weights.push_back({t.name, t.value});
    b.resumed = true;
}

std::int64_t EarlyStopping::stopped_epoch() const noexcept { return body_->stopped_epoch; }
std::int64_t EarlyStopping::best_epoch() const noexcept { return body_->best_epoch; }
double EarlyStopping::best() const noexcept { return body_->best; }

struct ModelCheckpoint::Body {
    ModelCheckpointOptions options;
    double best = 0;
    std::string last_path;
    std::int64_t saved_epoch = -1;
    bool resumed = false;

    void save(Training& training) {
        fmt::dynamic_format_arg_store<fmt::format_context> values;
        values.push_back(fmt::arg("epoch", training.epoch()));
        for (const auto& [name, value] : training.logs()) values.push_back(fmt::arg(name.c_str(), value));
        std::string path;
        try {
            path = fmt::vformat(options.path, values);
        } catch (const fmt::format_error& error) {
            std::vector<std::string> names{"epoch"};
            for (const auto& [name, value] : training.logs()) names.push_back(name);
            throw ValueError(fmt::format("ModelCheckpoint: the path '{}': {}; what can stand in braces: {}",
                                         options.path, error.what(), fmt::join(names, ", ")));
        }
        saved_epoch = training.epoch();
        training.save(path);
        last_path = std::move(path);
    }
};

ModelCheckpoint::ModelCheckpoint(const ModelCheckpointOptions& options) : body_(std::make_shared<Body>()) {
    if (options.path.empty()) throw ValueError("ModelCheckpoint: the path is empty, expected a file's");
    if (options.every < 1)
        throw ValueError(fmt::format("ModelCheckpoint: every is {}, expected at least 1", options.every));
    body_->options = options;
}

void ModelCheckpoint::on_train_begin(Training& training) {
    Body& b = *body_;
    // One whose name depends on the epoch is made when there is one.
    if (const std::string folder = folder_of(b.options.path); folder.find_first_of("{}") == std::string::npos)
        make_folder(folder);
    b.saved_epoch = -1;
    if (goes_on(b.resumed, training)) return;
    b.best = worst(b.options.mode);
}

void ModelCheckpoint::on_epoch_end(Training& training) {
    Body& b = *body_;
    const bool due = training.epoch() % b.options.every == 0;
    if (b.options.save_best_only) {
        const double value = monitored("ModelCheckpoint", training, b.options.monitor);
        if (!due || !better(value, b.best, b.options.mode, 0)) return;
        b.best = value;
    }
    // The last epoch now rather than at the training's end, when others may have put other weights into the model.
    if (due || training.stopped() || training.epoch() == training.epochs()) b.save(training);
}

void ModelCheckpoint::on_train_end(Training& training) {
    Body& b = *body_;
    // What a stop that came later in the epoch's end would lose. In the middle of an epoch the model is no longer what
    // it was at the last one's end: a training that went on from it would not end with the same bits.
    const auto finished = static_cast<std::int64_t>(training.history().epochs());
    if (!b.options.save_best_only && finished > 0 && training.batch() == training.batches() &&
        b.saved_epoch != finished)
        b.save(training);
}

optim::State ModelCheckpoint::state() const {
    optim::State state;
    state.numbers = {{"best", body_->best}};
    return state;
}

void ModelCheckpoint::load_state(const optim::State& state) {
    body_->best = number(state, "ModelCheckpoint", "best");
    body_->resumed = true;
}

const std::string& ModelCheckpoint::last_path() const noexcept { return body_->last_path; }

struct ReduceLROnPlateau::Body {
    optim::ReduceLROnPlateauOptions options;
    std::string monitor;
    std::unique_ptr<optim::ReduceLROnPlateau> plateau;
    optim::State resumed;
};

ReduceLROnPlateau::ReduceLROnPlateau(const optim::ReduceLROnPlateauOptions& options, std::string monitor)
    : body_(std::make_shared<Body>()) {
    body_->options = options;
    body_->monitor = std::move(monitor);
}

void ReduceLROnPlateau::on_train_begin(Training& training) {
    Body& b = *body_;
    b.plateau = std::make_unique<optim::ReduceLROnPlateau>(training.optimizer(), b.options);
    const optim::State resumed = std::exchange(b.resumed, {});
    if (!resumed.numbers.empty() && training.epoch() > 0) b.plateau->load_state(resumed);
}

void ReduceLROnPlateau::on_epoch_end(Training& training) {
    Body& b = *body_;
    b.plateau->step(monitored("ReduceLROnPlateau", training, b.monitor));
    training.logs().emplace_back("lr", training.optimizer().lr());
}

optim::State ReduceLROnPlateau::state() const { return body_->plateau ? body_->plateau->state() : optim::State{}; }
void ReduceLROnPlateau::load_state(const optim::State& state) { body_->resumed = state; }

LearningRateScheduler::LearningRateScheduler(optim::LRScheduler& schedule, Per per) : schedule_(&schedule), per_(per) {}

LearningRateScheduler::LearningRateScheduler(std::function<double(std::int64_t, double)> rate)
    : rate_(std::move(rate)) {
    if (!rate_) throw ValueError("LearningRateScheduler: expected a function of epoch and rate, got an empty one");
}

void LearningRateScheduler::on_epoch_begin(Training& training) {
    if (rate_) training.optimizer().set_lr(rate_(training.epoch(), training.optimizer().lr()));
}

void LearningRateScheduler::on_batch_end(Training&) {
    if (schedule_ != nullptr && per_ == Per::step) schedule_->step();
}

void LearningRateScheduler::on_epoch_end(Training& training) {
    // The rate that this epoch was trained with.
    training.logs().emplace_back("lr", training.optimizer().lr());
    if (schedule_ != nullptr && per_ == Per::epoch) schedule_->step();
}

optim::State LearningRateScheduler::state() const { return schedule_ != nullptr ? schedule_->state() : optim::State{}; }
void LearningRateScheduler::load_state(const optim::State& state) {
    if (schedule_ != nullptr) schedule_->load_state(state);
}

void TerminateOnNaN::on_batch_end(Training& training) {
    if (!std::isfinite(training.batch_loss()))
        training.stop(fmt::format("the loss is {} at batch {} of epoch {}", training.batch_loss(), training.batch(),
                                  training.epoch()));
}

void CSVLogger::on_train_begin(Training&) { make_folder(folder_of(path_)); }

void CSVLogger::on_epoch_end(Training& training) {
    // The epoch that ends is not yet in the history: callbacks may still add to it.
    History history = training.history();
    history.add_epoch(training.logs(), 0);
    write_file(path_, history.to_csv());
}

namespace {

std::int64_t now_in_nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

TimeLimit::TimeLimit(double seconds) : seconds_(seconds) {
    if (!(seconds > 0)) throw ValueError(fmt::format("TimeLimit: seconds is {}, expected more than 0", seconds));
}

void TimeLimit::on_train_begin(Training&) { start_ = now_in_nanoseconds(); }

void TimeLimit::on_batch_end(Training& training) {
    if (static_cast<double>(now_in_nanoseconds() - start_) * 1e-9 >= seconds_)
        training.stop(fmt::format("the time of {:g} s is over", seconds_));
}

}  // namespace xg::train
