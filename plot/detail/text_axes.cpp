// What stands around a panel of characters: numbers, names, the legend.
#include <algorithm>

#include <fmt/core.h>

#include <xgrad/plot/detail/text.hpp>
#include <xgrad/plot/detail/text_panel.hpp>

namespace xg::plot::detail {

std::string centered(const std::string& text, int width, int before) {
    return std::string(static_cast<std::size_t>(before + std::max(0, (width - columns_of(text)) / 2)), ' ') + text;
}

std::vector<std::string> TextPanel::draw() {
    for (const Kind kind : {Kind::band, Kind::bars, Kind::barh, Kind::steps}) draw_all(kind);
    if (axes_.matrix.rows > 0) draw_matrix();
    for (const Rule& rule : axes_.rules) draw_rule(rule);
    for (const Kind kind : {Kind::line, Kind::points, Kind::error_x, Kind::error_y}) draw_all(kind);
    for (const Text& text : axes_.texts) draw_note(text);

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

void TextPanel::add_rows(std::vector<std::string>& out) const {
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

void TextPanel::add_x_axis(std::vector<std::string>& out) const {
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

void TextPanel::add_legend(std::vector<std::string>& out) const {
    std::string line;
    int used = 0;
    std::size_t bars = 0;
    const int room = o_.width - margin_ - 2;
    for (std::size_t i = 0; i < axes_.series.size(); ++i) {
        const Series& s = axes_.series[i];
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
        line += (o_.color ? in_color(key, s.color) : key) + " " + name;
        used += (used > 0 ? 3 : 0) + width;
    }
    if (!line.empty()) out.push_back(line);
}

}  // namespace xg::plot::detail
