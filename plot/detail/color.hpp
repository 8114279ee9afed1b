#pragma once

#include <string>

#include <xgrad/plot/figure.hpp>

namespace xg::plot::detail {

/// The colours of what a figure holds beside its data.
struct Ink {
    const char* ground;
    const char* title;
    const char* text;
    const char* axis;
    const char* grid;
    const char* cell_low;   ///< The lowest value of a matrix
    const char* cell_high;  ///< and the highest.
};

/// For Theme::light or Theme::dark.
const Ink& ink_of(Theme theme);

/// WCAG 2.1's contrast of two colours, 1 (the same) to 21 (black and white).
double contrast(const std::string& a, const std::string& b);

/// `color`, which was chosen for white, on the theme's ground: a palette's colour becomes its counterpart, any other is
/// mixed with white until it stands out from a dark ground as it did from white.
std::string themed(const std::string& color, Theme theme);

/// `color`, chosen for white, for text: at least 4.5 : 1 against the theme's ground.
std::string text_color(const std::string& color, Theme theme);

/// The colour of a matrix' cell; `part` is where its value lies between the lowest, 0, and the highest, 1.
std::string cell_color(double part, Theme theme);

/// The text's colour on such a cell.
const char* cell_ink(double part, Theme theme);

}  // namespace xg::plot::detail
