#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::train {

/// Numbers by their names, in the order in which they came: `loss`, then metrics, then the same of the validation with
/// `val_` before them.
using Logs = std::vector<std::pair<std::string, double>>;

/// The number of that name in `logs`, if there is one.
XG_EXPORT std::optional<double> find(const Logs& logs, const std::string& name);

/// What a training told, epoch by epoch.
class XG_EXPORT History {
public:
    /// The values of a quantity, one an epoch: `history["val_loss"]`; NaN where an epoch did not have it. Throws
    /// ValueError, which lists what there is, for a name that it does not have.
    const std::vector<double>& operator[](const std::string& name) const;
    /// Whether it has a quantity of that name.
    bool has(const std::string& name) const noexcept;
    /// The quantities, in the order in which they came.
    const std::vector<std::string>& names() const noexcept { return names_; }
    /// How many epochs were finished.
    std::size_t epochs() const noexcept { return epochs_; }
    /// The values of the epoch that was finished last; empty before that.
    Logs last() const;
    /// The loss of each batch that was trained on.
    const std::vector<double>& step_losses() const noexcept { return step_losses_; }
    /// How long each epoch took, its validation included, in seconds. Not part of the files, which are the same for the
    /// same training.
    const std::vector<double>& seconds() const noexcept { return seconds_; }
    /// Why the training ended before its last epoch; empty where it did not.
    const std::string& stop_reason() const noexcept { return stop_reason_; }

    /// A line an epoch, with a line of names before them.
    std::string to_csv() const;
    /// `{"epochs": 30, "stop_reason": "", "values": {"loss": [...], ...}, "step_losses": [...]}`; NaN and infinity are
    /// null.
    std::string to_json() const;
    /// The curves of all quantities over the epochs: a panel each, the validation's dashed beside the training's.
    plot::Figure figure(const std::string& title = {}) const;

    // What a training adds.

    void add_epoch(const Logs& logs, double seconds);
    void add_step(double loss) { step_losses_.push_back(loss); }
    void set_stop_reason(std::string reason) { stop_reason_ = std::move(reason); }
    /// Takes a new quantity; epochs before it have NaN. Returns its values.
    std::vector<double>& column(const std::string& name);

private:
    std::vector<std::string> names_;
    std::vector<std::vector<double>> values_;  // of each name
    std::vector<double> step_losses_, seconds_;
    std::size_t epochs_ = 0;
    std::string stop_reason_;
};

/// A line an epoch: `epoch 3  loss 0.25  val_loss 0.31`.
XG_EXPORT std::ostream& operator<<(std::ostream& out, const History& history);

}  // namespace xg::train
