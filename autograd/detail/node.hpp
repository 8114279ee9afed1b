#pragma once

#include <array>
#include <optional>
#include <source_location>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/detail/anomaly.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/detail/task_context.hpp>
#include <xgrad/core/path.hpp>

// The graph: one Node a recorded operation. A node points to the nodes and leaves that its inputs came from.

namespace xg::detail {

/// Where the gradient of one input goes: a node's output or a leaf, or nowhere if that input needs none.
struct Edge {
    Ref<Node> node;
    std::uint32_t output = 0;
    std::uint32_t slot = 0;  ///< The engine's: which of the leaves that it found.
    Tensor leaf;
    DType dtype = DType::float32;
    Shape shape;

    void connect(const Tensor& input);
    bool wanted() const noexcept { return static_cast<bool>(node) || leaf.defined(); }
};

/// What the engine knows of one output of a node while it walks the graph.
struct OutputSlot {
    Tensor gradient;
    std::shared_ptr<HookList> hooks;  ///< Registered on this very tensor.
    std::shared_ptr<GradientObserver> observer;
};

class Gradients;

/// How tangents go forward through an operation, made of its backward formulas.
enum class ForwardRule : std::uint8_t {
    transpose,  ///< By differentiating the formulas, which are linear in the gradient, once more: right for every operation.
    pointwise,  ///< By the formulas themselves: each element of the result depends on the one element of an input at its place.
};

/// What is told to `record` of an operation besides its values and formulas.
struct Op {
    constexpr Op(const char* op_name, ForwardRule rule = ForwardRule::transpose, bool mixes = false) noexcept
        : name(op_name), forward(rule), mixes_samples(mixes) {}
    const char* name;
    ForwardRule forward;
    bool
        mixes_samples;  ///< Entries along the result's first axis depend on each other's inputs, as those of batch_norm do.
};

/// An element-wise operation: what its formulas make of a tangent is the result's tangent.
constexpr Op pointwise(const char* name) noexcept { return {name, ForwardRule::pointwise}; }

struct Node {
    std::atomic<std::uint32_t> refs{1};
    std::uint32_t n_inputs = 0;
    std::uint32_t n_outputs = 1;
    bool released = false;     ///< What it had saved is gone.
    std::uint64_t number = 0;  ///< Greater than the numbers of all nodes that it depends on.
    ForwardRule forward = ForwardRule::transpose;
    bool mixes_samples = false;
    const char* op = "";
    const ModulePath* path = nullptr;
    std::source_location place = {};
    Edge* edges = nullptr;
    OutputSlot* outputs = nullptr;
    Node* next = nullptr;  ///< In the list of what is to be destroyed.

    // The engine's notes of the pass under way.
    std::uint64_t pass = 0;
    std::uint32_t pending = 0;
    bool needed = true;   ///< A gradient must flow into it.
    bool runs = true;     ///< And on from it.
    bool active = false;  ///< A pass that is under way has visited it.
    bool queued = false;

    /// `run` may give the sum of the squares of its only output's gradient.
    bool sums_squares = false;

    virtual ~Node() = default;
    /// Computes the gradients of the inputs that are needed.
    virtual void run(Gradients& gradients) = 0;
    /// Frees what was saved for `run`.
    virtual void release() noexcept = 0;

    // For per_sample.cpp, where an operation has something better to offer than what holds for all: see HasSamples.
    virtual Tensor per_sample(Gradients&, std::uint32_t) { return {}; }
    virtual Tensor per_sample_norms(Gradients&, std::uint32_t) { return {}; }
    virtual bool reads(const Storage*) const noexcept { return false; }

    static void* operator new(std::size_t bytes) { return pool_get(bytes); }
    static void operator delete(void* block, std::size_t bytes) noexcept { pool_put(block, bytes); }
};

inline void add_reference(Node* node) noexcept { node->refs.fetch_add(1, std::memory_order_relaxed); }
inline void drop_reference(Node* node) noexcept {
    if (drop_one(node->refs)) destroy(node);
}

/// What a node's formula sees: the outputs' gradients, and places for the inputs'.
class Gradients {
public:
    /// All that the pass under way has marked.
    Gradients(Node& node, Tensor* results) noexcept : node_(node), results_(results) {}
    /// Of one input, or of those that have a tangent.
    Gradients(Node& node, Tensor* results, std::uint32_t only) noexcept : node_(node), results_(results), only_(only) {}
    Gradients(Node& node, Tensor* results, std::span<const Tensor> tangents) noexcept
        : node_(node), results_(results), tangents_(tangents) {}
    /// The gradient of output k; undefined if nothing depended on it.
    const Tensor& of_output(std::uint32_t k = 0) const noexcept { return node_.outputs[k].gradient; }
    bool needs(std::uint32_t input) const noexcept {
        if (only_ != kAll) [[unlikely]]
            return input == only_;
        if (!tangents_.empty()) [[unlikely]]
            return tangents_[input].defined();
        const Edge& e = node_.edges[input];
        return e.node ? e.node->needed : e.leaf.defined() && e.slot != kUnwanted;
    }
    void set(std::uint32_t input, Tensor gradient) noexcept { results_[input] = std::move(gradient); }

    /// Where the sum of the squares of the output's gradient goes, if somebody wants it; see Node::sums_squares.
    double* squares = nullptr;

    static constexpr std::uint32_t kUnwanted = 0xffffffff;

private:
    static constexpr std::uint32_t kAll = 0xffffffff;

    Node& node_;
    Tensor* results_;
    std::uint32_t only_ = kAll;
    std::span<const Tensor> tangents_;
};

/// The node that the engine is running on this thread; null outside of backward.
extern constinit thread_local Node* running_node [[gnu::tls_model("initial-exec")]];

/// Packs what is saved for backward into something smaller, and gets it back. Set for a thread by `saved_transform`.
struct SavedTransform {
    virtual ~SavedTransform() = default;
    virtual std::shared_ptr<void> pack(const Tensor& value) = 0;
    virtual Tensor unpack(const std::shared_ptr<void>& packed) = 0;
};
extern constinit thread_local std::shared_ptr<SavedTransform>* saved_transform [[gnu::tls_model("initial-exec")]];

inline bool recording() noexcept { return context.grad_enabled; }

/// An input that backward will need. `get` throws GradError if it was changed since. While nothing is recorded, as in
/// most backward passes, nothing is held: the formula that would have read it is thrown away, and counting references
/// takes as long as short arithmetic.
class Saved {
public:
    Saved() = default;
    explicit Saved(const Tensor& value, bool whatever_the_mode = false) {
        if (!(whatever_the_mode || recording()) || !value.defined()) return;
        value_ = value;
        version_ = body(value).storage->version;
        if (saved_transform != nullptr) [[unlikely]]
            pack();
    }
    // Formulas are passed on several times before they lie in their node.
    [[gnu::always_inline]] Saved(Saved&&) noexcept = default;
    [[gnu::always_inline]] Saved& operator=(Saved&&) noexcept = default;
    Saved(const Saved&) = default;
    Saved& operator=(const Saved&) = default;
    [[gnu::always_inline]] ~Saved() = default;

    Tensor get() const {
        if (packed_) [[unlikely]]
            return unpack();
        if (value_.defined() && body(value_).storage->version != version_) [[unlikely]]
            fail();
        return value_;
    }

private:
    struct Packed {
        std::shared_ptr<SavedTransform> transform;
        std::shared_ptr<void> content;
        // The value's place in the graph, for higher derivatives.
        Ref<Node> node;
        std::uint32_t output = 0;
        Tensor leaf;
    };
    void pack();
    Tensor unpack() const;
    [[noreturn]] void fail() const;

    Tensor value_;
    std::uint32_t version_ = 0;
    std::shared_ptr<Packed> packed_;
};

inline Saved saved(const Tensor& value) { return Saved(value); }
/// What is saved in a piece of work that is not recorded itself, but will be read by a backward all the same.
inline Saved kept(const Tensor& value) { return Saved(value, true); }

// What the formula of a parameter's gradient may offer beside the call itself, for gradients sample by sample. Samples
// lie along the first axis of the operation's result, of which there are N:
//
//     Tensor per_sample(const Tensor& g) const        (N, the input's shape): the share of each sample in the gradient; of a joint formula
//                                                     per_sample(Gradients&, std::uint32_t input)
//     Tensor per_sample_norms(const Tensor& g) const  (N,): the norms of these shares, where they are to be had for less
//     bool reads(const Storage* s) const              whether the operation takes constants (indices) from s
//
// All may return an undefined tensor where they do not apply. Without them shares are had from what the formula itself
// says: see per_sample.cpp.
template <class F>
concept HasSamples = requires(const F& f, const Tensor& g) {
    f.per_sample(g);
};
template <class F>
concept HasSampleNorms = requires(const F& f, const Tensor& g) {
    f.per_sample_norms(g);
};
template <class F>
concept Reads = requires(const F& f, const Storage* s) {
    f.reads(s);
};

/// An operation's own output that backward will need: held outside of the graph, so that no cycle arises.
class SavedOutput {
public:
    SavedOutput() = default;
    SavedOutput(const Tensor& output, std::uint32_t index) : alias_(make_alias(output)), index_(index) {}
    /// The output, as part of the graph where the backward pass is itself recorded.
    Tensor get() const;

private:
    Saved alias_;
    std::uint32_t index_ = 0;
};

/// Numbers a new node above those of its inputs, and notes the module path.
void register_node(Node& node, const Op& op);

/// A node whose formulas lie in it, one for each input: `f(g)`, or `f(g, y)` for one that needs the operation's output
/// y.
template <class... F>
struct FormulaNode final : Node {
    static constexpr std::size_t kInputs = sizeof...(F);
    static constexpr bool kUsesOutput = (std::is_invocable_v<F, const Tensor&, const Tensor&> || ...);

    std::array<Edge, kInputs> edge_array;
    OutputSlot output;
    std::optional<std::tuple<F...>> formulas;
    [[no_unique_address]] std::conditional_t<kUsesOutput, SavedOutput, std::tuple<>> result;

    explicit FormulaNode(F&&... f) : formulas(std::in_place, std::forward<F>(f)...) {
        n_inputs = kInputs;
        edges = edge_array.data();
        outputs = &output;
    }

    void run(Gradients& gradients) override {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (run_one<I>(gradients), ...); }
        (std::make_index_sequence<kInputs>{});
    }

    template <std::size_t I>
    void run_one(Gradients& gradients) {
        if (!gradients.needs(I)) return;
        auto& f = std::get<I>(*formulas);
        if constexpr (std::is_invocable_v<decltype(f), const Tensor&, const Tensor&>)
            gradients.set(I, f(gradients.of_output(), result.get()));
        else
            gradients.set(I, f(gradients.of_output()));
    }

    void release() noexcept override {
        formulas.reset();
        result = {};
    }

    Tensor per_sample(Gradients& gradients, std::uint32_t input) override {
        Tensor found;
        if constexpr ((HasSamples<F> || ...))
            of_formula(input, [&]<class Formula>(const Formula& f) {
                if constexpr (HasSamples<Formula>) found = f.per_sample(gradients.of_output());
            });
        return found;
    }
    Tensor per_sample_norms(Gradients& gradients, std::uint32_t input) override {
        Tensor found;
        if constexpr ((HasSampleNorms<F> || ...))
            of_formula(input, [&]<class Formula>(const Formula& f) {
                if constexpr (HasSampleNorms<Formula>) found = f.per_sample_norms(gradients.of_output());
            });
        return found;
    }
    bool reads(const Storage* storage) const noexcept override {
        bool any = false;
        if constexpr ((Reads<F> || ...))
            for (std::uint32_t i = 0; i < kInputs; ++i)
                of_formula(i, [&]<class Formula>(const Formula& f) {
                    if constexpr (Reads<Formula>) any = any || f.reads(storage);
                });
        return any;
    }

private:
    template <class Visit>
    void of_formula(std::uint32_t input, Visit&& visit) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((I == input ? visit(std::get<I>(*formulas)) : void()), ...);
        }
        (std::make_index_sequence<kInputs>{});
    }
};

/// One input of an operation and the formula of its gradient: see `record`.
template <class F>
struct Wrt {
    const Tensor& input;
    F formula;
};
template <class F>
Wrt<std::decay_t<F>> wrt(const Tensor& input, F&& formula) {
    return {input, std::forward<F>(formula)};
}

/// Notes in the graph how `y` came about, if recording is on and an input needs a gradient, and returns it.
///
/// Each formula gets the gradient with respect to y and returns that with respect to its input, made of recorded
/// operations. It may return it in the shape and dtype of y: the engine sums it back where the input was broadcast, and
/// casts it.
template <class... F>
Tensor record(const Op& op, Tensor y, Wrt<F>... inputs) {
    if (context.detect_anomaly) [[unlikely]] {
        const Tensor* const given[] = {&inputs.input...};
        check_result(op.name, y, given);
    }
    if (!recording() || !(needs_grad(inputs.input) || ...)) return y;
    auto* node = new FormulaNode<F...>(std::move(inputs.formula)...);
    std::size_t i = 0;
    (node->edge_array[i++].connect(inputs.input), ...);
    register_node(*node, op);
    if constexpr (FormulaNode<F...>::kUsesOutput) node->result = SavedOutput(y, 0);
    body(y).node = Ref<Node>::adopt(node);
    return y;
}

/// A fixed number of T, in memory of the pool.
template <class T>
class PoolArray {
public:
    explicit PoolArray(std::size_t n) : data_(static_cast<T*>(pool_get(n * sizeof(T)))), size_(n) {
        for (std::size_t i = 0; i < n; ++i) new (data_ + i) T();
    }
    ~PoolArray() {
        for (std::size_t i = 0; i < size_; ++i) data_[i].~T();
        pool_put(data_, size_ * sizeof(T));
    }
    PoolArray(const PoolArray&) = delete;
    PoolArray& operator=(const PoolArray&) = delete;
    T* data() noexcept { return data_; }

private:
    T* data_;
    std::size_t size_;
};

/// A node with one formula for all its inputs, and any number of inputs and outputs.
template <class F>
struct JointNode final : Node {
    PoolArray<Edge> edge_array;
    PoolArray<OutputSlot> output_array;
    std::optional<F> formula;

    JointNode(std::size_t inputs, std::size_t n_out, F&& f)
        : edge_array(inputs), output_array(n_out), formula(std::move(f)) {
        n_inputs = static_cast<std::uint32_t>(inputs);
        n_outputs = static_cast<std::uint32_t>(n_out);
        edges = edge_array.data();
        outputs = output_array.data();
    }
    void run(Gradients& gradients) override { (*formula)(gradients); }
    void release() noexcept override { formula.reset(); }

    Tensor per_sample(Gradients& gradients, std::uint32_t input) override {
        if constexpr (requires { formula->per_sample(gradients, input); })
            return formula->per_sample(gradients, input);
        else
            return {};
    }
    Tensor per_sample_norms(Gradients& gradients, std::uint32_t input) override {
        if constexpr (requires { formula->per_sample_norms(gradients, input); })
            return formula->per_sample_norms(gradients, input);
        else
            return {};
    }
};

/// Whether `record_joint` of an operation on these inputs would record it.
inline bool would_record(std::span<const Tensor* const> inputs) noexcept {
    if (!recording()) return false;
    for (const Tensor* t : inputs)
        if (t->defined() && needs_grad(*t)) return true;
    return false;
}

/// The same for operations whose inputs share work in backward, or that have several outputs. `formula(Gradients&)`
/// sets the gradients that are needed; those of outputs on which nothing depended are undefined, and so may inputs be.
template <class F>
void record_joint(const Op& op, std::span<Tensor* const> outputs, std::span<const Tensor* const> inputs, F&& formula) {
    if (context.detect_anomaly) [[unlikely]]
        for (const Tensor* y : outputs) check_result(op.name, *y, inputs);
    if (!would_record(inputs)) return;
    auto node =
        Ref<Node>::adopt(new JointNode<std::decay_t<F>>(inputs.size(), outputs.size(), std::forward<F>(formula)));
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i]->defined()) node->edges[i].connect(*inputs[i]);
    register_node(*node, op);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        body(*outputs[k]).node = node;
        body(*outputs[k]).output = static_cast<std::uint32_t>(k);
    }
}

}  // namespace xg::detail
