#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/figure.hpp>

namespace xg::plot::detail {

enum class Kind { line, band, points, bars };

/// What was added to the axes, as it was given.
struct Series {
    Kind kind = Kind::line;
    std::vector<double> x;
    std::vector<double> y;     // a band's lower end
    std::vector<double> high;  // a band's upper end; else empty
    std::string label;
    std::string color;
    double size = 1;  // a line's width, a mark's size, a bar's width, a band's opacity
    Dash dash = Dash::solid;
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

struct AxesData {
    AxesOptions options;
    std::vector<Series> series;
    std::vector<Rule> rules;
    std::vector<Text> texts;
    bool named_ticks = false;
    std::vector<double> tick_places;
    std::vector<std::string> tick_labels;
    int colors_used = 0;
    std::string last_color;
};

struct FigureData {
    FigureOptions options;
    std::vector<Axes> axes;               // row by row
    std::vector<const AxesData*> panels;  // what they hold, in the same order
};

}  // namespace xg::plot::detail
