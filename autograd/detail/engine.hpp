#pragma once

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <xgrad/autograd/detail/body.hpp>

namespace xg {

/// Where the backward passes of one thread put the leaves' gradients, so that several threads can differentiate through
/// leaves that they share. `commit` adds them to the leaves: called for one store after another, in an order that the
/// caller fixes.
class XG_EXPORT GradientStore {
public:
    /// Adds `gradient` to what is held for `leaf`.
    void add(const Tensor& leaf, Tensor gradient);
    /// What is held for `leaf`; undefined if nothing is.
    Tensor of(const Tensor& leaf) const;
    /// Adds what is held to the leaves' `grad()`, through their hooks, in the order in which they came. Empties the
    /// store. If a hook throws, no leaf has changed.
    void commit();
    /// Adds what all others hold to the first one, in their order, the leaves on all threads side by side; the others
    /// are then empty.
    static void merge(std::span<GradientStore> stores);

    /// Makes `store` this thread's until the end of the scope.
    class XG_EXPORT Scope {
    public:
        explicit Scope(GradientStore& store) noexcept;
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        void* before_;
    };

private:
    std::vector<std::pair<Tensor, Tensor>> entries_;
    std::unordered_map<const void*, std::size_t> places_;  // of each leaf among them
};

namespace detail {

struct Edge;

/// Walks the graph below `roots`, whose gradients are `seeds`. With `wanted` empty every leaf collects its gradient;
/// else the gradients of those tensors are returned (undefined where nothing flows) and no leaf is touched.
std::vector<Tensor> run_backward(std::span<const Tensor> roots, std::span<Tensor> seeds, std::span<const Tensor> wanted,
                                 bool retain_graph, bool create_graph);

/// Brings what a formula returned to the input's shape and dtype: undoes broadcasting, once for all operations.
Tensor fit(Tensor gradient, const Edge& edge, const char* op);

/// The gradient after all hooks of `list`, which may be null, have seen it. `whose` gradient it is goes into messages.
/// Throws GradError if a hook returns another shape or dtype.
Tensor call_hooks(const std::shared_ptr<const HookList>& list, Tensor gradient, const char* whose);

/// The complete gradient of a leaf, after its hooks and observers have seen it.
Tensor show_to_leaf(const Tensor& leaf, Tensor gradient);

/// Adds to what the leaf has collected; keeps the graph of the gradient where it is wanted.
void add_to_leaf(const Tensor& leaf, Tensor gradient, bool create_graph);

/// Adds b to a, in a's place where nobody else can see a (and nothing is recorded), else to a new tensor. Undefined a:
/// b itself.
Tensor accumulate(Tensor a, Tensor b);

}  // namespace detail
}  // namespace xg
