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

namespace {

/// The elements that a reduction over `axes`, or over all, takes together.
std::vector<std::vector<double>> groups(const Array& x, const Sizes& axes, bool all_axes) {
    // They have the same place once the sizes of the reduced axes are 1.
    Sizes kept = x.shape;
    for (std::size_t k = 0; k < kept.size(); ++k)
        for (const std::int64_t axis : axes)
            if (axis == static_cast<std::int64_t>(k) ||
                axis + static_cast<std::int64_t>(kept.size()) == static_cast<std::int64_t>(k))
                kept[k] = 1;
    if (all_axes) std::fill(kept.begin(), kept.end(), 1);
    std::map<std::size_t, std::vector<double>> by_place;
    for (std::size_t i = 0; i < x.values.size(); ++i)
        by_place[source(kept, x.shape, static_cast<std::int64_t>(i))].push_back(x.values[i]);
    std::vector<std::vector<double>> result;
    for (auto& [place, values] : by_place) result.push_back(std::move(values));
    return result;
}

/// groups() of the first input over the axes in the option "axes", "axis", or all.
std::vector<std::vector<double>> reduced(const Values& in, const Options& o) {
    if (const auto axes = o.all.find("axes"); axes != o.all.end())
        return groups(*in[0], std::get<Sizes>(axes->second), false);
    if (const auto axis = o.all.find("axis"); axis != o.all.end())
        return groups(*in[0], {std::get<std::int64_t>(axis->second)}, false);
    return groups(*in[0], {}, true);
}

/// The least difference of neighbours in a group that is sorted, or with `best` that of the first two from one end.
void lower_by_neighbours(double& least, std::vector<double> values, int best) {
    std::sort(values.begin(), values.end());
    if (best > 0) std::reverse(values.begin(), values.end());
    for (std::size_t i = 1; i < values.size() && (best == 0 || i == 1); ++i)
        lower(least, std::abs(values[i] - values[i - 1]));
}

double least_gap(const std::vector<std::vector<double>>& all, int best) {
    double least = kFar;
    for (const std::vector<double>& values : all) {
        for (const double v : values)
            if (std::isnan(v)) return v;
        lower_by_neighbours(least, values, best);
    }
    return least;
}

}  // namespace

double gap(const Array& x, const Sizes& axes, bool all_axes, int best) {
    return least_gap(groups(x, axes, all_axes), best);
}

Distance gaps(int best) {
    return [best](const Values& in, const Options& o) { return least_gap(reduced(in, o), best); };
}

Distance order_gaps(bool known, int best) {
    return [known, best](const Values& in, const Options& o) {
        double least = kFar;
        for (const std::vector<double>& values : reduced(in, o)) {
            std::vector<double> finite;
            std::map<double, int> times;  // of infinities
            int nans = 0;
            for (const double v : values) {
                if (std::isfinite(v))
                    finite.push_back(v);
                else if (std::isnan(v))
                    ++nans;
                else
                    ++times[v];
            }
            bool tie = nans > 1;
            for (const auto& [infinity, n] : times) tie = tie || n > 1;
            if (tie && !known) return 0.0;
            // The best is not among the finite ones.
            if (best != 0 && (nans > 0 || times.count(best * kFar) != 0)) continue;
            lower_by_neighbours(least, std::move(finite), best);
        }
        return least;
    };
}

Distance spread() {
    return [](const Values& in, const Options& o) {
        double least = kFar;
        for (const std::vector<double>& values : reduced(in, o)) {
            if (values.size() < 2) continue;
            const auto [low, high] = std::minmax_element(values.begin(), values.end());
            lower(least, *high - *low);
        }
        return least;
    };
}

Distance magnitude() {
    return [](const Values& in, const Options& o) {
        double least = kFar;
        for (const std::vector<double>& values : reduced(in, o)) {
            double most = 0;
            for (const double v : values) most = std::max(most, std::abs(v));
            lower(least, most);
        }
        return least;
    };
}

Distance both(Distance a, Distance b) {
    return [a = std::move(a), b = std::move(b)](const Values& in, const Options& o) {
        const double p = a(in, o), q = b(in, o);
        return std::isnan(p) ? p : std::isnan(q) ? q : std::min(p, q);
    };
}

}  // namespace parity
