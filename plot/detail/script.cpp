#include <xgrad/plot/detail/script.hpp>

#include <xgrad/plot/detail/panel.hpp>
#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

/// Adds the commands that draw the figure in one theme into the files that are wanted; returns the data.
std::string draw_theme(Script& s, const FigureData& figure, const Outputs& outputs, Theme theme) {
    const FigureOptions& o = figure.options;
    const Page page(o);
    const char* ground = ink_of(theme).ground;
    const std::string stem = outputs.stem + (theme == Theme::dark && outputs.theme == Theme::both ? "-dark" : "");
    Script body;
    Blocks blocks;
    body.add("set multiplot\n");
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        const int row = static_cast<int>(i) / o.columns, column = static_cast<int>(i) % o.columns;
        const Panel panel(*figure.panels[i], page,
                          {o.panel_width * column, page.caption_top + o.panel_height * (o.rows - 1 - row),
                           o.panel_width, o.panel_height},
                          theme);
        panel.write(body, blocks, quote_file(outputs.stem + ".dat"), i == 0);
    }
    body.add("unset multiplot\nunset output\n");

    if (outputs.svg) {
        s.add(
            "\nunit = 1.0\nset terminal svg enhanced fixed size {:.0f},{:.0f} font 'sans-serif,{:.4g}' background rgb "
            "'{}'\n",
            page.width, page.height, page.font, ground);
        s.add("set output {}\n{}", quote_file(stem + ".svg"), body.text);
    }
    if (outputs.png) {
        const double k = outputs.png_scale;
        const std::string size = fmt::format("size {:.0f},{:.0f} enhanced", page.width * k, page.height * k);
        // Cairo's points are 4/3 of a pixel, which fontscale multiplies; gd knows no scale for fonts.
        s.add(
            "\nif (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {{\n    unit = 0.75\n    set terminal pngcairo {} font "
            "'sans-serif,{:.4g}' fontscale {} linewidth {} "
            "pointscale {} background rgb '{}'\n}} else {{\n    unit = {}\n    set terminal png truecolor {} font "
            "'sans,{:.4g}' linewidth {} background rgb '{}'\n}}\n",
            size, 0.75 * page.font, k, k, k, ground, 0.75 * k, size, 0.75 * page.font * k, k, ground);
        s.add("set output {}\n{}", quote_file(stem + ".png"), body.text);
    }
    return blocks.text();
}

}  // namespace

Drawing draw(const FigureData& figure, const Outputs& outputs) {
    Script s;
    s.add(
        "# Draws the figure from the data beside it: run gnuplot with this file, in this folder.\nset encoding utf8\n");
    std::string data;  // the same in both themes
    for (const Theme theme : {Theme::light, Theme::dark})
        if (outputs.theme == theme || outputs.theme == Theme::both) data = draw_theme(s, figure, outputs, theme);
    return {data, s.text};
}

}  // namespace xg::plot::detail
