#include <xgrad/plot/detail/panel.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

const char* dash(Dash d) {
    switch (d) {
        case Dash::dashed: return "(14,8)";
        case Dash::dotted: return "(3,6)";
        case Dash::dash_dot: return "(14,6,3,6)";
        case Dash::solid: break;
    }
    return "solid";
}

const char* align(Align a) { return a == Align::left ? "left" : a == Align::center ? "center" : "right"; }

/// What lies behind the lines.
bool is_area(Kind kind) {
    return kind == Kind::band || kind == Kind::bars || kind == Kind::barh || kind == Kind::steps;
}

/// The columns of a series' block, and how gnuplot draws them.
struct Style {
    const char* columns;
    std::string words;
};

Style style_of(const Series& e, const std::string& color) {
    switch (e.kind) {
        case Kind::band:
            return {"1:2:3",
                    fmt::format("with filledcurves fc rgb '{}' fs transparent solid {} noborder", color, e.size)};
        case Kind::bars: return {"1:2:3", fmt::format("with boxes fc rgb '{}' fs solid 0.85 noborder", color)};
        case Kind::barh:
            return {"1:2:3:4:5:6", fmt::format("with boxxyerror fc rgb '{}' fs solid 0.85 noborder", color)};
        case Kind::steps:
            return {"1:2", fmt::format("with filledcurves closed fc rgb '{}' fs transparent solid {} noborder", color,
                                       e.alpha)};
        case Kind::line: return {"1:2", fmt::format("with lines lw {} lc rgb '{}' dt {}", e.size, color, dash(e.dash))};
        case Kind::points: return {"1:2", fmt::format("with points pt 7 ps {} lc rgb '{}'", e.size, color)};
        case Kind::error_y:
        case Kind::error_x:  // not errorbars, which clear a circle in their middle
            return {"1:2:3:4",
                    fmt::format("with vectors heads size screen 0.004,90 nofilled lw {} lc rgb '{}' dt solid", e.size,
                                color)};
    }
    return {"1:2", ""};
}

}  // namespace

std::string Panel::screen(double x, double y) const {
    return fmt::format("screen {:.6f},{:.6f}", x / page_.width, y / page_.height);
}

void Panel::write(Script& s, Blocks& blocks, const std::string& file, bool first) const {
    s.add("reset\nset encoding utf8\n");
    if (axes_.options.visible) {
        write_axes(s);
        write_scale(s, "x", at_.x);
        write_scale(s, "y", at_.y);
        write_rules(s);
        write_texts(s, at_.width() / std::max(1, axes_.matrix.columns) > 1.2 * page_.font);
        write_legend(s);
        write_colors(s);
    } else {
        s.add("unset border\nunset tics\nunset key\nset xrange [0:1]\nset yrange [0:1]\n");
    }
    if (first) write_page(s);
    if (axes_.options.visible)
        write_series(s, blocks, file);
    else
        s.add("plot NaN notitle\n");
}

void Panel::write_axes(Script& s) const {
    s.add("set lmargin at screen {:.6f}; set rmargin at screen {:.6f}\n", at_.left / page_.width,
          at_.right / page_.width);
    s.add("set bmargin at screen {:.6f}; set tmargin at screen {:.6f}\n", at_.bottom / page_.height,
          at_.top / page_.height);
    s.add("set border 3 lc rgb '{}' lw 1\nset tics out nomirror tc rgb '{}'\n", ink_.axis, ink_.text);
    if (axes_.matrix.rows == 0) s.add("set grid x y back lt 1 lw 0.7 lc rgb '{}'\n", ink_.grid);
    double y = at_.top + (0.95 + 1.4 * static_cast<double>(at_.title.size() - 1)) * page_.font;
    for (const std::string& line : at_.title) {
        // Over the axes, but not out of the panel.
        const double half = 0.54 * width_of(line) * page_.font;
        const double low = box_.left + half + 4, high = box_.left + box_.width - half - 4;
        const double middle = 0.5 * (at_.left + at_.right);
        const double x = low < high ? std::clamp(middle, low, high) : box_.left + 0.5 * box_.width;
        s.add("set label {} at {} center noenhanced font sprintf(',%.4g', unit * {:.4g}) tc rgb '{}'\n", quote(line),
              screen(x, y), 1.08 * page_.font, ink_.title);
        y -= 1.4 * page_.font;
    }
    // Labels of our own, at a fixed distance: gnuplot's grows with the tick labels as it guesses their width.
    if (!at_.x_label.empty())
        s.add("set label {} at {} center noenhanced tc rgb '{}'\n", quote(at_.x_label),
              screen(0.5 * (at_.left + at_.right), at_.x_label_at), ink_.title);
    if (!at_.y_label.empty())
        s.add("set label {} at {} center rotate by 90 noenhanced tc rgb '{}'\n", quote(at_.y_label),
              screen(at_.y_label_at, 0.5 * (at_.bottom + at_.top)), ink_.title);
    for (const NameLine& name : at_.names)
        s.add("set label {} at graph {:.6f},graph {:.6f} {}{} noenhanced tc rgb '{}'\n", quote(name.text), name.x,
              name.y, name.side, name.slanted ? " rotate by 45" : "", ink_.text);
}

void Panel::write_scale(Script& s, const char* axis, const Scale& scale) const {
    if (scale.log) s.add("set logscale {} 10\n", axis);
    s.add("set {}range [{}:{}]\n", axis, scale.low, scale.high);
    s.add("set {}tics enhanced (", axis);
    const char* comma = "";
    for (const Tick& tick : scale.ticks) {
        s.add("{}{} {}{}", comma, scale.named ? "\"\"" : quote(tick.label), tick.at, tick.minor ? " 1" : "");
        comma = ", ";
    }
    s.add(")\n");
}

void Panel::write_rules(Script& s) const {
    const bool bars =
        std::any_of(axes_.series.begin(), axes_.series.end(), [](const Series& e) { return e.kind == Kind::bars; });
    if (bars && !at_.y.log && at_.y.low < 0 && at_.y.high > 0)
        s.add("set arrow from graph 0,graph {0:.6f} to graph 1,graph {0:.6f} nohead front lw 1 lc rgb '{1}'\n",
              at_.y.place(0), ink_.axis);
    const bool across =
        std::any_of(axes_.series.begin(), axes_.series.end(), [](const Series& e) { return e.kind == Kind::barh; });
    if (across && !at_.x.log && at_.x.low < 0 && at_.x.high > 0)
        s.add("set arrow from graph {0:.6f},graph 0 to graph {0:.6f},graph 1 nohead front lw 1 lc rgb '{1}'\n",
              at_.x.place(0), ink_.axis);
    for (const Rule& rule : axes_.rules) {
        if (!(rule.horizontal ? at_.y : at_.x).shows(rule.at)) continue;
        const double place = (rule.horizontal ? at_.y : at_.x).place(rule.at);
        if (place < 0 || place > 1) continue;
        const RuleOptions& o = rule.options;
        const char* ends = rule.horizontal ? "graph 0,graph {0:.6f} to graph 1,graph {0:.6f}"
                                           : "graph {0:.6f},graph 0 to graph {0:.6f},graph 1";
        s.add("set arrow from {} nohead back lw {} lc rgb '{}' dt {}\n", fmt::format(fmt::runtime(ends), place),
              o.width, themed(o.color, theme_), dash(o.dash));
        if (o.label.empty()) continue;
        const double gap_x = 0.5 * page_.font / at_.width(), gap_y = 0.75 * page_.font / at_.height();
        const double lx = rule.horizontal ? 1 - gap_x : place > 0.7 ? place - gap_x : place + gap_x;
        const double ly = rule.horizontal ? place + (place > 0.93 ? -gap_y : gap_y) : 1 - gap_y;
        write_label(s, o.label, lx, ly, rule.horizontal || place > 0.7 ? "right" : "left", text_color(o.color, theme_));
    }
}

void Panel::write_texts(Script& s, bool cells) const {
    for (const Text& text : axes_.texts) {
        if (!at_.x.shows(text.x) || !at_.y.shows(text.y)) continue;
        const double px = at_.x.place(text.x), py = at_.y.place(text.y);
        // Beside the axes it may stand, but not out of sight: so far away numbers end.
        if (std::abs(px) < 10 && std::abs(py) < 10)
            write_label(s, text.text, px, py, align(text.options.align), themed(text.options.color, theme_));
    }
    const Matrix& m = axes_.matrix;
    if (!cells) return;
    const double room = at_.width() / page_.font / std::max(1, m.columns);
    for (std::size_t k = 0; k < m.options.texts.size(); ++k) {
        const double x = static_cast<double>(k % static_cast<std::size_t>(m.columns));
        const double y = m.rows - 1 - static_cast<double>(k / static_cast<std::size_t>(m.columns));
        const double px = at_.x.place(x), py = at_.y.place(y);
        if (!(px >= 0 && px <= 1 && py >= 0 && py <= 1)) continue;
        const bool blank = !std::isfinite(m.values[k]);
        write_label(s, elide(m.options.texts[k], room), px, py, "center",
                    blank ? ink_.text : cell_ink(at_.colors.place(m.values[k]), theme_));
    }
}

void Panel::write_label(Script& s, const std::string& text, double gx, double gy, const char* side,
                        const std::string& color) const {
    s.add("set label {} at graph {:.6f},graph {:.6f} {} front noenhanced tc rgb '{}'\n", quote(text), gx, gy, side,
          color);
}

void Panel::write_legend(Script& s) const {
    if (at_.legend == Legend::direct)
        for (const DirectLabel& label : at_.direct)
            write_label(s, label.text, 1 + 0.6 * page_.font / at_.width(), label.place, "left",
                        text_color(label.color, theme_));
    if (at_.legend == Legend::none || at_.legend == Legend::direct) {
        s.add("unset key\n");
        return;
    }
    const std::string place = at_.legend == Legend::outside
                                  ? fmt::format("at {} left top", screen(at_.legend_left, at_.top + 0.4 * page_.font))
                                  : fmt::format("inside {} opaque fillcolor rgb '{}'", at_.legend_words, ink_.ground);
    s.add("set key {} Left reverse noenhanced samplen 2 spacing 1.2 width 1 tc rgb '{}'\n", place, ink_.text);
}

void Panel::write_colors(Script& s) const {
    if (axes_.matrix.rows == 0) return;
    s.add("set palette defined (0 '{}', 1 '{}')\nset cbrange [0:1]\n", ink_.cell_low, ink_.cell_high);
    if (!axes_.matrix.options.color_bar) {
        s.add("unset colorbox\n");
        return;
    }
    s.add("set colorbox vertical user origin {} size screen {:.6f},{:.6f} noborder\nset cbtics enhanced (",
          screen(at_.right + 1.1 * page_.font, at_.bottom), page_.font / page_.width, at_.height() / page_.height);
    const char* comma = "";
    for (const Tick& tick : at_.colors.ticks) {
        s.add("{}{} {}", comma, quote(tick.label), at_.colors.place(tick.at));
        comma = ", ";
    }
    s.add(")\n");
}

void Panel::write_page(Script& s) const {
    double y = page_.height - 1.6 * page_.font;
    for (const std::string& line : page_.title) {
        s.add(
            "set label {} at screen 0.5,{:.6f} center front noenhanced font sprintf(':Bold,%.4g', unit * {:.4g}) "
            "tc rgb '{}'\n",
            quote(line), y / page_.height, 1.2 * page_.font, ink_.title);
        y -= 1.3 * page_.line();
    }
    y = page_.caption_top - 1.2 * page_.font;
    for (const std::string& line : page_.caption) {
        s.add("set label {} at screen {:.6f},{:.6f} left front noenhanced tc rgb '{}'\n", quote(line),
              1.6 * page_.font / page_.width, y / page_.height, ink_.text);
        y -= page_.line();
    }
}

void Panel::write_series(Script& s, Blocks& blocks, const std::string& file) const {
    // A function's plot without a point: axes that have no data are drawn all the same.
    std::string plots = "NaN notitle";
    std::size_t named = 0, left_out = 0;
    const auto all = static_cast<std::size_t>(
        std::count_if(axes_.series.begin(), axes_.series.end(), [](const Series& e) { return !e.label.empty(); }));
    const auto plot = [&](int block, const Style& style, const std::string& label) {
        std::string title = "notitle";
        if (!label.empty() && at_.legend != Legend::direct && at_.legend != Legend::none) {
            // The last line tells how many there is no room for.
            if (all > at_.legend_lines && named + 1 >= at_.legend_lines)
                ++left_out;
            else
                title = "title " + quote(elide(label, at_.legend_columns));
            ++named;
        }
        plots += fmt::format(", \\\n    {} index {} using {} {} {}", file, block, style.columns, style.words, title);
    };
    if (axes_.matrix.rows > 0) {
        const bool apart = std::min(at_.width() / axes_.matrix.columns, at_.height() / axes_.matrix.rows) > 8;
        if (const int block = blocks.add(axes_.matrix, at_.colors); block >= 0)
            plot(block,
                 {"1:2:3:4:5:6:7", fmt::format("with boxxyerror lc palette fs solid 1 {}",
                                               apart ? fmt::format("border lc rgb '{}'", ink_.ground) : "noborder")},
                 "");
    }
    for (const bool areas : {true, false})  // areas first, so that they lie behind
        for (const Series& e : axes_.series) {
            if (is_area(e.kind) != areas) continue;
            const std::string color = themed(e.color, theme_);
            std::string label = e.label;
            for (const int block : blocks.add(e, at_.x, at_.y)) {
                plot(block, style_of(e, color), label);
                label.clear();  // one name for all pieces
                if (e.kind == Kind::steps)
                    plot(block, {"1:2", fmt::format("with lines lw {} lc rgb '{}'", e.size, color)}, "");
            }
            if (e.kind != Kind::line) continue;
            if (const int block = blocks.add_lonely(e, at_.x, at_.y); block >= 0)
                plot(block, {"1:2", fmt::format("with points pt 7 ps {} lc rgb '{}'", 0.2 * e.size, color)}, "");
        }
    if (left_out > 0)
        plots += fmt::format(", \\\n    NaN with points pt 0 lc rgb '{}' title {}", ink_.ground,
                             quote(fmt::format("\u2026 and {} more", left_out)));
    s.add("plot {}\n", plots);
}

}  // namespace xg::plot::detail
