#pragma once

#include <cstdint>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/data_loader.hpp>

namespace xg::data::detail {

/// The number of draws. Throws ValueError for a sampler that makes no sense with so many samples.
std::int64_t check_sampler(const WeightedRandomSampler& sampler, std::int64_t samples);

/// Numbers of samples as they are drawn: an int64 tensor, (draws,), that depends on the stream alone.
Tensor weighted_order(const WeightedRandomSampler& sampler, std::int64_t draws, const Philox& stream);

}  // namespace xg::data::detail
