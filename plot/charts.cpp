#include <xgrad/plot/charts.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/plot/detail/text.hpp>

namespace xg::plot {
namespace {

/// The place of `name` in `names`, at whose end it is put if it is not there.
std::size_t place_in(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.push_back(name);
    return names.size() - 1;
}

std::vector<double> numbers_from(double first, std::size_t n) {
    std::vector<double> out(n);
    std::iota(out.begin(), out.end(), first);
    return out;
}

/// Another dash for each turn of the palette.
Dash dash_of_turn(std::size_t i) {
    constexpr Dash dashes[] = {Dash::solid, Dash::dashed, Dash::dotted, Dash::dash_dot};
    return dashes[i / 7 % 4];
}

void same_length(const char* chart, const char* first, std::size_t a, const char* second, std::size_t b) {
    if (a != b)
        throw ShapeError(
            fmt::format("plot: {}: {} has {} values and {} has {}, expected as many", chart, first, a, second, b));
}

/// The ends of a range with a little room around it.
Limits around(double low, double high, bool log) {
    if (!(low <= high)) return {};
    if (log) {
        const double a = std::log10(low), b = std::log10(high), room = std::max(0.04 * (b - a), 0.01);
        return {std::pow(10.0, std::max(a - room, -307.0)), std::pow(10.0, std::min(b + room, 307.0))};
    }
    const double size = std::max(std::abs(low), std::abs(high));
    const double room = low < high ? std::max(0.06 * (high - low), 1e-12 * size) : size > 0 ? 0.05 * size : 0.5;
    return {std::max(low - room, -1e308), std::min(high + room, 1e308)};
}

}  // namespace

Figure learning_curves(const std::vector<LearningCurve>& curves, const LearningCurveOptions& options) {
    if (curves.empty()) throw ValueError("plot: learning_curves: no curves, expected at least one");
    std::vector<std::string> quantities, names;
    for (const LearningCurve& c : curves) {
        place_in(quantities, c.quantity);
        place_in(names, c.name);
        if (!c.training.empty() && !c.validation.empty() && c.training.size() != c.validation.size())
            throw ShapeError(
                fmt::format("plot: learning_curves: '{}' of '{}' has {} values of training and {} of validation, "
                            "expected as many, or none",
                            c.quantity, c.name, c.training.size(), c.validation.size()));
    }
    for (const std::string& q : options.log_y)
        if (std::find(quantities.begin(), quantities.end(), q) == quantities.end())
            throw ValueError(
                fmt::format("plot: learning_curves: log_y names '{}', expected one of the curves' quantities", q));

    std::size_t epochs = 0;
    for (const LearningCurve& c : curves) epochs = std::max({epochs, c.training.size(), c.validation.size()});
    const int n = static_cast<int>(quantities.size());
    const int columns = n <= 3 ? n : n % 3 == 0 ? 3 : 2;
    const int rows = (n + columns - 1) / columns;
    Figure figure({.rows = rows,
                   .columns = columns,
                   .panel_width = n == 1 || names.size() > 4 ? 640.0 : 520.0,
                   .panel_height = std::clamp(42 * static_cast<double>(names.size()) + 90, 380.0, 1'500.0),
                   .title = options.title,
                   .caption = options.caption});
    for (int i = 0; i < rows * columns; ++i) {
        Axes& axes = figure.axes(i / columns, i % columns);
        if (i >= n) {
            axes.set({.visible = false});
            continue;
        }
        const std::string& quantity = quantities[static_cast<std::size_t>(i)];
        axes.set({.title = n > 1 ? quantity : "",
                  .x_label = options.x_label,
                  .y_label = quantity,
                  .log_y = std::find(options.log_y.begin(), options.log_y.end(), quantity) != options.log_y.end()});
        if (epochs > 0 && epochs <= 8) {  // no halves of epochs
            std::vector<std::string> labels;
            for (std::size_t e = 0; e < epochs; ++e)
                labels.push_back(std::to_string(options.first_epoch + static_cast<std::int64_t>(e)));
            axes.set_x_ticks(numbers_from(options.first_epoch, epochs), std::move(labels));
        }
        for (const LearningCurve& c : curves) {
            if (c.quantity != quantity) continue;
            const std::string color = palette(static_cast<int>(place_in(names, c.name)));
            // Shortened here, where no two become one, if it would be in the legend.
            const std::string name = c.name.empty() ? "" : detail::elide(c.name, names.size() > 4 ? 10 : 24) + ", ";
            if (!c.training.empty())
                axes.line(numbers_from(options.first_epoch, c.training.size()), c.training,
                          {.label = name + "training", .color = color});
            if (!c.validation.empty())
                axes.line(numbers_from(options.first_epoch, c.validation.size()), c.validation,
                          {.label = name + "validation", .color = color, .dash = Dash::dashed});
        }
    }
    return figure;
}

Figure bar_chart(const std::vector<std::string>& names, const std::vector<double>& values,
                 const BarChartOptions& options) {
    if (names.empty()) throw ValueError("plot: bar_chart: no names, expected at least one");
    same_length("bar_chart", "names", names.size(), "values", values.size());
    if (!options.errors.empty()) same_length("bar_chart", "values", values.size(), "errors", options.errors.size());
    const std::size_t n = names.size();
    double widest = 0;
    for (const std::string& name : names) widest = std::max(widest, detail::width_of(detail::clean(name)));
    constexpr double font = 14;
    const bool across = options.bars == Bars::horizontal ||
                        (options.bars == Bars::automatic && static_cast<double>(n) * (widest + 0.8) * font > 620);
    FigureOptions page{.panel_width = 680, .title = options.title, .caption = options.caption, .font_size = font};
    std::vector<double> at = numbers_from(0, n);
    if (across) {
        std::reverse(at.begin(), at.end());  // the first on top
        // A name may take 45 parts of a hundred of the width; what is longer gets more lines, and they room.
        const double lines = std::clamp(std::ceil(widest * font / (0.4 * page.panel_width)), 1.0, 3.0);
        page.panel_height = std::clamp(90 + static_cast<double>(n) * (1.3 * lines + 0.5) * font, 160.0, 9'000.0);
    } else {
        // Names that take more than 900 pixels stand slanted.
        const auto count = static_cast<double>(n);
        const double upright = count * std::max(widest + 0.8, 2.2) * font, slanted = count * 2.2 * font;
        page.panel_width = std::clamp((upright <= 900 ? upright : slanted) + 110, 420.0, 9'000.0);
        if (upright > 900) page.panel_height += 0.5 * std::min(widest, 20.0) * font;
    }
    Figure figure(std::move(page));
    Axes& axes = figure.axes();
    axes.set({.x_label = across ? options.value_label : "",
              .y_label = across ? "" : options.value_label,
              .log_x = across && options.log,
              .log_y = !across && options.log,
              .legend = Legend::none});
    if (across)
        axes.barh(at, values, {.width = 0.7}).set_y_ticks(at, names);
    else
        axes.bars(at, values, {.width = 0.7}).set_x_ticks(at, names);
    if (!options.errors.empty()) {
        if (across)
            axes.error_bars(values, at, options.errors, {.horizontal = true});
        else
            axes.error_bars(at, values, options.errors);
    }
    return figure;
}

Figure function_curves(const std::vector<double>& x, const std::vector<Curve>& curves, const CurveOptions& options) {
    if (curves.empty()) throw ValueError("plot: function_curves: no curves, expected at least one");
    const bool many = curves.size() > 8;  // the legend then stands beside the axes
    const auto lines = static_cast<double>(std::min<std::size_t>(curves.size(), 60));
    Figure figure({.panel_width = many ? 860.0 : 640.0,
                   .panel_height = std::max(380.0, 21 * lines + 90),
                   .title = options.title,
                   .caption = options.caption});
    Axes& axes = figure.axes();
    axes.set({.x_label = options.x_label,
              .y_label = options.y_label,
              .log_x = options.log_x,
              .log_y = options.log_y,
              .x_limits = options.x_limits,
              .y_limits = options.y_limits});
    for (std::size_t i = 0; i < curves.size(); ++i) {
        same_length("function_curves", "x", x.size(), curves[i].name.c_str(), curves[i].y.size());
        axes.line(x, curves[i].y,
                  {.label = curves[i].name, .color = palette(static_cast<int>(i)), .dash = dash_of_turn(i)});
    }
    return figure;
}

Figure search_results(const std::vector<double>& x, const std::vector<double>& scores, const SearchOptions& options) {
    same_length("search_results", "x", x.size(), "scores", scores.size());
    if (!(options.zoom > 0 && options.zoom <= 1))
        throw ValueError(
            fmt::format("plot: search_results: zoom is {}, expected more than 0 and at most 1", options.zoom));
    Figure figure({.columns = 2, .panel_width = 520, .title = options.title, .caption = options.caption});
    const auto usable = [](double v, bool log) { return std::isfinite(v) && (!log || v > 0); };
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (usable(x[i], options.log_x) && usable(scores[i], options.log_y)) order.push_back(i);

    std::vector<double> best_x, best_y;  // the best up to each trial
    std::vector<std::size_t> by_x = order;
    std::stable_sort(by_x.begin(), by_x.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
    for (const std::size_t i : by_x) {
        const double before = best_y.empty() ? scores[i] : best_y.back();
        if (!best_y.empty()) {  // a step
            best_x.push_back(x[i]);
            best_y.push_back(before);
        }
        best_x.push_back(x[i]);
        best_y.push_back(options.minimize ? std::min(before, scores[i]) : std::max(before, scores[i]));
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return options.minimize ? scores[a] < scores[b] : scores[a] > scores[b];
    });
    const auto shown = std::min(
        order.size(), std::max<std::size_t>(
                          3, static_cast<std::size_t>(std::ceil(options.zoom * static_cast<double>(order.size())))));
    AxesOptions near{.title = fmt::format("the best {} of {}", shown, x.size()),
                     .x_label = options.x_label,
                     .y_label = options.y_label,
                     .log_x = options.log_x,
                     .log_y = options.log_y,
                     .legend = Legend::none};
    AxesOptions far = near;
    far.title = "all";
    far.legend = Legend::best;
    if (shown > 0) {
        double left = x[order[0]], right = left, low = scores[order[0]], high = low;
        for (std::size_t k = 1; k < shown; ++k) {
            left = std::min(left, x[order[k]]);
            right = std::max(right, x[order[k]]);
            low = std::min(low, scores[order[k]]);
            high = std::max(high, scores[order[k]]);
        }
        near.x_limits = around(left, right, options.log_x);
        near.y_limits = around(low, high, options.log_y);
    }
    figure.axes(0, 0).set(far);
    figure.axes(0, 1).set(near);
    for (int column : {0, 1}) {
        Axes& axes = figure.axes(0, column);
        if (options.best_so_far) axes.line(best_x, best_y, {.label = "best so far", .color = palette(1), .width = 1.5});
        axes.points(x, scores, {.label = options.y_label, .color = palette(0)});
        if (shown > 0)
            axes.points({x[order[0]]}, {scores[order[0]]},
                        {.label = fmt::format("best: {:.6g}", scores[order[0]]), .color = palette(1), .size = 1.1});
    }
    if (shown > 0) {  // what the second panel shows
        const Limits &h = near.x_limits, &v = near.y_limits;
        figure.axes(0, 0).line({h.low, h.high, h.high, h.low, h.low}, {v.low, v.low, v.high, v.high, v.low},
                               {.color = "#777777", .width = 1.5, .dash = Dash::dotted});
    }
    return figure;
}

}  // namespace xg::plot
