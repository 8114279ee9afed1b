#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/text.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::plot::detail {

/// The figure in pixels of the SVG, y upwards.
struct Page {
    double width = 0;
    double height = 0;
    double font = 14;
    std::vector<std::string> title;
    std::vector<std::string> caption;
    double caption_top = 0;

    explicit Page(const FigureOptions& o) : width(o.panel_width * o.columns), font(o.font_size) {
        const double columns = (width - 4 * font) / font;
        title = fit(o.title, columns / 1.25, 6);
        caption = wrap(o.caption, columns);
        const double below = caption.empty() ? 0 : line() * static_cast<double>(caption.size()) + 0.9 * font;
        caption_top = below;
        height = o.panel_height * o.rows + below +
                 (title.empty() ? 0 : 1.3 * line() * static_cast<double>(title.size()) + 0.8 * font);
    }
    double line() const { return 1.45 * font; }
};

/// A rectangle in pixels of the page.
struct Box {
    double left = 0;
    double bottom = 0;
    double width = 0;
    double height = 0;
};

}  // namespace xg::plot::detail
