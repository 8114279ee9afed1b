#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
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
        0;  ///< Multiplications and additions of matrix products, convolutions and attention, in the forward pass; 0 for others.
    bool released = false;                  ///< A backward pass has freed what it had saved.
    std::string name = {};                  ///< Of a leaf, where `graph` was told.
    std::vector<std::string> modules = {};  ///< The modules that it ran in, the outermost first; the last is `module`.
};

/// What all operations of one name in a graph come to.
struct OperationTotal {
    std::int64_t count = 0, output_bytes = 0;
    double flops = 0;
};

/// What became of a picture.
struct GraphPicture {
    std::string path;          ///< Of the file that was written.
    bool drawn = false;        ///< False where Graphviz is missing: the file then holds the graph in its language.
    std::string message = {};  ///< Why it was not drawn, and what to do.
};

/// What lies below a tensor: inputs come before what was computed from them, the tensor itself is last.
///
/// Names are printed and drawn on one line of at most 200 characters, in which control characters become `?`.
struct XG_EXPORT Graph {
    std::vector<GraphNode> nodes;

    /// How often each operation occurs; leaves are not counted.
    std::map<std::string, std::int64_t> counts() const;
    /// The same with the bytes of their results and their floating-point operations.
    std::map<std::string, OperationTotal> totals() const;
    std::int64_t output_bytes() const;
    double flops() const;
    /// `totals()` as a table, the greatest share of the memory first.
    std::string table() const;
    /// An indented tree, the result first; what is used more than once is printed once and then referred to by its
    /// number.
    std::string str() const;
    /// The graph in Graphviz's language: operations of a module lie in a box of their own, in those of the modules
    /// around it. `dot -Tsvg` draws it.
    std::string dot() const;
    /// Writes `dot()` to a file. Throws FileError.
    void write_dot(const std::string& path) const;
    /// Draws the graph with Graphviz's program `dot`, or the one that XGRAD_DOT names, into a file that ends in .svg.
    /// Where there is no such program, a file that ends in .dot instead is left beside it, and the result says so.
    /// Throws ValueError for another ending, FileError, and Error with Graphviz's message where it fails.
    GraphPicture write_svg(const std::string& path) const;
};

/// Leaves and how they are called.
using LeafNames = std::vector<std::pair<std::string, Tensor>>;

/// The graph below `root`: what backward would walk. It is a description: it keeps nothing alive. A tensor that
/// requires no gradient has an empty graph. Leaves may be given names; `xg::nn::graph` takes them from a model. Throws
/// ValueError for an undefined tensor.
XG_EXPORT Graph graph(const Tensor& root, const LeafNames& names = {});

}  // namespace xg
