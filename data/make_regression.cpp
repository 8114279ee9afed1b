#include <xgrad/data/make_regression.hpp>

#include <algorithm>
#include <utility>

#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt), as all that repeats NumPy's draws.

namespace xg::data {

namespace {

void check(const RegressionOptions& options) {
    constexpr const char* operation = "make_regression";
    detail::check_at_least(operation, "n_samples", options.n_samples, 1);
    detail::check_at_least(operation, "n_features", options.n_features, 1);
    detail::check_at_least(operation, "n_informative", options.n_informative, 0);
    detail::check_at_least(operation, "n_targets", options.n_targets, 1);
    detail::check_finite(operation, "bias", options.bias);
    detail::check_not_negative(operation, "noise", options.noise);
    detail::check_floating(operation, options.dtype);
    constexpr const char* sizes = "n_samples, n_features and n_targets";
    detail::check_addressable(operation, sizes, options.n_samples, options.n_features);
    detail::check_addressable(operation, sizes, options.n_samples, options.n_targets);
    detail::check_addressable(operation, sizes, options.n_features, options.n_targets);
}

}  // namespace

RegressionProblem make_regression_with_coef(const RegressionOptions& options) {
    check(options);
    const std::int64_t n = options.n_samples, features = options.n_features, targets = options.n_targets;
    const std::int64_t informative = std::min(options.n_informative, features);
    using detail::Drawn, detail::Order, detail::in_sequence;
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
    using detail::ordered;
    return {ordered(x, rows, columns, options.dtype), ordered(y, rows, all_targets, options.dtype),
            ordered(coef, columns, all_targets, options.dtype)};
}

Samples make_regression(const RegressionOptions& options) {
    RegressionProblem problem = make_regression_with_coef(options);
    return {std::move(problem.x), std::move(problem.y)};
}

}  // namespace xg::data
