#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

// What holds for all of them: x is (n, n_features) of any dtype. `fit` finds each feature's numbers in float64, over
// the samples in which it is not NaN, and `transform` leaves NaN where it is. Results are float32 for float32, else
// float64, and carry no graph. An infinity is a ValueError that names the column and its first row, as is what needs a
// fit before one; another number of features is a ShapeError. `save` writes a JSON file, whole or not at all, and
// `load` refuses any other with a FileError that says what is wrong.

/// Options of `StandardScaler`, with scikit-learn's names and defaults.
struct StandardScalerOptions {
    bool with_mean = true;  ///< Subtracts the mean.
    bool with_std = true;   ///< Divides by the standard deviation.
};

/// Brings each feature to mean 0 and variance 1: scikit-learn's `StandardScaler`.
///
/// (x - mean) / scale, where scale is the root of the variance, of n and not of n - 1, and 1 for a feature that is
/// constant within rounding.
class XG_EXPORT StandardScaler {
public:
    explicit StandardScaler(const StandardScalerOptions& options = {}) : options_(options) {}

    /// Finds the means and variances. Throws ShapeError also for no samples or no features.
    StandardScaler& fit(const Tensor& x);
    Tensor transform(const Tensor& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    /// What `transform` made of it, taken back.
    Tensor inverse_transform(const Tensor& x) const;
    void save(const std::string& path) const;
    static StandardScaler load(const std::string& path);

    /// What `fit` found: float64, (n_features,) each.
    Tensor mean() const;
    Tensor var() const;
    Tensor scale() const;

private:
    StandardScalerOptions options_;
    std::vector<double> mean_, var_, scale_;
};

/// Options of `MinMaxScaler`, with scikit-learn's names and defaults.
struct MinMaxScalerOptions {
    std::pair<double, double> feature_range = {0.0, 1.0};  ///< Where the features go; the lower bound first, finite.
    bool clip = false;                                     ///< Puts what lies outside on the nearest bound.
};

/// Brings each feature linearly into a range: scikit-learn's `MinMaxScaler`.
///
/// x * scale + min, so that the least of what was fitted goes to the lower bound and the greatest to the upper one. A
/// feature whose range is below 10 epsilon is only moved.
class XG_EXPORT MinMaxScaler {
public:
    /// Throws ValueError for a feature_range that is empty or not finite.
    explicit MinMaxScaler(const MinMaxScalerOptions& options = {});

    /// Finds the ranges. Throws ShapeError also for no samples or no features.
    MinMaxScaler& fit(const Tensor& x);
    Tensor transform(const Tensor& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    /// What `transform` made of it, taken back, but for what was clipped.
    Tensor inverse_transform(const Tensor& x) const;
    void save(const std::string& path) const;
    static MinMaxScaler load(const std::string& path);

    /// What `fit` found: float64, (n_features,) each.
    Tensor data_min() const;
    Tensor data_max() const;
    Tensor min() const;
    Tensor scale() const;

private:
    MinMaxScalerOptions options_;
    std::vector<double> data_min_, data_max_, min_, scale_;
    void find_scale();
};

/// Options of `RobustScaler`, with scikit-learn's names and defaults.
struct RobustScalerOptions {
    bool with_centering = true;  ///< Subtracts the median.
    bool with_scaling = true;    ///< Divides by the range between the two quantiles.
    /// The quantiles in percent: 0 <= first <= second <= 100.
    std::pair<double, double> quantile_range = {25.0, 75.0};
    /// Scales so that normal data get variance 1; then 0 < first < second < 100.
    bool unit_variance = false;
};

/// Centres each feature on its median and scales it by a range of quantiles, which outliers hardly move:
/// scikit-learn's `RobustScaler`.
///
/// (x - center) / scale; a feature whose range is below 10 epsilon is only moved. Quantiles between two samples are in
/// proportion.
class XG_EXPORT RobustScaler {
public:
    /// Throws ValueError for a quantile_range out of range.
    explicit RobustScaler(const RobustScalerOptions& options = {});

    /// Finds the medians and quantiles. Throws ShapeError also for no samples or no features.
    RobustScaler& fit(const Tensor& x);
    Tensor transform(const Tensor& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    /// What `transform` made of it, taken back.
    Tensor inverse_transform(const Tensor& x) const;
    void save(const std::string& path) const;
    static RobustScaler load(const std::string& path);

    /// What `fit` found: float64, (n_features,) each.
    Tensor center() const;
    Tensor scale() const;

private:
    RobustScalerOptions options_;
    std::vector<double> center_, scale_;
};

}  // namespace xg::data
