#include <xgrad/plot/detail/blocks.hpp>

#include <iterator>

#include <fmt/format.h>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

bool shown(const Series& s, std::size_t i, const Scale& x, const Scale& y) {
    return x.shows(s.x[i]) && y.shows(s.y[i]) && (s.kind != Kind::band || y.shows(s.high[i]));
}

void row(std::string& text, const Series& s, std::size_t i) {
    auto out = std::back_inserter(text);
    if (s.kind == Kind::band)
        fmt::format_to(out, "{} {} {}\n", s.x[i], s.y[i], s.high[i]);
    else if (s.kind == Kind::bars)
        fmt::format_to(out, "{} {} {}\n", s.x[i], s.y[i], s.size);
    else
        fmt::format_to(out, "{} {}\n", s.x[i], s.y[i]);
}

}  // namespace

int Blocks::begin(const Series& series) {
    constexpr const char* kinds[] = {"line: x y", "band: x low high", "points: x y", "bars: x y width"};
    if (count_ > 0) text_ += "\n\n";
    fmt::format_to(std::back_inserter(text_), "# {}, {} {}\n", count_, kinds[static_cast<int>(series.kind)],
                   clean(series.label));
    return count_++;
}

std::vector<int> Blocks::add(const Series& series, const Scale& x, const Scale& y) {
    std::vector<int> numbers;
    bool gap = false;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
        if (!shown(series, i, x, y)) {
            gap = true;
            continue;
        }
        // Two blank lines would end the block, so a gap is one, however many values it lacks.
        if (numbers.empty() || (gap && series.kind == Kind::band))
            numbers.push_back(begin(series));
        else if (gap && series.kind == Kind::line)
            text_ += '\n';
        gap = false;
        row(text_, series, i);
    }
    return numbers;
}

int Blocks::add_lonely(const Series& series, const Scale& x, const Scale& y) {
    int number = -1;
    const std::size_t n = series.x.size();
    for (std::size_t i = 0; i < n; ++i) {
        if (!shown(series, i, x, y) || (i > 0 && shown(series, i - 1, x, y)) ||
            (i + 1 < n && shown(series, i + 1, x, y)))
            continue;
        if (number < 0) number = begin(series);
        row(text_, series, i);
    }
    return number;
}

}  // namespace xg::plot::detail
