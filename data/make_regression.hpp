#pragma once

#include <cstdint>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// Options of `make_regression`, with scikit-learn's names and defaults.
struct RegressionOptions {
    std::int64_t n_samples = 100;   ///< Rows of x and y; at least 1.
    std::int64_t n_features = 100;  ///< Columns of x; at least 1.
    /// How many features y depends on; at least 0. More than n_features means all.
    std::int64_t n_informative = 10;
    std::int64_t n_targets = 1;  ///< Columns of y; at least 1.
    double bias = 0.0;           ///< Added to every y; finite.
    double noise = 0.0;          ///< Standard deviation of the normal noise in y; at least 0, finite.
    bool shuffle = true;         ///< Shuffles the rows and the features; else the informative features come first.
    /// The seed. Unlike scikit-learn's default, this one gives the same numbers every time.
    std::uint32_t random_state = 0;
    DType dtype = float32;  ///< Of x, y and the coefficients: float32 or float64.
};

/// A linear regression problem and the coefficients that it was made with.
struct RegressionProblem {
    Tensor x;     ///< Inputs, (n_samples, n_features).
    Tensor y;     ///< Targets, (n_samples, n_targets).
    Tensor coef;  ///< y = x @ coef + bias, but for the noise: (n_features, n_targets).
};

/// A random linear regression problem, with the numbers of scikit-learn's `make_regression` for the same
/// `random_state`.
///
/// x, (n_samples, n_features), is standard normal. y = x @ coef + bias + noise, where the coefficients of the
/// informative features are uniform in [0, 100) and the others 0. y is always a matrix, (n_samples, n_targets): with
/// one target a column, which lines up with what a model puts out (scikit-learn squeezes it, and broadcasting then
/// makes a square of the difference). Numbers are drawn and summed in float64, and cast at the end; sums may differ
/// from scikit-learn's in their last bits.
///
/// Throws ValueError for options out of range, naming them, and DTypeError for a dtype that is not a floating-point
/// type.
XG_EXPORT Samples make_regression(const RegressionOptions& options = {});

/// The same problem with its coefficients: `auto [x, y, coef] = …`, scikit-learn's `coef=True`.
XG_EXPORT RegressionProblem make_regression_with_coef(const RegressionOptions& options = {});

}  // namespace xg::data
