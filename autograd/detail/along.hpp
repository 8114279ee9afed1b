#pragma once

#include <xgrad/autograd/detail/body.hpp>

// Operations along an axis whose derivatives are made of each other. All recorded.

namespace xg::detail {

/// x's elements at `indices` along `axis`: int64, in range, of x's shape but for that axis.
Tensor pick_along(const Tensor& x, std::size_t axis, const Tensor& indices);
/// Zeros of `size` along `axis`, to which g's elements are added at `indices`.
Tensor put_along(const Tensor& g, std::size_t axis, const Tensor& indices, std::int64_t size);

/// Which way a scan runs.
enum class Direction : std::uint8_t { forward, backward };

/// The sums of all elements up to each one, or from each one on. x is of a floating-point type or int64.
Tensor running_sum(const Tensor& x, std::size_t axis, Direction direction);

/// The recurrence y[i] = g[i] + a[i] · y[i - 1], or backward y[i] = g[i] + a[i + 1] · y[i + 1]; g and a of one shape
/// and floating-point type. The sums and products in gradients of cumulative products are of this form, and it is its
/// own derivative's.
Tensor recurrence(const Tensor& g, const Tensor& a, std::size_t axis, Direction direction);

/// x moved one place towards the end of `axis`, with `first` in front.
Tensor shifted(const Tensor& x, std::size_t axis, double first);

/// x with the axes that `reduced` marks at the end, as one of `count` elements.
Tensor gathered_axes(const Tensor& x, const Shape& reduced, std::int64_t count);

}  // namespace xg::detail
