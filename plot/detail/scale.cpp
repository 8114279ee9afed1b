#include <xgrad/plot/detail/scale.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace xg::plot::detail {
namespace {

constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

struct Range {
    double low = largest;
    double high = -largest;
    bool empty() const { return low > high; }
    void add(double v) {
        low = std::min(low, v);
        high = std::max(high, v);
    }
};

double power(int exponent) { return std::clamp(std::pow(10.0, exponent), smallest, largest); }

std::string power_text(int exponent) { return exponent == 0 ? "1" : fmt::format("10^{{{}}}", exponent); }

/// The step 1, 2 or 5 times a power of ten that cuts `span` into at most `parts`.
double nice_step(double span, double parts) {
    const double rough = span / parts;
    const double base = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double m : {1.0, 2.0, 5.0})
        if (m * base >= rough * (1 - 1e-9)) return m * base;
    return 10 * base;
}

void linear_ticks(Scale& s) {
    const double step = nice_step(s.high - s.low, 6);
    if (!(step > 0) || !std::isfinite(step)) return;
    const double first = std::ceil(s.low / step - 1e-9);
    // As many digits as it takes to tell neighbours apart.
    const double size = std::max(std::abs(s.low), std::abs(s.high));
    s.digits = static_cast<int>(std::clamp(std::ceil(std::log10(size / step)) + 1, 6.0, 16.0));
    for (double k = first; k * step <= s.high + 1e-9 * step && k < first + 20; ++k) {
        // Numbers like 0.30000000000000004 would otherwise be named in full.
        const double v = k == 0 ? 0.0 : k * step;
        s.ticks.push_back({v, number_text(v, s.digits), false});
    }
}

void log_ticks(Scale& s) {
    const int first = static_cast<int>(std::ceil(std::log10(s.low) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(s.high) + 1e-9));
    if (last - first < 1) {  // not two powers of ten: 1, 2 and 5 times them, or evenly spaced numbers
        for (int k = first - 1; k <= last; ++k)
            for (const double m : {1.0, 2.0, 5.0})
                if (const double v = m * power(k); v >= s.low && v <= s.high)
                    s.ticks.push_back({v, number_text(v), false});
        if (s.ticks.size() < 3) {
            s.ticks.clear();
            linear_ticks(s);
        }
        return;
    }
    int step = 1000;
    for (const int candidate : {1, 2, 3, 5, 10, 20, 25, 50, 100})
        if ((last - first) / candidate <= 7) {
            step = candidate;
            break;
        }
    const int minor_step = step <= 5 ? 1 : step == 25 ? 5 : step / 5;
    for (int k = first; k <= last; ++k) {
        if (k % step == 0)
            s.ticks.push_back({power(k), power_text(k), false});
        else if (k % minor_step == 0)
            s.ticks.push_back({power(k), "", true});
    }
    if (step == 1)
        for (int k = first - 1; k <= last; ++k)
            for (int m = 2; m <= 9; ++m)
                if (const double v = m * power(k); v > s.low && v < s.high) s.ticks.push_back({v, "", true});
}

Scale make(Range range, const Limits& limits, bool log, double padding) {
    Scale s;
    s.log = log;
    if (range.empty()) range = log ? Range{0.1, 10} : Range{0, 1};
    const bool free_low = std::isnan(limits.low);
    const bool free_high = std::isnan(limits.high);
    s.low = free_low ? range.low : limits.low;
    s.high = free_high ? range.high : limits.high;
    // A given end may lie beyond all data.
    if (s.low >= s.high) {
        const double half = log ? 0 : std::max(std::abs(s.low), std::abs(s.high)) * 0.05;
        const double low = s.low, high = s.high;
        if (free_low) s.low = log ? high / 10 : high - (half > 0 ? half : 0.5);
        if (free_high) s.high = log ? low * 10 : low + (half > 0 ? half : 0.5);
    } else if (log && padding > 0) {
        const double low = std::log10(s.low), high = std::log10(s.high);
        const double pad = std::min((high - low) * padding, 2.0);
        // Few decades: whole ones. Many: a little room.
        const bool whole = high - low < 4;
        if (free_low) s.low = std::pow(10.0, whole ? std::floor(low + 1e-9) : low - pad);
        if (free_high) s.high = std::pow(10.0, whole ? std::ceil(high - 1e-9) : high + pad);
    } else if (padding > 0) {
        const double pad = (s.high - s.low) * padding;
        // Nothing that is all positive gets a scale that begins below 0.
        if (free_low) s.low = s.low >= 0 && s.low - pad < 0 ? 0 : s.low - pad;
        if (free_high) s.high = s.high <= 0 && s.high + pad > 0 ? 0 : s.high + pad;
    }
    s.low = std::clamp(s.low, log ? smallest : -largest / 4, largest / 4);
    s.high = std::clamp(s.high, log ? smallest * 100 : -largest / 4, largest / 4);
    // Ends that are one number to gnuplot, or that the two lines above made one.
    const double size = std::max(std::abs(s.low), std::abs(s.high));
    if (log && !(std::log10(s.high) - std::log10(s.low) > 1e-10)) {
        s.low = std::max(s.low / 10, smallest);
        s.high = std::min(s.high * 10, largest / 4);
    } else if (!log && !(s.high - s.low > std::max(1e-12 * size, 1e-300))) {
        const double half = std::max(0.05 * size, 1e-299);
        s.low = std::max(s.low - half, -largest / 4);
        s.high = std::min(s.high + half, largest / 4);
    }
    if (log)
        log_ticks(s);
    else
        linear_ticks(s);
    return s;
}

/// The names of a matrix' rows or columns where none were given: their numbers, as many as can be read.
TickNames numbered(int n, bool downwards) {
    TickNames names{true, {}, {}};
    const int step = n <= 25 ? 1 : static_cast<int>(std::ceil(nice_step(n, 12)));
    for (int i = 0; i < n; i += step) {
        names.places.push_back(downwards ? n - 1 - i : i);
        names.labels.push_back(std::to_string(i));
    }
    return names;
}

void put_names(Scale& s, const TickNames& names) {
    s.named = true;
    s.ticks.clear();
    for (std::size_t i = 0; i < names.places.size(); ++i)
        if (s.shows(names.places[i])) s.ticks.push_back({names.places[i], names.labels[i], false});
}

}  // namespace

bool Scale::shows(double v) const { return std::isfinite(v) && (!log || v > 0); }

double Scale::place(double v) const {
    if (log) return (std::log10(v) - std::log10(low)) / (std::log10(high) - std::log10(low));
    return (v - low) / (high - low);
}

std::string number_text(double v, int digits) {
    const double size = std::abs(v);
    if (v == 0 || (size >= 1e-4 && size < 1e6)) return fmt::format("{:.{}g}", v, digits);
    int exponent = static_cast<int>(std::floor(std::log10(size) + 1e-12));
    const std::string factor = fmt::format("{:.{}g}", v / std::pow(10.0, exponent), digits - 1);
    if (factor == "1" || factor == "-1") return fmt::format("{}10^{{{}}}", v < 0 ? "-" : "", exponent);
    return fmt::format("{}\u00D710^{{{}}}", factor, exponent);
}

Scale x_scale(const AxesData& axes) {
    Scale probe;
    probe.log = axes.options.log_x;
    Range range;
    double padding = 0;
    for (const Series& s : axes.series) {
        for (const std::vector<double>* values : {&s.x, s.kind == Kind::error_x ? &s.high : nullptr})
            for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
                const double v = (*values)[i];
                if (!probe.shows(v)) continue;
                range.add(v);
                if (s.kind == Kind::bars && !probe.log) {
                    range.add(v - 0.75 * s.size);
                    range.add(v + 0.75 * s.size);
                }
                if (s.kind == Kind::points) padding = std::max(padding, 0.02);
            }
        if (s.kind == Kind::barh) {
            padding = 0.05;
            if (!probe.log) range.add(0);
            if (probe.log && !range.empty()) range.add(std::max(0.5 * range.low, smallest));
        }
    }
    for (const Rule& rule : axes.rules)
        if (!rule.horizontal && probe.shows(rule.at)) range.add(rule.at);
    if (axes.matrix.rows > 0 && !probe.log) {
        range.add(-0.5);
        range.add(axes.matrix.columns - 0.5);
    }
    Scale s = make(range, axes.options.x_limits, probe.log, padding);
    if (axes.x_ticks.given)
        put_names(s, axes.x_ticks);
    else if (axes.matrix.rows > 0)
        put_names(s, numbered(axes.matrix.columns, false));
    return s;
}

Scale y_scale(const AxesData& axes) {
    Scale probe;
    probe.log = axes.options.log_y;
    Range range;
    double padding = 0.05;
    for (const Series& s : axes.series) {
        for (const std::vector<double>* values : {&s.y, s.kind == Kind::error_x ? nullptr : &s.high})
            for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
                const double v = (*values)[i];
                if (!probe.shows(v)) continue;
                range.add(v);
                if (s.kind == Kind::barh && !probe.log) {
                    padding = 0;
                    range.add(v - 0.75 * s.size);
                    range.add(v + 0.75 * s.size);
                }
            }
        if (s.kind == Kind::bars || s.kind == Kind::steps) {
            if (!probe.log) range.add(0);
            // The lowest should not be so low that it can't be seen.
            if (probe.log && !range.empty()) range.add(std::max(0.5 * range.low, smallest));
            if (range.low == 0 && range.high == 0) range.add(1);
        }
    }
    for (const Rule& rule : axes.rules)
        if (rule.horizontal && probe.shows(rule.at)) range.add(rule.at);
    if (axes.matrix.rows > 0 && !probe.log) {
        padding = 0;
        range.add(-0.5);
        range.add(axes.matrix.rows - 0.5);
    }
    Scale s = make(range, axes.options.y_limits, probe.log, padding);
    if (axes.y_ticks.given)
        put_names(s, axes.y_ticks);
    else if (axes.matrix.rows > 0)
        put_names(s, numbered(axes.matrix.rows, true));
    return s;
}

Scale color_scale(const Matrix& matrix) {
    Range range;
    for (const double v : matrix.values)
        if (std::isfinite(v)) range.add(v);
    return make(range, matrix.options.limits, false, 0);
}

}  // namespace xg::plot::detail
