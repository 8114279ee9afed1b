#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/train/detail/run.hpp>

// How a training is written to a file, and read again.

namespace xg::train::detail {

void Run::save(const std::string& path) const {
    // Not before all callbacks have seen the epoch: those that come later would be an epoch behind.
    if (at_epoch_end_)
        to_save_.push_back(path);
    else
        write(path);
}

CheckpointParts Run::parts() const {
    CheckpointParts parts;
    parts.optimizer = &optimizer_;
    parts.epoch = static_cast<std::int64_t>(history_.epochs());  // not one under way
    for (std::size_t i = 0; i < options_.callbacks.size(); ++i) {
        const Callback& c = options_.callbacks[i];
        parts.states.push_back({fmt::format("callback{}", i), [&c] { return c.state(); },
                                [&c](const optim::State& state) { c.load_state(state); }});
    }
    return parts;
}

namespace {

Tensor as_tensor(const std::vector<double>& values) {
    Tensor t = empty({static_cast<std::int64_t>(values.size())}, {.dtype = float64});
    std::copy(values.begin(), values.end(), t.mutable_data<double>());
    return t;
}

optim::State state_of(const History& history) {
    optim::State state;
    state.numbers.push_back({"epochs", static_cast<double>(history.epochs())});
    for (std::size_t i = 0; i < history.names().size(); ++i)
        state.tensors.push_back({"values." + history.names()[i], as_tensor(history[history.names()[i]])});
    state.tensors.push_back({"step_losses", as_tensor(history.step_losses())});
    state.tensors.push_back({"seconds", as_tensor(history.seconds())});
    return state;
}

History history_of(const optim::State& state) {
    std::vector<std::pair<std::string, std::vector<double>>> columns;
    std::vector<double> steps, seconds;
    for (const optim::NamedTensor& t : state.tensors) {
        if (t.name == "step_losses") steps = t.value.to_vector();
        if (t.name == "seconds") seconds = t.value.to_vector();
        if (t.name.starts_with("values.")) columns.emplace_back(t.name.substr(7), t.value.to_vector());
    }
    History history;
    for (std::size_t e = 0; e < seconds.size(); ++e) {
        Logs logs;
        for (const auto& [name, values] : columns) {
            if (values.size() != seconds.size())
                throw ValueError("Trainer: the saved history has other numbers of epochs in its columns");
            logs.emplace_back(name, values[e]);
        }
        history.add_epoch(logs, seconds[e]);
    }
    for (const double loss : steps) history.add_step(loss);
    return history;
}

}  // namespace

void Run::write(const std::string& path) const {
    if (fingerprint_.empty()) fingerprint_ = source_.fingerprint();
    CheckpointParts all = parts();
    all.states.push_back({"history", [this] { return state_of(history_); }, {}});
    std::string columns;
    for (const std::string& name : history_.names()) columns += name + '\n';
    all.notes = {{"data", fingerprint_},
                 {"columns", columns},
                 {"callbacks", std::to_string(options_.callbacks.size())},
                 {"stopped", stopped_at_epoch_end_ ? stop_reason_ : ""}};
    if (source_.loader != nullptr) all.notes.emplace_back("pass", std::to_string(pass_));
    save_checkpoint(path, model_, all);
}

void Run::resume() {
    const std::string& path = options_.resume;
    if (!std::filesystem::exists(path)) return;
    const data::SafeTensors file = data::load_safetensors(path);
    const auto expect = [&](const char* key, const std::string& now, const char* what) {
        const std::string then = file.note(std::string("note.") + key);
        if (then != now)
            throw ValueError(fmt::format("Trainer: cannot resume from '{}': it was saved with {} '{}', expected '{}'",
                                         path, what, then, now));
    };
    if (file.note("note.data").empty())
        throw ValueError(
            fmt::format("Trainer: cannot resume from '{}': it holds no training; load_checkpoint reads it", path));
    fingerprint_ = source_.fingerprint();
    expect("data", fingerprint_, "the data");
    expect("callbacks", std::to_string(options_.callbacks.size()), "a number of callbacks of");
    CheckpointParts all = parts();
    History read;
    all.states.push_back({"history", [] { return optim::State{}; },
                          [&](const optim::State& state) {
                              if (!state.tensors.empty()) read = history_of(state);
                          }});
    const CheckpointInfo info = load_checkpoint(path, model_, all);
    // The quantities in their order, which a file does not keep.
    const std::string columns = file.note("note.columns");
    for (std::size_t from = 0; from < columns.size();) {
        const std::size_t end = columns.find('\n', from);
        history_.column(columns.substr(from, end - from));
        from = end == std::string::npos ? columns.size() : end + 1;
    }
    for (std::size_t e = 0; e < read.epochs(); ++e) {
        Logs logs;
        for (const std::string& name : read.names()) logs.emplace_back(name, read[name][e]);
        history_.add_epoch(logs, read.seconds()[e]);
    }
    for (const double loss : read.step_losses()) history_.add_step(loss);
    if (const std::string pass = file.note("note.pass"); source_.loader != nullptr && !pass.empty()) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(pass.data(), pass.data() + pass.size(), number);
        if (error == std::errc() && end == pass.data() + pass.size()) source_.loader->set_epoch(number);
    }
    epoch_ = info.epoch;
    steps_ = static_cast<std::int64_t>(history_.step_losses().size());
    if (const std::string reason = file.note("note.stopped"); !reason.empty()) {
        stop(reason);
        stopped_at_epoch_end_ = true;
    }
}

}  // namespace xg::train::detail
