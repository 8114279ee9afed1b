#include <xgrad/autograd/graph.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <xgrad/autograd/detail/node.hpp>

namespace xg {

using detail::body;
using detail::Edge;
using detail::Node;

namespace {

std::string module_of(const ModulePath& path) {
    return path.name.empty() ? path.type : path.name + " (" + path.type + ")";
}

std::vector<std::string> modules_of(const ModulePath* path) {
    std::vector<std::string> result;
    for (; path != nullptr; path = path->parent) result.push_back(module_of(*path));
    std::reverse(result.begin(), result.end());
    return result;
}

/// The size of the axis that a product sums over.
std::int64_t inner_size(const Shape& a, const Shape& b) {
    return a.rank() > 0 ? a.back() : b.rank() > 1 ? b[b.rank() - 2] : b.rank() == 1 ? b[0] : 0;
}

double count(std::int64_t n) { return static_cast<double>(n); }

/// Two for each pair of numbers that is multiplied and added.
double product_flops(const Node& n, std::int64_t elements) {
    const std::string_view op = n.op;
    const auto shape = [&](std::uint32_t i) { return n.edges[i].shape; };
    if (op == "linear" || op == "linear_relu") return 2 * count(elements) * count(shape(1)[1]);
    if (op == "matmul") return 2 * count(elements) * count(inner_size(shape(0), shape(1)));
    if (op == "dot") return 2 * count(shape(0).elements());
    // Each element of the result, or of the input, meets a whole filter.
    if (op == "conv1d" || op == "conv2d")
        return shape(1)[0] == 0 ? 0 : 2 * count(elements) * count(shape(1).elements() / shape(1)[0]);
    if (op == "conv_transpose1d" || op == "conv_transpose2d")
        return shape(1)[0] == 0 ? 0 : 2 * count(shape(0).elements()) * count(shape(1).elements() / shape(1)[0]);
    if (op == "scaled_dot_product_attention") {
        const Shape q = shape(0), k = shape(1), v = shape(2);
        return v.back() == 0 ? 0 : 2 * count(elements / v.back()) * count(k[k.rank() - 2]) * count(q.back() + v.back());
    }
    return 0;
}

class Walk {
public:
    Walk(const Tensor& root, const LeafNames& names) {
        for (const auto& [name, tensor] : names)
            if (tensor.defined()) names_.try_emplace(&body(tensor), name);
        const detail::Body& b = body(root);
        if (!detail::needs_grad(root)) return;
        if (!b.node) {
            leaf(root);
            return;
        }
        use(b.node.get(), b.shape, b.dtype, b.output);
        while (!stack_.empty()) {
            Node* const n = stack_.back();
            stack_.pop_back();
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                const Edge& e = n->edges[i];
                if (e.node) use(e.node.get(), e.shape, e.dtype, e.output);
            }
        }
        finish();
    }

    Graph result;

private:
    struct Found {
        GraphNode described;
        std::vector<std::uint32_t> outputs;  // that are used
    };

    void use(Node* n, const Shape& shape, DType dtype, std::uint32_t output) {
        const auto [at, fresh] = found_.try_emplace(n);
        Found& f = at->second;
        const std::int64_t bytes = shape.elements() * item_size(dtype);
        if (fresh) {
            f.described.operation = n->op;
            f.described.modules = modules_of(n->path);
            if (n->path != nullptr) f.described.module = f.described.modules.back();
            f.described.shape = shape;
            f.described.dtype = dtype;
            f.described.flops = product_flops(*n, shape.elements());
            f.described.released = n->released;
            stack_.push_back(n);
        }
        if (std::find(f.outputs.begin(), f.outputs.end(), output) != f.outputs.end()) return;
        f.outputs.push_back(output);
        f.described.output_bytes += bytes;
    }

    std::size_t leaf(const Tensor& t) {
        const auto [at, fresh] = places_.try_emplace(&body(t), result.nodes.size());
        if (fresh) {
            result.nodes.push_back(
                {.shape = t.shape(), .dtype = t.dtype(), .output_bytes = t.numel() * item_size(t.dtype())});
            if (const auto named = names_.find(&body(t)); named != names_.end())
                result.nodes.back().name = named->second;
        }
        return at->second;
    }

    /// In the order of their numbers, each leaf right before its first use.
    void finish() {
        std::vector<Node*> order;
        for (const auto& [node, f] : found_) order.push_back(node);
        std::sort(order.begin(), order.end(), [](const Node* a, const Node* b) { return a->number < b->number; });
        for (Node* n : order) {
            GraphNode& described = found_.at(n).described;
            for (std::uint32_t i = 0; i < n->n_inputs; ++i) {
                const Edge& e = n->edges[i];
                if (e.node)
                    described.inputs.push_back(places_.at(e.node.get()));
                else if (e.leaf.defined())
                    described.inputs.push_back(leaf(e.leaf));
            }
            places_[n] = result.nodes.size();
            result.nodes.push_back(std::move(described));
        }
    }

    std::unordered_map<Node*, Found> found_;
    std::unordered_map<const void*, std::size_t> places_;
    std::unordered_map<const void*, std::string> names_;
    std::vector<Node*> stack_;
};

}  // namespace

Graph graph(const Tensor& root, const LeafNames& names) {
    detail::check_defined(root, "graph");
    return Walk(root, names).result;
}

std::map<std::string, std::int64_t> Graph::counts() const {
    std::map<std::string, std::int64_t> result;
    for (const GraphNode& n : nodes)
        if (!n.operation.empty()) ++result[n.operation];
    return result;
}

std::map<std::string, OperationTotal> Graph::totals() const {
    std::map<std::string, OperationTotal> result;
    for (const GraphNode& n : nodes) {
        if (n.operation.empty()) continue;
        OperationTotal& t = result[n.operation];
        ++t.count;
        t.output_bytes += n.output_bytes;
        t.flops += n.flops;
    }
    return result;
}

std::int64_t Graph::output_bytes() const {
    std::int64_t total = 0;
    for (const GraphNode& n : nodes)
        if (!n.operation.empty()) total += n.output_bytes;
    return total;
}

double Graph::flops() const {
    double total = 0;
    for (const GraphNode& n : nodes) total += n.flops;
    return total;
}

}  // namespace xg
