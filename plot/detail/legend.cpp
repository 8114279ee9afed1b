#include <xgrad/plot/detail/legend.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

/// Moves the labels apart, as little as needed: neighbours that touch become a group around their common centre.
void spread(std::vector<DirectLabel>& labels, double spacing) {
    std::stable_sort(labels.begin(), labels.end(),
                     [](const DirectLabel& a, const DirectLabel& b) { return a.place < b.place; });
    struct Group {
        double center = 0;
        std::size_t size = 0;
        double half(double s) const { return 0.5 * s * static_cast<double>(size - 1); }
    };
    std::vector<Group> groups;
    const auto keep_inside = [&](Group& g) {
        const double half = g.half(spacing);
        g.center = half > 0.5 ? 0.5 : std::clamp(g.center, half, 1 - half);
    };
    for (const DirectLabel& label : labels) {
        groups.push_back({label.place, 1});
        keep_inside(groups.back());
        while (groups.size() > 1) {
            Group& a = groups[groups.size() - 2];
            const Group& b = groups.back();
            if (b.center - b.half(spacing) - (a.center + a.half(spacing)) >= spacing) break;
            const auto na = static_cast<double>(a.size), nb = static_cast<double>(b.size);
            a = {(a.center * na + b.center * nb) / (na + nb), a.size + b.size};
            keep_inside(a);
            groups.pop_back();
        }
    }
    std::size_t i = 0;
    for (const Group& g : groups)
        for (std::size_t k = 0; k < g.size; ++k)
            labels[i++].place = g.center - g.half(spacing) + spacing * static_cast<double>(k);
}

std::vector<DirectLabel> ends(const AxesData& axes, const Scale& x, const Scale& y) {
    std::vector<DirectLabel> labels;
    for (const Series& s : axes.series) {
        if (s.label.empty()) continue;
        DirectLabel label{clean(s.label), s.color, 0.5};
        for (std::size_t i = s.x.size(); i-- > 0;) {
            if (!x.shows(s.x[i]) || !y.shows(s.y[i]) || s.x[i] < x.low || s.x[i] > x.high) continue;
            double place = y.place(s.y[i]);
            if (s.kind == Kind::band && y.shows(s.high[i])) place = 0.5 * (place + y.place(s.high[i]));
            label.place = std::clamp(place, 0.0, 1.0);
            break;
        }
        labels.push_back(std::move(label));
    }
    return labels;
}

}  // namespace

std::vector<DirectLabel> direct_labels(const AxesData& axes, const Scale& x, const Scale& y, double spacing) {
    std::vector<DirectLabel> labels = ends(axes, x, y);
    spread(labels, spacing);
    return labels;
}

bool direct_fits(const AxesData& axes, const Scale& x, const Scale& y, double spacing) {
    std::vector<DirectLabel> before = ends(axes, x, y);
    const std::vector<DirectLabel> after = direct_labels(axes, x, y, spacing);
    std::stable_sort(before.begin(), before.end(),
                     [](const DirectLabel& a, const DirectLabel& b) { return a.place < b.place; });
    for (std::size_t i = 0; i < before.size(); ++i)
        if (std::abs(after[i].place - before[i].place) > 0.9 * spacing || after[i].place > 1.0 + spacing) return false;
    return true;
}

double legend_width(const AxesData& axes) {
    double width = 0;
    for (const Series& s : axes.series) width = std::max(width, width_of(clean(s.label)));
    return width;
}

LegendPlace best_place(const AxesData& axes, const Scale& x, const Scale& y, double width, double height) {
    constexpr std::array<const char*, 6> places{"right top",    "left bottom",  "left top",
                                                "right bottom", "right center", "left center"};
    std::array<double, 6> hidden{};
    double total = 0;
    const auto count = [&](double px, double py, double weight) {
        if (!(px >= 0 && px <= 1 && py >= 0 && py <= 1)) return;
        total += weight;
        const bool left = px<width, right = px> 1 - width, top = py > 1 - height, bottom = py < height;
        const bool middle = std::abs(py - 0.5) < 0.5 * height;
        hidden[0] += top && right ? weight : 0;
        hidden[1] += bottom && left ? weight : 0;
        hidden[2] += top && left ? weight : 0;
        hidden[3] += bottom && right ? weight : 0;
        hidden[4] += middle && right ? weight : 0;
        hidden[5] += middle && left ? weight : 0;
    };
    for (const Series& s : axes.series) {
        // Between two points too, or a line of few points would seem to hide nothing. A band's ground matters less.
        constexpr int parts = 16;
        if (s.kind == Kind::error_x || s.kind == Kind::error_y) continue;
        const double weight = (s.kind == Kind::band ? 0.2 : 1.0) / static_cast<double>(s.x.size());
        for (const std::vector<double>* values : {&s.y, &s.high})
            for (std::size_t i = 0; i < values->size(); ++i) {
                if (!x.shows(s.x[i]) || !y.shows((*values)[i])) continue;
                const double px = x.place(s.x[i]), py = y.place((*values)[i]);
                count(px, py, weight);
                if (s.kind == Kind::bars || s.kind == Kind::steps)
                    for (int k = 0; k < parts; ++k) count(px, py * k / parts, weight);
                if (s.kind == Kind::barh)
                    for (int k = 0; k < parts; ++k) count(px * k / parts, py, weight);
                if ((s.kind != Kind::line && s.kind != Kind::band && s.kind != Kind::steps) || i + 1 == values->size())
                    continue;
                if (!x.shows(s.x[i + 1]) || !y.shows((*values)[i + 1])) continue;
                const double qx = x.place(s.x[i + 1]), qy = y.place((*values)[i + 1]);
                for (int k = 1; k < parts; ++k) count(px + (qx - px) * k / parts, py + (qy - py) * k / parts, weight);
            }
    }
    const std::array<double, 6> behind = hidden;
    const double all = total;
    for (const Text& text : axes.texts)
        if (x.shows(text.x) && y.shows(text.y)) {
            const double step = text.options.align == Align::right ? -0.1 : 0.1;
            const double begin = x.place(text.x) - (text.options.align == Align::center ? 0.15 : 0.0);
            for (int k = 0; k <= 3; ++k) count(begin + step * k, y.place(text.y), 10);
        }
    for (const Rule& rule : axes.rules) {
        if (!(rule.horizontal ? y : x).shows(rule.at)) continue;
        const double place = (rule.horizontal ? y : x).place(rule.at);
        // The rule itself counts a little, its label, which stands at the right or the top, much.
        for (int k = 0; k <= 10; ++k) rule.horizontal ? count(0.1 * k, place, 0.02) : count(place, 0.1 * k, 0.02);
        if (!rule.options.label.empty()) rule.horizontal ? count(0.95, place, 10) : count(place, 0.95, 10);
    }
    const auto least = std::min_element(hidden.begin(), hidden.end());
    const auto place = static_cast<std::size_t>(least - hidden.begin());
    return {places[place], all > 0 ? behind[place] / all : 0.0};
}

}  // namespace xg::plot::detail
