#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/detail/hooks.hpp>
#include <xgrad/core/detail/memory_pool.hpp>

// What a Tensor's handle points to: a Body (shape, dtype, place in the graph) over a Storage (the bytes).

namespace xg::detail {

/// Bytes, shared by all views of them. Those of the pool lie right behind this header.
struct Storage {
    std::atomic<std::uint32_t> refs{1};
    std::uint32_t version = 0;
    std::size_t bytes = 0;
    char* data = nullptr;
    std::function<void()>* release = nullptr;  ///< Set for memory that was adopted.

    static Storage* make(std::size_t bytes);
};
inline constexpr std::size_t kStorageHeader = 64;
static_assert(sizeof(Storage) <= kStorageHeader);

void destroy(Storage* storage) noexcept;

struct Node;
void destroy(Node* node) noexcept;

inline void add_reference(Storage* s) noexcept { s->refs.fetch_add(1, std::memory_order_relaxed); }
inline void drop_reference(Storage* s) noexcept {
    if (drop_one(s->refs)) destroy(s);
}
void add_reference(Node* node) noexcept;
void drop_reference(Node* node) noexcept;

/// A counted pointer to a Storage or a Node.
template <class T>
class Ref {
public:
    Ref() noexcept = default;
    /// Takes over the count that the caller held.
    static Ref adopt(T* p) noexcept {
        Ref r;
        r.p_ = p;
        return r;
    }
    static Ref share(T* p) noexcept {
        if (p != nullptr) add_reference(p);
        return adopt(p);
    }
    Ref(const Ref& other) noexcept : p_(other.p_) {
        if (p_ != nullptr) add_reference(p_);
    }
    Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(p_, other.p_);
        return *this;
    }
    ~Ref() {
        if (p_ != nullptr) drop_reference(p_);
    }
    T* get() const noexcept { return p_; }
    T* operator->() const noexcept { return p_; }
    T& operator*() const noexcept { return *p_; }
    explicit operator bool() const noexcept { return p_ != nullptr; }

private:
    T* p_ = nullptr;
};

using HookList = Hooks<GradientHook>;

/// Sees complete gradients, as a hook does, but cannot change them, and costs no more than a virtual call: for what
/// watches every layer of a model at every step.
struct GradientObserver {
    virtual ~GradientObserver() = default;
    virtual void observe(const Tensor& gradient) = 0;
    /// The same, from who knows the sum of the gradient's squares already.
    virtual void observe(const Tensor& gradient, double squares) {
        static_cast<void>(squares);
        observe(gradient);
    }

    GradientObserver* next =
        nullptr;  ///< Of the leaf that it watches: a list without memory of its own, which would be cold.
};

/// Lets `observer` see the gradient of t, the result of an operation, after t's hooks, and after other observers.
/// False, and nothing done, for a leaf.
bool observe_result(const Tensor& t, const std::shared_ptr<GradientObserver>& observer);

/// Lets `observer` see the gradient of the leaf t after its hooks, in every backward, until it is taken away again. t
/// must collect gradients. An observer watches one leaf at a time.
void observe_leaf(const Tensor& t, GradientObserver& observer);
void unobserve_leaf(const Tensor& t, const GradientObserver& observer) noexcept;

/// What only tensors that collect gradients have: leaves, and results that retain theirs.
struct LeafState {
    Tensor gradient;
    std::shared_ptr<Tensor> retained;  ///< A result's: its hook, which outlives the result, holds it too.
    std::shared_ptr<HookList> hooks;
    GradientObserver* observers = nullptr;  ///< The first of a list.
};

struct Body : Counted {
    DType dtype = DType::float32;
    bool requires_grad = false;  ///< Of a leaf; what has a node requires a gradient anyway.
    bool contiguous = true;
    bool view = false;         ///< Made of a part or another shape of another tensor's storage.
    std::uint32_t output = 0;  ///< Which output of `node` this is.
    char* data = nullptr;      ///< The first element.
    std::int64_t numel = 1;
    Ref<Storage> storage;
    Ref<Node> node;
    std::unique_ptr<LeafState> leaf;
    Shape shape;
    Shape strides;  ///< In elements.

    static void* operator new(std::size_t bytes) { return pool_get(bytes); }
    static void operator delete(void* block, std::size_t bytes) noexcept { pool_put(block, bytes); }
};

inline Body& body(const Tensor& t) noexcept { return *static_cast<Body*>(t.unsafe_body()); }

/// Throws ValueError, naming `operation`, for an undefined tensor.
void check_defined(const Tensor& t, const char* operation);

/// The number of elements. Throws ShapeError on negative sizes, and if not even the bytes that it would have without
/// axes of size 0 can be addressed, so that no stride overflows; the message begins with the operation.
std::int64_t checked_elements(const Shape& shape, DType dtype, const char* operation = "tensor");
/// Elements not yet written, row-major, from the pool. Throws ShapeError as `checked_elements` does, and
/// OutOfMemoryError, which names the operation and the shape.
Tensor make_tensor(const Shape& shape, DType dtype, const char* operation = "tensor");
/// Another view of t's storage, outside of any graph.
Tensor make_view(const Tensor& t, Shape shape, Shape strides, std::int64_t offset);
/// t's elements and layout, outside of any graph.
Tensor make_alias(const Tensor& t);
/// Row-major strides.
Shape contiguous_strides(const Shape& shape);
bool is_row_major(const Shape& shape, const Shape& strides) noexcept;

/// Whether nobody else can see these elements: one handle, one body on the storage.
inline bool sole_owner(const Tensor& t) noexcept {
    const Body& b = body(t);
    return b.refs.load(std::memory_order_acquire) == 1 && b.storage->refs.load(std::memory_order_acquire) == 1 &&
           b.storage->release == nullptr;
}

/// Throws GradError, naming `operation`, where t must not be written to: see Tensor::mutable_data.
void check_writable(const Tensor& t, const char* operation);

/// Whether gradients flow to or through t.
inline bool needs_grad(const Tensor& t) noexcept { return body(t).node || body(t).requires_grad; }

template <class T>
struct dtype_of;
template <>
struct dtype_of<float> {
    static constexpr DType value = DType::float32;
};
template <>
struct dtype_of<double> {
    static constexpr DType value = DType::float64;
};
template <>
struct dtype_of<std::int64_t> {
    static constexpr DType value = DType::int64;
};
template <>
struct dtype_of<bool> {
    static constexpr DType value = DType::boolean;
};

/// Calls `f` with a null pointer of the C++ type that belongs to `dtype`.
template <class F>
decltype(auto) dispatch(DType dtype, F&& f) {
    switch (dtype) {
        case DType::float32: return f(static_cast<float*>(nullptr));
        case DType::float64: return f(static_cast<double*>(nullptr));
        case DType::int64: return f(static_cast<std::int64_t*>(nullptr));
        case DType::boolean: return f(static_cast<bool*>(nullptr));
    }
    __builtin_unreachable();
}

template <class T>
T* data_as(const Tensor& t) noexcept {
    return reinterpret_cast<T*>(body(t).data);
}

/// The same; nullptr where there is no tensor.
template <class T>
T* data_or_null(const Tensor& t) noexcept {
    return t.defined() ? data_as<T>(t) : nullptr;
}

}  // namespace xg::detail
