#pragma once

#include <cstdint>
#include <optional>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/random.hpp>

namespace xg::data::detail {

/// Throws unless `x` and `y` are defined, of rank 1 or more, and have as many entries along the first axis; gives
/// that number. Throws ValueError for an undefined one and ShapeError for the rest, in the name of `operation`.
std::int64_t check_rows(const char* operation, const Tensor& x, const Tensor& y);

/// The entries number order[0], …, order[n - 1] of the first axis of `tensor`, which must be contiguous: a new tensor
/// of any dtype and rank >= 1, without a graph. The order's numbers must be in range.
Tensor gather_rows(const Tensor& tensor, const std::int64_t* order, std::int64_t n);

/// The same into `result`, which is contiguous, has such a shape and dtype, and may be written to.
void gather_rows(const Tensor& tensor, const std::int64_t* order, std::int64_t n, Tensor& result);

/// The random numbers of the next pass over a data set: of the seed and the epoch, which is counted up, or of this
/// thread's generator.
Philox pass_stream(const std::optional<std::uint64_t>& seed, std::uint64_t& epoch);

/// 0, …, n - 1 in an order that depends on the stream alone: an int64 tensor, (n,).
Tensor shuffled_order(std::int64_t n, const Philox& stream);

}  // namespace xg::data::detail
