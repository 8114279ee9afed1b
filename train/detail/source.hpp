#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/data/data_loader.hpp>

namespace xg::train::detail {

/// The samples that a training goes over, batch by batch.
struct Source {
    Tensor x, y, weights;                // either these
    data::DataLoader* loader = nullptr;  // or this
    std::int64_t samples = 0, batch_size = 0, batches = 0;
    bool shuffle = false;

    /// What a resumed training compares: shapes and a checksum of all numbers.
    std::string fingerprint() const;
};

/// The weights of samples by the classes that are their targets, (n). Throws ShapeError, ValueError.
Tensor weights_of_classes(const Tensor& y, const std::map<std::int64_t, double>& class_weight);

/// Weights of samples as they were given, checked: (n), at least 0; undefined as it is. Throws ShapeError, ValueError.
Tensor checked_weights(const Tensor& weights, std::int64_t samples);

}  // namespace xg::train::detail
