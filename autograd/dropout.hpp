#pragma once

#include <xgrad/autograd/tensor.hpp>

// Dropout: elements are set to 0 at random, and the others scaled so that the expectation stays. (Srivastava et al.,
// Dropout, JMLR 2014.)
//
// What is drawn comes from the generator that `manual_seed` seeds, a new stream with each call. Element j of row r (the
// first axis counts the rows of a batch) draws the same number however many rows there are. All return x itself outside
// of training and for p = 0, and throw ValueError unless 0 <= p <= 1, and DTypeError for what is not of a
// floating-point type.

namespace xg {

/// Each element is 0 with probability p, else divided by 1 - p.
XG_EXPORT Tensor dropout(const Tensor& x, double p = 0.5, bool training = true);

/// The same for whole channels of x, (N, C, ...): all elements of a channel are dropped or none. Throws ShapeError for
/// a rank below 2. (Tompson et al., Efficient object localization using convolutional networks, 2015.)
XG_EXPORT Tensor feature_dropout(const Tensor& x, double p = 0.5, bool training = true);

/// For networks of SELU units: dropped elements get what SELU gives far out, and all are scaled and shifted so that
/// mean 0 and variance 1 stay. (Klambauer et al., Self-normalizing neural networks, 2017.)
XG_EXPORT Tensor alpha_dropout(const Tensor& x, double p = 0.5, bool training = true);

}  // namespace xg
