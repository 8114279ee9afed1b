#pragma once

#include <vector>

#include <xgrad/autograd/functional.hpp>

namespace xg {

/// The gradients of each sample of a batch, all of them from one backward pass: for every parameter a tensor (N, the
/// parameter's shape) whose i-th entry is the share of sample i in the gradient, so that their sum over the first axis
/// is what `backward()` gives.
///
/// `loss` is called with `batch`, tensors whose first axis counts N samples, and must keep that axis first up to its
/// result: either one number for each sample, (N,) or (N, …), or one in all. Of a mean over the samples the shares are
/// 1/N of the samples' own gradients. Samples must not meet: batch_norm in training is refused, other ways (sums along
/// the first axis, a transpose that exchanges it for another of N elements) are not noticed. `parameters` are leaves
/// that `loss` uses. What the loss adds that belongs to no sample, such as a penalty on the weights, is refused. A
/// tensor of integers makes a loss depend on the batch only where it goes straight to embedding: what else is made of
/// it, such as one_hot(), is to be given as part of the batch. A parameter that is given twice gets its gradient twice.
///
/// Operations on the batch and a parameter make the shares from their input and their output's gradient: linear,
/// matmul, convolutions, embedding, normalisation and all that works element by element have a rule for that; others
/// are asked N times. Hooks of parameters do not run. Throws GradError, ShapeError, and ValueError without a batch.
XG_EXPORT std::vector<Tensor> per_sample_gradients(const SingleTensorFunction& loss, const std::vector<Tensor>& batch,
                                                   const std::vector<Tensor>& parameters);

/// How long the gradients of the samples of a batch are.
struct PerSampleNorms {
    Tensor total;                 ///< (N,), of all parameters together, as often as they were given.
    std::vector<Tensor> of_each;  ///< (N,), of one parameter each.
};

/// The norms of `per_sample_gradients`, without making these where that can be spared: for linear layers and
/// embeddings.
XG_EXPORT PerSampleNorms per_sample_gradient_norms(const SingleTensorFunction& loss, const std::vector<Tensor>& batch,
                                                   const std::vector<Tensor>& parameters);

}  // namespace xg
