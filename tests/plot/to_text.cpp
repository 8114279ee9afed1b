#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <xgrad/plot/charts.hpp>

#include "support.hpp"

using namespace plot_tests;
using namespace xg::plot;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

/// Characters of a line that has no wide ones.
std::size_t characters(const std::string& line) {
    std::size_t n = 0;
    for (const char c : line) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return n;
}

bool is_ascii(const std::string& text) {
    for (const char c : text)
        if (c != '\n' && (c < 0x20 || c > 0x7E)) return false;
    return true;
}

}  // namespace

// None of these needs gnuplot.
BOOST_AUTO_TEST_SUITE(text_figures)

BOOST_AUTO_TEST_CASE(a_line_in_ascii) {
    Figure figure;
    figure.axes()
        .set({.title = "title", .x_label = "x", .y_label = "height", .y_limits = {0, 4}})
        .line({0, 4}, {0, 4}, {.label = "name"});
    BOOST_TEST(figure.to_text({.width = 30, .height = 5, .unicode = false}) ==
               "              title\n"
               "height\n"
               "4 +                      *****\n"
               "3 +                ******\n"
               "2 +          *******\n"
               "1 +     ******\n"
               "0 +*****\n"
               "  ++-----+------+------+-----+\n"
               "   0     1      2      3     4\n"
               "                x\n"
               "   * name\n");
}

BOOST_AUTO_TEST_CASE(bars_to_the_eighth) {
    const std::string text =
        bar_chart({"a", "b", "c"}, {8, 4.5, -2}, {.bars = Bars::horizontal}).to_text({.width = 40, .height = 3});
    const std::vector<std::string> lines = lines_of(text);
    BOOST_REQUIRE_GE(lines.size(), 5U);
    const std::size_t a = count(lines[0], "█"), b = count(lines[1], "█"), c = count(lines[2], "█");
    BOOST_TEST((a > b && b > c && c > 0U));
    BOOST_TEST(std::abs(static_cast<double>(a) / static_cast<double>(b) - 8 / 4.5) < 0.15);
    BOOST_TEST(lines[0].find("█") == lines[1].find("█"));
    BOOST_TEST(lines[2].find("█") < lines[1].find("█"));

    const std::string up =
        bar_chart({"a", "b"}, {8, 0.01}, {.bars = Bars::vertical}).to_text({.width = 40, .height = 8});
    BOOST_TEST(contains(up, "▁"));  // as little as there is, it is seen
}

BOOST_AUTO_TEST_CASE(a_histogram) {
    const std::string text =
        histogram({1, 1, 1, 1, 2}, {.bins = {.bins = 2}}).to_text({.width = 31, .height = 4, .unicode = false});
    BOOST_TEST(contains(text, "\n4 +##############\n3 +##############\n"));
    BOOST_TEST(contains(text, "\n0 +############################\n"));
}

BOOST_AUTO_TEST_CASE(a_confusion_matrix) {
    const std::string text = confusion_matrix(std::vector<std::vector<double>>{{50, 1}, {2, 47}}, {"cat", "dog"})
                                 .to_text({.width = 60, .height = 6, .unicode = false});
    for (const char* part : {"cat +", "dog +", " 50 ", " 1\n", " 2 ", " 47 ", "predicted", "true"})
        BOOST_TEST(contains(text, part), part << " is missing");
    BOOST_TEST(text.find("50") < text.find("47"));
    BOOST_TEST(contains(text, "####"));
    // Numbers that would touch are left out, not cut.
    const std::vector<std::vector<double>> large(20, std::vector<double>(20, 12345));
    const std::vector<std::string> names(20, "x");
    BOOST_TEST(confusion_matrix(large, names).to_text({.width = 80}).find_first_of("12345") == std::string::npos);
    BOOST_TEST(contains(confusion_matrix(large, names).to_text({.width = 200}), "12345"));
}

BOOST_AUTO_TEST_CASE(lines_can_be_told_apart_without_colors) {
    const std::string text = learning_curves({{"loss", "", {3, 2, 1, 0.5}, {4, 3, 2, 1.5}}}).to_text();
    BOOST_TEST(contains(text, "─●─ training   ╌■╌ validation"));
    BOOST_TEST((count(text, "●") >= 3U && count(text, "■") >= 3U));
    BOOST_TEST(!contains(text, "\x1b"));
}

BOOST_AUTO_TEST_CASE(an_ellipsis_in_ascii) {
    const std::string name = "a name that is too long for any legend, of run number 7";
    const std::string text = learning_curves({{"loss", name, {2, 1}, {}}}).to_text({.unicode = false});
    BOOST_TEST(contains(text, "run number 7, training"));
    BOOST_TEST(contains(text, ".."));
    BOOST_TEST(!contains(text, "?"));
}

BOOST_AUTO_TEST_CASE(colors) {
    Figure figure;
    figure.axes().line({0, 1}, {0, 1}, {.label = "red", .color = "#ff0000"});
    const std::string text = figure.to_text({.color = true});
    BOOST_TEST(contains(text, "\x1b[38;5;196m"));
    BOOST_TEST(count(text, "\x1b[38;5;196m") == count(text, "\x1b[0m"));
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\x1b')
            i = text.find('m', i);
        else
            plain += text[i];
    BOOST_TEST(plain == figure.to_text());
}

BOOST_AUTO_TEST_CASE(gaps_and_logarithms) {
    Figure figure;
    figure.axes().set({.log_y = true, .y_limits = {1, 1000}}).line({0, 1, 2, 3, 4}, {1, nan_value, -1, 1000, 1000});
    const std::vector<std::string> lines = lines_of(figure.to_text({.width = 36, .height = 7, .unicode = false}));
    BOOST_REQUIRE_EQUAL(lines.size(), 9U);
    BOOST_TEST(lines[0] == "1000 +                      ********");
    BOOST_TEST(lines[6] == "   1 +*");  // a point without neighbours
    for (std::size_t i = 1; i < 6; ++i) BOOST_TEST(count(lines[i], "*") == 0U);
}

BOOST_AUTO_TEST_CASE(what_lies_outside_is_cut_off) {
    Figure figure;
    figure.axes()
        .set({.x_limits = {0, 10}, .y_limits = {0, 10}})
        .line({-1e300, 1e300}, {5, 5})
        .points({20, 5}, {5, -20})
        .bars({-50, 50}, {5, 5})
        .text(100, 100, "far away");
    const std::string text = figure.to_text({.width = 40, .height = 5, .unicode = false});
    BOOST_TEST(count(text, "***********************************") == 1U);
    BOOST_TEST(!contains(text, "#"));
    BOOST_TEST(!contains(text, "far"));
}

BOOST_AUTO_TEST_CASE(names_from_anywhere) {
    const std::string evil = "a\x1b[31mb\nc\x07 \xff‖∂L‖ 中文 😀 e\u0301 " + std::string(200, 'x') + "end";
    Figure figure({.title = evil, .caption = evil});
    figure.axes()
        .set({.title = evil, .x_label = evil, .y_label = evil})
        .line({1, 2, 3}, {2, 1, 3}, {.label = evil})
        .bars({1, 2}, {1, 1}, {.label = evil})
        .hline(2, {.label = evil})
        .vline(2, {.label = evil})
        .text(2, 2, evil)
        .set_x_ticks({1, 2}, {evil, evil})
        .set_y_ticks({1, 2}, {evil, evil});
    for (const int width : {30, 31, 55, 80}) {
        const std::string plain = figure.to_text({.width = width, .unicode = false});
        BOOST_TEST(is_ascii(plain));
        for (const std::string& line : lines_of(plain)) BOOST_TEST(line.size() <= static_cast<std::size_t>(width));
        const std::string unicode = figure.to_text({.width = width});
        for (const std::string& line : lines_of(unicode))
            BOOST_TEST(characters(line) <= static_cast<std::size_t>(width));
        for (const char c : unicode) BOOST_TEST((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    }
    BOOST_TEST(contains(figure.to_text(), "end"));  // what names differ in often stands at their end
}

BOOST_AUTO_TEST_CASE(nothing_and_next_to_nothing) {
    BOOST_TEST(contains(Figure().to_text(), "└"));
    Figure figure({.rows = 2, .columns = 2});
    figure.axes(0, 0).line({}, {}).bars({}, {}).steps({}, {}).band({}, {}, {}).error_bars({}, {}, {});
    figure.axes(0, 1).set({.log_x = true, .log_y = true}).points({-1, nan_value}, {1, infinity}).hline(nan_value);
    figure.axes(1, 0).points({3}, {1e300});
    figure.axes(1, 1).set({.visible = false});
    const std::string text = figure.to_text();
    BOOST_TEST(count(text, "└") == 3U);
    BOOST_TEST(count(text, "●") == 1U);
    for (const std::string& line : lines_of(text)) BOOST_TEST(characters(line) <= 80U);
}

BOOST_AUTO_TEST_CASE(wrong_options) {
    BOOST_CHECK_THROW(Figure().to_text({.width = 29}), xg::ValueError);
    BOOST_CHECK_THROW(Figure().to_text({.width = 1001}), xg::ValueError);
    BOOST_CHECK_THROW(Figure().to_text({.height = 2}), xg::ValueError);
    BOOST_CHECK_THROW(Figure().to_text({.height = 501}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
