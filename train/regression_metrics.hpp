#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

// Metrics of predicted numbers. Predictions and targets have the same shape, (n) or (n, outputs); an (n, 1) beside an
// (n) is the same, never broadcast. Of any real dtype; sums are made in double precision. Weights of samples are (n). A
// NaN makes the metric NaN. All throw ShapeError, which names the metric and both shapes, and have then added nothing.

namespace xg::train {

namespace detail {

/// A weighted mean of errors over batches.
class XG_EXPORT MeanOfErrors {
public:
    enum class Kind : std::uint8_t { square, absolute, percentage };
    MeanOfErrors(Kind kind, std::string name) : kind_(kind), name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() noexcept { sum_ = weight_ = 0; }
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double mean() const noexcept { return sum_ / weight_; }

private:
    Kind kind_;
    std::string name_;
    double sum_ = 0, weight_ = 0;
};

}  // namespace detail

/// The mean of (prediction - target)².
class XG_EXPORT MeanSquaredError : public detail::MeanOfErrors {
public:
    explicit MeanSquaredError(std::string name = "mean_squared_error") : MeanOfErrors(Kind::square, std::move(name)) {}
    double compute() const noexcept { return mean(); }
};

/// The root of that mean.
class XG_EXPORT RootMeanSquaredError : public detail::MeanOfErrors {
public:
    explicit RootMeanSquaredError(std::string name = "root_mean_squared_error")
        : MeanOfErrors(Kind::square, std::move(name)) {}
    double compute() const noexcept;
};

/// The mean of |prediction - target|.
class XG_EXPORT MeanAbsoluteError : public detail::MeanOfErrors {
public:
    explicit MeanAbsoluteError(std::string name = "mean_absolute_error")
        : MeanOfErrors(Kind::absolute, std::move(name)) {}
    double compute() const noexcept { return mean(); }
};

/// The mean of 100 · |prediction - target| / max(|target|, 1e-7), in percent, as in Keras.
class XG_EXPORT MeanAbsolutePercentageError : public detail::MeanOfErrors {
public:
    explicit MeanAbsolutePercentageError(std::string name = "mean_absolute_percentage_error")
        : MeanOfErrors(Kind::percentage, std::move(name)) {}
    double compute() const noexcept { return mean(); }
};

/// The coefficient of determination, 1 - Σ(prediction - target)² / Σ(target - mean)²; of several outputs the mean of
/// theirs, as in scikit-learn. Where the target does not vary it is 1 if all predictions are right, else 0. NaN for
/// fewer than two samples.
class XG_EXPORT R2Score {
public:
    explicit R2Score(std::string name = "r2_score") : name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() noexcept;
    /// Throws ShapeError, too, for another number of outputs than before.
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept;

private:
    /// Of one output: weighted sums, the target's about its mean so far (West, Updating mean and variance estimates,
    /// CACM 1979), so that large targets lose nothing.
    struct Output {
        double weight = 0, mean = 0, about_mean = 0, errors = 0;
    };
    std::string name_;
    std::vector<Output> outputs_;
    std::int64_t samples_ = 0;
};

}  // namespace xg::train
