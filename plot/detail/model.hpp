#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/figure.hpp>

namespace xg::plot::detail {

enum class Kind { line, band, points, bars, barh, steps, error_y, error_x };

/// Whether `high` holds values of the same axis as `y` (band, error_y) or as `x` (error_x).
constexpr bool has_range(Kind kind) { return kind == Kind::band || kind == Kind::error_y || kind == Kind::error_x; }

/// What was added to the axes, as it was given.
struct Series {
    Kind kind = Kind::line;
    std::vector<double> x;     // of steps, the corners of their outline; the lower end of error_x
    std::vector<double> y;     // the lower end of band and error_y
    std::vector<double> high;  // the upper end of band, error_y, error_x; else empty
    std::string label;
    std::string color;
    double size = 1;  // a line's width, a mark's size, a bar's width, a band's opacity
    Dash dash = Dash::solid;
    double alpha = 1;  // of the area below steps
};

struct Rule {
    bool horizontal = true;
    double at = 0;
    RuleOptions options;
};

struct Text {
    double x = 0;
    double y = 0;
    std::string text;
    TextOptions options;
};

struct Matrix {
    int rows = 0;  // 0: there is none
    int columns = 0;
    std::vector<double> values;
    MatrixOptions options;
};

/// Names at places of an axis.
struct TickNames {
    bool given = false;
    std::vector<double> places;
    std::vector<std::string> labels;
};

struct AxesData {
    AxesOptions options;
    std::vector<Series> series;
    std::vector<Rule> rules;
    std::vector<Text> texts;
    Matrix matrix;
    TickNames x_ticks;
    TickNames y_ticks;
    int colors_used = 0;
    std::string last_color;
};

struct FigureData {
    FigureOptions options;
    std::vector<Axes> axes;               // row by row
    std::vector<const AxesData*> panels;  // what they hold, in the same order
};

}  // namespace xg::plot::detail
