#pragma once

#include <limits>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::optim {

/// Options of clip_grad_norm_.
struct ClipNormOptions {
    double norm_type = 2;             ///< Above 0, or infinity: which norm.
    bool error_if_nonfinite = false;  ///< Throw where the norm is infinite or NaN.
};

/// Scales the gradients of the parameters in place so that the norm of all their elements together is at most
/// `max_norm`, and returns what it was before. PyTorch's `torch.nn.utils.clip_grad_norm_`.
///
/// The factor is max_norm / (norm + 1e-6) where that is less than 1. The norm is summed in double precision, one pass
/// over all gradients, and does not depend on the number of threads. Gradients of an infinite norm become 0, or NaN
/// where they are infinite, and all become NaN where the norm is NaN, unless `error_if_nonfinite`. Parameters without a
/// gradient are passed over, and one that is listed twice counts once; if none has a gradient, the norm is 0. A
/// gradient that is a view of another tensor is not changed but replaced. Throws ValueError, and changes nothing, for a
/// negative or NaN `max_norm`, a norm_type that is not above 0, undefined parameters, and, if asked to, for a norm that
/// is not finite.
XG_EXPORT double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm,
                                 const ClipNormOptions& options = {});

/// Clips each element of the gradients of the parameters, in place, to [-clip_value, clip_value]. PyTorch's
/// `torch.nn.utils.clip_grad_value_`.
///
/// NaN stays NaN. Parameters without a gradient are passed over; a gradient that is a view of another tensor is not
/// changed but replaced. Throws ValueError for a negative or NaN `clip_value` and for undefined parameters.
XG_EXPORT void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);

}  // namespace xg::optim
