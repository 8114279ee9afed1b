#include <xgrad/autograd/per_sample.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/sample_shares.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

// A tensor of the graph either depends on the batch or on parameters alone. Where an operation takes some of both, the
// gradient of its result has a row for each sample, and the operation's formula says what a row gives to the parameter.
// What depends on parameters alone has a gradient for each sample from there on.

namespace xg {

using detail::body;
using detail::Edge;
using detail::Gradients;
using detail::needs_grad;
using detail::Node;

namespace {

std::string place_of(const Node& n) {
    if (n.path == nullptr) return n.op;
    return std::string(n.op) + " in " +
           (n.path->name.empty() ? n.path->type : n.path->name + " (" + n.path->type + ")");
}

/// A function's batch: handles whose part in the graph can be followed.
struct Batch {
    std::vector<Tensor> arguments;
    std::int64_t samples = 0;

    Batch(const std::vector<Tensor>& given, const char* caller) {
        if (given.empty()) throw ValueError(std::string(caller) + ": expected a batch of at least one tensor");
        for (std::size_t i = 0; i < given.size(); ++i) {
            detail::check_defined(given[i], caller);
            const Shape& shape = given[i].shape();
            if (shape.empty() || (i > 0 && shape[0] != samples))
                throw ShapeError(std::string(caller) + ": expected tensors whose first axis counts " +
                                 (i == 0 ? std::string("the samples") : std::to_string(samples) + " samples") +
                                 ", got the shape " + shape.str());
            samples = shape[0];
            arguments.push_back(given[i].detach());
            if (is_floating(given[i].dtype())) arguments.back().requires_grad(true);
        }
    }
};

class SamplePass {
public:
    SamplePass(const SingleTensorFunction& loss, const Batch& batch, const std::vector<Tensor>& parameters,
               const char* caller)
        : caller_(caller), batch_(batch), parameters_(parameters) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            detail::check_defined(parameters[i], caller);
            if (!parameters[i].is_leaf() || !parameters[i].requires_grad())
                throw GradError(who() + "expected parameters that are leaves and require a gradient; number " +
                                std::to_string(i) + ", of shape " + parameters[i].shape().str() +
                                ", does not or is none");
            place_.try_emplace(&body(parameters[i]), i);
        }
        {
            const GradMode recording(true);
            loss_ = loss(batch.arguments);
        }
        detail::check_defined(loss_, caller);
        const bool rows = !loss_.shape().empty() && loss_.shape()[0] == batch.samples;
        if (!rows && loss_.numel() != 1)
            throw GradError(who() + "expected a loss with an entry for each of " + std::to_string(batch.samples) +
                            " samples along its first axis, or with one element, got the shape " + loss_.shape().str());
        walk();
    }

    /// A gradient of shape (N, …) for each parameter; undefined where no sample has a share.
    std::vector<Tensor> gradients() {
        run(false);
        repeat(shares_);
        return std::move(shares_);
    }
    /// Norms, (N,), likewise.
    std::vector<Tensor> norms() {
        run(true);
        for (std::size_t i = 0; i < shares_.size(); ++i)
            if (!norms_[i].defined() && shares_[i].defined())
                norms_[i] = norm(shares_[i].reshape({batch_.samples, -1}), 2, 1);
        repeat(norms_);
        return std::move(norms_);
    }

private:
    struct Place {
        bool batched = false, feeds = false;
        std::vector<Tensor> outputs;  // of a node below parameters alone: (N, …)
    };

    /// What a parameter that was given again got in its first place.
    void repeat(std::vector<Tensor>& found) const {
        for (std::size_t i = 0; i < found.size(); ++i)
            if (const std::size_t first = place_.at(&body(parameters_[i])); first != i && found[first].defined())
                found[i] = found[first].clone();
    }

    std::string who() const { return std::string(caller_) + ": "; }

    /// Of what is computed from integers no operation is recorded.
    std::string hint() const {
        for (const Tensor& x : batch_.arguments)
            if (!is_floating(x.dtype()))
                return "; integers count only where embedding reads them as they are: give what the function makes of "
                       "them otherwise, such as one_hot(), as part of the batch";
        return "";
    }

    bool of_batch(const Edge& e) const {
        if (e.node) return places_.at(e.node.get()).batched;
        for (const Tensor& x : batch_.arguments)
            if (e.leaf.defined() && e.leaf.unsafe_body() == x.unsafe_body()) return true;
        return false;
    }
    bool of_parameters(const Edge& e) const {
        if (e.node) return places_.at(e.node.get()).feeds;
        return e.leaf.defined() && place_.count(&body(e.leaf)) == 1;
    }
    bool reads_batch(const Node& n) const {
        for (const Tensor& x : batch_.arguments)
            if (n.reads(body(x).storage.get())) return true;
        return false;
    }

    /// Finds the nodes, and of each what it depends on: inputs first.
    void walk() {
        std::vector<Node*> stack;
        const auto reach = [&](Node* n) {
            if (places_.try_emplace(n).second) {
                stack.push_back(n);
                order_.push_back(n);
            }
        };
        if (body(loss_).node) reach(body(loss_).node.get());
        while (!stack.empty()) {
            Node* const n = stack.back();
            stack.pop_back();
            for (std::uint32_t i = 0; i < n->n_inputs; ++i)
                if (n->edges[i].node) reach(n->edges[i].node.get());
        }
        std::sort(order_.begin(), order_.end(), [](const Node* a, const Node* b) { return a->number < b->number; });
        for (Node* n : order_) {
            Place& p = places_.at(n);
            p.batched = reads_batch(*n);
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                p.batched = p.batched || of_batch(n->edges[i]);
                p.feeds = p.feeds || of_parameters(n->edges[i]);
            }
            if (p.batched && p.feeds && n->mixes_samples)
                throw GradError(who() + place_of(*n) +
                                " makes every sample's result depend on all of the batch, so that a sample has no "
                                "gradient of its own; use group_norm or layer_norm, or eval()");
        }
        if (order_.empty() || !places_.at(order_.back()).batched)
            throw GradError(who() + "the loss does not depend on the batch that the function was given" + hint());
        for (Node* n : order_)
            if (places_.at(n).batched)
                for (std::uint32_t i = 0; i < n->n_inputs; ++i)
                    if (meets(n->edges[i])) {
                        if (meeting_.empty() || meeting_.back() != n) meeting_.push_back(n);
                        if (n->edges[i].leaf.defined()) ++uses_[&body(n->edges[i].leaf)];
                    }
    }

    /// Whether an input of an operation on the batch is made of parameters alone.
    bool meets(const Edge& e) const { return of_parameters(e) && !of_batch(e); }

    void run(bool norms) {
        shares_.resize(parameters_.size());
        norms_.resize(parameters_.size());
        std::vector<Tensor> wanted;
        std::vector<std::pair<Node*, std::uint32_t>> of;
        for (Node* n : meeting_)
            for (std::uint32_t k = 0; k < n->n_outputs; ++k) {
                // A handle on the node's output: of its value nothing is asked.
                Tensor handle = empty(Shape{}, {.dtype = float32});
                body(handle).node = detail::Ref<Node>::share(n);
                body(handle).output = k;
                wanted.push_back(std::move(handle));
                of.emplace_back(n, k);
            }
        if (wanted.empty() || batch_.samples == 0) return;
        Tensor seed = ones_like(loss_.detach());
        const std::vector<Tensor> found = detail::run_backward({&loss_, 1}, {&seed, 1}, wanted, true, false);
        const NoGrad no_grad;
        for (std::size_t i = 0; i < of.size();) {
            Node& n = *of[i].first;
            const Running running(n);
            bool any = false;
            for (; i < of.size() && of[i].first == &n; ++i) {
                n.outputs[of[i].second].gradient = found[i];
                any = any || found[i].defined();
            }
            if (any) meet(n, norms);
        }
        for (std::size_t i = order_.size(); i-- > 0;)
            if (!places_.at(order_[i]).batched && places_.at(order_[i]).feeds) below(*order_[i]);
    }

    /// What the node's formulas compute, they compute for it; its outputs' gradients are gone afterwards.
    struct Running {
        Node& node;
        Node* before;
        const ModulePath* path;
        explicit Running(Node& n)
            : node(n),
              before(std::exchange(detail::running_node, &n)),
              path(std::exchange(detail::context.path, n.path)) {}
        ~Running() {
            detail::running_node = before;
            detail::context.path = path;
            for (std::uint32_t k = 0; k < node.n_outputs; ++k) node.outputs[k].gradient = Tensor();
        }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;
    };

    /// An operation on the batch and on parameters.
    void meet(Node& n, bool norms) {
        for (std::uint32_t k = 0; k < n.n_outputs; ++k) {
            const Tensor& g = n.outputs[k].gradient;
            if (g.defined() && (g.shape().empty() || g.shape()[0] != batch_.samples))
                throw GradError(who() + place_of(n) + " on the batch and a parameter makes a result of shape " +
                                g.shape().str() + ", expected one whose first axis counts the " +
                                std::to_string(batch_.samples) +
                                " samples; leave out what belongs to no sample, and keep that axis first");
        }
        for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
            const Edge& e = n.edges[i];
            if (!meets(e)) continue;
            Gradients gradients(n, nullptr, i);
            if (norms && e.leaf.defined() && uses_.at(&body(e.leaf)) == 1 && !used_below(e.leaf)) {
                Tensor& to = norms_[place_.at(&body(e.leaf))];
                to = n.per_sample_norms(gradients, i);
                if (to.defined()) continue;
            }
            Tensor share = n.per_sample(gradients, i);
            if (!share.defined()) share = detail::shares_of_formula(n, i, batch_.samples);
            if (share.defined()) give(e, share.to(e.dtype));
        }
    }

    bool used_below(const Tensor& leaf) const {
        for (Node* n : order_)
            if (!places_.at(n).batched)
                for (std::uint32_t i = 0; i < n->n_inputs; ++i)
                    if (n->edges[i].leaf.defined() && &body(n->edges[i].leaf) == &body(leaf)) return true;
        return false;
    }

    /// An operation on parameters alone: its formula for each sample's gradient.
    void below(Node& n) {
        const std::vector<Tensor> whole = std::move(places_.at(&n).outputs);
        if (whole.empty()) return;
        const Running running(n);
        for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
            const Edge& e = n.edges[i];
            if (!of_parameters(e)) continue;
            std::vector<Tensor> shares;
            for (std::int64_t s = 0; s < batch_.samples; ++s) {
                for (std::uint32_t k = 0; k < n.n_outputs; ++k)
                    n.outputs[k].gradient = whole[k].defined() ? whole[k][s] : Tensor();
                const Tensor share = detail::run_formula(n, i);
                shares.push_back(share.defined() ? detail::fit(share, e, n.op) : zeros(e.shape, {.dtype = e.dtype}));
            }
            give(e, stack(shares));
        }
    }

    void give(const Edge& e, Tensor share) {
        if (e.node) {
            std::vector<Tensor>& outputs = places_.at(e.node.get()).outputs;
            outputs.resize(e.node->n_outputs);
            outputs[e.output] = detail::accumulate(std::move(outputs[e.output]), std::move(share));
        } else {
            Tensor& to = shares_[place_.at(&body(e.leaf))];
            to = detail::accumulate(std::move(to), std::move(share));
        }
    }

    const char* caller_;
    const Batch& batch_;
    const std::vector<Tensor>& parameters_;
    Tensor loss_;
    std::unordered_map<const void*, std::size_t> place_;  // of a parameter's body
    std::unordered_map<const void*, int> uses_;           // of a parameter, by operations on the batch
    std::unordered_map<Node*, Place> places_;
    std::vector<Node*> order_, meeting_;
    std::vector<Tensor> shares_, norms_;
};

}  // namespace

std::vector<Tensor> per_sample_gradients(const SingleTensorFunction& loss, const std::vector<Tensor>& batch,
                                         const std::vector<Tensor>& parameters) {
    const Batch given(batch, "per_sample_gradients");
    SamplePass pass(loss, given, parameters, "per_sample_gradients");
    std::vector<Tensor> result = pass.gradients();
    for (std::size_t i = 0; i < result.size(); ++i)
        if (!result[i].defined())
            result[i] = zeros(parameters[i].shape().inserted(0, given.samples), {.dtype = parameters[i].dtype()});
    return result;
}

PerSampleNorms per_sample_gradient_norms(const SingleTensorFunction& loss, const std::vector<Tensor>& batch,
                                         const std::vector<Tensor>& parameters) {
    const Batch given(batch, "per_sample_gradient_norms");
    SamplePass pass(loss, given, parameters, "per_sample_gradient_norms");
    PerSampleNorms result{{}, pass.norms()};
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!result.of_each[i].defined()) result.of_each[i] = zeros({given.samples}, {.dtype = parameters[i].dtype()});
    result.total = parameters.empty() ? zeros({given.samples}) : norm(stack(result.of_each), 2, 0);
    return result;
}

}  // namespace xg
