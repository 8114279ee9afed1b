#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/plot/detail/canvas.hpp>
#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/scale.hpp>
#include <xgrad/plot/detail/text.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::plot {
namespace {

using detail::Canvas;
using detail::columns_of;
using detail::for_terminal;
using detail::Kind;
using detail::Scale;
using detail::Tick;

constexpr std::array<const char*, 10> signs{"●", "■", "▲", "◆", "○", "□", "△", "◇", "✚", "✖"};
constexpr std::array<const char*, 10> plain_signs{"*", "+", "x", "o", "#", "@", "%", "&", "=", "~"};
constexpr std::array<const char*, 4> fills{"█", "▓", "▒", "░"};
constexpr std::array<const char*, 4> plain_fills{"#", "=", "%", "+"};
constexpr std::array<const char*, 5> shades{" ", "░", "▒", "▓", "█"};
constexpr std::array<const char*, 5> plain_shades{" ", ".", ":", "%", "#"};

bool is_bar(Kind kind) { return kind == Kind::bars || kind == Kind::barh || kind == Kind::steps; }

std::string centered(const std::string& text, int width, int before) {
    return std::string(static_cast<std::size_t>(before + std::max(0, (width - columns_of(text)) / 2)), ' ') + text;
}

/// One panel in characters.
class TextPanel {
public:
    TextPanel(const detail::AxesData& axes, const TextFigureOptions& options)
        : axes_(axes), o_(options), x_(detail::x_scale(axes)), y_(detail::y_scale(axes)) {
        int lines = options.height, columns = options.width;
        const int names = static_cast<int>(std::min<std::size_t>(y_.named ? y_.ticks.size() : 0, 500));
        if (names > 0) lines = names * std::clamp(lines / names, 1, 3);  // as many lines for each name
        for (const Tick& tick : y_.ticks) {
            const std::string label = label_of(tick, y_, std::max(6, options.width * 2 / 5));
            margin_ = std::max(margin_, columns_of(label));
        }
        columns -= margin_ + 2;
        if (axes.matrix.rows > 0 && axes.matrix.columns <= columns) {
            const int n = axes.matrix.columns;
            lines = axes.matrix.rows * std::clamp(options.height / axes.matrix.rows, 1, 3);
            columns = n * std::min(columns / n, 12);
        }
        canvas_ = Canvas(columns, lines, options.unicode);
    }

    std::vector<std::string> draw() {
        for (const Kind kind : {Kind::band, Kind::bars, Kind::barh, Kind::steps}) draw_all(kind);
        if (axes_.matrix.rows > 0) draw_matrix();
        for (const detail::Rule& rule : axes_.rules) draw_rule(rule);
        for (const Kind kind : {Kind::line, Kind::points, Kind::error_x, Kind::error_y}) draw_all(kind);
        for (const detail::Text& text : axes_.texts) draw_note(text);

        std::vector<std::string> out;
        const AxesOptions& a = axes_.options;
        if (!a.title.empty())
            out.push_back(
                centered(for_terminal(a.title, o_.width - margin_ - 2, o_.unicode), canvas_.columns(), margin_ + 2));
        if (!a.y_label.empty()) out.push_back(for_terminal(a.y_label, o_.width, o_.unicode));
        add_rows(out);
        add_x_axis(out);
        if (!a.x_label.empty())
            out.push_back(
                centered(for_terminal(a.x_label, o_.width - margin_ - 2, o_.unicode), canvas_.columns(), margin_ + 2));
        if (a.legend != Legend::none || axes_.series.size() > 1) add_legend(out);
        return out;
    }

private:
    std::string label_of(const Tick& tick, const Scale& scale, int columns) const {
        if (tick.minor) return "";
        return for_terminal(scale.named ? tick.label : fmt::format("{:.{}g}", tick.at, scale.digits), columns,
                            o_.unicode);
    }
    const char* sign(std::size_t i) const { return (o_.unicode ? signs : plain_signs)[i % signs.size()]; }
    const char* fill(std::size_t i) const { return (o_.unicode ? fills : plain_fills)[i % fills.size()]; }
    bool visible(double px, double py) const { return px >= 0 && px <= 1 && py >= 0 && py <= 1; }
    double base(const Scale& scale) const { return scale.log ? 0 : std::clamp(scale.place(0), 0.0, 1.0); }
    double low_end(double v, const Scale& scale) const { return scale.shows(v) ? scale.place(v) : 0; }

    void draw_all(Kind kind) {
        std::size_t bars = 0;
        for (std::size_t i = 0; i < axes_.series.size(); ++i) {
            const detail::Series& s = axes_.series[i];
            const std::size_t number = is_bar(s.kind) ? bars++ : i;
            if (s.kind != kind) continue;
            switch (kind) {
                case Kind::line: draw_line(s, number); break;
                case Kind::points: draw_points(s, number); break;
                case Kind::band: draw_band(s); break;
                case Kind::steps: draw_steps(s, number); break;
                case Kind::bars:
                case Kind::barh: draw_bars(s, number); break;
                case Kind::error_x:
                case Kind::error_y: draw_errors(s); break;
            }
        }
    }

    bool shows(const detail::Series& s, std::size_t i) const { return x_.shows(s.x[i]) && y_.shows(s.y[i]); }

    void draw_line(const detail::Series& s, std::size_t number) {
        const detail::Stroke stroke{s.color, sign(number), s.dash};
        std::vector<std::size_t> seen;
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            if (!shows(s, i)) continue;
            const double px = x_.place(s.x[i]), py = y_.place(s.y[i]);
            if (visible(px, py)) seen.push_back(i);
            if (i > 0 && shows(s, i - 1))
                canvas_.line(x_.place(s.x[i - 1]), y_.place(s.y[i - 1]), px, py, stroke);
            else if (visible(px, py))
                canvas_.line(px, py, px, py, {s.color, sign(number), Dash::solid});
        }
        // Without colours a few signs tell which line is whose.
        if (!o_.unicode || seen.empty() || s.label.empty()) return;
        for (const double part : {0.2, 0.5, 0.8}) {
            const double shifted = part + 0.05 * static_cast<double>(number % 4);
            const std::size_t i = seen[static_cast<std::size_t>(shifted * static_cast<double>(seen.size() - 1))];
            canvas_.put(canvas_.column_at(x_.place(s.x[i])), canvas_.line_at(y_.place(s.y[i])), sign(number), s.color);
        }
    }

    void draw_points(const detail::Series& s, std::size_t number) {
        const bool many = o_.unicode && s.x.size() > 100;  // dots, of which a cell holds eight
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            if (!shows(s, i)) continue;
            const double px = x_.place(s.x[i]), py = y_.place(s.y[i]);
            if (!visible(px, py)) continue;
            if (many)
                canvas_.dot(px, py, {s.color, sign(number)});
            else
                canvas_.put(canvas_.column_at(px), canvas_.line_at(py), sign(number), s.color);
        }
    }

    void draw_band(const detail::Series& s) {
        const auto shade = [&](double px, double a, double b) {
            if (!(px >= 0 && px <= 1) || !(std::max(a, b) >= 0 && std::min(a, b) <= 1)) return;
            for (int r = canvas_.line_at(std::max(a, b)); r <= canvas_.line_at(std::min(a, b)); ++r)
                canvas_.put(canvas_.column_at(px), r, o_.unicode ? "░" : ".", s.color);
        };
        const auto whole = [&](std::size_t i) { return shows(s, i) && y_.shows(s.high[i]); };
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            if (!whole(i)) continue;
            const double px = x_.place(s.x[i]), low = y_.place(s.y[i]), high = y_.place(s.high[i]);
            shade(px, low, high);
            if (i + 1 == s.x.size() || !whole(i + 1)) continue;
            const double qx = x_.place(s.x[i + 1]), qlow = y_.place(s.y[i + 1]), qhigh = y_.place(s.high[i + 1]);
            for (int c = 0; c < canvas_.columns(); ++c) {
                const double t = ((c + 0.5) / canvas_.columns() - px) / (qx - px);
                if (t >= 0 && t <= 1) shade(px + t * (qx - px), low + t * (qlow - low), high + t * (qhigh - high));
            }
        }
    }

    void draw_bars(const detail::Series& s, std::size_t number) {
        const bool up = s.kind == Kind::bars;
        const Scale &along = up ? x_ : y_, &value = up ? y_ : x_;
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            if (!shows(s, i)) continue;
            const double at = up ? s.x[i] : s.y[i];
            if (const double middle = along.place(at); !(middle >= 0 && middle <= 1)) continue;
            const double low = along.place(along.shows(at - 0.5 * s.size) ? at - 0.5 * s.size : at);
            const double high = along.place(along.shows(at + 0.5 * s.size) ? at + 0.5 * s.size : at);
            const double from = base(value), to = value.place(up ? s.y[i] : s.x[i]);
            const int n = up ? canvas_.columns() : canvas_.lines();
            const double begin = up ? low : 1 - high, end = up ? high : 1 - low;
            int first = static_cast<int>(std::lround(std::clamp(begin, 0.0, 1.0) * n));
            int last = static_cast<int>(std::lround(std::clamp(end, 0.0, 1.0) * n)) - 1;
            if (last < first) first = last = up ? canvas_.column_at(along.place(at)) : canvas_.line_at(along.place(at));
            if (up)
                canvas_.bar_up(first, last, from, to, fill(number), s.color);
            else
                canvas_.bar_right(first, last, from, to, fill(number), s.color);
        }
    }

    void draw_steps(const detail::Series& s, std::size_t number) {
        std::vector<double> highest(static_cast<std::size_t>(canvas_.columns()), -1);
        for (std::size_t i = 1; i + 1 < s.x.size(); i += 2) {
            if (!x_.shows(s.x[i]) || !y_.shows(s.y[i])) continue;
            const double begin = x_.place(s.x[i]), end = x_.place(s.x[i + 1]);
            if (end < 0 || begin > 1) continue;
            for (int c = canvas_.column_at(begin); c <= canvas_.column_at(end - 1e-9); ++c) {
                double& h = highest[static_cast<std::size_t>(c)];
                h = std::max(h, y_.place(s.y[i]));
            }
        }
        for (int c = 0; c < canvas_.columns(); ++c)
            if (const double h = highest[static_cast<std::size_t>(c)]; h >= 0)
                canvas_.bar_up(c, c, base(y_), h, fill(number), s.color);
    }

    void draw_errors(const detail::Series& s) {
        const bool across = s.kind == Kind::error_x;
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            const bool seen = across ? y_.shows(s.y[i]) && x_.shows(s.high[i]) && std::isfinite(s.x[i])
                                     : x_.shows(s.x[i]) && y_.shows(s.high[i]) && std::isfinite(s.y[i]);
            if (!seen) continue;
            const double at = across ? y_.place(s.y[i]) : x_.place(s.x[i]);
            if (!(at >= 0 && at <= 1)) continue;
            const double low = across ? low_end(s.x[i], x_) : low_end(s.y[i], y_);
            const double high = across ? x_.place(s.high[i]) : y_.place(s.high[i]);
            if (across)
                for (int c = canvas_.column_at(low); c <= canvas_.column_at(high); ++c)
                    canvas_.put(c, canvas_.line_at(at), o_.unicode ? "─" : "-", "");
            else
                for (int r = canvas_.line_at(high); r <= canvas_.line_at(low); ++r)
                    canvas_.put(canvas_.column_at(at), r, o_.unicode ? "│" : "|", "");
        }
    }

    void draw_matrix() {
        const detail::Matrix& m = axes_.matrix;
        const Scale colors = detail::color_scale(m);
        const auto cell_at = [&](int c, int r) {
            const double vx = x_.low + (c + 0.5) / canvas_.columns() * (x_.high - x_.low);
            const double vy = y_.high - (r + 0.5) / canvas_.lines() * (y_.high - y_.low);
            const double j = std::round(vx), i = m.rows - 1 - std::round(vy);
            if (!(j >= 0 && j < m.columns && i >= 0 && i < m.rows)) return m.values.size();
            return static_cast<std::size_t>(i) * static_cast<std::size_t>(m.columns) + static_cast<std::size_t>(j);
        };
        for (int r = 0; r < canvas_.lines(); ++r)
            for (int c = 0; c < canvas_.columns(); ++c) {
                const std::size_t k = cell_at(c, r);
                if (k == m.values.size() || !std::isfinite(m.values[k])) continue;
                const double part = std::clamp(colors.place(m.values[k]), 0.0, 1.0);
                canvas_.put(c, r, (o_.unicode ? shades : plain_shades)[static_cast<std::size_t>(4.999 * part)], "");
            }
        const int room = canvas_.columns() / m.columns;
        int widest = 0;
        for (const std::string& text : m.options.texts) widest = std::max(widest, columns_of(text));
        if (widest >= room) return;  // numbers that touch would be read as others
        for (std::size_t k = 0; k < m.options.texts.size(); ++k) {
            const double j = static_cast<double>(k % static_cast<std::size_t>(m.columns));
            const double i = m.rows - 1 - static_cast<double>(k / static_cast<std::size_t>(m.columns));
            const double px = x_.place(j), py = y_.place(i);
            std::string text = for_terminal(m.options.texts[k], room, o_.unicode);
            if (text.empty() || !visible(px, py)) continue;
            if (columns_of(text) + 2 <= room) text = " " + text + " ";
            canvas_.text(static_cast<int>(px * canvas_.columns() - 0.5 * columns_of(text)), canvas_.line_at(py), text,
                         "");
        }
    }

    void draw_rule(const detail::Rule& rule) {
        const Scale& scale = rule.horizontal ? y_ : x_;
        if (!scale.shows(rule.at)) return;
        const double place = scale.place(rule.at);
        if (!(place >= 0 && place <= 1)) return;
        const std::string label = for_terminal(rule.options.label, std::max(1, canvas_.columns() / 2), o_.unicode);
        if (rule.horizontal) {
            const int r = canvas_.line_at(place);
            for (int c = 0; c < canvas_.columns(); ++c) canvas_.put(c, r, o_.unicode ? "┄" : "-", rule.options.color);
            canvas_.text(canvas_.columns() - columns_of(label), r > 0 ? r - 1 : r, label, "");
        } else {
            const int c = canvas_.column_at(place);
            for (int r = 0; r < canvas_.lines(); ++r) canvas_.put(c, r, o_.unicode ? "┆" : ":", rule.options.color);
            canvas_.text(place > 0.6 ? c - columns_of(label) : c + 1, 0, label, "");
        }
    }

    void draw_note(const detail::Text& note) {
        if (!x_.shows(note.x) || !y_.shows(note.y)) return;
        const double px = x_.place(note.x), py = y_.place(note.y);
        if (!visible(px, py)) return;
        const std::string text = for_terminal(note.text, canvas_.columns(), o_.unicode);
        const int width = columns_of(text);
        const int back = note.options.align == Align::left ? 0 : note.options.align == Align::right ? width : width / 2;
        canvas_.text(std::clamp(canvas_.column_at(px) - back, 0, canvas_.columns() - width), canvas_.line_at(py), text,
                     "");
    }

    void add_rows(std::vector<std::string>& out) const {
        std::vector<std::string> labels(static_cast<std::size_t>(canvas_.lines()));
        for (const Tick& tick : y_.ticks) {
            const double place = y_.place(tick.at);
            if (tick.minor || !(place >= -1e-9 && place <= 1 + 1e-9)) continue;
            std::string& label = labels[static_cast<std::size_t>(canvas_.line_at(place))];
            if (label.empty()) label = label_of(tick, y_, margin_);
        }
        for (int r = 0; r < canvas_.lines(); ++r) {
            const std::string& label = labels[static_cast<std::size_t>(r)];
            out.push_back(std::string(static_cast<std::size_t>(margin_ - columns_of(label)), ' ') + label +
                          (o_.unicode ? (label.empty() ? " │" : " ┤") : (label.empty() ? " |" : " +")) +
                          canvas_.row(r, o_.color));
        }
    }

    void add_x_axis(std::vector<std::string>& out) const {
        const int n = canvas_.columns();
        std::vector<const char*> axis(static_cast<std::size_t>(n), o_.unicode ? "─" : "-");
        std::string labels(static_cast<std::size_t>(margin_ + 2), ' ');
        int used = 0, distance = n, before = -1;
        std::vector<const Tick*> shown;
        for (const Tick& tick : x_.ticks) {
            const double place = x_.place(tick.at);
            if (tick.minor || !(place >= -1e-9 && place <= 1 + 1e-9)) continue;
            shown.push_back(&tick);
        }
        std::stable_sort(shown.begin(), shown.end(), [](const Tick* a, const Tick* b) { return a->at < b->at; });
        for (const Tick* tick : shown) {
            const int c = canvas_.column_at(x_.place(tick->at));
            if (before >= 0 && c > before) distance = std::min(distance, c - before);
            before = c;
        }
        Canvas row(n, 1, o_.unicode);
        used = -1;
        for (const Tick* tick : shown) {
            const int c = canvas_.column_at(x_.place(tick->at));
            const std::string label = label_of(*tick, x_, x_.named ? std::max(3, distance - 1) : n);
            const int width = columns_of(label);
            const int begin = std::clamp(c - width / 2, 0, std::max(0, n - width));
            if (begin <= used && used >= 0) continue;  // it would touch the one before
            axis[static_cast<std::size_t>(c)] = o_.unicode ? "┬" : "+";
            row.text(begin, 0, label, "");
            used = begin + width;
        }
        std::string line(static_cast<std::size_t>(margin_ + 1), ' ');
        line += o_.unicode ? "└" : "+";
        for (const char* glyph : axis) line += glyph;
        out.push_back(line);
        out.push_back(labels + row.row(0, false));
    }

    void add_legend(std::vector<std::string>& out) const {
        std::string line;
        int used = 0;
        std::size_t bars = 0;
        const int room = o_.width - margin_ - 2;
        for (std::size_t i = 0; i < axes_.series.size(); ++i) {
            const detail::Series& s = axes_.series[i];
            const std::size_t number = is_bar(s.kind) ? bars++ : i;
            if (s.label.empty()) continue;
            std::string key = is_bar(s.kind) ? fill(number) : sign(number);
            if (s.kind == Kind::band) key = o_.unicode ? "░" : ".";
            const bool dashed = s.kind == Kind::line && s.dash != Dash::solid;
            if (s.kind == Kind::line && o_.unicode) key = (dashed ? "╌" : "─") + key + (dashed ? "╌" : "─");
            const std::string name = for_terminal(s.label, room - columns_of(key) - 1, o_.unicode);
            const int width = columns_of(key) + 1 + columns_of(name);
            if (used > 0 && used + 3 + width > room) {
                out.push_back(line);
                line.clear();
                used = 0;
            }
            line += used > 0 ? "   " : std::string(static_cast<std::size_t>(margin_ + 2), ' ');
            line += (o_.color ? detail::in_color(key, s.color) : key) + " " + name;
            used += (used > 0 ? 3 : 0) + width;
        }
        if (!line.empty()) out.push_back(line);
    }

    const detail::AxesData& axes_;
    const TextFigureOptions& o_;
    Scale x_, y_;
    int margin_ = 0;
    Canvas canvas_{1, 1, true};
};

}  // namespace

std::string Figure::to_text(const TextFigureOptions& options) const {
    if (options.width < 30 || options.width > 1000)
        throw ValueError(fmt::format("plot: to_text: width is {}, expected 30 to 1000", options.width));
    if (options.height < 3 || options.height > 500)
        throw ValueError(fmt::format("plot: to_text: height is {}, expected 3 to 500", options.height));
    std::vector<std::string> lines;
    if (!data_->options.title.empty())
        lines.push_back(centered(for_terminal(data_->options.title, options.width, options.unicode), options.width, 0));
    for (const detail::AxesData* panel : data_->panels) {
        if (!panel->options.visible) continue;
        if (!lines.empty()) lines.emplace_back();
        for (std::string& line : TextPanel(*panel, options).draw()) lines.push_back(std::move(line));
    }
    if (!data_->options.caption.empty()) lines.emplace_back();
    // A character is about 0.55 of the font's size wide; what is too wide all the same is cut.
    for (const std::string& line : detail::wrap(data_->options.caption, 0.5 * options.width))
        lines.push_back(for_terminal(line, options.width, options.unicode));
    std::string out;
    for (const std::string& line : lines) out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    return out;
}

}  // namespace xg::plot
