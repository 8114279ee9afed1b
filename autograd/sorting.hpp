#pragma once

#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/tensor.hpp>

// Order along an axis: sorting, ranks, quantiles; and counts: bincount, histogram. NaN counts as greater than all
// numbers, and -0 as equal to 0. Negative axes count from the end; a tensor of rank 0 counts as one element. They throw
// ShapeError for an axis that is out of range.

namespace xg {

/// Elements and where they were: `auto [values, indices] = xg::sort(x);`.
struct SortResult {
    Tensor values;
    Tensor indices;  ///< int64: positions along the axis.
};

/// The elements along `axis` from the least to the greatest, or the other way round. Stable: equal ones keep their
/// order.
XG_EXPORT SortResult sort(const Tensor& x, std::int64_t axis = -1, bool descending = false);
/// The positions that `sort` takes its elements from: int64.
XG_EXPORT Tensor argsort(const Tensor& x, std::int64_t axis = -1, bool descending = false);

/// Options of `topk`.
struct TopkOptions {
    bool largest = true;  ///< Else the least elements.
    bool sorted = true;   ///< In order; else in any.
};

/// The k greatest elements along `axis`, or the k least; of equal ones the first. Throws ValueError unless 0 <= k <=
/// the axis's size.
XG_EXPORT SortResult topk(const Tensor& x, std::int64_t k, std::int64_t axis = -1, const TopkOptions& options = {});
/// The k-th least element along `axis`, counted from 1. Throws ValueError unless 1 <= k <= the axis's size.
XG_EXPORT SortResult kthvalue(const Tensor& x, std::int64_t k, std::int64_t axis = -1, bool keepdims = false);

/// The median of all elements, the lower of the two for an even number; NaN if any element is, or for none. Equal
/// elements share the gradient evenly.
XG_EXPORT Tensor median(const Tensor& x);
/// The median along `axis`, the lower of the two for an even number, and its position; NaN, with the position of the
/// first one, if any element is. The gradient goes to that position. Throws ShapeError for no elements.
XG_EXPORT SortResult median(const Tensor& x, std::int64_t axis, bool keepdims = false);

/// What a quantile between two elements is.
enum class QuantileMethod : std::uint8_t { linear, lower, higher, midpoint, nearest };

/// Options of `quantile`.
struct QuantileOptions {
    bool keepdims = false;
    QuantileMethod method =
        QuantileMethod::linear;  ///< `nearest` takes the even position of two that are equally near.
};

/// The q-quantiles over all axes or some: what lies at q · (n - 1) in the order of n elements; NaN if any element is,
/// and between -inf and inf. q is a number, or a tensor of rank 0 or 1: the result then has q's axis in front of the
/// others. Differentiable in x and q. Integers give float32. Throws ShapeError for no elements and q of higher rank,
/// and ValueError for a q outside [0, 1].
XG_EXPORT Tensor quantile(const Tensor& x, const Tensor& q, const Axes& axes = {}, const QuantileOptions& options = {});
XG_EXPORT Tensor quantile(const Tensor& x, double q, const Axes& axes = {}, const QuantileOptions& options = {});

/// Where to put each of `values` into `sequence`, ascending along its last axis, so that it stays sorted: int64, the
/// first such position, or with `right` the last. A sequence of rank 1 serves values of any shape; else all axes but
/// the last must agree: throws ShapeError.
XG_EXPORT Tensor searchsorted(const Tensor& sequence, const Tensor& values, bool right = false);

/// The different elements of a tensor.
struct UniqueResult {
    Tensor values;   ///< Of rank 1, in order; every NaN is one of its own.
    Tensor inverse;  ///< int64, of the tensor's shape: which of the values each element is.
    Tensor counts;   ///< int64: how often each value occurs.
};

/// The different elements of x, of any shape, in ascending order. Not differentiable. Throws ValueError for an
/// undefined tensor.
XG_EXPORT UniqueResult unique(const Tensor& x);

/// How often each of 0, 1, 2, … occurs in x, of int64 and rank 1: int64, of size max(minlength, max(x) + 1). With
/// `weights`, of x's shape, their sums, through which gradients flow. Throws DTypeError, ShapeError, and ValueError for
/// negative elements.
XG_EXPORT Tensor bincount(const Tensor& x, const Tensor& weights = {}, std::int64_t minlength = 0);

/// Options of `histogram`.
struct HistogramOptions {
    double low = 0,
           high = 0;       ///< The outer edges of bins of equal width; both 0 for the least and the greatest element.
    Tensor weights = {};   ///< Of x's shape: what each element counts.
    bool density = false;  ///< Divided so that counts · widths sum to 1.
};

/// Counts and the edges of their bins.
struct HistogramResult {
    Tensor counts;  ///< In x's dtype, or float32.
    Tensor edges;   ///< One more than there are counts.
};

/// How many elements lie in each of `bins` bins; the last one holds its upper edge, too. Elements outside, and NaN, are
/// left out. Not differentiable. Throws ValueError for bins < 1, for a range that is not finite or not ascending, and
/// for more bins than it has numbers, and ShapeError for weights of another shape.
XG_EXPORT HistogramResult histogram(const Tensor& x, std::int64_t bins, const HistogramOptions& options = {});
/// The same for bins between ascending `edges`, of rank 1; the options' range is not used.
XG_EXPORT HistogramResult histogram(const Tensor& x, const Tensor& edges, const HistogramOptions& options = {});

}  // namespace xg
