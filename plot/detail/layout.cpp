#include <xgrad/plot/detail/layout.hpp>

#include <algorithm>
#include <cmath>

namespace xg::plot::detail {
namespace {

constexpr double slant = 0.7071;  // of 45 degrees, sine and cosine

double widest_number(const Scale& scale) {
    double widest = 0;
    for (const Tick& tick : scale.ticks) {
        // Powers of ten stand raised and small, without their braces.
        const double raised = tick.label.find('^') != std::string::npos ? 0.7 : 1.0;
        widest = std::max(widest, raised * width_of(tick.label));
    }
    return widest;
}

/// The least distance of two ticks within the axis, as a fraction of it.
double tick_distance(const Scale& scale) {
    std::vector<double> places;
    for (const Tick& tick : scale.ticks)
        if (const double p = scale.place(tick.at); p >= 0 && p <= 1) places.push_back(p);
    std::sort(places.begin(), places.end());
    double least = 1;
    for (std::size_t i = 1; i < places.size(); ++i) least = std::min(least, places[i] - places[i - 1]);
    return least;
}

double widest_line(const std::vector<std::string>& lines) {
    double widest = 0;
    for (const std::string& line : lines) widest = std::max(widest, width_of(line));
    return widest;
}

}  // namespace

Layout::Layout(const AxesData& axes, const Page& page, const Box& panel)
    : x(x_scale(axes)), y(y_scale(axes)), colors(color_scale(axes.matrix)), legend(axes.options.legend) {
    const AxesOptions& o = axes.options;
    const double font = page.font;
    title = fit(o.title, (panel.width / font - 2) / 1.08, 3);
    x_label = elide(o.x_label, panel.width / font - 2);
    y_label = elide(o.y_label, panel.height / font - 2);
    top = panel.bottom + panel.height - (1.2 + 1.6 * static_cast<double>(title.size())) * font;
    bottom = panel.bottom + font * (o.x_label.empty() ? 2.4 : 4.8);
    x_label_at = panel.bottom + 1.1 * font;
    y_label_at = panel.left + 1.3 * font;
    left = panel.left + font * (o.y_label.empty() ? 1.8 : 3.6);
    right = panel.left + panel.width - 1.8 * font;
    if (axes.matrix.rows > 0 && axes.matrix.options.color_bar) right -= font * (2.2 + widest_number(colors));
    if (y.named)
        place_y_names(page);
    else
        left += font * widest_number(y);
    place_legend(axes, page, panel);
    if (x.named) bottom = std::min(bottom + place_x_names(axes, page, panel), top - 0.2 * panel.height);
    for (NameLine& name : names) name.y += name.shift / height();
    if (legend == Legend::direct) direct = direct_labels(axes, x, y, 1.3 * font / height());
}

void Layout::place_y_names(const Page& page) {
    const double font = page.font;
    const double most = std::max(6.0, 0.45 * (right - left) / font);
    const double step = tick_distance(y) * height() / font;
    const auto room = static_cast<std::size_t>(std::clamp(step / 1.25, 1.0, 4.0));
    // Rows too close for their names show every second, third, … of them.
    const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(1.1 / std::max(step, 0.01))));
    std::vector<NameLine> lines;
    double widest = 0;
    for (std::size_t i = 0; i < y.ticks.size(); i += every) {
        const double place = y.place(y.ticks[i].at);
        if (!(place >= 0 && place <= 1)) continue;
        // On one line if it fits, else on as few as it takes.
        const std::vector<std::string> parts = fit(y.ticks[i].label, most, room);
        widest = std::max(widest, widest_line(parts));
        for (std::size_t k = 0; k < parts.size(); ++k) {
            const double up = 0.5 * static_cast<double>(parts.size() - 1) - static_cast<double>(k);
            lines.push_back({parts[k], 0, place, 1.2 * up * font, "right", false});
        }
    }
    left += font * widest;
    for (NameLine& line : lines) line.x = -0.7 * font / width();
    names.insert(names.end(), lines.begin(), lines.end());
}

/// How much higher than one line of numbers the names of the x axis are, in pixels.
double Layout::place_x_names(const AxesData& axes, const Page& page, const Box& panel) {
    const double font = page.font;
    const double slot = tick_distance(x) * width() / font;
    // Upright, on up to three lines, if no word is wider than the place between two ticks.
    std::vector<std::vector<std::string>> upright;
    std::size_t rows = 1;
    bool fits = slot > 1.5;
    for (const Tick& tick : x.ticks) {
        upright.push_back(wrap(tick.label, slot - 0.5));
        if (upright.back().size() == 1 || slot > 5) rows = std::max(rows, upright.back().size());
        fits = fits && widest_line(upright.back()) <= slot - 0.5 && upright.back().size() <= (slot > 5 ? 3u : 1u);
    }
    std::vector<NameLine> lines;
    double drop = 0;
    const auto every = fits ? 1 : static_cast<std::size_t>(std::max(1.0, std::ceil(1.3 / std::max(slot, 0.01))));
    for (std::size_t i = 0; i < x.ticks.size(); i += every) {
        const double place = x.place(x.ticks[i].at);
        if (!(place >= 0 && place <= 1)) continue;
        if (fits) {
            for (std::size_t k = 0; k < upright[i].size(); ++k)
                lines.push_back(
                    {upright[i][k], place, 0, -(1.3 + 1.2 * static_cast<double>(k)) * font, "center", false});
            drop = 1.2 * static_cast<double>(rows - 1) * font;
        } else {
            // Its end stands at the tick, its beginning must not leave the panel.
            const double room = (left + place * width() - panel.left) / font / slant - 1;
            const std::string text = elide(x.ticks[i].label, std::clamp(room, 6.0, 0.45 * panel.height / font / slant));
            drop = std::max(drop, (slant * width_of(text) - 0.6) * font);
            lines.push_back({text, place, 0, -0.9 * font, "right", true});
        }
    }
    if (!axes.options.x_label.empty() && !fits) drop += 0.3 * font;
    names.insert(names.end(), lines.begin(), lines.end());
    return drop;
}

void Layout::place_legend(const AxesData& axes, const Page& page, const Box& panel) {
    const double font = page.font;
    const auto named = static_cast<std::size_t>(
        std::count_if(axes.series.begin(), axes.series.end(), [](const Series& s) { return !s.label.empty(); }));
    if (named == 0) legend = Legend::none;
    if (legend == Legend::none) return;
    const double spacing = 1.3 * font / height();
    const double widest = legend_width(axes);
    if (legend == Legend::direct) {
        const double most = 0.42 * panel.width / font;
        if (widest <= most && direct_fits(axes, x, y, spacing)) {
            right = panel.left + panel.width - font * (widest + 1.4);
            return;
        }
        legend = Legend::best;
    }
    legend_columns = 0.7 * width() / font;
    legend_lines = static_cast<std::size_t>(std::max(1.0, height() / (1.45 * font) - 0.5));
    const double wide = (std::min(widest, legend_columns) + 4.5) * font / width();
    const double high = (static_cast<double>(named) * 1.45 + 0.6) * font / height();
    switch (legend) {
        case Legend::top_left: legend_words = "left top"; return;
        case Legend::top_right: legend_words = "right top"; return;
        case Legend::bottom_left: legend_words = "left bottom"; return;
        case Legend::bottom_right: legend_words = "right bottom"; return;
        case Legend::best: {
            const LegendPlace place = best_place(axes, x, y, wide, high);
            legend_words = place.words;
            if (place.hidden < 0.06 && high < 0.6) return;
            break;
        }
        default: break;
    }
    legend = Legend::outside;
    legend_columns = std::min(widest, 0.36 * panel.width / font);
    right = panel.left + panel.width - font * (legend_columns + 5);
    legend_left = right + 0.8 * font;
}

}  // namespace xg::plot::detail
