#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/model.hpp>

namespace xg::plot::detail {

/// A mark on an axis. Minor ones have no label. The label is gnuplot's enhanced text, made from numbers alone; on an
/// axis with names it is the name as it was given.
struct Tick {
    double at = 0;
    std::string label;
    bool minor = false;
};

/// The range of an axis and its marks.
struct Scale {
    bool log = false;
    double low = 0;
    double high = 1;
    std::vector<Tick> ticks;
    int digits = 6;      ///< Of the numbers at the ticks.
    bool named = false;  ///< The ticks have names, not numbers.

    /// Whether a value can be shown on such an axis at all, inside its range or not.
    bool shows(double v) const;
    /// Where the value lies between the ends: 0 to 1.
    double place(double v) const;
};

Scale x_scale(const AxesData& axes);
Scale y_scale(const AxesData& axes);
/// From the lowest to the highest value of a matrix.
Scale color_scale(const Matrix& matrix);

/// `v` as gnuplot's enhanced text of so many digits, with a power of ten where it is very large or small.
std::string number_text(double v, int digits = 6);

}  // namespace xg::plot::detail
