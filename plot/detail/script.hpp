#pragma once

#include <string>

#include <xgrad/plot/detail/model.hpp>

namespace xg::plot::detail {

/// Which files the script draws, below the folder it runs in: `stem`.svg, `stem`.png, from `stem`.dat; in both themes
/// also `stem`-dark.svg and `stem`-dark.png.
struct Outputs {
    std::string stem;
    bool svg = true;
    bool png = true;
    double png_scale = 2;
    Theme theme = Theme::light;
};

/// What gnuplot reads: the figure's numbers, and the script that draws them.
struct Drawing {
    std::string data;
    std::string script;
};

Drawing draw(const FigureData& figure, const Outputs& outputs);

}  // namespace xg::plot::detail
