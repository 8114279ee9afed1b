#include <xgrad/autograd/tensor.hpp>

#include <algorithm>
#include <cstring>
#include <ostream>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;

bool grad_enabled() noexcept { return detail::context.grad_enabled; }
GradMode::GradMode(bool enabled) noexcept : before_(std::exchange(detail::context.grad_enabled, enabled)) {}
GradMode::~GradMode() { detail::context.grad_enabled = before_; }

Tensor::Tensor(Scalar value) : Tensor(full({}, value, {.dtype = value.kind() == float64 ? float32 : value.kind()})) {}

const Shape& Tensor::shape() const {
    check_defined(*this, "shape");
    return body(*this).shape;
}

std::int64_t Tensor::rank() const { return static_cast<std::int64_t>(shape().rank()); }

std::int64_t Tensor::size(std::int64_t axis) const {
    const std::int64_t n = rank();
    if (axis < -n || axis >= n)
        throw ShapeError("size: axis " + std::to_string(axis) + " is out of range for the shape " + shape().str());
    return shape()[static_cast<std::size_t>(axis < 0 ? axis + n : axis)];
}

std::int64_t Tensor::numel() const {
    check_defined(*this, "numel");
    return body(*this).numel;
}

DType Tensor::dtype() const {
    check_defined(*this, "dtype");
    return body(*this).dtype;
}

const Shape& Tensor::strides() const {
    check_defined(*this, "strides");
    return body(*this).strides;
}

bool Tensor::is_contiguous() const {
    check_defined(*this, "is_contiguous");
    return body(*this).contiguous;
}

namespace {

void check_single(const Tensor& t) {
    check_defined(t, "item");
    if (body(t).numel != 1)
        throw ShapeError("item: expected a tensor of one element, got the shape " + body(t).shape.str());
}

}  // namespace

double Tensor::item() const {
    check_single(*this);
    return detail::dispatch(body(*this).dtype,
                            [&]<class T>(T*) { return static_cast<double>(*detail::data_as<T>(*this)); });
}

std::int64_t Tensor::item_int() const {
    check_single(*this);
    if (is_floating(body(*this).dtype))
        throw DTypeError(std::string("item_int: expected an int64 or bool tensor, got ") + name(body(*this).dtype) +
                         "; use item()");
    return body(*this).dtype == boolean ? std::int64_t{*detail::data_as<bool>(*this)}
                                        : *detail::data_as<std::int64_t>(*this);
}

std::vector<double> Tensor::to_vector() const {
    check_defined(*this, "to_vector");
    const Tensor values = detach().to(float64).contiguous();
    const double* data = detail::data_as<double>(values);
    return {data, data + values.numel()};
}

template <class T>
const T* Tensor::data() const {
    check_defined(*this, "data");
    if (body(*this).dtype != detail::dtype_of<T>::value)
        throw DTypeError(std::string("data: asked for ") + name(detail::dtype_of<T>::value) + ", the tensor is of " +
                         name(body(*this).dtype));
    return detail::data_as<T>(*this);
}

void detail::check_writable(const Tensor& t, const char* operation) {
    check_defined(t, operation);
    const Body& b = body(t);
    if (grad_enabled() && needs_grad(t))
        throw GradError(std::string(operation) +
                        ": a tensor that requires a gradient is changed only under xg::NoGrad");
    const bool shared = b.view && b.storage->refs.load(std::memory_order_acquire) > 1;
    if (shared || !b.contiguous)
        throw GradError(std::string(operation) + ": the tensor of shape " + b.shape.str() +
                        " is a view of another; write to that, or to a clone()");
}

template <class T>
T* Tensor::mutable_data() {
    static_cast<void>(data<T>());
    detail::check_writable(*this, "mutable_data");
    ++body(*this).storage->version;
    return detail::data_as<T>(*this);
}

template XG_EXPORT const float* Tensor::data<float>() const;
template XG_EXPORT const double* Tensor::data<double>() const;
template XG_EXPORT const std::int64_t* Tensor::data<std::int64_t>() const;
template XG_EXPORT const bool* Tensor::data<bool>() const;
template XG_EXPORT float* Tensor::mutable_data<float>();
template XG_EXPORT double* Tensor::mutable_data<double>();
template XG_EXPORT std::int64_t* Tensor::mutable_data<std::int64_t>();
template XG_EXPORT bool* Tensor::mutable_data<bool>();

bool Tensor::requires_grad() const noexcept { return defined() && detail::needs_grad(*this); }

Tensor& Tensor::requires_grad(bool on) {
    check_defined(*this, "requires_grad");
    detail::Body& b = body(*this);
    if (b.node)
        throw GradError(std::string("requires_grad: the result of ") + b.node->op +
                        " is not a leaf; detach() it first");
    if (on && !is_floating(b.dtype))
        throw DTypeError(std::string("requires_grad: expected a floating-point tensor, got ") + name(b.dtype));
    if (on && !b.leaf) b.leaf = std::make_unique<detail::LeafState>();
    b.requires_grad = on;
    return *this;
}

bool Tensor::is_leaf() const noexcept { return !defined() || !body(*this).node; }

Tensor Tensor::grad() const {
    check_defined(*this, "grad");
    const auto& leaf = body(*this).leaf;
    if (!leaf) return Tensor();
    return leaf->retained ? *leaf->retained : leaf->gradient;
}

void Tensor::retain_grad() const {
    check_defined(*this, "retain_grad");
    detail::Body& b = body(*this);
    if (!detail::needs_grad(*this))
        throw GradError("retain_grad: the tensor of shape " + b.shape.str() + " requires no gradient");
    if (!b.node || (b.leaf && b.leaf->retained)) return;
    const auto retained = std::make_shared<Tensor>();
    register_hook([retained](const Tensor& gradient) {
        // A sum of its own: the engine may write to the gradient that it passes on.
        *retained = retained->defined() ? detail::accumulate(std::move(*retained), gradient) : gradient.clone();
        return Tensor();
    });
    if (!b.leaf) b.leaf = std::make_unique<detail::LeafState>();
    b.leaf->retained = retained;
}

void Tensor::set_grad(const Tensor& gradient) {
    check_defined(*this, "set_grad");
    detail::Body& b = body(*this);
    if (!b.leaf) {
        if (!gradient.defined()) return;
        throw GradError("set_grad: the tensor of shape " + b.shape.str() + " is not a leaf that requires a gradient");
    }
    if (gradient.defined() && !(gradient.shape() == b.shape))
        throw ShapeError("set_grad: expected the tensor's shape " + b.shape.str() + ", got " + gradient.shape().str());
    if (gradient.defined() && gradient.dtype() != b.dtype)
        throw DTypeError(std::string("set_grad: expected ") + name(b.dtype) + ", got " + name(gradient.dtype()));
    (b.leaf->retained ? *b.leaf->retained : b.leaf->gradient) = gradient;
}

void Tensor::set_data(const Tensor& value) {
    check_defined(*this, "set_data");
    check_defined(value, "set_data");
    detail::Body& b = body(*this);
    if (b.node) throw GradError(std::string("set_data: the result of ") + b.node->op + " is not a leaf");
    if (!(value.shape() == b.shape))
        throw ShapeError("set_data: expected the tensor's shape " + b.shape.str() + ", got " + value.shape().str());
    if (b.requires_grad && !is_floating(value.dtype()))
        throw DTypeError(
            std::string("set_data: expected a floating-point dtype for a tensor that requires a gradient, got ") +
            name(value.dtype()));
    const NoGrad no_grad;
    const Tensor source = value.clone();
    const std::uint32_t version = b.storage->version + 1;
    const detail::Body& from = body(source);
    b.dtype = from.dtype;
    b.storage = from.storage;
    b.data = from.data;
    b.strides = from.strides;
    b.contiguous = true;
    b.view = false;                // the elements are its own now
    b.storage->version = version;  // what saved the old elements must notice
    if (b.leaf && b.leaf->gradient.defined() && b.leaf->gradient.dtype() != b.dtype) b.leaf->gradient = Tensor();
}

std::string Tensor::operation() const {
    check_defined(*this, "operation");
    return body(*this).node ? body(*this).node->op : "";
}

namespace {

std::shared_ptr<detail::HookList>& hooks_of(const detail::Body& b) {
    return b.node ? b.node->outputs[b.output].hooks : b.leaf->hooks;
}

}  // namespace

HookHandle Tensor::register_hook(GradientHook hook) const {
    check_defined(*this, "register_hook");
    const detail::Body& b = body(*this);
    if (!detail::needs_grad(*this))
        throw GradError("register_hook: the tensor of shape " + b.shape.str() + " requires no gradient");
    if (!hook) throw ValueError("register_hook: expected a function, got an empty one");
    std::shared_ptr<detail::HookList>& list = hooks_of(b);
    if (!list) list = std::make_shared<detail::HookList>();
    const std::uint64_t id = list->add(std::move(hook));
    return HookHandle([weak = std::weak_ptr(list), id] {
        if (const auto strong = weak.lock()) strong->remove(id);
    });
}

namespace {

/// Two observers of one result: all but the last may be such pairs themselves.
struct ObserverPair final : detail::GradientObserver {
    std::shared_ptr<GradientObserver> first, second;

    ObserverPair(std::shared_ptr<GradientObserver> a, std::shared_ptr<GradientObserver> b)
        : first(std::move(a)), second(std::move(b)) {}
    void observe(const Tensor& gradient) override {
        first->observe(gradient);
        second->observe(gradient);
    }
    void observe(const Tensor& gradient, double squares) override {
        first->observe(gradient, squares);
        second->observe(gradient, squares);
    }
};

}  // namespace

bool detail::observe_result(const Tensor& t, const std::shared_ptr<GradientObserver>& observer) {
    const Body& b = body(t);
    if (!b.node) return false;
    std::shared_ptr<GradientObserver>& place = b.node->outputs[b.output].observer;
    place = place ? std::make_shared<ObserverPair>(place, observer) : observer;
    return true;
}

void detail::observe_leaf(const Tensor& t, GradientObserver& observer) {
    GradientObserver** last = &body(t).leaf->observers;
    while (*last != nullptr) last = &(*last)->next;
    *last = &observer;
}

void detail::unobserve_leaf(const Tensor& t, const GradientObserver& observer) noexcept {
    for (GradientObserver** o = &body(t).leaf->observers; *o != nullptr; o = &(*o)->next)
        if (*o == &observer) {
            *o = observer.next;
            return;
        }
}

std::uint32_t Tensor::version() const {
    check_defined(*this, "version");
    return body(*this).storage->version;
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return out << tensor.str(); }

}  // namespace xg
