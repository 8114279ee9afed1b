#include <xgrad/plot/figure.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/plot/detail/model.hpp>

namespace xg::plot {
namespace {

using detail::has_range;
using detail::Kind;

void check_color(const char* what, const std::string& color) {
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    if (color.empty()) return;
    if (color.size() != 7 || color[0] != '#' || !std::all_of(color.begin() + 1, color.end(), hex))
        throw ValueError(fmt::format("plot: {}: expected a color like '#0072b2', got '{}'", what, color));
}

/// Throws unless low <= value <= high; NaN fails too.
void check_range(const char* what, const char* option, double value, double low, double high) {
    if (!(value >= low && value <= high))
        throw ValueError(fmt::format("plot: {}: {} is {}, expected {} to {}", what, option, value, low, high));
}

void check_same_length(const char* what, const char* first, std::size_t a, const char* second, std::size_t b) {
    if (a != b) throw ShapeError(fmt::format("plot: {}: {} has {} values and {} has {}", what, first, a, second, b));
}

void check_limits(const char* axis, const Limits& limits, bool log) {
    for (const double end : {limits.low, limits.high})
        if (std::isinf(end) || (log && end <= 0))
            throw ValueError(fmt::format("plot: the {} limits are ({}, {}), expected finite{} values", axis, limits.low,
                                         limits.high, log ? " and, on a logarithmic axis, positive" : ""));
    if (limits.low >= limits.high)
        throw ValueError(
            fmt::format("plot: the {} limits are ({}, {}), expected the lower first", axis, limits.low, limits.high));
}

void add(detail::AxesData& axes, detail::Series series, const char* what) {
    check_same_length(what, "x", series.x.size(), series.kind == Kind::band ? "low" : "y", series.y.size());
    if (has_range(series.kind)) check_same_length(what, "x", series.x.size(), "high", series.high.size());
    check_color(what, series.color);
    if (series.color.empty()) {
        const bool follows = series.kind == Kind::band && !axes.last_color.empty();
        series.color =
            follows ? axes.last_color : palette(series.kind == Kind::band ? axes.colors_used : axes.colors_used++);
    }
    if (series.kind != Kind::error_y && series.kind != Kind::error_x) axes.last_color = series.color;
    axes.series.push_back(std::move(series));
}

void add_rule(detail::AxesData& axes, const char* what, bool horizontal, double at, RuleOptions options) {
    check_color(what, options.color);
    check_range(what, "width", options.width, 0.1, 100);
    if (options.color.empty()) options.color = RuleOptions{}.color;
    axes.rules.push_back({horizontal, at, std::move(options)});
}

}  // namespace

Axes::Axes() : data_(std::make_unique<detail::AxesData>()) {}
Axes::Axes(Axes&&) noexcept = default;
Axes& Axes::operator=(Axes&&) noexcept = default;
Axes::~Axes() = default;

Axes& Axes::set(AxesOptions options) {
    check_limits("x", options.x_limits, options.log_x);
    check_limits("y", options.y_limits, options.log_y);
    data_->options = std::move(options);
    return *this;
}

Axes& Axes::set_x_ticks(std::vector<double> at, std::vector<std::string> labels) {
    check_same_length("set_x_ticks", "at", at.size(), "labels", labels.size());
    data_->x_ticks = {true, std::move(at), std::move(labels)};
    return *this;
}

Axes& Axes::set_y_ticks(std::vector<double> at, std::vector<std::string> labels) {
    check_same_length("set_y_ticks", "at", at.size(), "labels", labels.size());
    data_->y_ticks = {true, std::move(at), std::move(labels)};
    return *this;
}

Axes& Axes::line(std::vector<double> x, std::vector<double> y, LineOptions options) {
    check_range("line", "width", options.width, 0.1, 100);
    add(*data_,
        {Kind::line,
         std::move(x),
         std::move(y),
         {},
         std::move(options.label),
         std::move(options.color),
         options.width,
         options.dash},
        "line");
    return *this;
}

Axes& Axes::band(std::vector<double> x, std::vector<double> low, std::vector<double> high, BandOptions options) {
    check_range("band", "alpha", options.alpha, 0, 1);
    add(*data_,
        {Kind::band, std::move(x), std::move(low), std::move(high), std::move(options.label), std::move(options.color),
         options.alpha, Dash::solid},
        "band");
    return *this;
}

Axes& Axes::points(std::vector<double> x, std::vector<double> y, PointOptions options) {
    check_range("points", "size", options.size, 0.01, 100);
    add(*data_,
        {Kind::points,
         std::move(x),
         std::move(y),
         {},
         std::move(options.label),
         std::move(options.color),
         options.size,
         Dash::solid},
        "points");
    return *this;
}

Axes& Axes::bars(std::vector<double> x, std::vector<double> y, BarOptions options) {
    check_range("bars", "width", options.width, 1e-300, 1e300);
    add(*data_,
        {Kind::bars,
         std::move(x),
         std::move(y),
         {},
         std::move(options.label),
         std::move(options.color),
         options.width,
         Dash::solid},
        "bars");
    return *this;
}

Axes& Axes::barh(std::vector<double> y, std::vector<double> x, BarOptions options) {
    check_range("barh", "width", options.width, 1e-300, 1e300);
    add(*data_,
        {Kind::barh,
         std::move(x),
         std::move(y),
         {},
         std::move(options.label),
         std::move(options.color),
         options.width,
         Dash::solid},
        "barh");
    return *this;
}

Axes& Axes::error_bars(std::vector<double> x, std::vector<double> y, std::vector<double> error,
                       ErrorBarOptions options) {
    check_same_length("error_bars", "x", x.size(), "y", y.size());
    check_same_length("error_bars", "x", x.size(), "error", error.size());
    check_range("error_bars", "width", options.width, 0.1, 100);
    if (options.color.empty()) options.color = ErrorBarOptions{}.color;
    std::vector<double>& low = options.horizontal ? x : y;
    std::vector<double> high = low;
    for (std::size_t i = 0; i < error.size(); ++i) {
        if (error[i] < 0)
            throw ValueError(
                fmt::format("plot: error_bars: error {} is {}, expected 0 or a positive number", i, error[i]));
        low[i] -= error[i];
        high[i] += error[i];
    }
    add(*data_,
        {options.horizontal ? Kind::error_x : Kind::error_y,
         std::move(x),
         std::move(y),
         std::move(high),
         {},
         std::move(options.color),
         options.width,
         Dash::solid},
        "error_bars");
    return *this;
}

Axes& Axes::steps(std::vector<double> edges, std::vector<double> y, StepOptions options) {
    check_range("steps", "width", options.width, 0.1, 100);
    check_range("steps", "alpha", options.alpha, 0, 1);
    if (edges.size() != y.size() + 1 && !(edges.empty() && y.empty()))
        throw ShapeError(fmt::format("plot: steps: {} edges and {} values, expected one edge more than values",
                                     edges.size(), y.size()));
    for (std::size_t i = 0; i < edges.size(); ++i)
        if (!std::isfinite(edges[i]) || (i > 0 && !(edges[i - 1] < edges[i])))
            throw ValueError(
                fmt::format("plot: steps: edge {} is {}, expected finite edges that increase", i, edges[i]));
    std::vector<double> corners, heights;
    const auto corner = [&](double at, double height) {
        corners.push_back(at);
        heights.push_back(std::isfinite(height) ? height : 0);
    };
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (i == 0) corner(edges[0], 0);
        corner(edges[i], y[i]);
        corner(edges[i + 1], y[i]);
    }
    if (!y.empty()) corner(edges.back(), 0);
    add(*data_,
        {Kind::steps,
         std::move(corners),
         std::move(heights),
         {},
         std::move(options.label),
         std::move(options.color),
         options.width,
         Dash::solid,
         options.alpha},
        "steps");
    return *this;
}

Axes& Axes::matrix(std::vector<double> values, int rows, MatrixOptions options) {
    const auto n = static_cast<std::int64_t>(values.size());
    if (n == 0 || rows < 1 || n % rows != 0)
        throw ShapeError(
            fmt::format("plot: matrix: {} values in {} rows, expected whole rows of at least one value", n, rows));
    if (!options.texts.empty()) check_same_length("matrix", "values", values.size(), "texts", options.texts.size());
    check_limits("matrix", options.limits, false);
    data_->matrix = {rows, static_cast<int>(n / rows), std::move(values), std::move(options)};
    return *this;
}

Axes& Axes::hline(double y, RuleOptions options) {
    add_rule(*data_, "hline", true, y, std::move(options));
    return *this;
}

Axes& Axes::vline(double x, RuleOptions options) {
    add_rule(*data_, "vline", false, x, std::move(options));
    return *this;
}

Axes& Axes::text(double x, double y, std::string text, TextOptions options) {
    check_color("text", options.color);
    if (options.color.empty()) options.color = TextOptions{}.color;
    data_->texts.push_back({x, y, std::move(text), std::move(options)});
    return *this;
}

Figure::Figure(FigureOptions options) : data_(std::make_unique<detail::FigureData>()) {
    check_range("Figure", "rows", options.rows, 1, 50);
    check_range("Figure", "columns", options.columns, 1, 50);
    check_range("Figure", "panel_width", options.panel_width, 150, 10'000);
    check_range("Figure", "panel_height", options.panel_height, 120, 10'000);
    check_range("Figure", "font_size", options.font_size, 11, 40);
    for (int i = 0; i < options.rows * options.columns; ++i) {
        data_->axes.push_back(Axes());
        data_->panels.push_back(data_->axes.back().data_.get());
    }
    data_->options = std::move(options);
}

Figure::Figure(Figure&&) noexcept = default;
Figure& Figure::operator=(Figure&&) noexcept = default;
Figure::~Figure() = default;

Axes& Figure::axes(int row, int column) {
    const FigureOptions& o = data_->options;
    if (row < 0 || row >= o.rows || column < 0 || column >= o.columns)
        throw IndexError(fmt::format("plot: no panel ({}, {}) in a figure of {} rows and {} columns", row, column,
                                     o.rows, o.columns));
    return data_->axes[static_cast<std::size_t>(row * o.columns + column)];
}

Figure& Figure::set_caption(std::string caption) {
    data_->options.caption = std::move(caption);
    return *this;
}

}  // namespace xg::plot
