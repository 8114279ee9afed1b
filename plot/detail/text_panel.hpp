#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/canvas.hpp>
#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/scale.hpp>

namespace xg::plot::detail {

/// A text of `width` columns around its middle, `before` columns from the left.
std::string centered(const std::string& text, int width, int before);

/// Whether a series' sign in the legend is that of a bar.
constexpr bool is_bar(Kind kind) { return kind == Kind::bars || kind == Kind::barh || kind == Kind::steps; }

/// One panel in characters.
class TextPanel {
public:
    TextPanel(const AxesData& axes, const TextFigureOptions& options);
    /// Its lines, none wider than the options say.
    std::vector<std::string> draw();

private:
    std::string label_of(const Tick& tick, const Scale& scale, int columns) const;
    /// What stands for series number i: for a line or points, for a bar.
    const char* sign(std::size_t i) const;
    const char* fill(std::size_t i) const;
    bool shows(const Series& s, std::size_t i) const { return x_.shows(s.x[i]) && y_.shows(s.y[i]); }

    void draw_all(Kind kind);
    void draw_line(const Series& s, std::size_t number);
    void draw_points(const Series& s, std::size_t number);
    void draw_band(const Series& s);
    void draw_bars(const Series& s, std::size_t number);
    void draw_steps(const Series& s, std::size_t number);
    void draw_errors(const Series& s);
    void draw_matrix();
    void draw_rule(const Rule& rule);
    void draw_note(const Text& note);

    void add_rows(std::vector<std::string>& out) const;
    void add_x_axis(std::vector<std::string>& out) const;
    void add_legend(std::vector<std::string>& out) const;

    const AxesData& axes_;
    const TextFigureOptions& o_;
    Scale x_, y_;
    int margin_ = 0;
    Canvas canvas_{1, 1, true};
};

}  // namespace xg::plot::detail
