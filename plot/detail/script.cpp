#include <xgrad/plot/detail/script.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include <xgrad/plot/detail/blocks.hpp>
#include <xgrad/plot/detail/legend.hpp>
#include <xgrad/plot/detail/scale.hpp>
#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

/// The figure in pixels of the SVG, y upwards.
struct Page {
    double width = 0;
    double height = 0;
    double font = 14;
    std::vector<std::string> title;
    std::vector<std::string> caption;
    double caption_top = 0;

    explicit Page(const FigureOptions& o) : width(o.panel_width * o.columns), font(o.font_size) {
        const double columns = (width - 4 * font) / font;
        title = wrap(o.title, columns / 1.25);
        caption = wrap(o.caption, columns);
        const double below = caption.empty() ? 0 : line() * static_cast<double>(caption.size()) + 0.9 * font;
        caption_top = below;
        height = o.panel_height * o.rows + below +
                 (title.empty() ? 0 : 1.3 * line() * static_cast<double>(title.size()) + 0.8 * font);
    }
    double line() const { return 1.45 * font; }
};

class Script {
public:
    template <class... T>
    void add(fmt::format_string<T...> format, T&&... values) {
        fmt::format_to(std::back_inserter(text), format, std::forward<T>(values)...);
    }
    std::string text;
};

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

class Panel {
public:
    Panel(const AxesData& axes, const Page& page, double left, double bottom, double width, double height)
        : axes_(axes), page_(page), x_(x_scale(axes)), y_(y_scale(axes)), panel_left_(left), panel_bottom_(bottom) {
        const AxesOptions& o = axes.options;
        const double font = page.font;
        double widest = 0;
        for (const Tick& tick : y_.ticks) {
            // Powers of ten stand raised and small, without their braces.
            const double raised = tick.label.find('^') != std::string::npos ? 0.7 : 1.0;
            widest = std::max(widest, raised * width_of(tick.label));
        }
        left_ = left + font * (widest + (o.y_label.empty() ? 1.2 : 3.4));
        right_ = left + width - 1.8 * font;
        top_ = bottom + height - (o.title.empty() ? 1.2 : 2.9) * font;
        bottom_ = bottom + font * (o.x_label.empty() ? 2.4 : 4.2);
        legend_ = o.legend;
        if (legend_ == Legend::direct && !direct_fits(axes, x_, y_, 1.3 * font / (top_ - bottom_)))
            legend_ = Legend::best;
        if (legend_ == Legend::direct) {
            right_ = std::max(left_ + 0.3 * width, left + width - font * (legend_width(axes) + 1.4));
            labels_ = direct_labels(axes, x_, y_, 1.3 * font / (top_ - bottom_));
        }
    }

    void write(Script& s, Blocks& blocks, const std::string& file, bool first) const {
        s.add("reset\nset encoding utf8\n");
        s.add("set lmargin at screen {:.6f}; set rmargin at screen {:.6f}\n", left_ / page_.width,
              right_ / page_.width);
        s.add("set bmargin at screen {:.6f}; set tmargin at screen {:.6f}\n", bottom_ / page_.height,
              top_ / page_.height);
        s.add("set border 3 lc rgb '#777777' lw 1\nset tics out nomirror tc rgb '#333333'\n");
        s.add("set grid x y back lt 1 lw 0.7 lc rgb '#e4e4e4'\n");
        const AxesOptions& o = axes_.options;
        if (!o.title.empty())
            s.add("set title {} noenhanced font sprintf(',%.4g', unit * {:.4g}) tc rgb '#111111' offset 0,-0.2\n",
                  quote(o.title), 1.08 * page_.font);
        if (!o.x_label.empty()) s.add("set xlabel {} noenhanced tc rgb '#111111' offset 0,0.1\n", quote(o.x_label));
        if (!o.y_label.empty()) {
            // At a fixed distance: gnuplot's own grows with the tick labels as it guesses their width.
            s.add("set label {} at screen {:.6f},{:.6f} center rotate by 90 noenhanced tc rgb '#111111'\n",
                  quote(o.y_label), (panel_left_ + 1.3 * page_.font) / page_.width,
                  0.5 * (bottom_ + top_) / page_.height);
        }
        write_scale(s, "x", x_, axes_.named_ticks);
        write_scale(s, "y", y_, false);
        write_rules(s);
        write_texts(s);
        write_legend(s);
        if (first) write_page(s);
        write_series(s, blocks, file);
    }

private:
    void write_scale(Script& s, const char* axis, const Scale& scale, bool literal) const {
        if (scale.log) s.add("set logscale {} 10\n", axis);
        s.add("set {}range [{}:{}]\n", axis, scale.low, scale.high);
        s.add("set {}tics {} (", axis, literal ? "noenhanced" : "enhanced");
        const char* comma = "";
        for (const Tick& tick : scale.ticks) {
            s.add("{}{} {}{}", comma, quote(tick.label), tick.at, tick.minor ? " 1" : "");
            comma = ", ";
        }
        s.add(")\n");
    }

    void write_rules(Script& s) const {
        const bool bars =
            std::any_of(axes_.series.begin(), axes_.series.end(), [](const Series& e) { return e.kind == Kind::bars; });
        if (bars && !y_.log && y_.low < 0 && y_.high > 0)
            s.add("set arrow from graph 0,graph {0:.6f} to graph 1,graph {0:.6f} nohead front lw 1 lc rgb '#777777'\n",
                  y_.place(0));
        for (const Rule& rule : axes_.rules) {
            if (!(rule.horizontal ? y_ : x_).shows(rule.at)) continue;
            const double place = (rule.horizontal ? y_ : x_).place(rule.at);
            if (place < 0 || place > 1) continue;
            const RuleOptions& o = rule.options;
            const char* ends = rule.horizontal ? "graph 0,graph {0:.6f} to graph 1,graph {0:.6f}"
                                               : "graph {0:.6f},graph 0 to graph {0:.6f},graph 1";
            s.add("set arrow from {} nohead back lw {} lc rgb '{}' dt {}\n", fmt::format(fmt::runtime(ends), place),
                  o.width, o.color, dash(o.dash));
            if (o.label.empty()) continue;
            const double gap_x = 0.5 * page_.font / (right_ - left_), gap_y = 0.75 * page_.font / (top_ - bottom_);
            const double lx = rule.horizontal ? 1 - gap_x : place > 0.7 ? place - gap_x : place + gap_x;
            const double ly = rule.horizontal ? place + (place > 0.93 ? -gap_y : gap_y) : 1 - gap_y;
            write_label(s, o.label, lx, ly, rule.horizontal || place > 0.7 ? "right" : "left", text_color(o.color));
        }
    }

    void write_texts(Script& s) const {
        for (const Text& text : axes_.texts)
            if (x_.shows(text.x) && y_.shows(text.y))
                write_label(s, text.text, x_.place(text.x), y_.place(text.y), align(text.options.align),
                            text.options.color);
    }

    void write_label(Script& s, const std::string& text, double gx, double gy, const char* side,
                     const std::string& color) const {
        s.add("set label {} at graph {:.6f},graph {:.6f} {} front noenhanced tc rgb '{}'\n", quote(text), gx, gy, side,
              color);
    }

    void write_legend(Script& s) const {
        const Legend place = legend_;
        const auto named =
            std::count_if(axes_.series.begin(), axes_.series.end(), [](const Series& e) { return !e.label.empty(); });
        if (place == Legend::direct)
            for (const DirectLabel& label : labels_)
                write_label(s, label.text, 1 + 0.6 * page_.font / (right_ - left_), label.place, "left", label.color);
        if (place == Legend::none || place == Legend::direct || named == 0) {
            s.add("unset key\n");
            return;
        }
        const char* words = place == Legend::top_left      ? "left top"
                            : place == Legend::top_right   ? "right top"
                            : place == Legend::bottom_left ? "left bottom"
                                                           : "right bottom";
        if (place == Legend::best)
            words = best_place(axes_, x_, y_, (legend_width(axes_) + 4.5) * page_.font / (right_ - left_),
                               (static_cast<double>(named) * 1.4 + 0.6) * page_.font / (top_ - bottom_));
        s.add("set key inside {} Left reverse noenhanced opaque samplen 2 spacing 1.2 width 1 tc rgb '#222222'\n",
              words);
    }

    /// What belongs to the figure as a whole goes with the first panel: gnuplot draws labels with a plot only.
    void write_page(Script& s) const {
        double y = page_.height - 1.6 * page_.font;
        for (const std::string& line : page_.title) {
            s.add(
                "set label {} at screen 0.5,{:.6f} center front noenhanced font sprintf(':Bold,%.4g', unit * {:.4g}) "
                "tc rgb '#111111'\n",
                quote(line), y / page_.height, 1.2 * page_.font);
            y -= 1.3 * page_.line();
        }
        y = page_.caption_top - 1.2 * page_.font;
        for (const std::string& line : page_.caption) {
            s.add("set label {} at screen {:.6f},{:.6f} left front noenhanced tc rgb '#333333'\n", quote(line),
                  1.6 * page_.font / page_.width, y / page_.height);
            y -= page_.line();
        }
    }

    void write_series(Script& s, Blocks& blocks, const std::string& file) const {
        // A function's plot without a point: axes that have no data are drawn all the same.
        std::string plots = "NaN notitle";
        const auto plot = [&](int block, const std::string& columns, const std::string& style,
                              const std::string& label) {
            const bool named = !label.empty() && legend_ != Legend::direct;
            plots += fmt::format(", \\\n    {} index {} using {} {} {}", file, block, columns, style,
                                 named ? "title " + quote(label) : "notitle");
        };
        for (const Series& e : axes_.series) {  // areas first, so that they lie behind
            if (e.kind != Kind::band && e.kind != Kind::bars) continue;
            std::string label = e.label;
            for (const int block : blocks.add(e, x_, y_)) {
                if (e.kind == Kind::band)
                    plot(block, "1:2:3",
                         fmt::format("with filledcurves fc rgb '{}' fs transparent solid {} noborder", e.color, e.size),
                         label);
                else
                    plot(block, "1:2:3", fmt::format("with boxes fc rgb '{}' fs solid 0.85 noborder", e.color), label);
                label.clear();  // one name for all pieces
            }
        }
        for (const Series& e : axes_.series) {
            if (e.kind != Kind::line && e.kind != Kind::points) continue;
            for (const int block : blocks.add(e, x_, y_)) {
                if (e.kind == Kind::line)
                    plot(block, "1:2", fmt::format("with lines lw {} lc rgb '{}' dt {}", e.size, e.color, dash(e.dash)),
                         e.label);
                else
                    plot(block, "1:2", fmt::format("with points pt 7 ps {} lc rgb '{}'", e.size, e.color), e.label);
            }
            if (e.kind != Kind::line) continue;
            if (const int block = blocks.add_lonely(e, x_, y_); block >= 0)
                plot(block, "1:2", fmt::format("with points pt 7 ps {} lc rgb '{}'", 0.2 * e.size, e.color), "");
        }
        s.add("plot {}\n", plots);
    }

    const AxesData& axes_;
    const Page& page_;
    Scale x_;
    Scale y_;
    double panel_left_, panel_bottom_;
    double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;
    Legend legend_ = Legend::best;
    std::vector<DirectLabel> labels_;
};

}  // namespace

Drawing draw(const FigureData& figure, const Outputs& outputs) {
    const FigureOptions& o = figure.options;
    const Page page(o);
    Script body;
    Blocks blocks;
    body.add("set multiplot\n");
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        const int row = static_cast<int>(i) / o.columns, column = static_cast<int>(i) % o.columns;
        const Panel panel(*figure.panels[i], page, o.panel_width * column,
                          page.caption_top + o.panel_height * (o.rows - 1 - row), o.panel_width, o.panel_height);
        panel.write(body, blocks, quote_file(outputs.stem + ".dat"), i == 0);
    }
    body.add("unset multiplot\nunset output\n");

    Script s;
    s.add(
        "# Draws the figure from the data beside it: run gnuplot with this file, in this folder.\nset encoding utf8\n");
    if (outputs.svg) {
        s.add(
            "\nunit = 1.0\nset terminal svg enhanced fixed size {:.0f},{:.0f} font 'sans-serif,{:.4g}' background rgb "
            "'#ffffff'\n",
            page.width, page.height, page.font);
        s.add("set output {}\n{}", quote_file(outputs.stem + ".svg"), body.text);
    }
    if (outputs.png) {
        const double k = outputs.png_scale;
        const std::string size = fmt::format("size {:.0f},{:.0f} enhanced", page.width * k, page.height * k);
        // Cairo's points are 4/3 of a pixel, which fontscale multiplies; gd knows no scale for fonts.
        s.add(
            "\nif (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {{\n    unit = 0.75\n    set terminal pngcairo {} font "
            "'sans-serif,{:.4g}' fontscale {} linewidth {} "
            "pointscale {} background rgb '#ffffff'\n}} else {{\n    unit = {}\n    set terminal png truecolor {} font "
            "'sans,{:.4g}' linewidth {} background rgb '#ffffff'\n}}\n",
            size, 0.75 * page.font, k, k, k, 0.75 * k, size, 0.75 * page.font * k, k);
        s.add("set output {}\n{}", quote_file(outputs.stem + ".png"), body.text);
    }
    return {blocks.text(), s.text};
}

}  // namespace xg::plot::detail
