#include <xgrad/plot/detail/canvas.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/core.h>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

constexpr std::array<const char*, 9> lower_eighths{"", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<const char*, 9> left_eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

std::string braille(unsigned dots) {
    const unsigned code = 0x2800 + dots;
    return {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
            static_cast<char>(0x80 | (code & 0x3F))};
}

/// Cuts the line to the square from 0 to 1 (Liang and Barsky). False if nothing is left.
bool clip(double& x0, double& y0, double& x1, double& y1) {
    const double dx = x1 - x0, dy = y1 - y0;
    double begin = 0, end = 1;
    const std::array<std::array<double, 2>, 4> edges{{{-dx, x0}, {dx, 1 - x0}, {-dy, y0}, {dy, 1 - y0}}};
    for (const auto& [slope, room] : edges) {
        if (slope == 0) {
            if (room < 0) return false;
            continue;
        }
        const double t = room / slope;
        if (slope < 0)
            begin = std::max(begin, t);
        else
            end = std::min(end, t);
    }
    if (!(begin <= end)) return false;
    x1 = x0 + end * dx;
    y1 = y0 + end * dy;
    x0 += begin * dx;
    y0 += begin * dy;
    return true;
}

bool inked(Dash dash, int k) {
    switch (dash) {
        case Dash::dashed: return k % 7 < 4;
        case Dash::dotted: return k % 3 == 0;
        case Dash::dash_dot: return k % 8 < 4 || k % 8 == 6;
        case Dash::solid: break;
    }
    return true;
}

/// How many eighths of the cell from `low` to `high` lie between `from` and `to`.
int eighths(double low, double high, double from, double to) {
    return static_cast<int>(std::lround(8 * std::max(0.0, std::min(high, to) - std::max(low, from)) / (high - low)));
}

}  // namespace

int Canvas::column_at(double x) const {
    return static_cast<int>(std::clamp(std::floor(x * columns_), 0.0, columns_ - 1.0));
}

int Canvas::line_at(double y) const {
    return static_cast<int>(std::clamp(std::floor((1 - y) * lines_), 0.0, lines_ - 1.0));
}

void Canvas::put(int column, int line, const char* glyph, const std::string& color) {
    if (column < 0 || column >= columns_ || line < 0 || line >= lines_) return;
    cell(column, line) = {glyph, 0, color, false};
}

void Canvas::text(int column, int line, const std::string& text, const std::string& color) {
    if (line < 0 || line >= lines_) return;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at + 1;
        // A character with the bytes and the combining characters that belong to it.
        while (end < text.size() &&
               ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80 ||
                columns_of(text.substr(at, end + 4 - at)) == columns_of(text.substr(at, end - at))))
            ++end;
        const std::string glyph = text.substr(at, end - at);
        const int wide = columns_of(glyph);
        if (column >= 0 && column + wide <= columns_) {
            put(column, line, glyph.c_str(), color);
            if (wide == 2) {
                put(column + 1, line, "", color);
                cell(column + 1, line).covered = true;
            }
        }
        column += wide;
        at = end;
    }
}

void Canvas::set_dot(int px, int py, const Stroke& stroke) {
    constexpr unsigned bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    px = std::clamp(px, 0, 2 * columns_ - 1);
    py = std::clamp(py, 0, 4 * lines_ - 1);
    Cell& c = cell(px / 2, py / 4);
    if (!unicode_) {
        c = {stroke.mark, 0, stroke.color, false};
        return;
    }
    c.glyph.clear();
    c.dots |= bits[py % 4][px % 2];
    c.color = stroke.color;
}

void Canvas::dot(double x, double y, const Stroke& stroke) {
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
    set_dot(static_cast<int>(x * 2 * columns_), static_cast<int>((1 - y) * 4 * lines_), stroke);
}

void Canvas::line(double x0, double y0, double x1, double y1, const Stroke& stroke) {
    // Numbers so large that their differences are nothing any more.
    for (double* v : {&x0, &y0, &x1, &y1}) *v = std::clamp(*v, -1e6, 1e6);
    if (!clip(x0, y0, x1, y1)) return;
    const double px = x0 * (2 * columns_ - 1), py = (1 - y0) * (4 * lines_ - 1);
    const double qx = x1 * (2 * columns_ - 1), qy = (1 - y1) * (4 * lines_ - 1);
    const int steps = static_cast<int>(std::ceil(std::max(std::abs(qx - px), std::abs(qy - py))));
    for (int k = 0; k <= steps; ++k) {
        const double t = steps == 0 ? 0 : static_cast<double>(k) / steps;
        const int ix = static_cast<int>(std::lround(px + (qx - px) * t));
        const int iy = static_cast<int>(std::lround(py + (qy - py) * t));
        // By the place, not by the step: lines are given in pieces shorter than a dash.
        if (inked(stroke.dash, std::abs(qx - px) >= std::abs(qy - py) ? ix : iy)) set_dot(ix, iy, stroke);
    }
}

void Canvas::bar_up(int first, int last, double from, double to, const char* full, const std::string& color) {
    from = std::round(std::clamp(from, 0.0, 1.0) * lines_) / lines_;  // at the edge of a character
    const bool up = to >= from;
    const double low = std::min(from, std::clamp(to, 0.0, 1.0)), high = std::max(from, std::clamp(to, 0.0, 1.0));
    for (int r = 0; r < lines_; ++r) {
        const double top = 1 - static_cast<double>(r) / lines_, bottom = 1 - static_cast<double>(r + 1) / lines_;
        int part = eighths(bottom, top, low, high);
        // What is there at all is seen.
        if (part == 0 && to != from && high - low < 0.5 / lines_ && r == line_at(up ? low + 1e-9 : high - 1e-9))
            part = 1;
        if (part == 0) continue;
        const bool rises = up && bottom >= low - 1e-9;
        const char* glyph = part >= 8 || !unicode_ ? full : rises ? lower_eighths[static_cast<std::size_t>(part)] : "▀";
        if (unicode_ || part >= 4 || high - low < 1.0 / lines_)
            for (int c = std::max(first, 0); c <= std::min(last, columns_ - 1); ++c) put(c, r, glyph, color);
    }
}

void Canvas::bar_right(int first, int last, double from, double to, const char* full, const std::string& color) {
    from = std::round(std::clamp(from, 0.0, 1.0) * columns_) / columns_;  // at the edge of a character
    const bool right = to >= from;
    const double low = std::min(from, std::clamp(to, 0.0, 1.0)), high = std::max(from, std::clamp(to, 0.0, 1.0));
    for (int c = 0; c < columns_; ++c) {
        const double left = static_cast<double>(c) / columns_, end = static_cast<double>(c + 1) / columns_;
        int part = eighths(left, end, low, high);
        if (part == 0 && to != from && high - low < 0.5 / columns_ && c == column_at(right ? low + 1e-9 : high - 1e-9))
            part = 1;
        if (part == 0) continue;
        const bool grows = right && left >= low - 1e-9;
        const char* glyph = part >= 8 || !unicode_ ? full : grows ? left_eighths[static_cast<std::size_t>(part)] : "▐";
        if (unicode_ || part >= 4 || high - low < 1.0 / columns_)
            for (int r = std::max(first, 0); r <= std::min(last, lines_ - 1); ++r) put(c, r, glyph, color);
    }
}

std::string Canvas::row(int line, bool color) const {
    std::string out, run, run_color;
    std::string spaces;
    const auto flush = [&] {
        out += color ? in_color(run, run_color) : run;
        run.clear();
    };
    for (int c = 0; c < columns_; ++c) {
        const Cell& e =
            cells_[static_cast<std::size_t>(line) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(c)];
        if (e.covered) continue;
        const std::string glyph = !e.glyph.empty() ? e.glyph : e.dots != 0 ? braille(e.dots) : " ";
        if (glyph == " ") {
            spaces += ' ';
            continue;
        }
        if (!spaces.empty() || e.color != run_color) {
            flush();
            out += spaces;
            spaces.clear();
        }
        run_color = e.color;
        run += glyph;
    }
    flush();
    return out;
}

std::string in_color(const std::string& text, const std::string& color) {
    if (text.empty() || color.empty() || color == "#000000") return text;
    int code = 16;
    for (std::size_t i = 0; i < 3; ++i) {
        constexpr std::array<int, 6> levels{0, 95, 135, 175, 215, 255};
        const int v = std::stoi(color.substr(1 + 2 * i, 2), nullptr, 16);
        const auto nearest = std::min_element(levels.begin(), levels.end(),
                                              [v](int a, int b) { return std::abs(a - v) < std::abs(b - v); });
        code += static_cast<int>(nearest - levels.begin()) * (i == 0 ? 36 : i == 1 ? 6 : 1);
    }
    return fmt::format("\x1b[38;5;{}m{}\x1b[0m", code, text);
}

}  // namespace xg::plot::detail
