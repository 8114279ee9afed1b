#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/data/samples.hpp>
#include <xgrad/train/checkpoint.hpp>
#include <xgrad/train/detail/batch_runner.hpp>
#include <xgrad/train/detail/interrupt.hpp>
#include <xgrad/train/detail/meters.hpp>
#include <xgrad/train/detail/progress_bar.hpp>
#include <xgrad/train/detail/source.hpp>
#include <xgrad/train/trainer.hpp>

namespace xg::train::detail {

/// What a Trainer is made of.
struct TrainerBody {
    nn::Module model;
    Loss loss;
    optim::Optimizer* optimizer;
    TrainerOptions options;
    BatchRunner runner;
    History history;

    TrainerBody(const nn::Module& m, Loss l, optim::Optimizer& o, TrainerOptions t)
        : model(m),
          loss(std::move(l)),
          optimizer(&o),
          options(std::move(t)),
          runner(model, loss, options.micro_batches) {}

    Logs evaluate(const Tensor& x, const Tensor& y, const Tensor& weights, std::int64_t batch_size, const char* before);
};

/// A training under way.
class Run final : public Training {
public:
    Run(TrainerBody& body, Source source, data::Samples validation, const FitOptions& options)
        : Training(body.model, *body.optimizer),
          body_(body),
          source_(std::move(source)),
          validation_(std::move(validation)),
          options_(options),
          meters_(body.options.metrics),
          bar_(options.verbose, options.epochs) {
        epochs_ = options.epochs;
        batches_ = source_.batches;
        for (const Tensor& p : model_.parameters())
            if (std::none_of(optimizer_.parameters().begin(), optimizer_.parameters().end(),
                             [&](const Tensor& q) { return q.unsafe_body() == p.unsafe_body(); }))
                others_.push_back(p);
        if (source_.loader != nullptr) pass_ = source_.loader->epoch();
    }

    History run();

    void save(const std::string& path) const override;

private:
    void run_epoch(const InterruptScope& interrupt);
    void zero_grad();

    /// Calls `go_on(x, y, weights)` for each batch of an epoch, until it returns false.
    template <class F>
    void each_batch(F&& go_on);
    void run_batch(const Tensor& x, const Tensor& y, const Tensor& weights);

    void resume();
    void write(const std::string& path) const;
    CheckpointParts parts() const;

    TrainerBody& body_;
    Source source_;
    data::Samples validation_;
    const FitOptions& options_;
    Meters meters_;
    std::vector<Tensor> others_;  // which the optimizer leaves alone, but backward does not
    ProgressBar bar_;
    std::uint64_t pass_ = 0;  // of the loader, that a training that is resumed goes on with
    bool said_plan_ = false, at_epoch_end_ = false, stopped_at_epoch_end_ = false;
    mutable std::vector<std::string> to_save_;
    mutable std::string fingerprint_;
};

}  // namespace xg::train::detail
