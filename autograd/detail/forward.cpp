#include <xgrad/autograd/detail/forward.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/pass_end.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

// Forward mode over a recorded graph: nodes in the order in which they were made, each turns the tangents of its inputs
// into those of its outputs. No operation needs a rule of its own for that, since its backward formulas, g ↦ Jᵀg, say
// all there is to know of J.

namespace xg::detail {
namespace {

/// One output of a node: its shape is known from who uses it.
struct Output {
    bool used = false, source = false;
    Shape shape;
    DType dtype = DType::float32;
    Tensor tangent;
};

struct Reached {
    Node* node;
    std::vector<Output> outputs;
};

class ForwardPass {
public:
    ForwardPass(std::span<const Tensor> sources, std::span<const Tensor> tangents, bool create) : create_(create) {
        for (std::size_t i = 0; i < sources.size(); ++i) {
            const Body& b = body(sources[i]);
            if (b.node) {
                Output& o = output(b.node.get(), b.output);
                o.source = true;
                o.tangent = tangents[i];
            } else {
                leaves_[&b] = tangents[i];
            }
        }
    }

    std::vector<Tensor> run(std::span<const Tensor> outputs) {
        for (const Tensor& t : outputs)
            if (const Body& b = body(t); b.node) reach(b.node.get(), b.output, b.shape, b.dtype);
        while (!stack_.empty()) {
            Node* const n = stack_.back();
            stack_.pop_back();
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                const Edge& e = n->edges[i];
                if (e.node) reach(e.node.get(), e.output, e.shape, e.dtype);
            }
        }
        std::vector<Node*> order;
        for (const auto& [node, reached] : reached_) order.push_back(node);
        std::sort(order.begin(), order.end(), [](const Node* a, const Node* b) { return a->number < b->number; });
        for (Node* n : order) process(*n, reached_.at(n));

        std::vector<Tensor> result;
        for (const Tensor& t : outputs) {
            const Body& b = body(t);
            if (b.node)
                result.push_back(output(b.node.get(), b.output).tangent);
            else if (const auto found = leaves_.find(&b); found != leaves_.end())
                result.push_back(found->second);
            else
                result.emplace_back();
        }
        return result;
    }

private:
    Output& output(Node* n, std::uint32_t k) {
        Reached& r = reached_[n];
        r.node = n;
        if (r.outputs.empty()) r.outputs.resize(n->n_outputs);
        return r.outputs[k];
    }

    void reach(Node* n, std::uint32_t k, const Shape& shape, DType dtype) {
        const bool known = reached_.count(n) == 1 && std::any_of(reached_[n].outputs.begin(), reached_[n].outputs.end(),
                                                                 [](const Output& o) { return o.used; });
        Output& o = output(n, k);
        o.used = true;
        o.shape = shape;
        o.dtype = dtype;
        // What lies below a source does not matter.
        if (!known && !o.source) stack_.push_back(n);
    }

    Tensor tangent_of(const Edge& e) {
        if (e.node) return output(e.node.get(), e.output).tangent;
        const auto found = e.leaf.defined() ? leaves_.find(&body(e.leaf)) : leaves_.end();
        return found != leaves_.end() ? found->second : Tensor();
    }

    void process(Node& n, Reached& reached) {
        std::vector<Tensor> tangents;
        bool any = false;
        for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
            tangents.push_back(tangent_of(n.edges[i]));
            any = any || tangents.back().defined();
        }
        const bool open = std::any_of(reached.outputs.begin(), reached.outputs.end(),
                                      [](const Output& o) { return o.used && !o.source; });
        if (!any || !open) return;
        if (n.released)
            throw GradError(std::string("jvp: the graph of ") + n.op +
                            " was freed by an earlier backward; pass {.retain_graph = true} to that one");
        struct Restore {
            Node& node;
            Node* running;
            const ModulePath* path;
            ~Restore() {
                running_node = running;
                context.path = path;
                for (std::uint32_t k = 0; k < node.n_outputs; ++k) node.outputs[k].gradient = Tensor();
            }
        } const restore{n, std::exchange(running_node, &n), std::exchange(context.path, n.path)};
        if (n.forward == ForwardRule::pointwise)
            pointwise(n, tangents, reached.outputs[0]);
        else
            transposed(n, tangents, reached.outputs);
    }

    /// J is diagonal: Jt is Jᵀt.
    void pointwise(Node& n, const std::vector<Tensor>& tangents, Output& output) {
        const GradMode mode(create_);
        std::vector<Tensor> results(n.n_inputs);
        for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
            if (!tangents[i].defined()) continue;
            n.outputs[0].gradient = broadcast_to(tangents[i].to(output.dtype), output.shape);
            Gradients gradients(n, results.data(), i);
            n.run(gradients);
            if (results[i].defined()) output.tangent = accumulate(std::move(output.tangent), std::move(results[i]));
        }
    }

    /// Jᵀu is linear in u, so that its derivative with respect to u, transposed, is J.
    void transposed(Node& n, const std::vector<Tensor>& tangents, std::vector<Output>& outputs) {
        std::vector<Tensor> probes, results(n.n_inputs), rows, weights;
        std::vector<std::size_t> of;
        {
            const GradMode mode(true);
            for (std::size_t k = 0; k < outputs.size(); ++k) {
                if (!outputs[k].used || outputs[k].source) continue;
                probes.push_back(zeros(outputs[k].shape, {.dtype = outputs[k].dtype, .requires_grad = true}));
                of.push_back(k);
                n.outputs[k].gradient = probes.back();
            }
            Gradients gradients(n, results.data(), tangents);
            n.run(gradients);
            for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
                if (!tangents[i].defined() || !results[i].defined()) continue;
                Tensor row = fit(std::move(results[i]), n.edges[i], n.op);
                if (!row.requires_grad()) continue;
                rows.push_back(std::move(row));
                weights.push_back(tangents[i]);
            }
        }
        if (rows.empty()) return;
        const std::vector<Tensor> found = run_backward(rows, weights, probes, false, create_);
        for (std::size_t i = 0; i < of.size(); ++i) outputs[of[i]].tangent = found[i];
    }

    bool create_;
    std::unordered_map<const Body*, Tensor> leaves_;
    std::unordered_map<Node*, Reached> reached_;
    std::vector<Node*> stack_;
    PassEnd end_;
};

}  // namespace

std::vector<Tensor> push_forward(std::span<const Tensor> outputs, std::span<const Tensor> sources,
                                 std::span<const Tensor> tangents, bool create_graph) {
    ForwardPass pass(sources, tangents, create_graph);
    return pass.run(outputs);
}

}  // namespace xg::detail
