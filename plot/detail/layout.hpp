#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/legend.hpp>
#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/page.hpp>
#include <xgrad/plot/detail/scale.hpp>

namespace xg::plot::detail {

/// A line of an axis' name, at fractions of the axes.
struct NameLine {
    std::string text;
    double x = 0;
    double y = 0;
    double shift = 0;  ///< Upwards, in pixels, beside `y`.
    const char* side = "center";
    bool slanted = false;
};

/// Where everything of a panel stands, so that no text is cut or lies on another. Pixels of the page, y upwards.
struct Layout {
    Layout(const AxesData& axes, const Page& page, const Box& panel);

    double width() const { return right - left; }
    double height() const { return top - bottom; }

    Scale x, y, colors;
    double left = 0, right = 0, top = 0, bottom = 0;
    std::vector<std::string> title;
    std::string x_label, y_label;
    double x_label_at = 0, y_label_at = 0;  ///< The labels' middle: its height, its distance from the left.
    std::vector<NameLine> names;            ///< Of the ticks of axes that have names.
    Legend legend = Legend::best;
    const char* legend_words = "";
    double legend_left = 0;
    double legend_columns = 0;     ///< How wide a name may be there, in units of the font's size.
    std::size_t legend_lines = 0;  ///< How many names there is room for.
    std::vector<DirectLabel> direct;

private:
    void place_y_names(const Page& page);
    double place_x_names(const AxesData& axes, const Page& page, const Box& panel);
    void place_legend(const AxesData& axes, const Page& page, const Box& panel);
};

}  // namespace xg::plot::detail
