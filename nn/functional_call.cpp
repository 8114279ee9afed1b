#include <xgrad/nn/functional_call.hpp>

#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/nn/detail/rebinding.hpp>
#include <xgrad/nn/detail/state.hpp>

namespace xg::nn {

TensorMap parameter_map(const ModuleBase& model) {
    TensorMap result;
    for (NamedTensor& p : model.named_parameters()) result.emplace(std::move(p.name), p.tensor.detach());
    return result;
}

TensorMap grad(const Tensor& loss, const ModuleBase& model, const GradOptions& options) {
    GradOptions lenient = options;
    lenient.allow_unused = true;
    std::vector<Tensor> wanted;
    const std::vector<NamedTensor> parameters = model.named_parameters();
    for (const NamedTensor& p : parameters)
        if (p.tensor.requires_grad()) wanted.push_back(p.tensor);
    std::vector<Tensor> found = xg::grad({loss}, wanted, lenient);
    TensorMap result;
    std::size_t i = 0;
    for (const NamedTensor& p : parameters) {
        if (!p.tensor.requires_grad()) continue;
        result.emplace(p.name, found[i].defined() ? found[i] : zeros_like(p.tensor.detach()));
        ++i;
    }
    return result;
}

namespace detail {
namespace {

/// Where the tensors below a module have their names: all of them, of shared tensors too.
using Names = std::map<std::string, Tensor>;

void list_names(const ModuleState& state, const std::string& prefix, Names& out) {
    for (const NamedTensor& p : state.parameters) out.emplace(prefix + p.name, p.tensor);
    for (const NamedTensor& b : state.buffers) out.emplace(prefix + b.name, b.tensor);
    for (const auto& [name, child] : state.children) list_names(child.state(), prefix + name + ".", out);
}

std::string some_of(const Names& names) {
    std::string text;
    std::size_t listed = 0;
    for (const auto& [name, tensor] : names) {
        if (listed == 8) return text + ", …";
        text += (listed++ == 0 ? "" : ", ") + name;
    }
    return listed == 0 ? "none" : text;
}

}  // namespace

void with_tensors_in(const ModuleBase& model, const TensorMap& tensors, const std::function<void()>& copy) {
    const std::string who = "functional_call of " + model.type();
    Names names;
    list_names(model.state(), "", names);
    Rebinding r;
    for (const auto& [name, tensor] : tensors) {
        const auto found = names.find(name);
        if (found == names.end())
            throw ValueError(who + ": it has no parameter or buffer '" + name + "'; it has " + some_of(names));
        if (!tensor.defined()) throw ValueError(who + ": the tensor for '" + name + "' is undefined");
        if (!(tensor.shape() == found->second.shape()))
            throw ShapeError(who + ": expected for '" + name + "' the shape " + found->second.shape().str() + ", got " +
                             tensor.shape().str());
        const auto [entry, is_new] = r.tensors.try_emplace(found->second.unsafe_body(), tensor);
        if (!is_new && entry->second.unsafe_body() != tensor.unsafe_body())
            throw ValueError(who + ": '" + name + "' is shared and was given under another name, too; give it once");
    }
    for (const auto& [name, own] : names) r.tensors.try_emplace(own.unsafe_body(), own);
    copy_states(model, r);
    for (const auto& [from, to] : r.states) {
        to->forward_hooks = from->forward_hooks;
        to->output_hooks = from->output_hooks;
    }
    run_rebound(r, copy);
}

}  // namespace detail
}  // namespace xg::nn
