#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::train {

/// What a Metric is made of: a copyable class that collects batches until it is asked for the number.
template <class T>
concept MetricLike = std::copy_constructible<T> && requires(T metric, const T& same, const Tensor& tensor) {
    { same.name() } -> std::convertible_to<std::string>;
    metric.reset();
    metric.update(tensor, tensor, tensor);
    { same.compute() } -> std::convertible_to<double>;
};

/// A number that says how good predictions are, collected batch by batch over an epoch: any class with
///
///     std::string name() const;                                                  // its key in History, `accuracy`
///     void reset();                                                              // forgets all batches
///     void update(const xg::Tensor& prediction, const xg::Tensor& target, const xg::Tensor& weights);
///     double compute() const;                                                    // NaN where nothing was collected
///
/// `weights` has one number a sample, or is undefined: all count the same. Copies are independent of each other.
class XG_EXPORT Metric {
public:
    template <MetricLike M>
        requires(!std::same_as<M, Metric>)
    Metric(M metric) : held_(std::make_unique<Held<M>>(std::move(metric))) {}
    Metric(const Metric& other) : held_(other.held_->copy()) {}
    Metric(Metric&&) noexcept = default;
    Metric& operator=(Metric other) noexcept {
        held_ = std::move(other.held_);
        return *this;
    }
    ~Metric() = default;

    /// Its key in a History and in a progress bar.
    std::string name() const { return held_->name(); }
    /// Forgets all batches.
    void reset() { held_->reset(); }
    /// Adds a batch. Throws ShapeError and DTypeError for what the metric cannot be computed of, and has then added
    /// nothing.
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights = {}) {
        held_->update(prediction, target, weights);
    }
    /// The number over all batches since the last reset; NaN where there were none.
    double compute() const { return held_->compute(); }

private:
    struct Erased {
        virtual ~Erased() = default;
        virtual std::unique_ptr<Erased> copy() const = 0;
        virtual std::string name() const = 0;
        virtual void reset() = 0;
        virtual void update(const Tensor& prediction, const Tensor& target, const Tensor& weights) = 0;
        virtual double compute() const = 0;
    };
    template <class M>
    struct Held final : Erased {
        M metric;
        explicit Held(M m) : metric(std::move(m)) {}
        std::unique_ptr<Erased> copy() const override { return std::make_unique<Held>(metric); }
        std::string name() const override { return metric.name(); }
        void reset() override { metric.reset(); }
        void update(const Tensor& prediction, const Tensor& target, const Tensor& weights) override {
            metric.update(prediction, target, weights);
        }
        double compute() const override { return metric.compute(); }
    };

    std::unique_ptr<Erased> held_;
};

}  // namespace xg::train
