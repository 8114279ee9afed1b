#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// One recorded operation, or a leaf, of a graph.
struct GraphNode {
    std::string operation = {};            ///< Empty for a leaf.
    std::string module = {};               ///< `3.fc1 (Linear)`; empty outside of modules, and for leaves.
    std::vector<std::size_t> inputs = {};  ///< The nodes that the gradient goes on to: their places in Graph::nodes.
    Shape shape = {};                      ///< Of its first output that is used.
    DType dtype = float32;
    std::int64_t output_bytes = 0;  ///< Of all its outputs that are used.
    double flops =
        0;  ///< Multiplications and additions of matrix products, in the forward pass; 0 for other operations.
    bool released = false;  ///< A backward pass has freed what it had saved.
};

/// What lies below a tensor: inputs come before what was computed from them, the tensor itself is last.
struct XG_EXPORT Graph {
    std::vector<GraphNode> nodes;

    /// How often each operation occurs; leaves are not counted.
    std::map<std::string, std::int64_t> counts() const;
    std::int64_t output_bytes() const;
    double flops() const;
    /// An indented tree, the result first; what is used more than once is printed once and then referred to by its number.
    std::string str() const;
    /// The graph in Graphviz's language: operations of a module lie in a box of their own. `dot -Tsvg` draws it.
    std::string dot() const;
    /// Writes `dot()` to a file. Throws FileError.
    void write_dot(const std::string& path) const;
};

/// The graph below `root`: what backward would walk. It is a description: it keeps nothing alive. A tensor that requires no gradient has
/// an empty graph. Throws ValueError for an undefined tensor.
XG_EXPORT Graph graph(const Tensor& root);

}  // namespace xg
