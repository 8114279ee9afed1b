#include <xgrad/train/history.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include <fmt/format.h>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>

namespace xg::train {

std::optional<double> find(const Logs& logs, const std::string& name) {
    for (const auto& [key, value] : logs)
        if (key == name) return value;
    return {};
}

bool History::has(const std::string& name) const noexcept {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

const std::vector<double>& History::operator[](const std::string& name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end())
        throw ValueError(
            fmt::format("History: there is no '{}', expected one of: {}", name,
                        names_.empty() ? "(no epoch was finished)" : fmt::format("{}", fmt::join(names_, ", "))));
    return values_[static_cast<std::size_t>(at - names_.begin())];
}

std::vector<double>& History::column(const std::string& name) {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at != names_.end()) return values_[static_cast<std::size_t>(at - names_.begin())];
    names_.push_back(name);
    return values_.emplace_back(epochs_, std::numeric_limits<double>::quiet_NaN());
}

Logs History::last() const {
    Logs logs;
    if (epochs_ == 0) return logs;
    for (std::size_t i = 0; i < names_.size(); ++i) logs.emplace_back(names_[i], values_[i].back());
    return logs;
}

void History::add_epoch(const Logs& logs, double seconds) {
    for (const auto& [name, value] : logs) column(name);
    ++epochs_;
    for (auto& values : values_) values.push_back(std::numeric_limits<double>::quiet_NaN());
    for (const auto& [name, value] : logs) column(name).back() = value;
    seconds_.push_back(seconds);
}

std::string History::to_csv() const {
    std::string text = "epoch";
    for (const std::string& name : names_) {
        // As in CSV's: quoted where a name has what would end it.
        const bool quoted = name.find_first_of(",\"\r\n") != std::string::npos;
        std::string field = name;
        for (std::size_t i = 0; quoted && i < field.size(); ++i)
            if (field[i] == '"') field.insert(i++, 1, '"');
        text += quoted ? ",\"" + field + '"' : ',' + field;
    }
    text += '\n';
    for (std::size_t e = 0; e < epochs_; ++e) {
        text += std::to_string(e + 1);
        for (const auto& values : values_) text += fmt::format(",{}", values[e]);
        text += '\n';
    }
    return text;
}

std::string History::to_json() const {
    using xg::detail::Json;
    Json::Object values;
    for (std::size_t i = 0; i < names_.size(); ++i) values.emplace_back(names_[i], Json::list_of(values_[i]));
    Json::Object all{{"epochs", Json(static_cast<std::uint64_t>(epochs_))},
                     {"stop_reason", Json(stop_reason_)},
                     {"values", Json(std::move(values))},
                     {"step_losses", Json::list_of(step_losses_)}};
    return Json(std::move(all)).dump(-1, true) + "\n";
}

plot::Figure History::figure(const std::string& title) const {
    std::vector<std::string> quantities;
    for (const std::string& name : names_) {
        const std::string base = name.starts_with("val_") ? name.substr(4) : name;
        if (std::find(quantities.begin(), quantities.end(), base) == quantities.end()) quantities.push_back(base);
    }
    const int panels = std::max(1, static_cast<int>(quantities.size())), columns = std::min(panels, 2);
    const int rows = (panels + columns - 1) / columns;
    plot::Figure figure({.rows = rows, .columns = columns, .title = title});
    if (panels < rows * columns) figure.axes(rows - 1, columns - 1).set({.visible = false});
    std::vector<double> epochs(epochs_);
    for (std::size_t e = 0; e < epochs_; ++e) epochs[e] = static_cast<double>(e + 1);
    for (int i = 0; i < static_cast<int>(quantities.size()); ++i) {
        const std::string& quantity = quantities[static_cast<std::size_t>(i)];
        plot::Axes& axes = figure.axes(i / columns, i % columns);
        double least = INFINITY, greatest = -INFINITY;
        const auto draw = [&](const std::string& name, const char* label, plot::Dash dash) {
            if (!has(name)) return;
            for (const double v : (*this)[name])
                if (std::isfinite(v)) least = std::min(least, v), greatest = std::max(greatest, v);
            axes.line(epochs, (*this)[name],
                      {.label = label, .color = plot::palette(dash == plot::Dash::solid ? 0 : 1), .dash = dash});
        };
        draw(quantity, "training", plot::Dash::solid);
        draw("val_" + quantity, "validation", plot::Dash::dashed);
        axes.set({.x_label = "epoch", .y_label = quantity, .log_y = least > 0 && greatest > 100 * least});
    }
    return figure;
}

std::ostream& operator<<(std::ostream& out, const History& history) {
    for (std::size_t e = 0; e < history.epochs(); ++e) {
        out << "epoch " << e + 1;
        for (const std::string& name : history.names()) out << fmt::format("  {} {:.6g}", name, history[name][e]);
        out << '\n';
    }
    if (!history.stop_reason().empty()) out << "stopped: " << history.stop_reason() << '\n';
    return out;
}

}  // namespace xg::train
