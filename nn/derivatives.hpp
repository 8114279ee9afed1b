#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <xgrad/autograd/functional.hpp>
#include <xgrad/nn/functional_call.hpp>

// Derivatives of functions of named tensors: those of `<xgrad/autograd/functional.hpp>`, by name instead of by place.
// With `functional_call` the names are a model's. Like those they get copies of handles, touch no `grad()`, may be
// nested, and treat int64 and bool tensors as constants, which have no entry in a result.

namespace xg::nn {

/// A function of named tensors with one result.
using MapFunction = std::function<Tensor(const TensorMap&)>;
/// A function of named tensors with any number of results.
using MultiMapFunction = std::function<std::vector<Tensor>(const TensorMap&)>;
/// Blocks of second derivatives: the first name's shape, then the second's.
using HessianMap = std::map<std::string, TensorMap>;

/// A value and its gradient with respect to each tensor.
struct ValueAndGradientMap {
    Tensor value;
    TensorMap gradients;
};

/// f(at), of one element, and its gradients. Throws as `xg::value_and_grad` does.
XG_EXPORT ValueAndGradientMap value_and_grad(const MapFunction& f, const TensorMap& at);

/// The outputs of a function, and what it makes of gradients.
struct VectorJacobianMap {
    std::vector<Tensor> outputs;
    TensorMap gradients;
};

/// The vector-Jacobian product vᵀJ, in reverse mode. Throws as `xg::vjp` does.
XG_EXPORT VectorJacobianMap vjp(const MultiMapFunction& f, const TensorMap& at, const std::vector<Tensor>& vectors);
XG_EXPORT VectorJacobianMap vjp(const MapFunction& f, const TensorMap& at, const Tensor& vector);

/// The Jacobian-vector product Jv, in forward mode. Tensors without a vector stand still. Throws as `xg::jvp` does, and
/// ValueError for a vector whose name `at` does not have.
XG_EXPORT JacobianVector jvp(const MultiMapFunction& f, const TensorMap& at, const TensorMap& vectors);
XG_EXPORT JacobianVector jvp(const MapFunction& f, const TensorMap& at, const TensorMap& vectors);

/// The derivative of every element of each output with respect to every element of every tensor: the output's shape,
/// then the tensor's.
XG_EXPORT std::vector<TensorMap> jacobian(const MultiMapFunction& f, const TensorMap& at,
                                          JacobianMode mode = JacobianMode::automatic);
XG_EXPORT TensorMap jacobian(const MapFunction& f, const TensorMap& at, JacobianMode mode = JacobianMode::automatic);

/// The second derivatives of a function with one element. Throws as `xg::hessian` does.
XG_EXPORT HessianMap hessian(const MapFunction& f, const TensorMap& at);

/// A value, its gradient and what its Hessian makes of vectors.
struct HessianVectorMap {
    Tensor value;
    TensorMap gradients, products;
};

/// The Hessian-vector product Hv without the Hessian. Tensors without a vector count as zeros. Throws as `xg::hvp` and
/// `jvp` do.
XG_EXPORT HessianVectorMap hvp(const MapFunction& f, const TensorMap& at, const TensorMap& vectors);

}  // namespace xg::nn
