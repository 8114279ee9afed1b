#include <xgrad/train/detail/metric_data.hpp>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>

namespace xg::train::detail {

Tensor as_doubles(const Tensor& t) { return t.detach().to(float64).contiguous(); }

std::int64_t check_same(const std::string& metric, const Tensor& prediction, const Tensor& target) {
    if (!prediction.defined() || !target.defined())
        throw ValueError(fmt::format("{}: expected predictions and targets, got an undefined tensor", metric));
    const std::int64_t rows = target.rank() == 0 ? 1 : target.size(0);
    const std::int64_t others = prediction.rank() == 0 ? 1 : prediction.size(0);
    if (rows != others || prediction.numel() != target.numel() ||
        (prediction.rank() > 1 && target.rank() > 1 && !(prediction.shape() == target.shape())))
        throw ShapeError(fmt::format("{}: expected predictions and targets of one shape, got {} and {}", metric,
                                     prediction.shape().str(), target.shape().str()));
    return rows;
}

Tensor metric_weights(const std::string& metric, const Tensor& weights, std::int64_t rows) {
    if (!weights.defined()) return {};
    if (weights.numel() != rows || weights.rank() != 1)
        throw ShapeError(
            fmt::format("{}: expected weights of shape ({},), got {}", metric, rows, weights.shape().str()));
    return as_doubles(weights);
}

}  // namespace xg::train::detail
