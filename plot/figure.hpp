#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/core/export.hpp>

namespace xg::plot {

namespace detail {
struct AxesData;
struct FigureData;
}  // namespace detail

/// How a line is broken up.
enum class Dash { solid, dashed, dotted, dash_dot };

/// Where the names of the series stand.
enum class Legend {
    best,    ///< In the corner, or at the side, where it hides the fewest points; as `outside` if it hides too many.
    none,    ///< Nowhere.
    direct,  ///< Right of the axes, each at the height of its series' last point and in its colour;
             ///< as `best` where the last points lie too close together to tell them apart.
    top_left,
    top_right,
    bottom_left,
    bottom_right,
    outside,  ///< Right of the axes, from the top down.
};

/// Which side of its point a text stands on.
enum class Align { left, center, right };

/// The ends of an axis; an end that is NaN is taken from the data.
struct Limits {
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
};

/// What the figure stands on.
enum class Theme {
    light,
    dark,
    both,  ///< Two files: `name.svg`, light, and `name-dark.svg`; a page may choose by `prefers-color-scheme`.
};

/// Colour number `i` of a palette that the colour-blind can tell apart (after Okabe and Ito, Color Universal Design,
/// 2008), as `#rrggbb`; it starts again after the last. Each contrasts with the theme's ground by 3 : 1 or more.
/// Throws ValueError for Theme::both.
XG_EXPORT std::string palette(int i, Theme theme = Theme::light);

/// The colour that a figure stands on. Throws ValueError for Theme::both.
XG_EXPORT std::string background(Theme theme);

// Where an option is called color: `#rrggbb`, or empty for the palette's next. Colours are chosen for the light theme;
// in the dark one they are replaced by the dark palette's, or lightened until they stand out as much.

/// How Axes::line draws.
struct LineOptions {
    std::string label = {};  ///< Its name in the legend; empty: it has none.
    std::string color = {};
    double width = 2.0;  ///< In points.
    Dash dash = Dash::solid;
};

/// How Axes::band draws. Without a colour it takes that of the series before it.
struct BandOptions {
    std::string label = {};
    std::string color = {};
    double alpha = 0.2;  ///< From 0, invisible, to 1, opaque.
};

/// How Axes::points draws.
struct PointOptions {
    std::string label = {};
    std::string color = {};
    double size = 0.6;  ///< Relative to the figure's ordinary points.
};

/// How Axes::bars and Axes::barh draw.
struct BarOptions {
    std::string label = {};
    std::string color = {};
    double width = 0.8;  ///< In units of x; of y in barh.
};

/// How Axes::error_bars draws.
struct ErrorBarOptions {
    std::string color = "#333333";
    double width = 1.2;       ///< In points.
    bool horizontal = false;  ///< The error is one of x.
};

/// How Axes::steps draws.
struct StepOptions {
    std::string label = {};
    std::string color = {};
    double width = 1.5;   ///< Of the outline, in points.
    double alpha = 0.35;  ///< Of the area, from 0, invisible, to 1, opaque.
};

/// How Axes::matrix draws.
struct MatrixOptions {
    std::vector<std::string> texts = {};  ///< What stands in the cells, row by row; empty: nothing.
    Limits limits = {};                   ///< The values of the two ends of the colours.
    bool color_bar = false;               ///< Shows beside the axes which colour is which value.
};

/// How Axes::hline and Axes::vline draw.
struct RuleOptions {
    std::string label = {};  ///< Stands at the line, not in the legend.
    std::string color = "#555555";
    double width = 1.2;
    Dash dash = Dash::dashed;
};

/// How Axes::text draws.
struct TextOptions {
    std::string color = "#333333";
    Align align = Align::left;
};

/// What belongs to the axes themselves.
struct AxesOptions {
    std::string title = {};
    std::string x_label = {};
    std::string y_label = {};
    bool log_x = false;
    bool log_y = false;
    Limits x_limits = {};
    Limits y_limits = {};
    Legend legend = Legend::best;
    bool visible = true;  ///< False: the panel stays blank, for grids with a place too many.
};

/// One panel of a figure. Data are copied in; every method but those that begin with `set` adds to what is there.
///
/// Values that are not finite, and values that are not positive on a logarithmic axis, are left out: a line has a gap
/// there. Texts are shown as they are: nothing in them is an instruction to the program that draws. Line breaks in
/// them, and other control characters, become spaces.
class XG_EXPORT Axes {
public:
    /// Sets title, labels, scales, limits and legend. Throws ValueError for limits that are out of order, infinite, or
    /// not positive on a logarithmic axis.
    Axes& set(AxesOptions options);

    /// Puts `labels` at the places `at` of the x axis instead of numbers. Throws ShapeError if there are more of one.
    Axes& set_x_ticks(std::vector<double> at, std::vector<std::string> labels);

    /// Puts `labels` at the places `at` of the y axis instead of numbers. Throws ShapeError if there are more of one.
    Axes& set_y_ticks(std::vector<double> at, std::vector<std::string> labels);

    /// A line through the points (x[i], y[i]). Throws ShapeError for lengths that differ, ValueError for a bad option.
    Axes& line(std::vector<double> x, std::vector<double> y, LineOptions options = {});

    /// The area between `low` and `high`, behind the lines. Throws ShapeError for lengths that differ, ValueError for a
    /// bad option.
    Axes& band(std::vector<double> x, std::vector<double> low, std::vector<double> high, BandOptions options = {});

    /// A mark at each point (x[i], y[i]). Throws ShapeError for lengths that differ, ValueError for a bad option.
    Axes& points(std::vector<double> x, std::vector<double> y, PointOptions options = {});

    /// A bar from 0 (on a logarithmic axis: from the axis) to y[i] at each x[i]. Throws ShapeError, ValueError as the
    /// others.
    Axes& bars(std::vector<double> x, std::vector<double> y, BarOptions options = {});

    /// A bar from 0 (on a logarithmic axis: from the axis) to the right, to x[i], at each height y[i]. Throws
    /// ShapeError, ValueError as the others.
    Axes& barh(std::vector<double> y, std::vector<double> x, BarOptions options = {});

    /// A whisker from y[i] - error[i] to y[i] + error[i] at each x[i]; `horizontal`: from x[i] - error[i] to
    /// x[i] + error[i] at y[i]. An error that is NaN draws none. Throws ShapeError for lengths that differ, ValueError
    /// for negative errors and bad options.
    Axes& error_bars(std::vector<double> x, std::vector<double> y, std::vector<double> error,
                     ErrorBarOptions options = {});

    /// The steps of a histogram: at the height y[i] from edges[i] to edges[i + 1], with the area below. A value that is
    /// not finite counts as 0. Throws ShapeError unless there is one edge more than values, ValueError for edges that
    /// do not increase or are not finite.
    Axes& steps(std::vector<double> edges, std::vector<double> y, StepOptions options = {});

    /// A heat map of `rows` x (values.size() / rows) cells, given row by row: cell (i, j) is a square around x = j,
    /// y = rows - 1 - i, so that the first row is on top. A value that is not finite leaves its cell blank. It takes
    /// the place of a matrix that was there before. Throws ShapeError if the values do not make whole rows, if there
    /// are none, or if `texts` has another number; ValueError for limits that are out of order or infinite.
    Axes& matrix(std::vector<double> values, int rows, MatrixOptions options = {});

    /// A line across the axes at the height `y`. Throws ValueError for a bad option.
    Axes& hline(double y, RuleOptions options = {});

    /// A line from bottom to top at `x`. Throws ValueError for a bad option.
    Axes& vline(double x, RuleOptions options = {});

    /// A text at the point (x, y), in the units of the axes. Throws ValueError for a bad option.
    Axes& text(double x, double y, std::string text, TextOptions options = {});

    Axes(Axes&&) noexcept;
    Axes& operator=(Axes&&) noexcept;
    ~Axes();

private:
    friend class Figure;
    Axes();
    std::unique_ptr<detail::AxesData> data_;
};

/// What belongs to the figure as a whole.
struct FigureOptions {
    int rows = 1;
    int columns = 1;
    double panel_width = 560;  ///< In pixels, with the panel's share of the margins.
    double panel_height = 380;
    std::string title = {};
    std::string caption = {};  ///< Text below the panels: any number of lines, long ones are wrapped.
    double font_size = 14;     ///< In pixels of the SVG; 11 to 40.
};

/// How Figure::write writes.
struct WriteOptions {
    Theme theme = Theme::light;
    bool keep_script = false;  ///< Leave the data (`.dat`) and gnuplot's script (`.gp`) beside the figure.
    double png_scale = 2;      ///< Pixels of the PNG for one of the SVG; 0.5 to 8.
};

/// How Figure::to_text draws.
struct TextFigureOptions {
    int width = 80;       ///< In columns of the terminal; 30 to 1000.
    int height = 20;      ///< Of each panel's drawing area, in lines, without title, axis and legend; 3 to 500.
    bool color = false;   ///< With the escape sequences of a terminal of 256 colours.
    bool unicode = true;  ///< With braille and block characters; false: ASCII alone, also in names.
};

/// What Figure::write did.
struct Written {
    std::vector<std::string> paths = {};  ///< The files that were written.
    bool drawn = false;                   ///< False if gnuplot is not there: `paths` are then the data and the script.
    std::string message = {};             ///< What the user should know then; else empty.
};

/// A figure of rows × columns panels, drawn by the program gnuplot.
class XG_EXPORT Figure {
public:
    /// Throws ValueError for sizes that make no sense.
    explicit Figure(FigureOptions options = {});
    Figure(Figure&&) noexcept;
    Figure& operator=(Figure&&) noexcept;
    ~Figure();

    /// The panel at (row, column), counted from 0 at the top left. Throws IndexError. It lives as long as the figure.
    Axes& axes(int row = 0, int column = 0);

    /// Replaces the text below the panels.
    Figure& set_caption(std::string caption);

    /// Draws into `path`, an `.svg` or a `.png` by its ending, or into both if it ends otherwise (`profile` gives
    /// `profile.svg` and `profile.png`). Each file is written whole or not at all; the folder is made if it is missing.
    ///
    /// Runs `gnuplot`, or the program that the environment variable XGRAD_GNUPLOT names. If there is none, that is no
    /// error: the data and the script that would draw are left beside `path`, and the result says so.
    ///
    /// Throws FileError if a file can't be written, ValueError for an ending of another image format, and Error with
    /// gnuplot's own words if it fails.
    Written write(const std::string& path, const WriteOptions& options = {}) const;

    /// The figure as text, for a terminal or a log; needs no other program. Panels stand below one another. No line is
    /// wider than `width`. Throws ValueError for a bad option.
    std::string to_text(const TextFigureOptions& options = {}) const;

private:
    std::unique_ptr<detail::FigureData> data_;
};

}  // namespace xg::plot
