#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <xgrad/optim/lr_scheduler.hpp>

// The schedules of PyTorch that follow a formula, with its names, options and values. `t` below is the epoch, 0 when
// the schedule is made.

namespace xg::optim {

/// Options of StepLR.
struct StepLROptions {
    std::int64_t step_size = 1;  ///< At least 1.
    double gamma = 0.1;
};
/// Multiplies the rate by gamma every `step_size` epochs. Throws ValueError for options out of range.
class XG_EXPORT StepLR : public LRScheduler {
public:
    explicit StepLR(Optimizer& optimizer, const StepLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    StepLROptions options_;
};

/// Options of MultiStepLR.
struct MultiStepLROptions {
    std::vector<std::int64_t> milestones = {};
    double gamma = 0.1;
};
/// Multiplies the rate by gamma at each of the milestones, as often as it is listed. Throws ValueError for options out
/// of range.
class XG_EXPORT MultiStepLR : public LRScheduler {
public:
    explicit MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    MultiStepLROptions options_;
};

/// Options of ConstantLR.
struct ConstantLROptions {
    double factor = 1.0 / 3;       ///< In (0, 1].
    std::int64_t total_iters = 5;  ///< At least 0.
};
/// Multiplies the rate by `factor` until epoch `total_iters`. Throws ValueError for options out of range.
class XG_EXPORT ConstantLR : public LRScheduler {
public:
    explicit ConstantLR(Optimizer& optimizer, const ConstantLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    ConstantLROptions options_;
};

/// Options of LinearLR.
struct LinearLROptions {
    double start_factor = 1.0 / 3;  ///< In (0, 1].
    double end_factor = 1;          ///< In [0, 1].
    std::int64_t total_iters = 5;   ///< At least 1.
};
/// Warms up: multiplies the rate by a factor that goes from start_factor to end_factor in `total_iters` epochs, evenly,
/// and stays there. Throws ValueError for options out of range.
class XG_EXPORT LinearLR : public LRScheduler {
public:
    explicit LinearLR(Optimizer& optimizer, const LinearLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    LinearLROptions options_;
};

/// Options of ExponentialLR.
struct ExponentialLROptions {
    double gamma = 0.95;  ///< At least 0. (PyTorch has no default.)
};
/// Multiplies the rate by gamma every epoch. Throws ValueError for options out of range.
class XG_EXPORT ExponentialLR : public LRScheduler {
public:
    explicit ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    ExponentialLROptions options_;
};

/// Options of CosineAnnealingLR.
struct CosineAnnealingLROptions {
    std::int64_t T_max = 100;  ///< At least 1. (PyTorch has no default.)
    double eta_min = 0;        ///< At least 0.
};
/// From the first rate to eta_min in `T_max` epochs along half a period of the cosine, and back (Loshchilov and Hutter,
/// arXiv:1608.03983): eta_min + (rate - eta_min) · (1 + cos(π t / T_max)) / 2. Throws ValueError for options out of
/// range.
class XG_EXPORT CosineAnnealingLR : public LRScheduler {
public:
    explicit CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    double closed_form(std::size_t group) const override;

private:
    CosineAnnealingLROptions options_;
};

/// Options of CosineAnnealingWarmRestarts.
struct CosineAnnealingWarmRestartsOptions {
    std::int64_t T_0 = 10;    ///< The first period, at least 1. (PyTorch has no default.)
    std::int64_t T_mult = 1;  ///< Each period is so many times the one before; at least 1.
    double eta_min = 0;       ///< At least 0.
};
/// The same half of a cosine, begun anew at the first rate after each period. Throws ValueError for options out of
/// range.
class XG_EXPORT CosineAnnealingWarmRestarts : public LRScheduler {
public:
    explicit CosineAnnealingWarmRestarts(Optimizer& optimizer, const CosineAnnealingWarmRestartsOptions& options = {});

protected:
    double next_lr(std::size_t group) const override;
    void advance() override;
    void read(detail::StateReader& reader, const std::string& prefix) override;
    void commit() override;
    void write(State& state, const std::string& prefix) const override;

private:
    CosineAnnealingWarmRestartsOptions options_;
    std::int64_t T_cur_ = -1, T_i_, loaded_T_cur_ = 0, loaded_T_i_ = 1;
};

/// A factor for each epoch.
using LRLambda = std::function<double(std::int64_t epoch)>;

/// Sets the first rate times what a function makes of the epoch. Throws ValueError unless there is one function, or one
/// for each group.
class XG_EXPORT LambdaLR : public LRScheduler {
public:
    LambdaLR(Optimizer& optimizer, LRLambda lr_lambda);
    LambdaLR(Optimizer& optimizer, std::vector<LRLambda> lr_lambdas);

protected:
    double next_lr(std::size_t group) const override;

private:
    std::vector<LRLambda> lambdas_;
};

}  // namespace xg::optim
