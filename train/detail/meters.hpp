#pragma once

#include <string>
#include <utility>
#include <vector>

#include <xgrad/nn/module.hpp>
#include <xgrad/train/detail/batch_runner.hpp>
#include <xgrad/train/history.hpp>
#include <xgrad/train/metric.hpp>

namespace xg::train::detail {

/// Puts a model into a mode, and back at the end of the scope.
class ModeScope {
public:
    ModeScope(const nn::Module& model, bool training) : model_(model) {
        for (const auto& [name, module] : model.named_modules()) before_.emplace_back(module, module.is_training());
        model.train(training);
    }
    ~ModeScope() {
        // Children come after their parents, whose mode reaches down.
        for (const auto& [module, training] : before_) module.train(training);
    }
    ModeScope(const ModeScope&) = delete;
    ModeScope& operator=(const ModeScope&) = delete;

private:
    nn::Module model_;
    std::vector<std::pair<nn::Module, bool>> before_;
};

/// The mean of batches' losses by their weights, or their sum, and metrics over them.
class Meters {
public:
    explicit Meters(std::vector<Metric> metrics, bool sums = false) : metrics_(std::move(metrics)), sums_(sums) {
        for (Metric& m : metrics_) names_.push_back(m.name());
    }
    void reset() {
        for (Metric& m : metrics_) m.reset();
        loss_ = weight_ = 0;
    }
    void add(const BatchResult& batch, const Tensor& y) {
        // Of a batch in which nothing counts there is no mean.
        if (sums_) {
            loss_ += batch.loss;
        } else if (batch.weight != 0) {
            loss_ += batch.loss * batch.weight;
            weight_ += batch.weight;
        }
        for (Metric& m : metrics_) m.update(batch.prediction, y, Tensor());
    }
    bool wants_predictions() const noexcept { return !metrics_.empty(); }
    double loss() const { return sums_ ? loss_ : loss_ / weight_; }
    void log(Logs& logs, const char* before, bool with_metrics = true) const {
        logs.emplace_back(std::string(before) + "loss", loss());
        for (std::size_t i = 0; with_metrics && i < metrics_.size(); ++i)
            logs.emplace_back(before + names_[i], metrics_[i].compute());
    }

private:
    std::vector<Metric> metrics_;
    std::vector<std::string> names_;
    bool sums_;
    double loss_ = 0, weight_ = 0;
};

}  // namespace xg::train::detail
