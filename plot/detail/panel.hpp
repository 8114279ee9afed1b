#pragma once

#include <iterator>
#include <string>

#include <fmt/format.h>

#include <xgrad/plot/detail/blocks.hpp>
#include <xgrad/plot/detail/color.hpp>
#include <xgrad/plot/detail/layout.hpp>

namespace xg::plot::detail {

/// Text in gnuplot's language.
class Script {
public:
    template <class... T>
    void add(fmt::format_string<T...> format, T&&... values) {
        fmt::format_to(std::back_inserter(text), format, std::forward<T>(values)...);
    }
    std::string text;
};

/// Writes one panel of a figure, its numbers into `blocks`, which gnuplot will find in `file`.
class Panel {
public:
    Panel(const AxesData& axes, const Page& page, const Box& box, Theme theme)
        : axes_(axes), page_(page), box_(box), theme_(theme), ink_(ink_of(theme)), at_(axes, page, box) {}

    /// The figure's title and caption go with the first panel: gnuplot draws labels with a plot only.
    void write(Script& s, Blocks& blocks, const std::string& file, bool first) const;

private:
    void write_axes(Script& s) const;
    void write_scale(Script& s, const char* axis, const Scale& scale) const;
    void write_rules(Script& s) const;
    void write_texts(Script& s, bool cells) const;
    void write_legend(Script& s) const;
    void write_page(Script& s) const;
    void write_colors(Script& s) const;
    void write_series(Script& s, Blocks& blocks, const std::string& file) const;
    void write_label(Script& s, const std::string& text, double gx, double gy, const char* side,
                     const std::string& color) const;
    std::string screen(double x, double y) const;

    const AxesData& axes_;
    const Page& page_;
    Box box_;
    Theme theme_;
    const Ink& ink_;
    Layout at_;
};

}  // namespace xg::plot::detail
