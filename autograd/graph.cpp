#include <xgrad/autograd/graph.hpp>

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/file.hpp>

namespace xg {

using detail::body;
using detail::Edge;
using detail::Node;

namespace {

std::string module_of(const ModulePath* path) {
    if (path == nullptr) return "";
    return path->name.empty() ? path->type : path->name + " (" + path->type + ")";
}

/// 2·m·n·k of a product whose result has `elements`; the length of the sums is the second input's, or for `linear` its last axis.
double product_flops(const Node& n, std::int64_t elements) {
    const std::string op = n.op;
    if (op == "linear" || op == "linear_relu") {
        const Shape& w = n.edges[1].shape;
        const Shape& x = n.edges[0].shape;
        const std::int64_t k = w.rank() == 2 ? w[1] : x.rank() > 0 ? x.back() : 0;
        return 2.0 * static_cast<double>(elements) * static_cast<double>(k);
    }
    if (op == "matmul") {
        const Shape& a = n.edges[0].shape;
        const Shape& b = n.edges[1].shape;
        const std::int64_t k = a.rank() > 0 ? a.back() : b.rank() > 1 ? b[b.rank() - 2] : b.rank() == 1 ? b[0] : 0;
        return 2.0 * static_cast<double>(elements) * static_cast<double>(k);
    }
    return 0;
}

class Walk {
public:
    explicit Walk(const Tensor& root) {
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
            f.described.module = module_of(n->path);
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
        if (fresh)
            result.nodes.push_back(
                {.shape = t.shape(), .dtype = t.dtype(), .output_bytes = t.numel() * item_size(t.dtype())});
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
    std::vector<Node*> stack_;
};

std::string title(const GraphNode& n) {
    return fmt::format("{} {} {}", n.operation.empty() ? "leaf" : n.operation, n.shape.str(), name(n.dtype));
}

/// A string as Graphviz takes it between double quotes.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out + "\"";
}

}  // namespace

Graph graph(const Tensor& root) {
    detail::check_defined(root, "graph");
    return Walk(root).result;
}

std::map<std::string, std::int64_t> Graph::counts() const {
    std::map<std::string, std::int64_t> result;
    for (const GraphNode& n : nodes)
        if (!n.operation.empty()) ++result[n.operation];
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

std::string Graph::str() const {
    if (nodes.empty()) return "";
    std::vector<int> uses(nodes.size(), 0);
    for (const GraphNode& n : nodes)
        for (const std::size_t i : n.inputs) ++uses[i];
    std::vector<bool> printed(nodes.size(), false);
    std::string out;
    // A chain of single inputs goes on at the same depth: depth is for branches, and lines stay on the screen.
    std::vector<std::pair<std::size_t, std::size_t>> stack = {{nodes.size() - 1, 0}};
    while (!stack.empty()) {
        const auto [at, depth] = stack.back();
        stack.pop_back();
        const GraphNode& n = nodes[at];
        out.append(2 * std::min<std::size_t>(depth, 40), ' ');
        if (printed[at]) {
            out += fmt::format("#{} {}, see above\n", at, n.operation.empty() ? "leaf" : n.operation);
            continue;
        }
        printed[at] = true;
        out += fmt::format("{}{}{}{}\n", uses[at] > 1 ? fmt::format("#{} ", at) : "", title(n),
                           n.module.empty() ? "" : "  in " + n.module, n.released ? "  (freed)" : "");
        const std::size_t below = depth + (n.inputs.size() > 1 ? 1 : 0);
        for (std::size_t i = n.inputs.size(); i-- > 0;) stack.emplace_back(n.inputs[i], below);
    }
    return out;
}

std::string Graph::dot() const {
    std::string out =
        "digraph xgrad {\n  rankdir=BT;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, "
        "fontname=\"Helvetica\", fontsize=10];\n  edge [color=\"#555555\"];\n";
    std::map<std::string, std::vector<std::size_t>> clusters;
    for (std::size_t i = 0; i < nodes.size(); ++i) clusters[nodes[i].module].push_back(i);
    std::size_t number = 0;
    for (const auto& [module, members] : clusters) {
        if (!module.empty())
            out += fmt::format("  subgraph cluster_{} {{\n    label={}; style=\"rounded\"; color=\"#8899aa\";\n",
                               number++, quoted(module));
        for (const std::size_t i : members)
            out += fmt::format(
                "  {}  n{} [label={}{}];\n", module.empty() ? "" : "  ", i,
                quoted((nodes[i].operation.empty() ? "leaf" : nodes[i].operation) + " " + nodes[i].shape.str()),
                nodes[i].operation.empty() ? ", fillcolor=\"#dde8f5\"" : "");
        if (!module.empty()) out += "  }\n";
    }
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const std::size_t from : nodes[i].inputs) out += fmt::format("  n{} -> n{};\n", from, i);
    return out + "}\n";
}

void Graph::write_dot(const std::string& path) const { write_file(path, dot()); }

}  // namespace xg
