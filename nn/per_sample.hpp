#pragma once

#include <functional>

#include <xgrad/autograd/per_sample.hpp>
#include <xgrad/nn/functional_call.hpp>

namespace xg::nn {

/// What is wrong with a prediction: a loss module such as `MSELoss()`, or a lambda.
using LossFunction = std::function<Tensor(const Tensor& prediction, const Tensor& target)>;

/// The gradients of each sample of a batch with respect to all parameters that are trained, by name, from one backward
/// pass: (N, the parameter's shape). The first axis of x counts the N samples.
///
///     const xg::nn::TensorMap g = xg::nn::per_sample_gradients(model, xg::nn::MSELoss(), x, y);
///     g.at("0.weight")[i];    // the share of sample i: their sum is what backward() gives
///
/// Of a loss that is a mean over the batch the shares are 1/N of the samples' own gradients; of a sum, or of one loss
/// for each sample, they are those. See `xg::per_sample_gradients` for what a model may do with its samples, and for
/// what is thrown.
XG_EXPORT TensorMap per_sample_gradients(const Module& model, const LossFunction& loss, const Tensor& x,
                                         const Tensor& y);
/// The same for models of other signatures: `loss` gets the tensors of `batch`, and calls the model.
XG_EXPORT TensorMap per_sample_gradients(const ModuleBase& model, const SingleTensorFunction& loss,
                                         const std::vector<Tensor>& batch);

/// How long the gradients of the samples of a batch are.
struct NamedPerSampleNorms {
    Tensor total;       ///< (N,), of all parameters together: what differentially private training clips.
    TensorMap of_each;  ///< (N,), of one parameter each.
};

/// The norms of `per_sample_gradients`, which of linear layers and embeddings need not be made for that: about the cost
/// of a forward pass and the half of a backward pass.
XG_EXPORT NamedPerSampleNorms per_sample_gradient_norms(const Module& model, const LossFunction& loss, const Tensor& x,
                                                        const Tensor& y);
XG_EXPORT NamedPerSampleNorms per_sample_gradient_norms(const ModuleBase& model, const SingleTensorFunction& loss,
                                                        const std::vector<Tensor>& batch);

}  // namespace xg::nn
