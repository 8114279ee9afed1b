#include <xgrad/train/regression_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/train/detail/metric_data.hpp>

namespace xg::train {
namespace {

using Kind = detail::MeanOfErrors::Kind;

template <Kind kind, class P, class T>
double error(P prediction, T target) {
    const double p = static_cast<double>(prediction), t = static_cast<double>(target), d = p - t;
    if constexpr (kind == Kind::square)
        return d * d;
    else if constexpr (kind == Kind::absolute)
        return std::abs(d);
    else
        return 100 * std::abs(d) / std::max(std::abs(t), 1e-7);
}

/// The sum of errors, in eight lanes that the compiler makes vectors of.
template <Kind kind, class P, class T>
double sum_of_errors(const P* prediction, const T* target, std::int64_t n) {
    constexpr std::int64_t lanes = 8;
    double sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
        for (std::int64_t k = 0; k < lanes; ++k) sums[k] += error<kind>(prediction[i + k], target[i + k]);
    for (; i < n; ++i) sums[0] += error<kind>(prediction[i], target[i]);
    double sum = 0;
    for (const double s : sums) sum += s;
    return sum;
}

template <Kind kind, class T>
double weighted(const T* p, const T* t, std::int64_t n, const double* weights, std::int64_t rows) {
    if (weights == nullptr) return sum_of_errors<kind>(p, t, n);
    double sum = 0;
    const std::int64_t row = rows == 0 ? 0 : n / rows;
    for (std::int64_t r = 0; r < rows; ++r) sum += weights[r] * sum_of_errors<kind>(p + r * row, t + r * row, row);
    return sum;
}

/// float32, which nearly all are, as it is; anything else by way of float64.
template <Kind kind>
double weighted(const Tensor& prediction, const Tensor& target, const double* weights, std::int64_t rows) {
    const std::int64_t n = target.numel();
    const auto plain = [](const Tensor& t) { return t.dtype() == float32 && t.is_contiguous(); };
    if (plain(prediction) && plain(target))
        return weighted<kind>(prediction.data<float>(), target.data<float>(), n, weights, rows);
    const Tensor p = detail::as_doubles(prediction), t = detail::as_doubles(target);
    return weighted<kind>(p.data<double>(), t.data<double>(), n, weights, rows);
}

}  // namespace

void detail::MeanOfErrors::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const std::int64_t rows = check_same(name_, prediction, target);
    const Tensor w = metric_weights(name_, weights, rows);
    const double* const of = w.defined() ? w.data<double>() : nullptr;
    switch (kind_) {
        case Kind::square: sum_ += weighted<Kind::square>(prediction, target, of, rows); break;
        case Kind::absolute: sum_ += weighted<Kind::absolute>(prediction, target, of, rows); break;
        case Kind::percentage: sum_ += weighted<Kind::percentage>(prediction, target, of, rows); break;
    }
    if (of == nullptr) {
        weight_ += static_cast<double>(target.numel());
    } else {
        const double row = rows == 0 ? 0 : static_cast<double>(target.numel() / rows);
        for (std::int64_t r = 0; r < rows; ++r) weight_ += of[r] * row;
    }
}

double RootMeanSquaredError::compute() const noexcept { return std::sqrt(mean()); }

void R2Score::reset() noexcept {
    outputs_.clear();
    samples_ = 0;
}

void R2Score::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const std::int64_t rows = detail::check_same(name_, prediction, target);
    const Tensor w = detail::metric_weights(name_, weights, rows);
    if (rows == 0) return;
    const std::int64_t outputs = target.numel() / rows;
    if (samples_ > 0 && outputs != static_cast<std::int64_t>(outputs_.size()))
        throw ShapeError(fmt::format("{}: expected {} outputs as before, got {}", name_, outputs_.size(), outputs));
    outputs_.resize(static_cast<std::size_t>(outputs));
    const Tensor predictions = detail::as_doubles(prediction), targets = detail::as_doubles(target);
    const double *p = predictions.data<double>(), *t = targets.data<double>();
    for (std::int64_t r = 0; r < rows; ++r) {
        const double weight = w.defined() ? w.data<double>()[r] : 1;
        for (Output& o : outputs_) {
            const double y = *t++, error = *p++ - y;
            if (weight == 0) continue;
            o.weight += weight;
            const double before = y - o.mean;
            o.mean += before * (weight / o.weight);
            o.about_mean += weight * before * (y - o.mean);
            o.errors += weight * error * error;
        }
    }
    samples_ += rows;
}

double R2Score::compute() const noexcept {
    if (samples_ < 2) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (const Output& o : outputs_) sum += o.about_mean == 0 ? (o.errors == 0 ? 1 : 0) : 1 - o.errors / o.about_mean;
    return sum / static_cast<double>(outputs_.size());
}

}  // namespace xg::train
