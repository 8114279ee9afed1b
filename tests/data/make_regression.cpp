#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <xgrad/core/error.hpp>
#include <xgrad/data/make_regression.hpp>
#include <xgrad/data/split.hpp>

#include "reference/reference.hpp"

using xg::data::make_regression;
using xg::data::make_regression_with_coef;
using xg::data::RegressionOptions;

namespace {

RegressionOptions options_of(const reference::Regression& r) {
    return {.n_samples = r.n_samples,
            .n_features = r.n_features,
            .n_informative = r.n_informative,
            .n_targets = r.n_targets,
            .bias = r.bias,
            .noise = r.noise,
            .shuffle = r.shuffle,
            .random_state = r.random_state,
            .dtype = xg::float64};
}

/// Compares the given rows of `matrix` with `expected`, to 1e-12 relative.
void check_rows(const char* what, const xg::Tensor& matrix, const std::vector<std::int64_t>& rows,
                const std::vector<double>& expected) {
    const std::int64_t columns = matrix.size(1);
    const double* values = matrix.data<double>();
    BOOST_TEST_REQUIRE(expected.size() == rows.size() * static_cast<std::size_t>(columns));
    std::size_t k = 0;
    for (const std::int64_t i : rows)
        for (std::int64_t j = 0; j < columns; ++j, ++k) {
            const double value = values[i * columns + j];
            BOOST_TEST(std::abs(value - expected[k]) <= 1e-12 * std::abs(expected[k]),
                       what << "[" << i << ", " << j << "] is " << value << ", expected " << expected[k]);
        }
}

double variance(const xg::Tensor& t) {
    const std::vector<double> values = t.to_vector();
    double mean = 0.0, squares = 0.0;
    for (const double v : values) mean += v / static_cast<double>(values.size());
    for (const double v : values) squares += (v - mean) * (v - mean);
    return squares / static_cast<double>(values.size());
}

/// Whether the message of `error` holds `part`.
auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(regression)

BOOST_AUTO_TEST_CASE(numbers_are_scikit_learns) {
    for (const reference::Regression& expected : reference::regressions) {
        BOOST_TEST_CONTEXT("n_samples " << expected.n_samples << ", n_features " << expected.n_features
                                        << ", n_targets " << expected.n_targets << ", noise " << expected.noise
                                        << ", random_state " << expected.random_state) {
            const auto [x, y, coef] = make_regression_with_coef(options_of(expected));
            BOOST_TEST_REQUIRE((x.shape() == xg::Shape{expected.n_samples, expected.n_features}));
            BOOST_TEST_REQUIRE((y.shape() == xg::Shape{expected.n_samples, expected.n_targets}));
            BOOST_TEST_REQUIRE((coef.shape() == xg::Shape{expected.n_features, expected.n_targets}));
            check_rows("x", x, expected.rows, expected.x);
            check_rows("y", y, expected.rows, expected.y);
            std::vector<std::int64_t> features;
            for (std::int64_t i = 0; i < expected.n_features; ++i) features.push_back(i);
            check_rows("coef", coef, features, expected.coef);
        }
    }
}

BOOST_AUTO_TEST_CASE(hundred_thousand_samples_split_into_known_variances) {
    const RegressionOptions options{.n_samples = 100'000, .n_features = 2, .random_state = 570, .dtype = xg::float64};
    const std::vector<double> coef = make_regression_with_coef(options).coef.to_vector();
    BOOST_TEST(std::min(coef[0], coef[1]) == 7.38, boost::test_tools::tolerance(1e-3));
    BOOST_TEST(std::max(coef[0], coef[1]) == 12.08, boost::test_tools::tolerance(1e-3));

    const auto [x, y] = make_regression(options);
    const auto [x_train, x_test, y_train, y_test] = xg::data::train_test_split(x, y, {.random_state = 570});
    BOOST_TEST((x_train.shape() == xg::Shape{75'000, 2}));
    BOOST_TEST((y_test.shape() == xg::Shape{25'000, 1}));
    BOOST_TEST(variance(y_train) == reference::variance_train, boost::test_tools::tolerance(1e-10));
    BOOST_TEST(variance(y_test) == reference::variance_test, boost::test_tools::tolerance(1e-10));
    BOOST_TEST(variance(y_train) == 200.24, boost::test_tools::tolerance(1e-4));
    BOOST_TEST(variance(y_test) == 198.97, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE(defaults_are_scikit_learns_in_float32) {
    const auto [x, y] = make_regression();
    BOOST_TEST((x.shape() == xg::Shape{100, 100}));
    BOOST_TEST((y.shape() == xg::Shape{100, 1}));
    BOOST_TEST((x.dtype() == xg::float32 && y.dtype() == xg::float32));
    BOOST_TEST((!x.requires_grad() && x.is_contiguous() && y.is_contiguous()));

    const auto [exact_x, exact_y] = make_regression({.dtype = xg::float64});
    const std::vector<double> cast = y.to_vector(), exact = exact_y.to_vector();
    for (std::size_t i = 0; i < cast.size(); ++i)
        BOOST_TEST(cast[i] == static_cast<double>(static_cast<float>(exact[i])));
    const std::vector<double> cast_x = x.to_vector(), expected_x = exact_x.to_vector();
    for (std::size_t i = 0; i < cast_x.size(); ++i)
        BOOST_TEST(cast_x[i] == static_cast<double>(static_cast<float>(expected_x[i])));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_EXCEPTION(make_regression({.n_samples = 0}), xg::ValueError,
                          says("n_samples is 0, expected at least 1"));
    BOOST_CHECK_EXCEPTION(make_regression({.n_features = -2}), xg::ValueError, says("n_features is -2"));
    BOOST_CHECK_EXCEPTION(make_regression({.n_informative = -1}), xg::ValueError, says("n_informative is -1"));
    BOOST_CHECK_EXCEPTION(make_regression({.n_targets = 0}), xg::ValueError, says("n_targets is 0"));
    BOOST_CHECK_EXCEPTION(make_regression({.bias = nan}), xg::ValueError, says("bias"));
    BOOST_CHECK_EXCEPTION(make_regression({.noise = -0.5}), xg::ValueError, says("noise is -0.5, expected"));
    BOOST_CHECK_EXCEPTION(make_regression({.noise = nan}), xg::ValueError, says("noise"));
    BOOST_CHECK_EXCEPTION(make_regression({.dtype = xg::int64}), xg::DTypeError,
                          says("dtype is int64, expected float32 or float64"));
    BOOST_CHECK_EXCEPTION(make_regression({.n_samples = INT64_MAX / 2, .n_features = 4}), xg::ValueError,
                          says("memory"));
}

BOOST_AUTO_TEST_SUITE_END()
