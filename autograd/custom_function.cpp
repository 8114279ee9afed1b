#include <xgrad/autograd/custom_function.hpp>

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;

namespace {

/// Where a second derivative goes through a tensor whose origin is not known.
[[noreturn]] void refuse(const char* op, std::size_t index, const Shape& shape) {
    throw GradError(std::string("backward of ") + op +
                    ": a higher derivative needs to know how forward computed tensor " + std::to_string(index) +
                    " that it saved, of shape " + shape.str() +
                    ", which is neither an input nor an output; return it as an output as well, compute it from the "
                    "inputs in backward, or, if it does not depend on them, use save_constants");
}

}  // namespace

struct FunctionContext::State {
    enum class Kind : std::uint8_t { input, output, unknown };

    std::vector<Tensor> tensors, given_constants;  // until forward is over
    std::vector<Kind> kinds;
    std::vector<detail::Saved> inputs, constants;
    std::vector<detail::SavedOutput> outputs;
    const detail::Gradients* gradients = nullptr;  // while backward runs

    /// Outputs are held outside of the graph, lest they keep themselves alive.
    void close(const std::vector<Tensor>& results, const std::vector<Tensor>& given) {
        const auto place = [](const std::vector<Tensor>& all, const Tensor& t) {
            std::uint32_t k = 0;
            while (k < all.size() && all[k].unsafe_body() != t.unsafe_body()) ++k;
            return k;
        };
        for (const Tensor& t : tensors) {
            const std::uint32_t k = place(results, t);
            const bool is_output = k < results.size();
            // What has a place in a graph, or cannot have one, is as good as an input.
            const bool known =
                !t.defined() || !is_floating(t.dtype()) || detail::needs_grad(t) || place(given, t) < given.size();
            kinds.push_back(is_output ? Kind::output : known ? Kind::input : Kind::unknown);
            inputs.push_back(is_output ? detail::Saved() : detail::kept(t));
            outputs.push_back(is_output ? detail::SavedOutput(t, k) : detail::SavedOutput());
        }
        for (const Tensor& t : given_constants) constants.push_back(detail::kept(t.defined() ? t.detach() : t));
        tensors.clear();
        given_constants.clear();
    }

    /// Tensor i of those that forward saved, as part of the graph where that is recorded: one of unknown origin gets
    /// one that cannot be differentiated any further.
    Tensor get(std::size_t i) const {
        if (kinds[i] == Kind::output) return outputs[i].get();
        const Tensor t = inputs[i].get();
        if (kinds[i] == Kind::input || !detail::recording()) return t;
        const detail::Node& of = *detail::running_node;
        const auto formula = [op = of.op, i, shape = body(t).shape](detail::Gradients&) { refuse(op, i, shape); };
        auto* const node = new detail::JointNode(of.n_inputs, 1, decltype(formula)(formula));
        Tensor y = detail::make_alias(t);
        body(y).node = detail::Ref<detail::Node>::adopt(node);
        std::copy_n(of.edges, of.n_inputs, node->edges);
        detail::register_node(*node, of.op);
        return y;
    }
};

FunctionContext::FunctionContext() : state_(std::make_unique<State>()) {}
FunctionContext::~FunctionContext() = default;

void FunctionContext::save(const std::vector<Tensor>& tensors) { state_->tensors = tensors; }
void FunctionContext::save_constants(const std::vector<Tensor>& tensors) { state_->given_constants = tensors; }

std::vector<Tensor> FunctionContext::saved() const {
    const State& s = *state_;
    if (s.gradients == nullptr) return s.tensors;
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < s.kinds.size(); ++i) result.push_back(s.get(i));
    return result;
}

std::vector<Tensor> FunctionContext::constants() const {
    const State& s = *state_;
    if (s.gradients == nullptr) return s.given_constants;
    std::vector<Tensor> result;
    for (const detail::Saved& t : s.constants) result.push_back(t.get());
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

struct InputKind {
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
        // An input that is handed through, or a tensor that has a place in a graph already, becomes a result of its
        // own.
        bool fresh = !detail::needs_grad(y);
        for (const Tensor& x : inputs) fresh = fresh && x.unsafe_body() != y.unsafe_body();
        if (!fresh) y = detail::make_alias(y);
        results.push_back(&y);
    }
    std::vector<InputKind> likenesses;
    for (const Tensor& x : inputs) {
        given.push_back(&x);
        likenesses.push_back({x.shape(), x.dtype()});
    }
    if (outputs.empty() || (!detail::would_record(given) && !detail::context.detect_anomaly)) return outputs;
    context->state().close(outputs, inputs);
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
                                                 std::to_string(found.size()) +
                                                 "; return Tensor() for an input that has none");
                             for (std::uint32_t i = 0; i < found.size(); ++i) {
                                 if (!found[i].defined() || !g.needs(i)) continue;
                                 const InputKind& like = likenesses[i];
                                 if (!(found[i].shape() == like.shape) || found[i].dtype() != like.dtype)
                                     throw GradError(who + ": expected for input " + std::to_string(i) + " a " +
                                                     name(like.dtype) + " gradient of shape " + like.shape.str() +
                                                     ", got " + name(found[i].dtype()) + " " + found[i].shape().str() +
                                                     "; sum it over what was broadcast, or convert it with to()");
                                 g.set(i, found[i]);
                             }
                         });
    return outputs;
}

}  // namespace xg
