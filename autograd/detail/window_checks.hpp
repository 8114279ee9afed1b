#pragma once

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/pair.hpp>

// What operations on windows check before they compute.

namespace xg::detail {

/// Whether x has an axis for images before those of channels and of `spatial` sizes. Throws ShapeError unless x has the
/// rank of a batch or of one image.
bool check_images(const Tensor& x, std::size_t spatial, const char* operation);
/// Throws DTypeError unless x is of a floating-point type.
void check_floating(const Tensor& x, const char* operation);

/// An image as a batch of one, and back. Recorded.
Tensor batch_of_one(const Tensor& x);
Tensor only_image(const Tensor& y);

/// Throws ValueError unless at least `least`, and small enough that sizes computed from it do not overflow.
void check_option(std::int64_t value, std::int64_t least, const char* option, const char* operation);
void check_option(const Pair& value, std::int64_t least, const char* option, const char* operation);

/// How many windows there are along each axis. With `ceil_mode` also the last one that is not complete, unless it
/// begins in the padding behind. Throws ShapeError where not even one lies in the padded input.
Pair window_counts(const Pair& size, const Pair& kernel, const Pair& stride, const Pair& padding, const Pair& dilation,
                   bool ceil_mode, bool flat, const char* operation);

}  // namespace xg::detail
