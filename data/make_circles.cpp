#include <xgrad/data/make_circles.hpp>

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt), as all that repeats NumPy's draws.

namespace xg::data {

namespace {

using detail::Drawn, detail::Order;

struct Halves {
    std::int64_t outer, inner;
};

Halves check(const char* operation, const OneOrEach<std::int64_t>& n_samples, double noise, DType dtype) {
    const auto& values = n_samples.values();
    if (n_samples.is_list() && values.size() != 2)
        throw ValueError(
            fmt::format("{}: n_samples lists {} entries, expected one number or two", operation, values.size()));
    for (const std::int64_t n : values) detail::check_at_least(operation, "n_samples", n, n_samples.is_list() ? 0 : 1);
    detail::check_not_negative(operation, "noise", noise);
    detail::check_floating(operation, dtype);
    const Halves halves =
        n_samples.is_list() ? Halves{values[0], values[1]} : Halves{values[0] / 2, values[0] - values[0] / 2};
    const std::int64_t n = detail::checked_sum(operation, "the entries of n_samples", halves.outer, halves.inner);
    detail::check_at_least(operation, "the sum of n_samples", n, 1);
    detail::check_addressable(operation, "n_samples", n, 2);
    return halves;
}

/// n angles from 0, `step` apart in NumPy's `linspace(0, stop, n)`; `divisions` is n, or n - 1 with the end included.
std::vector<double> angles(double stop, std::int64_t n, std::int64_t divisions) {
    std::vector<double> result(static_cast<std::size_t>(n));
    const double step = divisions > 0 ? stop / static_cast<double>(divisions) : 0.0;
    for (std::int64_t i = 0; i < n; ++i) result[static_cast<std::size_t>(i)] = static_cast<double>(i) * step;
    if (n > 1 && divisions == n - 1) result.back() = stop;
    return result;
}

/// Shuffles the points, of which `outer` are of class 0 and the rest of class 1, and adds noise to them: in that order.
template <class Options>
Samples finish(const Drawn& points, std::int64_t outer, const Options& options) {
    const auto n = static_cast<std::int64_t>(points.values.size()) / 2;
    detail::RandomState random(options.random_state);
    const Order rows = options.shuffle ? random.permutation(n) : detail::in_sequence(n);
    Drawn x(n, 2);
    std::vector<std::int64_t> y;
    double* to = x.values.data();
    for (const std::int64_t i : rows) {
        for (int j = 0; j < 2; ++j) *to++ = points.row(i)[j];
        y.push_back(i < outer ? 0 : 1);
    }
    if (options.noise > 0.0)
        for (double& value : x.values) value += random.normal(0.0, options.noise);
    const Order all = detail::in_sequence(n);
    using detail::ordered;
    return {ordered(x, all, {0, 1}, options.dtype), ordered(y, all)};
}

}  // namespace

Samples make_circles(const CirclesOptions& options) {
    const auto [outer, inner] = check("make_circles", options.n_samples, options.noise, options.dtype);
    if (!(options.factor >= 0.0 && options.factor < 1.0))
        throw ValueError(
            fmt::format("make_circles: factor is {}, expected at least 0 and less than 1", options.factor));
    Drawn points(outer + inner, 2);
    double* to = points.values.data();
    for (const double angle : angles(2.0 * std::numbers::pi, outer, outer)) {
        *to++ = std::cos(angle);
        *to++ = std::sin(angle);
    }
    for (const double angle : angles(2.0 * std::numbers::pi, inner, inner)) {
        *to++ = std::cos(angle) * options.factor;
        *to++ = std::sin(angle) * options.factor;
    }
    return finish(points, outer, options);
}

Samples make_moons(const MoonsOptions& options) {
    const auto [outer, inner] = check("make_moons", options.n_samples, options.noise, options.dtype);
    Drawn points(outer + inner, 2);
    double* to = points.values.data();
    for (const double angle : angles(std::numbers::pi, outer, outer - 1)) {
        *to++ = std::cos(angle);
        *to++ = std::sin(angle);
    }
    for (const double angle : angles(std::numbers::pi, inner, inner - 1)) {
        *to++ = 1.0 - std::cos(angle);
        *to++ = 1.0 - std::sin(angle) - 0.5;
    }
    return finish(points, outer, options);
}

}  // namespace xg::data
