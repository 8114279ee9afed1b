#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

// backward() and grad(): what is asked of the engine is checked here.

namespace xg {
namespace {

Tensor checked_seed(const Tensor& root, const Tensor& given, const char* caller) {
    if (!given.defined()) {
        if (root.numel() != 1)
            throw GradError(std::string(caller) + ": expected a tensor of one element, got the shape " +
                            root.shape().str() +
                            "; give the gradient to start from, or reduce it with sum() or mean()");
        return ones_like(root);
    }
    if (!(given.shape() == root.shape()))
        throw ShapeError(std::string(caller) + ": the gradient has the shape " + given.shape().str() +
                         ", expected that of the output, " + root.shape().str());
    return given.to(root.dtype());
}

void check_root(const Tensor& root, const char* caller) {
    detail::check_defined(root, caller);
    if (!root.requires_grad())
        throw GradError(std::string(caller) + ": the tensor of shape " + root.shape().str() +
                        " depends on nothing that requires a gradient, or was computed under NoGrad; a gradient can be "
                        "differentiated again if it was computed with {.create_graph = true}");
}

}  // namespace

void Tensor::backward() const { backward(BackwardOptions{}); }

void Tensor::backward(const BackwardOptions& options) const {
    check_root(*this, "backward");
    if (detail::saved_transform != nullptr)
        throw GradError(
            "backward: a function given to checkpoint is called twice, and would add to the leaves' gradients each "
            "time; "
            "use xg::grad inside it");
    // A hook may drop the last handle of what is being differentiated.
    const Tensor root = *this;
    Tensor seed = checked_seed(root, options.gradient, "backward");
    detail::run_backward({&root, 1}, {&seed, 1}, {}, options.retain_graph, options.create_graph);
}

std::vector<Tensor> grad(const std::vector<Tensor>& given_outputs, const std::vector<Tensor>& given_inputs,
                         const GradOptions& options) {
    // Copies, since a hook may change what was given.
    const std::vector<Tensor> outputs = given_outputs, inputs = given_inputs;
    if (!options.grad_outputs.empty() && options.grad_outputs.size() != outputs.size())
        throw ValueError("grad: expected as many grad_outputs as outputs, " + std::to_string(outputs.size()) +
                         ", got " + std::to_string(options.grad_outputs.size()));
    std::vector<Tensor> seeds;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        check_root(outputs[i], "grad");
        seeds.push_back(
            checked_seed(outputs[i], options.grad_outputs.empty() ? Tensor() : options.grad_outputs[i], "grad"));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        detail::check_defined(inputs[i], "grad");
        if (!inputs[i].requires_grad())
            throw GradError("grad: input " + std::to_string(i) + ", of shape " + inputs[i].shape().str() +
                            ", does not require a gradient; call requires_grad(true) on it before it is used");
    }
    if (inputs.empty()) return {};
    std::vector<Tensor> gradients =
        detail::run_backward(outputs, seeds, inputs, options.retain_graph, options.create_graph);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (!gradients[i].defined() && !options.allow_unused)
            throw GradError("grad: no output depends on input " + std::to_string(i) + ", of shape " +
                            inputs[i].shape().str() +
                            "; pass {.allow_unused = true} to get an undefined gradient for it");
    return gradients;
}

}  // namespace xg
