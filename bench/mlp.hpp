#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/xgrad.hpp>

/// Linear and ReLU for each width, then Linear: Glorot uniform weights and zero biases, as in all programs of the
/// bench.
inline xg::nn::Sequential make_mlp(std::int64_t inputs, const std::vector<std::int64_t>& widths, std::int64_t outputs) {
    xg::nn::Sequential model;
    for (const std::int64_t width : widths) {
        model.add(xg::nn::Linear(inputs, width), xg::nn::ReLU());
        inputs = width;
    }
    model.add(xg::nn::Linear(inputs, outputs));
    return model;
}
