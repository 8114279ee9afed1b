#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/figure.hpp>

namespace xg::plot::detail {

/// How something is drawn with characters.
struct Stroke {
    std::string color;       ///< `#rrggbb`, or empty: the terminal's own.
    const char* mark = "*";  ///< In ASCII, what a line is made of.
    Dash dash = Dash::solid;
};

/// A rectangle of characters. Places are fractions of it, 0 to 1, from the left and from the bottom.
class Canvas {
public:
    Canvas(int columns, int lines, bool unicode)
        : columns_(columns),
          lines_(lines),
          unicode_(unicode),
          cells_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(lines)) {}

    int columns() const noexcept { return columns_; }
    int lines() const noexcept { return lines_; }
    /// The column, the line (from the top) at a place; those outside are moved to the edge.
    int column_at(double x) const;
    int line_at(double y) const;

    /// One character; outside of the canvas it is lost.
    void put(int column, int line, const char* glyph, const std::string& color);
    /// A text from `column` on, cut at the edge. Must be clean.
    void text(int column, int line, const std::string& text, const std::string& color);
    /// A straight line of braille dots; in ASCII, of the stroke's marks. What lies outside is cut off.
    void line(double x0, double y0, double x1, double y1, const Stroke& stroke);
    /// One dot, if it lies inside.
    void dot(double x, double y, const Stroke& stroke);
    /// Bars of whole columns (lines) with a precision of an eighth. `full` fills whole cells; in ASCII all of them.
    void bar_up(int first, int last, double from, double to, const char* full, const std::string& color);
    void bar_right(int first, int last, double from, double to, const char* full, const std::string& color);

    /// The characters of a line, without spaces at the end; with escape sequences if `color`.
    std::string row(int line, bool color) const;

private:
    struct Cell {
        std::string glyph;
        unsigned dots = 0;  // braille's bits
        std::string color;
        bool covered = false;  // by the second half of the wide character before it
    };
    Cell& cell(int column, int line) {
        return cells_[static_cast<std::size_t>(line) * static_cast<std::size_t>(columns_) +
                      static_cast<std::size_t>(column)];
    }
    void set_dot(int px, int py, const Stroke& stroke);

    int columns_, lines_;
    bool unicode_;
    std::vector<Cell> cells_;
};

/// `text` in a colour for terminals of 256 colours; as it is if `color` is empty or black, which a dark ground hides.
std::string in_color(const std::string& text, const std::string& color);

}  // namespace xg::plot::detail
