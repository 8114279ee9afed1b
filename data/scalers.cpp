#include <xgrad/data/scalers.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/columns.hpp>
#include <xgrad/data/detail/saved.hpp>

namespace xg::data {

namespace {

using detail::Gaps, detail::Matrix, detail::SavedReader, detail::check_fitted, detail::tensor_of;
using Numbers = std::vector<double>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// x with each element passed through `change(element, column)`.
template <class Change>
Tensor change_columns(const std::string& operation, const Tensor& x, const Numbers& fitted, Change&& change) {
    check_fitted(operation, !fitted.empty());
    Matrix matrix = detail::matrix_of(operation, x, static_cast<std::int64_t>(fitted.size()), Gaps::nan);
    for (std::int64_t i = 0; i < matrix.rows; ++i)
        for (std::int64_t j = 0; j < matrix.columns; ++j)
            matrix.at(i, j) = change(matrix.at(i, j), static_cast<std::size_t>(j));
    return tensor_of(matrix, x.dtype());
}

Tensor fitted_row(const std::string& operation, const Numbers& values) {
    check_fitted(operation, !values.empty());
    return tensor_of(values);
}

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt): x * scale + min rounds twice in NumPy.

/// A scale to divide by: 1 in place of one that is next to nothing.
double usable(double scale) { return scale < 10.0 * kEpsilon ? 1.0 : scale; }

/// A saved scale: neither 0 nor negative, but it may be NaN.
Numbers saved_scales(SavedReader& file, std::int64_t n) {
    Numbers scales = file.numbers("scale", n);
    for (const double scale : scales)
        if (scale <= 0.0) file.fail(fmt::format("\"scale\" holds {}, expected more than 0", scale));
    return scales;
}

/// The first list of a file, which says how many features there are.
Numbers first_numbers(SavedReader& file, const char* key) {
    Numbers values = file.numbers(key);
    if (values.empty()) file.fail(fmt::format("\"{}\" is empty", key));
    return values;
}

std::int64_t size_of(const Numbers& values) { return static_cast<std::int64_t>(values.size()); }

}  // namespace

StandardScaler& StandardScaler::fit(const Tensor& x) {
    const Matrix matrix = detail::matrix_of("StandardScaler: fit", x, -1, Gaps::nan);
    Numbers means, variances, scales;
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
        const Numbers known = matrix.known(j);
        const auto n = static_cast<double>(known.size());
        long double sum = 0.0L, squares = 0.0L, rest = 0.0L;
        for (const double value : known) sum += value;
        const auto mean = static_cast<double>(sum / static_cast<long double>(n));
        for (const double value : known) {
            const long double distance = static_cast<long double>(value) - static_cast<long double>(mean);
            squares += distance * distance;
            rest += distance;
        }
        // `rest` makes up for the rounding of the mean.
        const auto count = static_cast<long double>(n);
        const auto variance = static_cast<double>((squares - rest * rest / count) / count);
        means.push_back(mean);
        variances.push_back(variance);
        // The error bound of such a variance (Chan, Golub, LeVeque: Algorithms for computing the sample variance,
        // 1983).
        const double bound = n * kEpsilon * variance + (n * mean * kEpsilon) * (n * mean * kEpsilon);
        scales.push_back(variance <= bound ? 1.0 : std::sqrt(variance));
    }
    mean_ = std::move(means);
    var_ = std::move(variances);
    scale_ = std::move(scales);
    return *this;
}

Tensor StandardScaler::transform(const Tensor& x) const {
    return change_columns("StandardScaler: transform", x, mean_, [&](double v, std::size_t j) {
        if (options_.with_mean) v -= mean_[j];
        return options_.with_std ? v / scale_[j] : v;
    });
}

Tensor StandardScaler::inverse_transform(const Tensor& x) const {
    return change_columns("StandardScaler: inverse_transform", x, mean_, [&](double v, std::size_t j) {
        if (options_.with_std) v *= scale_[j];
        return options_.with_mean ? v + mean_[j] : v;
    });
}

Tensor StandardScaler::mean() const { return fitted_row("StandardScaler: mean", mean_); }
Tensor StandardScaler::var() const { return fitted_row("StandardScaler: var", var_); }
Tensor StandardScaler::scale() const { return fitted_row("StandardScaler: scale", scale_); }

void StandardScaler::save(const std::string& path) const {
    check_fitted("StandardScaler: save", !mean_.empty());
    detail::SavedWriter file("StandardScaler");
    file.flag("with_mean", options_.with_mean);
    file.flag("with_std", options_.with_std);
    file.numbers("mean", mean_);
    file.numbers("var", var_);
    file.numbers("scale", scale_);
    file.write(path);
}

StandardScaler StandardScaler::load(const std::string& path) {
    SavedReader file(path, "StandardScaler");
    StandardScaler result;
    result.options_ = {.with_mean = file.flag("with_mean"), .with_std = file.flag("with_std")};
    result.mean_ = first_numbers(file, "mean");
    result.var_ = file.numbers("var", size_of(result.mean_));
    result.scale_ = saved_scales(file, size_of(result.mean_));
    file.finish();
    return result;
}

MinMaxScaler::MinMaxScaler(const MinMaxScalerOptions& options) : options_(options) {
    const auto [low, high] = options.feature_range;
    if (!(low < high) || !std::isfinite(high - low))
        throw ValueError(
            fmt::format("MinMaxScaler: feature_range is ({}, {}), expected finite bounds, the lower first", low, high));
}

MinMaxScaler& MinMaxScaler::fit(const Tensor& x) {
    const Matrix matrix = detail::matrix_of("MinMaxScaler: fit", x, -1, Gaps::nan);
    data_min_.clear();
    data_max_.clear();
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
        const Numbers known = matrix.known(j);
        data_min_.push_back(known.empty() ? kNaN : *std::min_element(known.begin(), known.end()));
        data_max_.push_back(known.empty() ? kNaN : *std::max_element(known.begin(), known.end()));
    }
    find_scale();
    return *this;
}

void MinMaxScaler::find_scale() {
    const auto [low, high] = options_.feature_range;
    scale_.clear();
    min_.clear();
    for (std::size_t j = 0; j < data_min_.size(); ++j) {
        scale_.push_back((high - low) / usable(data_max_[j] - data_min_[j]));
        min_.push_back(low - data_min_[j] * scale_[j]);
    }
}

Tensor MinMaxScaler::transform(const Tensor& x) const {
    const auto [low, high] = options_.feature_range;
    return change_columns("MinMaxScaler: transform", x, scale_, [&, low = low, high = high](double v, std::size_t j) {
        v = v * scale_[j] + min_[j];
        return options_.clip && !std::isnan(v) ? std::clamp(v, low, high) : v;
    });
}

Tensor MinMaxScaler::inverse_transform(const Tensor& x) const {
    return change_columns("MinMaxScaler: inverse_transform", x, scale_,
                          [&](double v, std::size_t j) { return (v - min_[j]) / scale_[j]; });
}

Tensor MinMaxScaler::data_min() const { return fitted_row("MinMaxScaler: data_min", data_min_); }
Tensor MinMaxScaler::data_max() const { return fitted_row("MinMaxScaler: data_max", data_max_); }
Tensor MinMaxScaler::min() const { return fitted_row("MinMaxScaler: min", min_); }
Tensor MinMaxScaler::scale() const { return fitted_row("MinMaxScaler: scale", scale_); }

void MinMaxScaler::save(const std::string& path) const {
    check_fitted("MinMaxScaler: save", !scale_.empty());
    detail::SavedWriter file("MinMaxScaler");
    file.numbers("feature_range", {options_.feature_range.first, options_.feature_range.second});
    file.flag("clip", options_.clip);
    file.numbers("data_min", data_min_);
    file.numbers("data_max", data_max_);
    file.write(path);
}

MinMaxScaler MinMaxScaler::load(const std::string& path) {
    SavedReader file(path, "MinMaxScaler");
    const Numbers range = file.numbers("feature_range", 2);
    if (!(range[0] < range[1])) file.fail("\"feature_range\" is empty");
    MinMaxScaler result({.feature_range = {range[0], range[1]}, .clip = file.flag("clip")});
    result.data_min_ = first_numbers(file, "data_min");
    result.data_max_ = file.numbers("data_max", size_of(result.data_min_));
    for (std::size_t j = 0; j < result.data_min_.size(); ++j)
        if (result.data_min_[j] > result.data_max_[j])
            file.fail(fmt::format("entry {} of \"data_min\" is greater than that of \"data_max\"", j));
    file.finish();
    result.find_scale();
    return result;
}

RobustScaler::RobustScaler(const RobustScalerOptions& options) : options_(options) {
    const auto [low, high] = options.quantile_range;
    if (!(0.0 <= low && low <= high && high <= 100.0))
        throw ValueError(
            fmt::format("RobustScaler: quantile_range is ({}, {}), expected 0 <= first <= second <= 100", low, high));
    if (options.unit_variance && !(0.0 < low && low < high && high < 100.0))
        throw ValueError(fmt::format(
            "RobustScaler: quantile_range is ({}, {}) with unit_variance, expected 0 < first < second < 100", low,
            high));
}

RobustScaler& RobustScaler::fit(const Tensor& x) {
    const Matrix matrix = detail::matrix_of("RobustScaler: fit", x, -1, Gaps::nan);
    const double low = options_.quantile_range.first / 100.0, high = options_.quantile_range.second / 100.0;
    const double width = options_.unit_variance ? detail::normal_quantile(high) - detail::normal_quantile(low) : 1.0;
    center_.clear();
    scale_.clear();
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
        Numbers known = matrix.known(j);
        std::sort(known.begin(), known.end());
        center_.push_back(detail::median(known));
        scale_.push_back(usable(detail::quantile(known, high) - detail::quantile(known, low)) / width);
    }
    return *this;
}

Tensor RobustScaler::transform(const Tensor& x) const {
    return change_columns("RobustScaler: transform", x, scale_, [&](double v, std::size_t j) {
        if (options_.with_centering) v -= center_[j];
        return options_.with_scaling ? v / scale_[j] : v;
    });
}

Tensor RobustScaler::inverse_transform(const Tensor& x) const {
    return change_columns("RobustScaler: inverse_transform", x, scale_, [&](double v, std::size_t j) {
        if (options_.with_scaling) v *= scale_[j];
        return options_.with_centering ? v + center_[j] : v;
    });
}

Tensor RobustScaler::center() const { return fitted_row("RobustScaler: center", center_); }
Tensor RobustScaler::scale() const { return fitted_row("RobustScaler: scale", scale_); }

void RobustScaler::save(const std::string& path) const {
    check_fitted("RobustScaler: save", !scale_.empty());
    detail::SavedWriter file("RobustScaler");
    file.flag("with_centering", options_.with_centering);
    file.flag("with_scaling", options_.with_scaling);
    file.numbers("quantile_range", {options_.quantile_range.first, options_.quantile_range.second});
    file.flag("unit_variance", options_.unit_variance);
    file.numbers("center", center_);
    file.numbers("scale", scale_);
    file.write(path);
}

RobustScaler RobustScaler::load(const std::string& path) {
    SavedReader file(path, "RobustScaler");
    const Numbers range = file.numbers("quantile_range", 2);
    RobustScaler result;
    try {
        result = RobustScaler({.with_centering = file.flag("with_centering"),
                               .with_scaling = file.flag("with_scaling"),
                               .quantile_range = {range[0], range[1]},
                               .unit_variance = file.flag("unit_variance")});
    } catch (const ValueError& error) {
        file.fail(error.what());
    }
    result.center_ = first_numbers(file, "center");
    result.scale_ = saved_scales(file, size_of(result.center_));
    file.finish();
    return result;
}

}  // namespace xg::data
