#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/plot/detail/text.hpp>
#include <xgrad/plot/detail/text_panel.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::plot {

std::string Figure::to_text(const TextFigureOptions& options) const {
    if (options.width < 30 || options.width > 1000)
        throw ValueError(fmt::format("plot: to_text: width is {}, expected 30 to 1000", options.width));
    if (options.height < 3 || options.height > 500)
        throw ValueError(fmt::format("plot: to_text: height is {}, expected 3 to 500", options.height));
    std::vector<std::string> lines;
    if (!data_->options.title.empty())
        lines.push_back(detail::centered(detail::for_terminal(data_->options.title, options.width, options.unicode),
                                         options.width, 0));
    for (const detail::AxesData* panel : data_->panels) {
        if (!panel->options.visible) continue;
        if (!lines.empty()) lines.emplace_back();
        for (std::string& line : detail::TextPanel(*panel, options).draw()) lines.push_back(std::move(line));
    }
    if (!data_->options.caption.empty()) lines.emplace_back();
    // A character is about 0.55 of the font's size wide; what is too wide all the same is cut.
    for (const std::string& line : detail::wrap(data_->options.caption, 0.5 * options.width))
        lines.push_back(detail::for_terminal(line, options.width, options.unicode));
    std::string out;
    for (const std::string& line : lines) out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    return out;
}

}  // namespace xg::plot
