#pragma once

#include <vector>

#include <xgrad/autograd/functional.hpp>

namespace xg {

/// f(inputs), of which only the inputs are kept: what f's operations save for backward is dropped when f returns, and
/// computed again by calling f once more when backward needs the first of it; it is freed as backward goes on. A stack
/// of n layers cut into √n of these needs the memory of about 2√n layers, for one more forward pass (Chen et al.,
/// Training deep nets with sublinear memory cost; 2016).
///
/// f must do the same each time: it draws the same random numbers in both passes, and must not change its inputs or
/// what it captures. Parameters that it captures get their gradients as usual. Calls may be nested, and differentiated
/// more than once: each pass calls f again. Inside f, xg::grad differentiates with respect to f's inputs, or to what f
/// computes from them; what lies below the inputs is out of its reach in the second call, and backward() throws
/// GradError. Throws GradError, in backward, where the second call saves another number of tensors than the first did,
/// or others by shape or dtype (other numbers in them are not noticed), and at once where f changes an input.
XG_EXPORT std::vector<Tensor> checkpoint(const TensorFunction& f, const std::vector<Tensor>& inputs);
/// The same for one result.
XG_EXPORT Tensor checkpoint(const SingleTensorFunction& f, const std::vector<Tensor>& inputs);
/// The same for one input and one result: any module, for one.
XG_EXPORT Tensor checkpoint(const UnaryFunction& f, const Tensor& input);

}  // namespace xg
