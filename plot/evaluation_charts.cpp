// The charts that compare a model's answers with what is true.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/plot/charts.hpp>
#include <xgrad/plot/detail/text.hpp>

namespace xg::plot {
namespace {

bool is_column(const Tensor& x) { return x.rank() == 1 || (x.rank() == 2 && x.size(1) == 1); }

std::string shape_text(const Tensor& x) {
    std::string out = "(";
    for (const std::int64_t n : x.shape()) out += fmt::format("{}{}", out.size() > 1 ? ", " : "", n);
    return out + ")";
}

double area(const RocCurve& c) {
    double sum = 0;
    for (std::size_t i = 1; i < c.fpr.size(); ++i) sum += (c.fpr[i] - c.fpr[i - 1]) * 0.5 * (c.tpr[i] + c.tpr[i - 1]);
    return sum;
}

void check_rates(const RocCurve& c, const char* what, const std::vector<double>& rates) {
    for (std::size_t i = 0; i < rates.size(); ++i)
        if (!(rates[i] >= 0 && rates[i] <= 1) || (i > 0 && rates[i] < rates[i - 1]))
            throw ValueError(
                fmt::format("plot: roc_curve: {} {} of '{}' is {}, expected rates from 0 to 1 in ascending order", what,
                            i, c.name, rates[i]));
}

void check_counts(const std::vector<std::vector<double>>& counts, std::size_t classes) {
    if (classes == 0) throw ValueError("plot: confusion_matrix: no class names, expected one for each row");
    if (counts.size() != classes)
        throw ShapeError(fmt::format("plot: confusion_matrix: {} rows and {} class names, expected a row for each name",
                                     counts.size(), classes));
    for (std::size_t i = 0; i < classes; ++i) {
        if (counts[i].size() != classes)
            throw ShapeError(
                fmt::format("plot: confusion_matrix: row {} has {} counts, expected a square matrix of {} x {}", i,
                            counts[i].size(), classes, classes));
        for (std::size_t j = 0; j < classes; ++j)
            if (!(counts[i][j] >= 0) || std::isinf(counts[i][j]))
                throw ValueError(
                    fmt::format("plot: confusion_matrix: count ({}, {}) is {}, expected 0 or a positive number", i, j,
                                counts[i][j]));
    }
}

}  // namespace

Figure prediction_scatter(const std::vector<double>& label, const std::vector<double>& prediction,
                          const ScatterOptions& options) {
    if (label.size() != prediction.size())
        throw ShapeError(fmt::format("plot: prediction_scatter: {} labels and {} predictions, expected as many",
                                     label.size(), prediction.size()));
    double low = INFINITY, high = -INFINITY;
    for (std::size_t i = 0; i < label.size(); ++i) {
        if (!std::isfinite(label[i]) || !std::isfinite(prediction[i])) continue;
        low = std::min({low, label[i], prediction[i]});
        high = std::max({high, label[i], prediction[i]});
    }
    if (!(low <= high)) {
        low = 0;
        high = 1;
    }
    const double size = std::max(std::abs(low), std::abs(high));
    const double room = std::max(0.04 * (0.5 * high - 0.5 * low), low < high ? 0 : size > 0 ? 0.05 * size : 0.5);
    const Limits limits{std::max(low - room, -4e307), std::min(high + room, 4e307)};
    Figure figure({.panel_width = 500, .panel_height = 470, .title = options.title, .caption = options.caption});
    figure.axes()
        .set({.x_label = options.x_label, .y_label = options.y_label, .x_limits = limits, .y_limits = limits})
        .line({limits.low, limits.high}, {limits.low, limits.high},
              {.label = "prediction = label", .color = "#777777", .width = 1.5, .dash = Dash::dashed})
        // Small marks where there are many, so that they do not become one blot.
        .points(label, prediction,
                {.color = palette(0),
                 .size = std::clamp(8.0 / std::sqrt(static_cast<double>(label.size()) + 1), 0.2, 0.6)});
    return figure;
}

Figure prediction_scatter(const Tensor& label, const Tensor& prediction, const ScatterOptions& options) {
    const bool columns = is_column(label) && is_column(prediction) && label.numel() == prediction.numel();
    if (!columns && label.shape() != prediction.shape())
        throw ShapeError(fmt::format("plot: prediction_scatter: labels {} and predictions {}, expected one shape",
                                     shape_text(label), shape_text(prediction)));
    return prediction_scatter(label.to_vector(), prediction.to_vector(), options);
}

Figure histogram(const std::vector<double>& values, const HistogramOptions& options) {
    Bins bins = bin_values(values, options.bins);
    Figure figure({.title = options.title, .caption = options.caption});
    figure.axes()
        .set(
            {.x_label = options.x_label, .y_label = options.bins.density ? "density" : "count", .log_y = options.log_y})
        .steps(std::move(bins.edges), std::move(bins.heights));
    return figure;
}

Figure histogram(const Tensor& values, const HistogramOptions& options) {
    return histogram(values.to_vector(), options);
}

Figure confusion_matrix(const std::vector<std::vector<double>>& counts, const std::vector<std::string>& class_names,
                        const ConfusionOptions& options) {
    check_counts(counts, class_names.size());
    const std::size_t n = counts.size();
    MatrixOptions matrix;
    std::vector<double> values, down, along;
    const bool numbers = n <= 30;
    double widest = 2;
    for (std::size_t i = 0; i < n; ++i) {
        // Parts of the largest, whose sum can't become infinite.
        const double largest = *std::max_element(counts[i].begin(), counts[i].end());
        double sum = 0;
        for (const double c : counts[i]) sum += largest > 0 ? c / largest : 0;
        for (const double c : counts[i]) {
            values.push_back(!options.normalize ? c : largest > 0 ? c / largest / sum : 0);
            if (!numbers) continue;
            matrix.texts.push_back(options.normalize ? fmt::format("{:.2f}", values.back())
                                                     : fmt::format("{:.6g}", values.back()));
            widest = std::max(widest, detail::width_of(matrix.texts.back()));
        }
        along.push_back(static_cast<double>(i));
        down.push_back(static_cast<double>(n - 1 - i));
    }
    const double most = *std::max_element(values.begin(), values.end());
    matrix.limits = {0, options.normalize ? 1 : most > 0 ? most : 1};
    matrix.color_bar = !numbers || options.normalize;
    constexpr double font = 14;
    double longest = 0;
    for (const std::string& name : class_names) longest = std::max(longest, detail::width_of(detail::clean(name)));
    const double cell =
        numbers ? std::max(34.0, (widest + 0.9) * font) : std::max(1.3 * font, 600.0 / static_cast<double>(n));
    const double names = std::min(longest, 20.0) * font;
    const double side = std::clamp(cell * static_cast<double>(n), 220.0, 8'000.0);
    const bool slanted = longest + 0.6 > cell / font;
    Figure figure({.panel_width = side + names + 90 + (matrix.color_bar ? 60 : 0),
                   .panel_height = side + (slanted ? 0.71 * names : font) + 75,
                   .title = options.title,
                   .caption = options.caption,
                   .font_size = font});
    figure.axes()
        .set({.x_label = options.x_label, .y_label = options.y_label, .legend = Legend::none})
        .matrix(std::move(values), static_cast<int>(n), std::move(matrix))
        .set_x_ticks(std::move(along), class_names)
        .set_y_ticks(std::move(down), class_names);
    return figure;
}

Figure confusion_matrix(const Tensor& counts, const std::vector<std::string>& class_names,
                        const ConfusionOptions& options) {
    if (counts.rank() != 2 || counts.size(0) != counts.size(1))
        throw ShapeError(fmt::format("plot: confusion_matrix: the shape is {}, expected a square matrix (n, n)",
                                     shape_text(counts)));
    const std::vector<double> flat = counts.to_vector();
    std::vector<std::vector<double>> rows;
    const std::int64_t n = counts.size(0);
    for (std::int64_t i = 0; i < n; ++i) rows.emplace_back(flat.begin() + i * n, flat.begin() + (i + 1) * n);
    return confusion_matrix(rows, class_names, options);
}

Figure roc_curve(const std::vector<RocCurve>& curves, const RocOptions& options) {
    if (curves.empty()) throw ValueError("plot: roc_curve: no curves, expected at least one");
    Figure figure({.panel_width = 500, .panel_height = 470, .title = options.title, .caption = options.caption});
    Axes& axes = figure.axes();
    axes.set(
        {.x_label = "false positive rate", .y_label = "true positive rate", .x_limits = {0, 1}, .y_limits = {0, 1.02}});
    axes.line({0, 1}, {0, 1}, {.color = "#777777", .width = 1.2, .dash = Dash::dashed});
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const RocCurve& c = curves[i];
        if (c.fpr.size() != c.tpr.size())
            throw ShapeError(
                fmt::format("plot: roc_curve: '{}' has {} false and {} true positive rates, expected as "
                            "many",
                            c.name, c.fpr.size(), c.tpr.size()));
        if (c.fpr.size() < 2)
            throw ValueError(
                fmt::format("plot: roc_curve: '{}' has {} points, expected two or more", c.name, c.fpr.size()));
        check_rates(c, "false positive rate", c.fpr);
        check_rates(c, "true positive rate", c.tpr);
        axes.line(c.fpr, c.tpr,
                  {.label = fmt::format("{}AUC = {:.3f}", c.name.empty() ? "" : c.name + ", ", area(c)),
                   .color = palette(static_cast<int>(i))});
    }
    return figure;
}

}  // namespace xg::plot
