#include <xgrad/plot/histogram.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>

namespace xg::plot {
namespace {

constexpr int most_bins = 10'000;

/// numpy.percentile's value at the fraction `q` of sorted values.
double quantile(const std::vector<double>& sorted, double q) {
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto i = static_cast<std::size_t>(at);
    const double t = at - std::floor(at), a = sorted[i], b = sorted[std::min(i + 1, sorted.size() - 1)];
    return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/// The width of numpy's "auto".
double auto_width(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    const double sturges = (values.back() - values.front()) / (std::log2(n) + 1);
    const double freedman = 2 * (quantile(values, 0.75) - quantile(values, 0.25)) * std::pow(n, -1.0 / 3);
    return freedman > 0 ? std::min(freedman, sturges) : sturges;
}

std::pair<double, double> range_of(const std::vector<double>& values, const Limits& given) {
    for (const double end : {given.low, given.high})
        if (std::isinf(end)) throw ValueError("plot: histogram: the range is infinite, expected finite limits");
    double low = 0, high = 1;
    if (!values.empty()) {
        const auto [a, b] = std::minmax_element(values.begin(), values.end());
        low = *a;
        high = *b;
    }
    if (!std::isnan(given.low)) low = given.low;
    if (!std::isnan(given.high)) high = given.high;
    if (low > high)
        throw ValueError(fmt::format("plot: histogram: the range is ({}, {}), expected the lower first", low, high));
    if (low == high) {
        // As numpy, unless the number is so large that a half is nothing beside it.
        const double half = std::abs(low) < 1e15 ? 0.5 : 1e-3 * std::abs(low);
        low -= half;
        high += half;
    }
    if (!std::isfinite(high - low) || !(low < high))
        throw ValueError(
            fmt::format("plot: histogram: the range is ({}, {}), expected one that can be cut into bins", low, high));
    return {low, high};
}

}  // namespace

Bins bin_values(const std::vector<double>& values, const BinOptions& options) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            throw ValueError(fmt::format("plot: histogram: value {} is {}, expected finite values", i, values[i]));
    if (options.bins < 0 || options.bins > most_bins)
        throw ValueError(
            fmt::format("plot: histogram: {} bins, expected 1 to {}, or 0 for a number that suits the "
                        "values",
                        options.bins, most_bins));
    const auto [low, high] = range_of(values, options.range);
    std::vector<double> inside;
    for (const double v : values)
        if (v >= low && v <= high) inside.push_back(v);
    int n = options.bins;
    if (n == 0) {
        const double width = inside.empty() ? 0 : auto_width(inside);
        n = width > 0 ? static_cast<int>(std::clamp(std::ceil((high - low) / width), 1.0, double{most_bins})) : 1;
    }

    Bins bins;
    const double step = (high - low) / n;
    for (int i = 0; i < n; ++i) {
        const volatile double distance = i * step;  // rounded before the sum, as numpy does: no fused multiply-add
        bins.edges.push_back(distance + low);
    }
    bins.edges.push_back(high);
    for (int i = 0; i < n; ++i)
        if (!(bins.edges[static_cast<std::size_t>(i)] < bins.edges[static_cast<std::size_t>(i) + 1]))
            throw ValueError(
                fmt::format("plot: histogram: {} bins from {} to {} are narrower than numbers can tell "
                            "apart, expected fewer",
                            n, low, high));
    bins.heights.assign(static_cast<std::size_t>(n), 0);
    for (const double v : inside) {
        auto i = static_cast<std::size_t>(std::clamp((v - low) / (high - low) * n, 0.0, n - 1.0));
        // What rounding put on the wrong side of an edge.
        if (v < bins.edges[i])
            --i;
        else if (v >= bins.edges[i + 1] && i + 1 < bins.heights.size())
            ++i;
        bins.heights[i] += 1;
    }
    if (options.density)
        for (std::size_t i = 0; i < bins.heights.size(); ++i)
            bins.heights[i] /= (bins.edges[i + 1] - bins.edges[i]) * static_cast<double>(inside.size());
    return bins;
}

}  // namespace xg::plot
