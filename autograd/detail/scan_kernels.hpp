#pragma once

#include <xgrad/autograd/detail/lines.hpp>

// Running results along lines, written to the contiguous `y`. float32 accumulates in double precision; int64 wraps.

namespace xg::detail {

/// The sums of all elements up to each one; with `backward`, from each one on.
void scan_sums(const Lines& x, const Tensor& y, bool backward);
/// The products of all elements up to each one.
void scan_products(const Lines& x, const Tensor& y);
/// log of the sums of exp of all elements up to each one.
void scan_logsumexp(const Lines& x, const Tensor& y);
/// y[i] = g[i] + a[i] · y[i - 1], or with `backward` y[i] = g[i] + a[i + 1] · y[i + 1].
void scan_recurrence(const Lines& g, const Lines& a, const Tensor& y, bool backward);
/// The greatest element so far (or the least) and the position of the last one of several; NaN, once met, stays.
void scan_extremes(const Lines& x, const Tensor& y, const Tensor& positions, bool least);

}  // namespace xg::detail
