#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "support.hpp"

namespace fs = std::filesystem;
using namespace plot_tests;
using namespace xg::plot;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The data file's lines without its comments.
std::string numbers(const std::string& dat) {
    std::istringstream in(dat);
    std::string out, line;
    while (std::getline(in, line))
        if (line.empty() || line[0] != '#') out += line + "\n";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(figures, *boost::unit_test::precondition(NeedsGnuplot()))

BOOST_AUTO_TEST_CASE(the_ending_chooses_the_format) {
    const Folder folder;
    const Written svg = small_figure().write(folder / "a.svg");
    BOOST_TEST(svg.drawn);
    BOOST_TEST(svg.message.empty());
    BOOST_TEST((svg.paths == std::vector<std::string>{folder / "a.svg"}));
    BOOST_TEST((small_figure().write(folder / "b.png").paths == std::vector<std::string>{folder / "b.png"}));
    BOOST_TEST(
        (small_figure().write(folder / "c").paths == std::vector<std::string>{folder / "c.svg", folder / "c.png"}));
    BOOST_TEST((small_figure().write(folder / "run.0.5").paths.front() == folder / "run.0.5.svg"));
    BOOST_TEST(folder.files() == 6U);
    BOOST_TEST(contains(xg::read_file(folder / "a.svg"), "<svg"));
    BOOST_TEST(!contains(xg::read_file(folder / "a.svg"), "<script"));
    BOOST_TEST(xg::read_file(folder / "b.png").substr(1, 3) == "PNG");
    BOOST_CHECK_THROW(small_figure().write(folder / "a.pdf"), xg::ValueError);
    BOOST_CHECK_THROW(small_figure().write(folder / ""), xg::FileError);
    BOOST_CHECK_THROW(small_figure().write(folder / "a.svg", {.png_scale = 0}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(gaps) {
    const Folder folder;
    Figure figure;
    figure.axes()
        .set({.log_y = true})
        .line({1, 2, 3, 4, 5, 6, 7, 8}, {1, 0.5, 0, -1, nan_value, 0.25, 0.125, infinity});
    figure.write(folder / "log", {.keep_script = true});
    // One blank line is a gap, two would begin another block.
    BOOST_TEST(numbers(xg::read_file(folder / "log.dat")) == "1 1\n2 0.5\n\n6 0.25\n7 0.125\n");

    Figure linear;
    linear.axes().line({1, 2, 3, 4, infinity}, {1, 0, -1, nan_value, 1});
    linear.write(folder / "linear", {.keep_script = true});
    BOOST_TEST(numbers(xg::read_file(folder / "linear.dat")) == "1 1\n2 0\n3 -1\n");

    Figure band;
    band.axes().set({.log_y = true}).band({1, 2, 3, 4, 5}, {1, 1, 0, 1, 1}, {2, 2, 2, 2, 2});
    band.write(folder / "band", {.keep_script = true});
    BOOST_TEST(numbers(xg::read_file(folder / "band.dat")) == "1 1 2\n2 1 2\n\n\n4 1 2\n5 1 2\n");
    BOOST_TEST(count(xg::read_file(folder / "band.svg"), "fill-opacity = ") +
                   count(xg::read_file(folder / "band.svg"), "fill-opacity=") >=
               2U);
}

BOOST_AUTO_TEST_CASE(a_point_between_gaps_is_seen) {
    const Folder folder;
    Figure figure;
    figure.axes().line({1, 2, 3, 4, 5, 6}, {1, 2, nan_value, 3, nan_value, 5});
    figure.write(folder / "lonely", {.keep_script = true});
    BOOST_TEST(numbers(xg::read_file(folder / "lonely.dat")) == "1 1\n2 2\n\n4 3\n\n6 5\n\n\n4 3\n6 5\n");
}

BOOST_AUTO_TEST_CASE(small_numbers) {
    const Folder folder;
    std::vector<double> x, y;
    for (int i = 0; i <= 60; ++i) {
        x.push_back(i);
        y.push_back(std::pow(10.0, -5.4 * i));  // down to 1e-324's neighbours
    }
    Figure figure;
    figure.axes().set({.log_y = true}).line(x, y);
    figure.write(folder / "small", {.keep_script = true});
    // The whole line lies inside of the panel, and falls evenly.
    const std::string svg = xg::read_file(folder / "small.svg");
    std::vector<double> heights;
    const std::size_t start = svg.find("d='M", svg.find("rgb(  0,  87, 184)"));
    BOOST_REQUIRE(start != std::string::npos);
    std::istringstream path(svg.substr(start + 3, svg.find('\'', start + 3) - start - 3));
    for (std::string token; path >> token;)
        if (const std::size_t comma = token.find(','); comma != std::string::npos)
            heights.push_back(std::stod(token.substr(comma + 1)));
    BOOST_REQUIRE_GE(heights.size(), 59U);
    const double step = (heights[50] - heights[0]) / 50;
    BOOST_TEST(step > 3);
    for (std::size_t i = 0; i < 58; ++i) BOOST_TEST(std::abs(heights[i + 1] - heights[i] - step) < 0.1);
    BOOST_TEST(contains(xg::read_file(folder / "small.gp"), R"("10^\173-300\175" 1e-300)"));

    // A linear axis too.
    Figure tiny;
    tiny.axes().line({0, 1, 2}, {1e-40, 3e-40, 2e-40});
    tiny.write(folder / "tiny", {.keep_script = true});
    BOOST_TEST(contains(xg::read_file(folder / "tiny.gp"), R"("2×10^\173-40\175" 2e-40)"));
}

BOOST_AUTO_TEST_CASE(nothing_to_draw) {
    const Folder folder;
    Figure figure({.rows = 1, .columns = 3, .caption = "no data"});
    figure.axes(0, 0).set({.title = "empty", .log_x = true, .log_y = true});
    figure.axes(0, 1)
        .set({.log_y = true})
        .line({1, 2}, {-1, 0}, {.label = "left out"})
        .band({1}, {0}, {1})
        .bars({}, {});
    figure.axes(0, 2)
        .points({nan_value}, {1})
        .hline(nan_value)
        .vline(infinity, {.label = "x"})
        .text(nan_value, 0, "x")
        .set_x_ticks({nan_value}, {"x"});
    const Written written = figure.write(folder / "empty");
    BOOST_TEST(written.drawn);
    BOOST_TEST(contains(xg::read_file(folder / "empty.svg"), "no data"));
}

BOOST_AUTO_TEST_CASE(limits) {
    const Folder folder;
    const auto script = [&](AxesOptions options, std::vector<double> y) {
        Figure figure;
        figure.axes().set(options).line({1, 2}, std::move(y));
        figure.write(folder / "l.svg", {.keep_script = true});
        return xg::read_file(folder / "l.gp");
    };
    BOOST_TEST(contains(script({.log_y = true, .y_limits = {1e-45, 1}}, {1, 2}), "set yrange [1e-45:1]"));
    BOOST_TEST(contains(script({.y_limits = {.low = -1}}, {0, 4}), "set yrange [-1:"));
    BOOST_TEST(contains(script({.y_limits = {.low = 7}}, {0, 4}), "set yrange [7:7."));  // beyond all data
    BOOST_TEST(contains(script({}, {5, 5}), "set yrange [4.75:5.25]"));
    BOOST_TEST(contains(script({.log_y = true}, {0.02, 30}), "set yrange [0.01:100]"));
    BOOST_TEST(contains(script({}, {-1.7e308, 1.7e308}), "set yrange ["));
    Figure figure;
    BOOST_CHECK_THROW(figure.axes().set({.y_limits = {1, 1}}), xg::ValueError);
    BOOST_CHECK_THROW(figure.axes().set({.y_limits = {2, 1}}), xg::ValueError);
    BOOST_CHECK_THROW(figure.axes().set({.x_limits = {0, infinity}}), xg::ValueError);
    BOOST_CHECK_THROW(figure.axes().set({.log_x = true, .x_limits = {0, 1}}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(wrong_arguments) {
    Figure figure({.rows = 2, .columns = 3});
    Axes& axes = figure.axes(1, 2);
    BOOST_CHECK_THROW(figure.axes(2, 0), xg::IndexError);
    BOOST_CHECK_THROW(figure.axes(0, 3), xg::IndexError);
    BOOST_CHECK_THROW(figure.axes(-1, 0), xg::IndexError);
    BOOST_CHECK_THROW(axes.line({1, 2}, {1}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.band({1, 2}, {1, 2}, {1}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.set_x_ticks({1}, {}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.line({1}, {1}, {.width = nan_value}), xg::ValueError);
    BOOST_CHECK_THROW(axes.band({1}, {1}, {1}, {.alpha = 1.5}), xg::ValueError);
    BOOST_CHECK_THROW(axes.points({1}, {1}, {.size = 0}), xg::ValueError);
    BOOST_CHECK_THROW(axes.bars({1}, {1}, {.width = -1}), xg::ValueError);
    BOOST_CHECK_THROW(Figure({.rows = 0}), xg::ValueError);
    BOOST_CHECK_THROW(Figure({.font_size = 10}), xg::ValueError);
    BOOST_TEST(palette(0) == palette(7));
    BOOST_TEST(palette(0) != palette(1));
    BOOST_TEST(palette(-1) == palette(6));
}

BOOST_AUTO_TEST_CASE(the_caption_is_wrapped) {
    const Folder folder;
    Figure figure = small_figure();
    std::string words;
    for (int i = 0; i < 60; ++i) words += "word" + std::to_string(i) + " ";
    figure.set_caption("first\n\n" + words);
    figure.write(folder / "c.svg");
    const std::string svg = xg::read_file(folder / "c.svg");
    for (int i = 0; i < 60; ++i) BOOST_TEST(contains(svg, "word" + std::to_string(i)));
    BOOST_TEST(
        !contains(svg, "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word13"));
}

BOOST_AUTO_TEST_SUITE_END()
