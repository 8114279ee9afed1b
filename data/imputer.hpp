#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// What `SimpleImputer` puts where a value is missing.
enum class ImputeStrategy {
    mean,           ///< The mean of the feature.
    median,         ///< Its median.
    most_frequent,  ///< Its most frequent value; of several the least.
    constant        ///< `fill_value`.
};

/// Options of `SimpleImputer`, with scikit-learn's names and defaults.
struct SimpleImputerOptions {
    /// What stands for a missing value: NaN, or a finite number. In the latter case no NaN may occur.
    double missing_values = std::numeric_limits<double>::quiet_NaN();
    ImputeStrategy strategy = ImputeStrategy::mean;
    double fill_value = 0.0;     ///< For ImputeStrategy::constant; finite.
    bool add_indicator = false;  ///< Appends a column of 0 and 1 for each feature with missing values in `fit`.
    /// Fills features without any value in `fit` with 0 (or fill_value); else `transform` leaves them out.
    bool keep_empty_features = false;
};

/// Replaces missing values by a number of their feature: scikit-learn's `SimpleImputer`.
///
/// x is (n, n_features) of any dtype; results are float32 for float32, else float64, without a graph. An infinity, or a
/// NaN that does not stand for a missing value, is a ValueError that names the column and its first row; another number
/// of features is a ShapeError.
class XG_EXPORT SimpleImputer {
public:
    /// Throws ValueError for numbers out of range.
    explicit SimpleImputer(const SimpleImputerOptions& options = {});

    /// Finds what to fill in. Throws ShapeError also for no samples or no features.
    SimpleImputer& fit(const Tensor& x);
    /// (n, n_features without those left out + indicators).
    Tensor transform(const Tensor& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    /// Puts missing_values back where the indicators are not 0; features left out are missing throughout. Throws
    /// ValueError without add_indicator.
    Tensor inverse_transform(const Tensor& x) const;
    /// Writes a JSON file, whole or not at all.
    void save(const std::string& path) const;
    /// Reads it again. Throws FileError for any other file, saying what is wrong.
    static SimpleImputer load(const std::string& path);

    /// What is filled in, NaN for a feature that is left out: float64, (n_features,).
    Tensor statistics() const;

private:
    SimpleImputerOptions options_;
    std::vector<double> statistics_;
    std::vector<char> indicated_;  // whether a feature has an indicator
    bool is_missing(double value) const;
};

}  // namespace xg::data
