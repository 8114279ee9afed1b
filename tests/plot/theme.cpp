// Light and dark grounds, and colours that everyone can see on them.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "support.hpp"

using namespace plot_tests;
using namespace xg::plot;

namespace {

using Rgb = std::array<double, 3>;

/// Linear light, as WCAG 2.1 and sRGB define it.
Rgb linear(const std::string& color) {
    Rgb out{};
    for (std::size_t i = 0; i < 3; ++i) {
        const double c = std::stoi(color.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        out[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    }
    return out;
}

double contrast(const std::string& a, const std::string& b) {
    const auto light = [](const std::string& color) {
        const Rgb c = linear(color);
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] + 0.05;
    };
    return std::max(light(a), light(b)) / std::min(light(a), light(b));
}

using Matrix = std::array<Rgb, 3>;

Rgb product(const Matrix& m, const Rgb& v) {
    Rgb out{};
    for (std::size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
    return out;
}

/// CIE L*a*b* of 1976, for D65.
Rgb lab(Rgb rgb) {
    constexpr Matrix xyz{
        {{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}};
    constexpr Rgb white{0.95047, 1, 1.08883};
    for (double& c : rgb) c = std::clamp(c, 0.0, 1.0);
    Rgb f = product(xyz, rgb);
    for (std::size_t i = 0; i < 3; ++i) {
        const double t = f[i] / white[i];
        f[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

/// How colours are seen: normally, and without the cones for red, green, blue (Machado, Oliveira, Fernandes 2009).
constexpr std::array<Matrix, 4> visions{{
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}};

double distance(const Rgb& a, const Rgb& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

/// All colours, `#rrggbb`, that a script of gnuplot's names after `rgb '`.
std::vector<std::string> colors_in(const std::string& script) {
    std::vector<std::string> out;
    for (std::size_t at = script.find("lc rgb '#"); at != std::string::npos; at = script.find("lc rgb '#", at + 1))
        out.push_back(script.substr(at + 8, 7));
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(themes)

BOOST_AUTO_TEST_CASE(the_measure) {
    BOOST_TEST(std::abs(contrast("#000000", "#ffffff") - 21) < 1e-9);
    BOOST_TEST(std::abs(contrast("#777777", "#ffffff") - 4.48) < 0.005);  // WebAIM's checker
    BOOST_TEST(contrast("#f0e442", "#ffffff") < 1.5);                     // Okabe and Ito's yellow
}

BOOST_AUTO_TEST_CASE(every_color_is_seen_on_its_ground) {
    for (const Theme theme : {Theme::light, Theme::dark})
        for (int i = 0; i < 7; ++i)
            BOOST_TEST(contrast(palette(i, theme), background(theme)) >= 3, palette(i, theme) << " is too faint");
}

BOOST_AUTO_TEST_CASE(every_two_colors_differ_for_every_vision) {
    for (const Theme theme : {Theme::light, Theme::dark})
        for (const Matrix& vision : visions)
            for (int i = 0; i < 7; ++i)
                for (int j = 0; j < i; ++j) {
                    const std::string a = palette(i, theme), b = palette(j, theme);
                    BOOST_TEST(distance(lab(product(vision, linear(a))), lab(product(vision, linear(b)))) >= 15,
                               a << " and " << b << " look the same");
                }
}

BOOST_AUTO_TEST_CASE(wrong_themes) {
    BOOST_CHECK_THROW(palette(0, Theme::both), xg::ValueError);
    BOOST_CHECK_THROW(background(Theme::both), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(both, *boost::unit_test::precondition(NeedsGnuplot())) {
    const Folder folder;
    const Written written = small_figure().write(folder / "a", {.theme = Theme::both, .keep_script = true});
    BOOST_TEST((written.paths == std::vector<std::string>{folder / "a.svg", folder / "a-dark.svg", folder / "a.png",
                                                          folder / "a-dark.png", folder / "a.dat", folder / "a.gp"}));
    BOOST_TEST(folder.files() == 6U);
    const std::string light = xg::read_file(folder / "a.svg"), dark = xg::read_file(folder / "a-dark.svg");
    BOOST_TEST(contains(light, "fill=\"#ffffff\""));
    BOOST_TEST(!contains(light, "#0d1117"));
    BOOST_TEST(contains(dark, "fill=\"#0d1117\""));
    BOOST_TEST(!contains(dark, "fill=\"#ffffff\""));
    BOOST_TEST(contains(light, "rgb(  0,  87, 184)"));
    BOOST_TEST(!contains(dark, "rgb(  0,  87, 184)"));
    BOOST_TEST(contains(dark, "rgb( 15, 127, 196)"));
    BOOST_TEST(xg::read_file(folder / "a.png") != xg::read_file(folder / "a-dark.png"));

    const Written one = small_figure().write(folder / "b.svg", {.theme = Theme::dark});
    BOOST_TEST((one.paths == std::vector<std::string>{folder / "b.svg"}));
    const std::string alone = xg::read_file(folder / "b.svg");
    BOOST_TEST((contains(alone, "fill=\"#0d1117\"") && contains(alone, "rgb( 15, 127, 196)")));
    BOOST_TEST(!contains(alone, "rgb(  0,  87, 184)"));
}

BOOST_AUTO_TEST_CASE(colors_of_ones_own, *boost::unit_test::precondition(NeedsGnuplot())) {
    const Folder folder;
    Figure figure;
    Axes& axes = figure.axes();
    for (const char* color : {"#000080", "#0000ff", "#222222", "#800000", "#ff0000"})
        axes.line({1, 2}, {1, 2}, {.color = color});
    axes.hline(1, {.label = "rule"}).bars({1}, {1}).error_bars({1}, {1}, {1}).text(1, 1, "x");
    figure.write(folder / "a.svg", {.theme = Theme::dark, .keep_script = true});
    const std::vector<std::string> colors = colors_in(xg::read_file(folder / "a.gp"));
    BOOST_TEST(colors.size() >= 8U);
    for (const std::string& color : colors)
        if (color != "#2a2f36")  // the grid
            BOOST_TEST(contrast(color, background(Theme::dark)) >= 3, color << " is too faint");
}

BOOST_AUTO_TEST_SUITE_END()
