#include <xgrad/plot/detail/blocks.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

bool shown(const Series& s, std::size_t i, const Scale& x, const Scale& y) {
    switch (s.kind) {
        case Kind::error_y: return x.shows(s.x[i]) && std::isfinite(s.y[i]) && y.shows(s.high[i]);
        case Kind::error_x: return y.shows(s.y[i]) && std::isfinite(s.x[i]) && x.shows(s.high[i]);
        case Kind::steps: return x.shows(s.x[i]);
        case Kind::band: return x.shows(s.x[i]) && y.shows(s.y[i]) && y.shows(s.high[i]);
        default: return x.shows(s.x[i]) && y.shows(s.y[i]);
    }
}

/// What begins at or below 0 begins at the end of a logarithmic axis.
double from_axis(double v, const Scale& scale) { return scale.shows(v) ? v : scale.low; }

void row(std::string& text, const Series& s, std::size_t i, const Scale& x, const Scale& y) {
    auto out = std::back_inserter(text);
    switch (s.kind) {
        case Kind::band: fmt::format_to(out, "{} {} {}\n", s.x[i], s.y[i], s.high[i]); break;
        case Kind::bars: fmt::format_to(out, "{} {} {}\n", s.x[i], s.y[i], s.size); break;
        case Kind::barh:
            fmt::format_to(out, "{} {} {} {} {} {}\n", s.x[i], s.y[i], from_axis(0, x), s.x[i], s.y[i] - 0.5 * s.size,
                           s.y[i] + 0.5 * s.size);
            break;
        case Kind::error_y: {
            const double low = from_axis(s.y[i], y);
            fmt::format_to(out, "{} {} 0 {}\n", s.x[i], low, s.high[i] - low);
            break;
        }
        case Kind::error_x: {
            const double low = from_axis(s.x[i], x);
            fmt::format_to(out, "{} {} {} 0\n", low, s.y[i], s.high[i] - low);
            break;
        }
        case Kind::steps: fmt::format_to(out, "{} {}\n", s.x[i], from_axis(s.y[i], y)); break;
        case Kind::line:
        case Kind::points: fmt::format_to(out, "{} {}\n", s.x[i], s.y[i]); break;
    }
}

const char* columns_named(Kind kind) {
    switch (kind) {
        case Kind::line: return "line: x y";
        case Kind::band: return "band: x low high";
        case Kind::points: return "points: x y";
        case Kind::bars: return "bars: x y width";
        case Kind::barh: return "barh: x y from to bottom top";
        case Kind::steps: return "steps: x y";
        case Kind::error_y: return "errors of y: x low 0 length";
        case Kind::error_x: return "errors of x: low y length 0";
    }
    return "";
}

}  // namespace

int Blocks::begin(const char* columns, const std::string& label) {
    if (count_ > 0) text_ += "\n\n";
    fmt::format_to(std::back_inserter(text_), "# {}, {} {}\n", count_, columns, clean(label));
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
            numbers.push_back(begin(columns_named(series.kind), series.label));
        else if (gap && series.kind == Kind::line)
            text_ += '\n';
        gap = false;
        row(text_, series, i, x, y);
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
        if (number < 0) number = begin(columns_named(series.kind), series.label);
        row(text_, series, i, x, y);
    }
    return number;
}

int Blocks::add(const Matrix& matrix, const Scale& colors) {
    int number = -1;
    for (std::size_t k = 0; k < matrix.values.size(); ++k) {
        if (!std::isfinite(matrix.values[k])) continue;
        if (number < 0) number = begin("cells: x y left right bottom top part", "");
        const double x = static_cast<double>(k % static_cast<std::size_t>(matrix.columns));
        const double y = matrix.rows - 1 - static_cast<double>(k / static_cast<std::size_t>(matrix.columns));
        fmt::format_to(std::back_inserter(text_), "{} {} {} {} {} {} {}\n", x, y, x - 0.5, x + 0.5, y - 0.5, y + 0.5,
                       std::clamp(colors.place(matrix.values[k]), 0.0, 1.0));
    }
    return number;
}

}  // namespace xg::plot::detail
