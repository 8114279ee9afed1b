#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/dtype.hpp>
#include <xgrad/autograd/shape.hpp>
#include <xgrad/core/export.hpp>

namespace xg {

class Tensor;

namespace detail {

struct Body;

struct Counted {
    std::atomic<std::uint32_t> refs{1};
};

/// Gives up one of the references that are counted; whether it was the last. Who holds the only one reads that from the
/// count: nobody else can raise it, and an atomic subtraction takes as long as a sum of 8 numbers.
inline bool drop_one(std::atomic<std::uint32_t>& refs) noexcept {
    return refs.load(std::memory_order_acquire) == 1 || refs.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

XG_EXPORT void destroy(Counted* body) noexcept;

}  // namespace detail

/// Takes a registered hook away again. Copies are handles of the same hook; dropping a handle keeps the hook.
class XG_EXPORT HookHandle {
public:
    HookHandle() = default;
    explicit HookHandle(std::function<void()> remove) : remove_(std::move(remove)) {}
    /// Takes the hook away; does nothing the second time, or when what it was on is gone.
    void remove() {
        if (remove_) remove_();
        remove_ = nullptr;
    }

private:
    std::function<void()> remove_;
};

/// Sees the gradient of a tensor once it is complete; what it returns replaces it, unless that is undefined (`{}`).
using GradientHook = std::function<Tensor(const Tensor& gradient)>;

/// How `Tensor::backward` runs; see there.
struct BackwardOptions;

/// An n-dimensional array of numbers that remembers how it was computed.
///
/// A handle, one pointer wide: copies share the numbers, `clone()` copies them. The dtype is a run-time property.
/// Operations (`<xgrad/autograd/ops.hpp>`) never change their arguments. A tensor for which `requires_grad` was set
/// is a *leaf*; what is computed from it is recorded, and `backward()` adds the derivatives to the leaves' `grad()`.
///
/// Reading one tensor from several threads is safe; a graph belongs to one thread at a time.
class XG_EXPORT Tensor {
public:
    /// The undefined tensor: no shape, no numbers; it stands for an absent gradient.
    Tensor() noexcept = default;
    /// A tensor of rank 0: `Tensor x(3.0);`. float32 for floating-point numbers, else int64 or bool.
    explicit Tensor(Scalar value);

    Tensor(const Tensor& other) noexcept : body_(other.body_) {
        if (body_ != nullptr) body_->refs.fetch_add(1, std::memory_order_relaxed);
    }
    Tensor(Tensor&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
    // Only to what has a name: `x[0] = y` would change a temporary, not x.
    Tensor& operator=(const Tensor& other) & noexcept {
        Tensor(other).swap(*this);
        return *this;
    }
    Tensor& operator=(Tensor&& other) & noexcept {
        Tensor(std::move(other)).swap(*this);
        return *this;
    }
    ~Tensor() {
        if (body_ != nullptr && detail::drop_one(body_->refs)) detail::destroy(body_);
    }
    void swap(Tensor& other) noexcept { std::swap(body_, other.body_); }

    bool defined() const noexcept { return body_ != nullptr; }

    // The members below, except where said, throw ValueError on an undefined tensor.

    const Shape& shape() const;
    /// The number of axes.
    std::int64_t rank() const;
    /// The size of axis `axis`; a negative one counts from the end. Throws ShapeError.
    std::int64_t size(std::int64_t axis) const;
    /// The number of elements.
    std::int64_t numel() const;
    DType dtype() const;
    /// Steps between neighbours along each axis, in elements; 0 along an axis that was broadcast.
    const Shape& strides() const;
    /// Whether the elements lie one after another in row-major order.
    bool is_contiguous() const;

    /// The value of a tensor with one element. Throws ShapeError.
    double item() const;
    /// The same, exact for int64. Throws ShapeError, and DTypeError for floating-point types.
    std::int64_t item_int() const;
    /// All elements in row-major order, as doubles.
    std::vector<double> to_vector() const;

    /// The first element's address; the rest follow as `strides()` says. T is float, double, std::int64_t or bool and
    /// must be that of the dtype: throws DTypeError.
    template <class T>
    const T* data() const;
    /// The same for writing. Throws GradError for a view (a slice, a reshape, `detach()`) of a tensor that still
    /// exists, so that a write never reaches a parent, and for a tensor that requires a gradient while recording is on.
    /// A write to the parent is seen through its views. Counts as a change of the value: a backward that saved it will
    /// throw.
    template <class T>
    T* mutable_data();

    // Changes in place, for what is not recorded: see <xgrad/autograd/in_place.hpp>.

    Tensor& add_(const Tensor& other, Scalar alpha = 1);
    Tensor& add_(Scalar other);
    Tensor& mul_(const Tensor& other);
    Tensor& mul_(Scalar other);
    Tensor& copy_(const Tensor& other);
    Tensor& fill_(Scalar value);
    Tensor& zero_();

    /// The same elements in another shape; one size may be -1. A view where the strides allow, else a copy.
    Tensor reshape(const Shape& shape) const;
    /// Axes `a` and `b` exchanged: a view.
    Tensor transpose(std::int64_t a = -1, std::int64_t b = -2) const;
    /// Elements start, start + step, … before `stop` along `axis`, as Python's slices; a view, or with a negative step
    /// a copy.
    Tensor slice(std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step = 1) const;
    /// The i-th entry along the first axis, which goes away: a view. Throws IndexError.
    Tensor operator[](std::int64_t i) const;
    /// Another dtype; the same tensor if it has it already. Differentiable between floating-point types.
    Tensor to(DType dtype) const;
    /// The same values in contiguous row-major order; the same tensor if it is so already.
    Tensor contiguous() const;
    /// A copy; differentiable, and never a view.
    Tensor clone() const;
    /// The same numbers, cut off from the graph: a view that shares them.
    Tensor detach() const;

    /// Whether gradients flow to or through this tensor.
    bool requires_grad() const noexcept;
    /// Makes this leaf collect gradients, or not. Returns itself. Throws GradError for what was computed from leaves,
    /// and DTypeError unless it is of a floating-point type.
    Tensor& requires_grad(bool on);
    /// Whether this tensor was not computed by a recorded operation.
    bool is_leaf() const noexcept;
    /// The gradient that `backward` collected in this leaf, or in a result that retains it; undefined if there is none.
    Tensor grad() const;
    /// Makes `backward` collect the gradient of this result of an operation, too. Does nothing for a leaf. Throws
    /// GradError for a tensor that requires no gradient.
    void retain_grad() const;
    /// Replaces the collected gradient; an undefined one clears it. Throws ShapeError and DTypeError.
    void set_grad(const Tensor& gradient);
    /// Gives this leaf the elements and dtype of `value`, of the same shape: all handles see it. Counts as a change of
    /// the value, and drops a collected gradient of another dtype. Throws ShapeError, and GradError for what was
    /// computed from leaves.
    void set_data(const Tensor& value);
    /// The name of the operation that computed this tensor; empty for a leaf.
    std::string operation() const;

    /// Differentiates this tensor with respect to all leaves below it, and adds the results to their `grad()`.
    ///
    /// It must have one element, or `options.gradient` must have its shape. The graph is freed as it is walked: a
    /// second call throws GradError unless `options.retain_graph`. If anything throws, no leaf has changed.
    ///
    /// With `options.create_graph` the leaves' `grad()` hold the graph that holds the leaves: call `set_grad({})` when
    /// done with it, or use `xg::grad`, lest that memory is never freed.
    void backward(const BackwardOptions& options) const;
    void backward() const;

    /// Calls `hook` on this tensor's gradient, once a backward pass, when all its contributions have been summed.
    /// Throws GradError for a tensor that needs no gradient, and ValueError for an empty function.
    ///
    /// A result's hooks are freed with the graph; a leaf's stay. A hook that holds a copy of its own tensor, or of one
    /// computed from it, keeps that alive until then, or until the handle's `remove()`: let it hold `detach()`, or a
    /// reference.
    HookHandle register_hook(GradientHook hook) const;

    /// How often this tensor's storage was written to; all views of it share the count.
    std::uint32_t version() const;

    /// The textual form NumPy would print.
    std::string str() const;

    /// For xgrad's own sources: the body behind the handle.
    detail::Counted* unsafe_body() const noexcept { return body_; }
    static Tensor unsafe_adopt(detail::Counted* body) noexcept {
        Tensor t;
        t.body_ = body;
        return t;
    }

private:
    detail::Counted* body_ = nullptr;
};

struct BackwardOptions {
    Tensor gradient = {};       ///< d(something)/d(this tensor); 1 if undefined, for a tensor of one element.
    bool retain_graph = false;  ///< Keep what the graph saved, so that it can be walked again.
    bool create_graph = false;  ///< Record the backward pass itself, for higher derivatives. Implies retain_graph.
};

/// Options of `grad`.
struct GradOptions {
    std::vector<Tensor> grad_outputs = {};  ///< One for each output, or none: then each output has one element.
    bool retain_graph = false;              ///< As in BackwardOptions.
    bool create_graph = false;              ///< As in BackwardOptions.
    bool allow_unused = false;  ///< An input that no output depends on gets an undefined gradient; else GradError.
};

/// The derivatives of the sum of `outputs` with respect to each of `inputs`; leaves' `grad()` is not touched, and only
/// what lies on a path to an input is computed. Throws GradError for inputs that need no gradient.
XG_EXPORT std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                                   const GradOptions& options = {});

/// The same for one output and one input. A template, so that braces mean lists: `grad({y}, {x})` is the one above.
template <std::convertible_to<Tensor> Output, std::convertible_to<Tensor> Input>
Tensor grad(const Output& output, const Input& input, const GradOptions& options = {}) {
    return grad(std::vector<Tensor>{output}, std::vector<Tensor>{input}, options)[0];
}

/// Whether operations on this thread are recorded.
XG_EXPORT bool grad_enabled() noexcept;

/// Switches recording on or off on this thread until the end of the scope.
class XG_EXPORT GradMode {
public:
    explicit GradMode(bool enabled) noexcept;
    ~GradMode();
    GradMode(const GradMode&) = delete;
    GradMode& operator=(const GradMode&) = delete;

private:
    bool before_;
};

/// Nothing is recorded in this scope, on this thread: for evaluation and for updating parameters.
class XG_EXPORT NoGrad : public GradMode {
public:
    NoGrad() noexcept : GradMode(false) {}
};

/// Prints as NumPy does.
XG_EXPORT std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace xg
