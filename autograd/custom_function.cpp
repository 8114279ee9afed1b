#include <xgrad/autograd/custom_function.hpp>

#include <mutex>
#include <set>
#include <utility>

#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;

struct FunctionContext::State {
    std::vector<Tensor> tensors;  // until forward is over
    std::vector<detail::Saved> inputs;
    std::vector<detail::SavedOutput> outputs;
    std::vector<bool> is_output;
    const detail::Gradients* gradients = nullptr;  // while backward runs

    /// Outputs are held outside of the graph, lest they keep themselves alive.
    void close(const std::vector<Tensor>& results) {
        for (const Tensor& t : tensors) {
            std::uint32_t k = 0;
            while (k < results.size() && results[k].unsafe_body() != t.unsafe_body()) ++k;
            is_output.push_back(k < results.size());
            inputs.push_back(is_output.back() ? detail::Saved() : detail::saved(t));
            outputs.push_back(is_output.back() ? detail::SavedOutput(t, k) : detail::SavedOutput());
        }
        tensors.clear();
    }
};

FunctionContext::FunctionContext() : state_(std::make_unique<State>()) {}
FunctionContext::~FunctionContext() = default;

void FunctionContext::save(const std::vector<Tensor>& tensors) { state_->tensors = tensors; }

std::vector<Tensor> FunctionContext::saved() const {
    const State& s = *state_;
    if (s.gradients == nullptr) return s.tensors;
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < s.is_output.size(); ++i)
        result.push_back(s.is_output[i] ? s.outputs[i].get() : s.inputs[i].get());
    return result;
}

bool FunctionContext::needs(std::size_t i) const {
    return state_->gradients != nullptr && state_->gradients->needs(static_cast<std::uint32_t>(i));
}

struct Function::Definition {
    const char* name;
    Formula forward, backward;
};

namespace {

/// Nodes hold plain pointers to their operation's name: those of users live as long as the process.
const char* interned(const std::string& name) {
    static std::mutex mutex;
    static std::set<std::string>* const names = new std::set<std::string>;
    const std::lock_guard lock(mutex);
    return names->insert(name).first->c_str();
}

struct Likeness {
    Shape shape;
    DType dtype;
};

}  // namespace

Function::Function(const std::string& name, Formula forward, Formula backward)
    : definition_(std::make_shared<Definition>(Definition{interned(name), std::move(forward), std::move(backward)})) {
    if (!definition_->forward || !definition_->backward)
        throw ValueError("Function " + name + ": expected a forward and a backward");
}

std::vector<Tensor> Function::operator()(const std::vector<Tensor>& inputs) const {
    const Definition& d = *definition_;
    for (const Tensor& x : inputs) check_defined(x, d.name);
    auto context = std::make_shared<FunctionContext>();
    std::vector<Tensor> outputs;
    {
        const NoGrad no_grad;
        outputs = d.forward(*context, inputs);
    }
    std::vector<Tensor*> results;
    std::vector<const Tensor*> given;
    for (Tensor& y : outputs) {
        check_defined(y, d.name);
        // An input that is handed through, or a tensor that has a place in a graph already, becomes a result of its own.
        bool fresh = !detail::needs_grad(y);
        for (const Tensor& x : inputs) fresh = fresh && x.unsafe_body() != y.unsafe_body();
        if (!fresh) y = detail::make_alias(y);
        results.push_back(&y);
    }
    std::vector<Likeness> likenesses;
    for (const Tensor& x : inputs) {
        given.push_back(&x);
        likenesses.push_back({x.shape(), x.dtype()});
    }
    if (outputs.empty() || !detail::would_record(given)) return outputs;
    context->state().close(outputs);
    detail::record_joint(d.name, results, given,
                         [definition = definition_, context, likenesses, n = outputs.size()](detail::Gradients& g) {
                             struct Open {
                                 FunctionContext::State& state;
                                 ~Open() { state.gradients = nullptr; }
                             } const open{context->state()};
                             open.state.gradients = &g;
                             std::vector<Tensor> incoming;
                             for (std::uint32_t k = 0; k < n; ++k) incoming.push_back(g.of_output(k));
                             const std::vector<Tensor> found = definition->backward(*context, incoming);
                             const std::string who = std::string("backward of ") + definition->name;
                             if (found.size() != likenesses.size())
                                 throw GradError(who + ": expected a gradient for each input, " +
                                                 std::to_string(likenesses.size()) + ", got " +
                                                 std::to_string(found.size()));
                             for (std::uint32_t i = 0; i < found.size(); ++i) {
                                 if (!found[i].defined() || !g.needs(i)) continue;
                                 const Likeness& like = likenesses[i];
                                 if (!(found[i].shape() == like.shape) || found[i].dtype() != like.dtype)
                                     throw GradError(who + ": expected for input " + std::to_string(i) + " a " +
                                                     name(like.dtype) + " gradient of shape " + like.shape.str() +
                                                     ", got " + name(found[i].dtype()) + " " + found[i].shape().str());
                                 g.set(i, found[i]);
                             }
                         });
    return outputs;
}

}  // namespace xg
