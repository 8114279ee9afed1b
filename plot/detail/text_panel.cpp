#include <xgrad/plot/detail/text_panel.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

constexpr std::array<const char*, 10> signs{"●", "■", "▲", "◆", "○", "□", "△", "◇", "✚", "✖"};
constexpr std::array<const char*, 10> plain_signs{"*", "+", "x", "o", "#", "@", "%", "&", "=", "~"};
constexpr std::array<const char*, 4> fills{"█", "▓", "▒", "░"};
constexpr std::array<const char*, 4> plain_fills{"#", "=", "%", "+"};
constexpr std::array<const char*, 5> shades{" ", "░", "▒", "▓", "█"};
constexpr std::array<const char*, 5> plain_shades{" ", ".", ":", "%", "#"};

bool visible(double px, double py) { return px >= 0 && px <= 1 && py >= 0 && py <= 1; }

/// Where bars begin.
double base(const Scale& scale) { return scale.log ? 0 : std::clamp(scale.place(0), 0.0, 1.0); }

double low_end(double v, const Scale& scale) { return scale.shows(v) ? scale.place(v) : 0; }

}  // namespace

TextPanel::TextPanel(const AxesData& axes, const TextFigureOptions& options)
    : axes_(axes), o_(options), x_(x_scale(axes)), y_(y_scale(axes)) {
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

std::string TextPanel::label_of(const Tick& tick, const Scale& scale, int columns) const {
    if (tick.minor) return "";
    return for_terminal(scale.named ? tick.label : fmt::format("{:.{}g}", tick.at, scale.digits), columns, o_.unicode);
}

const char* TextPanel::sign(std::size_t i) const { return (o_.unicode ? signs : plain_signs)[i % signs.size()]; }

const char* TextPanel::fill(std::size_t i) const { return (o_.unicode ? fills : plain_fills)[i % fills.size()]; }

void TextPanel::draw_all(Kind kind) {
    std::size_t bars = 0;
    for (std::size_t i = 0; i < axes_.series.size(); ++i) {
        const Series& s = axes_.series[i];
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

void TextPanel::draw_line(const Series& s, std::size_t number) {
    const Stroke stroke{s.color, sign(number), s.dash};
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

void TextPanel::draw_points(const Series& s, std::size_t number) {
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

void TextPanel::draw_band(const Series& s) {
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

void TextPanel::draw_bars(const Series& s, std::size_t number) {
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

void TextPanel::draw_steps(const Series& s, std::size_t number) {
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

void TextPanel::draw_errors(const Series& s) {
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

void TextPanel::draw_matrix() {
    const Matrix& m = axes_.matrix;
    const Scale colors = color_scale(m);
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
        canvas_.text(static_cast<int>(px * canvas_.columns() - 0.5 * columns_of(text)), canvas_.line_at(py), text, "");
    }
}

void TextPanel::draw_rule(const Rule& rule) {
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

void TextPanel::draw_note(const Text& note) {
    if (!x_.shows(note.x) || !y_.shows(note.y)) return;
    const double px = x_.place(note.x), py = y_.place(note.y);
    if (!visible(px, py)) return;
    const std::string text = for_terminal(note.text, canvas_.columns(), o_.unicode);
    const int width = columns_of(text);
    const int back = note.options.align == Align::left ? 0 : note.options.align == Align::right ? width : width / 2;
    canvas_.text(std::clamp(canvas_.column_at(px) - back, 0, canvas_.columns() - width), canvas_.line_at(py), text, "");
}

}  // namespace xg::plot::detail
