#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/scale.hpp>

namespace xg::plot::detail {

/// A series' name at the right end of the axes; `place` is its height, 0 to 1.
struct DirectLabel {
    std::string text;
    std::string color;  // of its series
    double place = 0;
};

/// The names of the series, each at the height of its last point that is shown, at least `spacing` apart.
std::vector<DirectLabel> direct_labels(const AxesData& axes, const Scale& x, const Scale& y, double spacing);

/// Whether direct labels would stand near enough to their points to tell which is whose.
bool direct_fits(const AxesData& axes, const Scale& x, const Scale& y, double spacing);

/// How wide the widest name in the legend is, in units of the font's size; 0 if there are none.
double legend_width(const AxesData& axes);

/// A place for the legend.
struct LegendPlace {
    const char* words = "";  ///< What gnuplot calls it.
    double hidden = 0;       ///< The part of all that is drawn that would lie behind it, 0 to 1.
};

/// Where a legend of the given size (as fractions of the axes) hides the fewest points.
LegendPlace best_place(const AxesData& axes, const Scale& x, const Scale& y, double width, double height);

}  // namespace xg::plot::detail
