#include <xgrad/data/detail/columns.hpp>

#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data::detail {

std::vector<double> Matrix::known(std::int64_t j) const {
    std::vector<double> result;
    for (std::int64_t i = 0; i < rows; ++i)
        if (!std::isnan(at(i, j))) result.push_back(at(i, j));
    return result;
}

Matrix matrix_of(const std::string& operation, const Tensor& x, std::int64_t columns, Gaps gaps) {
    if (!x.defined()) throw ValueError(operation + ": x is undefined, expected a tensor");
    if (x.rank() != 2 || (columns >= 0 ? x.size(1) != columns : x.numel() == 0))
        throw ShapeError(
            fmt::format("{}: x has shape {}, expected (n, {})", operation, x.shape().str(),
                        columns >= 0 ? std::to_string(columns) : "features) with at least 1 sample and 1 feature"));
    Matrix result{x.size(0), x.size(1), x.to_vector()};
    for (std::int64_t j = 0; j < result.columns; ++j)
        for (std::int64_t i = 0; i < result.rows; ++i) {
            const double value = result.at(i, j);
            if (std::isfinite(value) || (gaps == Gaps::nan && std::isnan(value))) continue;
            throw ValueError(fmt::format("{}: column {} holds {} in row {}, expected finite numbers{}", operation, j,
                                         value, i, gaps == Gaps::nan ? " or NaN" : ""));
        }
    return result;
}

Tensor tensor_of(const Matrix& matrix, DType like) {
    return from_data(matrix.values, {matrix.rows, matrix.columns}, {.dtype = like == float32 ? float32 : float64});
}

Tensor tensor_of(const std::vector<double>& values) {
    return from_data(values, {static_cast<std::int64_t>(values.size())}, {.dtype = float64});
}

void check_fitted(const std::string& operation, bool fitted) {
    if (!fitted) throw ValueError(operation + ": nothing was fitted yet, expected fit or load before");
}

double quantile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = static_cast<double>(sorted.size() - 1) * share, below = std::floor(place);
    const auto i = static_cast<std::size_t>(below);
    if (i + 1 >= sorted.size()) return sorted.back();
    const double part = place - below, step = sorted[i + 1] - sorted[i];
    return part < 0.5 ? sorted[i] + step * part : sorted[i + 1] - step * (1.0 - part);
}

double median(const std::vector<double>& sorted) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
}

double normal_quantile(double share) {
    // Bisection of the distribution function down to neighbouring numbers: slow, exact and called twice.
    if (share > 0.5) return -normal_quantile(1.0 - share);
    double low = -40.0, high = 0.0;
    for (int i = 0; i < 200 && low < high; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) break;
        (0.5 * std::erfc(-middle / std::numbers::sqrt2) < share ? low : high) = middle;
    }
    return high;
}

}  // namespace xg::data::detail
