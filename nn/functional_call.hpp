#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Tensors by name, as a model names its parameters: `{{"0.weight", w}, {"0.bias", b}}`.
using TensorMap = std::map<std::string, Tensor>;

/// All parameters of a model by their dotted names, each once: their numbers, shared, but cut off from any graph, as
/// the point at which a function of the parameters is differentiated.
XG_EXPORT TensorMap parameter_map(const ModuleBase& model);

/// The gradients of `loss`, of one element, with respect to a model's parameters; no `grad()` is touched. Zeros for
/// parameters that the loss does not depend on. `options` as in `xg::grad`. Throws GradError for a loss that requires
/// no gradient.
XG_EXPORT TensorMap grad(const Tensor& loss, const ModuleBase& model, const GradOptions& options = {});

namespace detail {

/// Runs `copy` while copies of `model`, and of layers below it, hold `tensors` in place of their own.
XG_EXPORT void with_tensors_in(const ModuleBase& model, const TensorMap& tensors, const std::function<void()>& copy);

}  // namespace detail

/// The same layer with `tensors` in place of the parameters and buffers of those names; what is not named is shared
/// with `model`, hooks too. The tensors may be part of a graph, and of another dtype. Buffers that are not given stay
/// the model's: batch_norm in training moves its running statistics, unless copies of them are among `tensors`. A
/// parameter that has several names answers to each.
///
/// Layers must keep their parameters in members of type Parameter, as for `clone()`. Throws ValueError for a name that
/// the model does not have, for undefined tensors and for a shared parameter that is given twice, and ShapeError for
/// another shape.
template <std::derived_from<ModuleBase> M>
M with_tensors(const M& model, const TensorMap& tensors) {
    std::optional<M> copy;
    detail::with_tensors_in(model, tensors, [&] { copy.emplace(model); });
    return *copy;
}

/// model(inputs...) with `tensors` in place of its parameters and buffers: a model as a function of its parameters. See
/// `with_tensors`.
///
///     const auto loss = [&](const xg::nn::TensorMap& p) { return xg::mse_loss(xg::nn::functional_call(model, p, x), y); };
///     const auto h = xg::nn::hessian(loss, xg::nn::parameter_map(model));
///     h.at("0.weight").at("2.bias");
template <std::derived_from<ModuleBase> M, class... In>
auto functional_call(const M& model, const TensorMap& tensors, const In&... inputs) {
    return with_tensors(model, tensors)(inputs...);
}

}  // namespace xg::nn
