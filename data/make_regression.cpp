#include <xgrad/data/make_regression.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt), as all that repeats NumPy's draws.

namespace xg::data {

namespace {

void check(const RegressionOptions& options) {
    const auto at_least = [](const char* field, std::int64_t value, std::int64_t least) {
        if (value < least)
            throw ValueError(fmt::format("make_regression: {} is {}, expected at least {}", field, value, least));
    };
    at_least("n_samples", options.n_samples, 1);
    at_least("n_features", options.n_features, 1);
    at_least("n_informative", options.n_informative, 0);
    at_least("n_targets", options.n_targets, 1);
    if (!std::isfinite(options.bias))
        throw ValueError(fmt::format("make_regression: bias is {}, expected a finite number", options.bias));
    if (!(options.noise >= 0.0) || !std::isfinite(options.noise))
        throw ValueError(
            fmt::format("make_regression: noise is {}, expected a finite number, at least 0", options.noise));
    if (!is_floating(options.dtype))
        throw DTypeError(fmt::format("make_regression: dtype is {}, expected float32 or float64", name(options.dtype)));
    const auto fits = [](std::int64_t rows, std::int64_t columns) {
        std::int64_t bytes;
        return !__builtin_mul_overflow(rows, columns, &bytes) &&
               !__builtin_mul_overflow(bytes, std::int64_t{sizeof(double)}, &bytes);
    };
    if (!fits(options.n_samples, options.n_features) || !fits(options.n_samples, options.n_targets) ||
        !fits(options.n_features, options.n_targets))
        throw ValueError(fmt::format(
            "make_regression: n_samples is {}, n_features {} and n_targets {}, expected what memory can address",
            options.n_samples, options.n_features, options.n_targets));
}

/// A matrix whose rows and columns are still to be put in their final order.
struct Drawn {
    std::int64_t columns;
    std::vector<double> values;

    Drawn(std::int64_t rows_, std::int64_t columns_)
        : columns(columns_), values(static_cast<std::size_t>(rows_ * columns_)) {}
    double* row(std::int64_t i) { return values.data() + i * columns; }
    const double* row(std::int64_t i) const { return values.data() + i * columns; }
};

using Order = std::vector<std::int64_t>;

template <class T>
void write_ordered(const Drawn& from, const Order& rows, const Order& columns, T* to) {
    for (const std::int64_t i : rows) {
        const double* row = from.row(i);
        for (const std::int64_t j : columns) *to++ = static_cast<T>(row[j]);
    }
}

Tensor ordered(const Drawn& from, const Order& rows, const Order& columns, DType dtype) {
    Tensor result = empty({static_cast<std::int64_t>(rows.size()), from.columns}, {.dtype = dtype});
    if (dtype == float32)
        write_ordered(from, rows, columns, result.mutable_data<float>());
    else
        write_ordered(from, rows, columns, result.mutable_data<double>());
    return result;
}

Order in_sequence(std::int64_t n) {
    Order order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    return order;
}

}  // namespace

RegressionProblem make_regression_with_coef(const RegressionOptions& options) {
    check(options);
    const std::int64_t n = options.n_samples, features = options.n_features, targets = options.n_targets;
    const std::int64_t informative = std::min(options.n_informative, features);
    detail::RandomState random(options.random_state);

    // The order of the draws is what makes them scikit-learn's: x, coefficients, noise, order of rows, order of
    // features.
    Drawn x(n, features), coef(features, targets), y(n, targets);
    for (double& value : x.values) value = random.standard_normal();
    for (std::int64_t k = 0; k < informative; ++k)
        for (std::int64_t t = 0; t < targets; ++t) coef.row(k)[t] = 100.0 * random.uniform();
    for (std::int64_t i = 0; i < n; ++i) {
        double* sums = y.row(i);
        for (std::int64_t k = 0; k < informative; ++k)
            for (std::int64_t t = 0; t < targets; ++t) sums[t] += x.row(i)[k] * coef.row(k)[t];
        for (std::int64_t t = 0; t < targets; ++t) sums[t] += options.bias;
    }
    if (options.noise > 0.0)
        for (double& value : y.values) value += random.normal(0.0, options.noise);
    const Order rows = options.shuffle ? random.permutation(n) : in_sequence(n);
    const Order columns = options.shuffle ? random.permutation(features) : in_sequence(features);

    const Order all_targets = in_sequence(targets);
    return {ordered(x, rows, columns, options.dtype), ordered(y, rows, all_targets, options.dtype),
            ordered(coef, columns, all_targets, options.dtype)};
}

Samples make_regression(const RegressionOptions& options) {
    RegressionProblem problem = make_regression_with_coef(options);
    return {std::move(problem.x), std::move(problem.y)};
}

}  // namespace xg::data
