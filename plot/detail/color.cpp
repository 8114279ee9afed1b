#include <xgrad/plot/detail/color.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>

namespace xg::plot {
namespace {

// Okabe and Ito's hues. Their own orange, yellow and light blue stand out from white by less than 2.4 : 1, and darkened
// alone they would be taken for the vermilion and the blue by who sees no red or no green. So all were moved, until any
// two differ by 15 (CIE 1976) and more for every kind of colour vision and each by 3 : 1 from its ground.
constexpr std::array<const char*, 7> light_colors{"#0057b8", "#964115", "#008b52", "#e85ab5",
                                                  "#be8318", "#0b97ff", "#000000"};
constexpr std::array<const char*, 7> dark_colors{"#0f7fc4", "#e0651a", "#00a87a", "#d58ab5",
                                                 "#f0b429", "#7accf7", "#f0f0f0"};

constexpr detail::Ink light_ink{"#ffffff", "#111111", "#333333", "#777777", "#e4e4e4", "#f4f7fb", "#08427e"};
constexpr detail::Ink dark_ink{"#0d1117", "#f2f4f6", "#d0d4d9", "#8b929a", "#2a2f36", "#171d26", "#9fd3ff"};

using Rgb = std::array<double, 3>;  // 0 to 255

Rgb rgb_of(const std::string& color) {
    Rgb rgb;
    for (std::size_t i = 0; i < 3; ++i) rgb[i] = std::stoi(color.substr(1 + 2 * i, 2), nullptr, 16);
    return rgb;
}

Rgb mix(const Rgb& a, const Rgb& b, double part) {
    Rgb out;
    for (std::size_t i = 0; i < 3; ++i) out[i] = a[i] + (b[i] - a[i]) * part;
    return out;
}

std::string name_of(const Rgb& rgb) {
    return fmt::format("#{:02x}{:02x}{:02x}", std::lround(rgb[0]), std::lround(rgb[1]), std::lround(rgb[2]));
}

double luminance(const std::string& color) {
    constexpr Rgb weights{0.2126, 0.7152, 0.0722};
    const Rgb rgb = rgb_of(color);
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double c = rgb[i] / 255;
        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/// Moved towards `end` until it stands out from `ground` by `least`.
std::string until(const std::string& color, const char* end, const char* ground, double least) {
    std::string out = color;
    for (int k = 1; k <= 20 && detail::contrast(out, ground) < least; ++k)
        out = name_of(mix(rgb_of(color), rgb_of(end), 0.05 * k));
    return out;
}

}  // namespace

std::string palette(int i, Theme theme) {
    if (theme == Theme::both) throw ValueError("plot: palette: expected the light or the dark theme, got both");
    const auto& colors = theme == Theme::dark ? dark_colors : light_colors;
    const int n = static_cast<int>(colors.size());
    return colors[static_cast<std::size_t>((i % n + n) % n)];
}

std::string background(Theme theme) {
    if (theme == Theme::both) throw ValueError("plot: background: expected the light or the dark theme, got both");
    return detail::ink_of(theme).ground;
}

namespace detail {

const Ink& ink_of(Theme theme) { return theme == Theme::dark ? dark_ink : light_ink; }

double contrast(const std::string& a, const std::string& b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

std::string themed(const std::string& color, Theme theme) {
    if (theme != Theme::dark) return color;
    for (std::size_t i = 0; i < light_colors.size(); ++i)
        if (color == light_colors[i]) return dark_colors[i];
    // Greys, which are ink, as far as from white; of others that would leave nothing but white.
    const Rgb rgb = rgb_of(color);
    const auto [least, most] = std::minmax_element(rgb.begin(), rgb.end());
    const double limit = *most - *least < 24 ? 12 : 7;
    return until(color, "#ffffff", dark_ink.ground, std::min(limit, contrast(color, light_ink.ground)));
}

std::string text_color(const std::string& color, Theme theme) {
    return until(themed(color, theme), theme == Theme::dark ? "#ffffff" : "#000000", ink_of(theme).ground, 4.5);
}

std::string cell_color(double part, Theme theme) {
    const Ink& ink = ink_of(theme);
    return name_of(mix(rgb_of(ink.cell_low), rgb_of(ink.cell_high), std::clamp(part, 0.0, 1.0)));
}

const char* cell_ink(double part, Theme theme) {
    const std::string cell = cell_color(part, theme);
    return contrast(cell, "#ffffff") > contrast(cell, "#111111") ? "#ffffff" : "#111111";
}

}  // namespace detail
}  // namespace xg::plot
