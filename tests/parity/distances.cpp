#include "distances.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace parity {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// The lesser; NaN if either is.
void lower(double& least, double distance) {
    if (!(distance >= least)) least = distance;
}

}  // namespace

Distance off(std::vector<double> points, std::size_t input) {
    return [points = std::move(points), input](const Values& in, const Options&) {
        double least = kFar;
        for (const double x : in[input]->values)
            for (const double p : points) lower(least, std::abs(x - p));
        return least;
    };
}

Distance above(double low, std::size_t input) { return within(low, kFar, input); }

Distance within(double low, double high, std::size_t input) {
    return [low, high, input](const Values& in, const Options&) {
        double least = kFar;
        for (const double x : in[input]->values) lower(least, std::min(x - low, high - x));
        return least;
    };
}

Distance apart() {
    return [](const Values& in, const Options&) {
        const Array &a = *in[0], &b = *in[1];
        Sizes whole;
        double least = kFar;
        if (!broadcast(a.shape, b.shape, whole)) return least;
        for (std::int64_t i = 0; i < elements(whole); ++i)
            lower(least, std::abs(a.values[source(a.shape, whole, i)] - b.values[source(b.shape, whole, i)]));
        return least;
    };
}

double gap(const Array& x, const Sizes& axes, bool all_axes, int best) {
    // Elements that are reduced together have the same place once the sizes of the reduced axes are 1.
    Sizes kept = x.shape;
    for (std::size_t k = 0; k < kept.size(); ++k)
        for (const std::int64_t axis : axes)
            if (axis == static_cast<std::int64_t>(k) ||
                axis + static_cast<std::int64_t>(kept.size()) == static_cast<std::int64_t>(k))
                kept[k] = 1;
    if (all_axes) std::fill(kept.begin(), kept.end(), 1);
    std::map<std::size_t, std::vector<double>> groups;
    for (std::size_t i = 0; i < x.values.size(); ++i)
        groups[source(kept, x.shape, static_cast<std::int64_t>(i))].push_back(x.values[i]);
    double least = kFar;
    for (auto& [place, values] : groups) {
        for (const double v : values)
            if (std::isnan(v)) return v;
        std::sort(values.begin(), values.end());
        if (best > 0) std::reverse(values.begin(), values.end());
        for (std::size_t i = 1; i < values.size() && (best == 0 || i == 1); ++i)
            lower(least, std::abs(values[i] - values[i - 1]));
    }
    return least;
}

Distance gaps(int best) {
    return [best](const Values& in, const Options& o) {
        if (const auto axes = o.all.find("axes"); axes != o.all.end())
            return gap(*in[0], std::get<Sizes>(axes->second), false, best);
        if (const auto axis = o.all.find("axis"); axis != o.all.end())
            return gap(*in[0], {std::get<std::int64_t>(axis->second)}, false, best);
        return gap(*in[0], {}, true, best);
    };
}

Distance both(Distance a, Distance b) {
    return [a = std::move(a), b = std::move(b)](const Values& in, const Options& o) {
        const double p = a(in, o), q = b(in, o);
        return std::isnan(p) ? p : std::isnan(q) ? q : std::min(p, q);
    };
}

}  // namespace parity
