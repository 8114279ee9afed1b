#include <xgrad/autograd/detail/engine.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/pass_end.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/detail/workspace.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {
Tensor call_hooks(const std::shared_ptr<const HookList>& list, Tensor gradient, const char* whose) {
    if (!list) return gradient;
    list->for_each([&](const GradientHook& hook) {
        Tensor replaced = hook(gradient);
        if (!replaced.defined()) return;
        if (!(replaced.shape() == gradient.shape()) || replaced.dtype() != gradient.dtype())
            throw GradError(std::string("gradient hook on ") + whose + ": expected a " + name(gradient.dtype()) +
                            " gradient of shape " + gradient.shape().str() + ", the hook returned " +
                            name(replaced.dtype()) + " " + replaced.shape().str());
        gradient = std::move(replaced);
    });
    return gradient;
}

Tensor show_to_leaf(const Tensor& leaf, Tensor gradient) {
    const LeafState& state = *body(leaf).leaf;
    if (state.hooks) gradient = call_hooks(state.hooks, std::move(gradient), "a leaf");
    for (GradientObserver* o = state.observers; o != nullptr; o = o->next) o->observe(gradient);
    return gradient;
}

Tensor fit(Tensor gradient, const Edge& edge, const char* op) {
    if (!(body(gradient).shape == edge.shape)) gradient = sum_to(gradient, edge.shape, op);
    if (body(gradient).dtype != edge.dtype) gradient = gradient.to(edge.dtype);
    return gradient;
}

namespace {

struct WantedOutput {
    Node* node;
    std::uint32_t output;
    std::size_t index;  // among the wanted tensors
};

std::atomic<std::uint64_t> newest_pass{0};

bool lower_number(const Node* a, const Node* b) noexcept { return a->number < b->number; }

class Pass {
public:
    Pass(Workspace& w, bool retain, bool create) : w_(w), id_(++newest_pass), retain_(retain), create_(create) {}

    ~Pass() {
        for (Node* n : w_.visited) {
            n->active = n->queued = false;
            for (std::uint32_t k = 0; k < n->n_outputs; ++k) n->outputs[k].gradient = Tensor();
        }
    }

    std::vector<Tensor> run(std::span<const Tensor> roots, std::span<Tensor> seeds, std::span<const Tensor> wanted) {
        leaves_only_ = wanted.empty();
        std::vector<Tensor> captured(wanted.size());
        std::vector<WantedOutput> outputs;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (body(wanted[i]).node)
                outputs.push_back({body(wanted[i]).node.get(), body(wanted[i]).output, i});
            else
                w_.slot_of(wanted[i]);
        }
        count_uses(roots);
        if (!leaves_only_) mark_needed(outputs);

        for (std::size_t i = 0; i < roots.size(); ++i) deliver_seed(roots[i], std::move(seeds[i]));
        while (!w_.heap.empty()) {
            std::pop_heap(w_.heap.begin(), w_.heap.end(), lower_number);
            Node* const n = w_.heap.back();
            w_.heap.pop_back();
            process(*n, outputs, captured);
        }
        if (leaves_only_) {
            commit();
        } else {
            for (std::size_t i = 0; i < wanted.size(); ++i)
                if (!body(wanted[i]).node) captured[i] = w_.leaves[w_.slot_of(wanted[i])].gradient;
        }
        return captured;
    }

private:
    [[noreturn]] static void freed(const Node& n) {
        throw GradError(std::string("backward: the graph of ") + n.op +
                        " was freed by an earlier backward; pass {.retain_graph = true} to that one to walk it again");
    }

    void visit(Node* n) {
        if (n->pass == id_) return;
        if (n->active)
            throw GradError(std::string("backward: the graph of ") + n->op +
                            " is being walked by a backward that is still under way");
        if (leaves_only_ && n->released) freed(*n);
        n->pass = id_;
        n->active = true;
        n->pending = 0;
        n->needed = leaves_only_;
        w_.visited.push_back(n);
        w_.stack.push_back(n);
    }

    void count_uses(std::span<const Tensor> roots) {
        for (const Tensor& root : roots) {
            if (body(root).node)
                visit(body(root).node.get());
            else if (leaves_only_)
                ++w_.leaves[w_.slot_of(root)].pending;
            else if (const std::uint32_t entry = w_.find(root.unsafe_body()); entry != 0)
                ++w_.leaves[entry - 1].pending;
        }
        while (!w_.stack.empty()) {
            Node* const n = w_.stack.back();
            w_.stack.pop_back();
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                Edge& e = n->edges[i];
                if (e.node) {
                    visit(e.node.get());
                    ++e.node->pending;
                } else if (e.leaf.defined()) {
                    const std::uint32_t entry = leaves_only_ ? w_.slot_of(e.leaf) + 1 : w_.find(e.leaf.unsafe_body());
                    e.slot = entry - 1;  // kUnwanted where there is none
                    if (entry != 0) ++w_.leaves[e.slot].pending;
                }
            }
        }
    }

    /// Nodes on a path from a root to a wanted tensor; in order of their numbers, so that inputs come first.
    void mark_needed(const std::vector<WantedOutput>& outputs) {
        std::sort(w_.visited.begin(), w_.visited.end(), lower_number);
        for (const WantedOutput& o : outputs)
            if (o.node->pass == id_) o.node->needed = true;
        const Node* gone = nullptr;
        for (Node* n : w_.visited) {
            n->runs = false;
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                const Edge& e = n->edges[i];
                n->runs = n->runs || (e.node ? e.node->needed : e.leaf.defined() && e.slot != Gradients::kUnwanted);
            }
            n->needed = n->needed || n->runs;
            // What is on no path to a wanted tensor may have been freed.
            if (n->runs && n->released) gone = n;
        }
        if (gone != nullptr) freed(*gone);
    }

    void deliver_seed(const Tensor& root, Tensor seed) {
        if (Node* const n = body(root).node.get(); n != nullptr) {
            if (!n->needed) return;
            OutputSlot& slot = n->outputs[body(root).output];
            slot.gradient = accumulate(std::move(slot.gradient), std::move(seed));
            if (n->pending == 0 && !n->queued) push(n);
        } else if (const std::uint32_t entry = w_.find(root.unsafe_body()); entry != 0) {
            deliver_leaf(entry - 1, std::move(seed));
        }
    }

    void push(Node* n) {
        n->queued = true;
        w_.heap.push_back(n);
        std::push_heap(w_.heap.begin(), w_.heap.end(), lower_number);
    }

    void deliver_leaf(std::uint32_t index, Tensor gradient) {
        LeafSlot& slot = w_.leaves[index];
        // A leaf may have been converted since it was used.
        if (gradient.defined() && body(gradient).dtype != body(slot.leaf).dtype)
            gradient = gradient.to(body(slot.leaf).dtype);
        if (gradient.defined()) slot.gradient = accumulate(std::move(slot.gradient), std::move(gradient));
        if (--slot.pending == 0 && slot.gradient.defined() && !(leaves_only_ && context.gradient_store != nullptr)) {
            // Complete, and still in cache: the hooks see it now. In a store it is one of several parts.
            Tensor shown = show_to_leaf(slot.leaf, std::move(slot.gradient));
            w_.leaves[index].gradient = std::move(shown);
        }
    }

    void process(Node& n, const std::vector<WantedOutput>& outputs, std::vector<Tensor>& captured) {
        n.queued = false;
        bool any = false;
        for (std::uint32_t k = 0; k < n.n_outputs; ++k) {
            OutputSlot& slot = n.outputs[k];
            if (!slot.gradient.defined()) continue;
            any = true;
            if (slot.hooks) slot.gradient = call_hooks(slot.hooks, std::move(slot.gradient), n.op);
            if (slot.observer && !n.sums_squares) slot.observer->observe(slot.gradient);
        }
        // Where the node is about to go over its gradient anyway, its observer waits for what that tells.
        GradientObserver* const waiting = any && n.sums_squares ? n.outputs[0].observer.get() : nullptr;
        double squares = NAN;
        for (const WantedOutput& o : outputs)
            if (o.node == &n) captured[o.index] = n.outputs[o.output].gradient;

        if (w_.results.size() < n.n_inputs) w_.results.resize(n.n_inputs);
        const bool runs = any && (leaves_only_ || n.runs);
        if (runs) {
            // Errors in a formula name the module in which the operation was recorded.
            struct Restore {
                Node* node;
                const ModulePath* path;
                ~Restore() {
                    running_node = node;
                    context.path = path;
                }
            } const restore{std::exchange(running_node, &n), std::exchange(context.path, n.path)};
            Gradients gradients(n, w_.results.data());
            if (waiting != nullptr) gradients.squares = &squares;
            n.run(gradients);
            for (std::uint32_t i = 0; i < n.n_inputs; ++i)
                if (w_.results[i].defined()) w_.results[i] = fit(std::move(w_.results[i]), n.edges[i], n.op);
            if (context.detect_anomaly) [[unlikely]]
                for (std::uint32_t i = 0; i < n.n_inputs; ++i) check_gradient(n, i, w_.results[i]);
        }
        if (waiting != nullptr) {
            if (std::isnan(squares))
                waiting->observe(n.outputs[0].gradient);
            else
                waiting->observe(n.outputs[0].gradient, squares);
        }
        // What was only passed through on the way to a wanted tensor has not been used up.
        const bool used_up = !retain_ && (leaves_only_ || n.runs);
        for (std::uint32_t k = 0; k < n.n_outputs; ++k) {
            OutputSlot& slot = n.outputs[k];
            slot.gradient = Tensor();
            // They will not be called again, and may hold the very tensor that holds them.
            if (used_up && (slot.hooks || slot.observer)) {
                slot.hooks.reset();
                slot.observer.reset();
            }
        }
        if (used_up) {
            n.release();
            n.released = true;
        }
        for (std::uint32_t i = 0; i < n.n_inputs; ++i) {
            const Edge& e = n.edges[i];
            Tensor gradient = std::move(w_.results[i]);
            if (Node* const below = e.node.get(); below != nullptr) {
                if (gradient.defined() && below->needed) {
                    OutputSlot& slot = below->outputs[e.output];
                    slot.gradient = accumulate(std::move(slot.gradient), std::move(gradient));
                }
                if (--below->pending == 0 && below->needed) push(below);
            } else if (e.leaf.defined() && e.slot != Gradients::kUnwanted) {
                deliver_leaf(e.slot, std::move(gradient));
            }
        }
    }

    /// Only now that nothing can throw any more, except for want of memory, do the leaves change.
    void commit() {
        for (LeafSlot& slot : w_.leaves) {
            if (!slot.gradient.defined()) continue;
            if (context.gradient_store != nullptr)
                static_cast<GradientStore*>(context.gradient_store)->add(slot.leaf, std::move(slot.gradient));
            else
                add_to_leaf(slot.leaf, std::move(slot.gradient), create_);
        }
    }

    Workspace& w_;
    std::uint64_t id_;
    bool retain_, create_;
    bool leaves_only_ = true;
    PassEnd end_;
};

}  // namespace

Tensor accumulate(Tensor a, Tensor b) {
    if (!a.defined()) return b;
    if (!recording()) {
        if (sole_owner(a) && body(a).contiguous) {
            add_in_place(a, b);
            return a;
        }
        if (sole_owner(b) && body(b).contiguous) {
            add_in_place(b, a);
            return b;
        }
    }
    return add(a, b);
}

void add_to_leaf(const Tensor& leaf, Tensor gradient, bool create_graph) {
    Tensor& held = body(leaf).leaf->gradient;
    if (held.defined()) {
        held = accumulate(std::move(held), std::move(gradient));
    } else if (create_graph) {
        held = std::move(gradient);
    } else {
        // A buffer that others see too (two leaves of one sum) is copied: each leaf's gradient is its own.
        held = sole_owner(gradient) && body(gradient).contiguous ? std::move(gradient) : gradient.clone();
    }
}

std::vector<Tensor> run_backward(std::span<const Tensor> roots, std::span<Tensor> seeds, std::span<const Tensor> wanted,
                                 bool retain_graph, bool create_graph) {
    const GradMode mode(create_graph);
    const WorkspaceLease lease;
    Pass pass(*lease, retain_graph || create_graph, create_graph);
    return pass.run(roots, seeds, wanted);
}

}  // namespace xg::detail
