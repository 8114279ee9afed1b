#pragma once

#include <functional>

#include "torch_table.hpp"

namespace parity {

/// The loss with the reduction in the option "reduction", which `loss` is given as one of libtorch's; that has no mean
/// over batches.
at::Tensor with_reduction(const Options& o, std::int64_t batch, const std::function<at::Tensor(std::int64_t)>& loss);
/// The same of the losses of all elements.
at::Tensor reduced(const at::Tensor& losses, const Options& o);
/// The size of the first axis; 1 where there is none.
std::int64_t batch_of(const at::Tensor& x);

}  // namespace parity
