#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <xgrad/xgrad.hpp>

#include "measure.hpp"

// The rows that train with Adam.

namespace bench {

/// A regression by a small network with Adam.
class AdamTraining {
public:
    AdamTraining(std::int64_t inputs, const std::vector<std::int64_t>& widths, xg::Tensor x, xg::Tensor y);
    void step();

private:
    xg::nn::Sequential model_;
    xg::optim::Adam optimizer_;
    xg::Tensor x_, y_;
};

/// The 2-64-1 network on a batch of 32.
AdamTraining small_training();

/// The 784-512-512-10 classifier on a batch of 128.
class ClassifierTraining {
public:
    ClassifierTraining();
    void step();

private:
    xg::nn::Sequential model_;
    xg::optim::Adam optimizer_;
    xg::Tensor x_, labels_;
};

/// Adam alone over 10⁶ numbers in 200 tensors, with gradients that stay.
class AdamAlone {
public:
    AdamAlone();
    void step() { optimizer_.step(); }

private:
    xg::optim::Adam optimizer_;
};

void small_adam_steps(const Options& options);
void classifier_steps(const Options& options);
void adam_steps(const Options& options);

}  // namespace bench
