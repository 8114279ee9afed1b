#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::data::detail {

/// A matrix of float64, row by row.
struct Matrix {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values = {};

    double& at(std::int64_t i, std::int64_t j) { return values[static_cast<std::size_t>(i * columns + j)]; }
    double at(std::int64_t i, std::int64_t j) const { return values[static_cast<std::size_t>(i * columns + j)]; }
    /// The numbers of column `j`, without the NaNs.
    std::vector<double> known(std::int64_t j) const;
};

/// What a matrix may hold besides finite numbers.
enum class Gaps { none, nan };

/// The elements of `x`, which must be a matrix of numbers; `operation` names a class and what it does.
///
/// Throws ValueError for an undefined tensor and for what `gaps` does not allow, naming the column and its first row,
/// and ShapeError unless x is (n, columns); columns < 0 stands for any number but 0, of at least one row.
Matrix matrix_of(const std::string& operation, const Tensor& x, std::int64_t columns, Gaps gaps);

/// The matrix in float32 if `like` is that, else in float64.
Tensor tensor_of(const Matrix& matrix, DType like);
/// A row of numbers: float64, (n,).
Tensor tensor_of(const std::vector<double>& values);

/// Throws ValueError unless `fitted`: `operation` needs what `fit` finds.
void check_fitted(const std::string& operation, bool fitted);

/// The quantile `share` in [0, 1] of sorted numbers, between two of them in proportion, as NumPy's method "linear".
/// NaN if there are none.
double quantile(const std::vector<double>& sorted, double share);
/// The middle of sorted numbers, or the mean of the two in the middle. NaN if there are none.
double median(const std::vector<double>& sorted);
/// The standard normal distribution's quantile for a share in (0, 1).
double normal_quantile(double share);

}  // namespace xg::data::detail
