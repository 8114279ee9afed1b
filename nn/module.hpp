#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/path.hpp>

namespace xg::nn {

class Module;

/// A parameter or buffer with its dotted name in a model, such as `3.fc1.weight`.
struct NamedTensor {
    std::string name;
    Tensor tensor;
};

/// Sees a call of a module: the tensors that went in and came out, those in tuples and vectors one by one.
using ForwardHook =
    std::function<void(const Module& module, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs)>;
/// Sees what a module returned.
using OutputHook = std::function<void(const Module& module, const Tensor& output)>;
/// Sees the gradient with respect to what a module returned, once it is complete.
using ModuleGradientHook = std::function<void(const Module& module, const Tensor& gradient)>;

namespace detail {

struct ModuleState;
struct StateAccess;

/// Makes copies of layers refer to the clone's states and tensors while a `clone()` runs on this thread.
XG_EXPORT std::shared_ptr<ModuleState> rebound(const std::shared_ptr<ModuleState>& state);
XG_EXPORT Tensor rebound(const Tensor& tensor);

/// The call of a module: its path is current until the end of the scope.
class XG_EXPORT CallScope {
public:
    explicit CallScope(const ModuleState& state);

private:
    PathScope path_;
};

XG_EXPORT bool has_hooks(const ModuleState& state) noexcept;
XG_EXPORT void run_hooks(const ModuleState& state, const Module& module, const std::vector<Tensor>& inputs,
                         const std::vector<Tensor>& outputs);
[[noreturn]] XG_EXPORT void not_sequential(const ModuleState& state);

/// Whether a layer says that it works row by row; asked in its constructor, where the class is complete.
template <class Self>
constexpr bool says_row_wise() {
    if constexpr (requires { static_cast<bool>(Self::row_wise); })
        return Self::row_wise;
    else
        return false;
}

// All of them first: they call each other, for pairs in vectors of tuples and the like.
template <class T>
    requires(!std::is_base_of_v<Tensor, T>)
void flatten(const T&, std::vector<Tensor>&) {}  // numbers, options, masks that are not tensors
template <class T>
void flatten(const std::vector<T>& items, std::vector<Tensor>& out);
template <class... T>
void flatten(const std::tuple<T...>& items, std::vector<Tensor>& out);
template <class A, class B>
void flatten(const std::pair<A, B>& items, std::vector<Tensor>& out);

inline void flatten(const Tensor& t, std::vector<Tensor>& out) { out.push_back(t); }
template <class T>
void flatten(const std::vector<T>& items, std::vector<Tensor>& out) {
    for (const T& item : items) flatten(item, out);
}
template <class... T>
void flatten(const std::tuple<T...>& items, std::vector<Tensor>& out) {
    std::apply([&](const auto&... item) { (flatten(item, out), ...); }, items);
}
template <class A, class B>
void flatten(const std::pair<A, B>& items, std::vector<Tensor>& out) {
    flatten(items.first, out);
    flatten(items.second, out);
}

}  // namespace detail

/// A parameter or buffer as a member of a layer: a Tensor that follows its layer when that is cloned. Keep what
/// `add_parameter` and `add_buffer` return in members of this type.
class Parameter : public Tensor {
public:
    Parameter() = default;
    explicit Parameter(Tensor tensor) : Tensor(std::move(tensor)) {}
    Parameter(const Parameter& other) : Tensor(detail::rebound(other)) {}
    Parameter& operator=(const Parameter&) & = default;
};

/// What all layers and modules have: a state that copies share, with parameters, buffers and children in the order of
/// their registration.
class XG_EXPORT ModuleBase {
public:
    /// All parameters, the children's included, each once.
    std::vector<Tensor> parameters() const;
    std::vector<NamedTensor> named_parameters() const;
    /// What belongs to the model but is not trained, such as running statistics.
    std::vector<NamedTensor> named_buffers() const;
    /// All parameters and buffers by the names that PyTorch's state_dict has, in its order: of each module the
    /// parameters, the buffers, then its children. Shared tensors come under each of their names. Their numbers are
    /// shared with the model; `clone()` keeps them as they are.
    std::vector<NamedTensor> state_dict() const;
    /// Copies these numbers into the parameters and buffers of the same names, in the model's dtypes. Gradients stay as
    /// they are.
    ///
    /// Throws ValueError, and loads nothing, where shapes differ, where floating-point numbers are given for others,
    /// and, if `strict`, where names are missing or unexpected: the message lists all of them.
    void load_state_dict(const std::vector<NamedTensor>& state, bool strict = true) const;
    /// The direct children and the names under which they were registered.
    std::vector<std::pair<std::string, Module>> children() const;

    /// The class of the layer, such as `Linear`.
    const std::string& type() const;
    /// Whether two handles are of one layer.
    bool same_as(const ModuleBase& other) const noexcept { return state_ == other.state_; }

    /// Switches this module and all below it to training (or evaluation), which dropout and normalisation ask for.
    void train(bool on = true) const;
    void eval() const { train(false); }
    bool is_training() const;
    /// Whether entry i of what this module returns depends on entry i of its input alone, along the first axis, so that
    /// a batch may be cut into parts: so it says, and so do all modules below it. See Layer.
    bool is_row_wise() const;
    /// Drops the gradients of all parameters.
    void zero_grad() const;
    /// Converts all floating-point parameters and buffers; gradients are dropped. Throws DTypeError unless `dtype` is a
    /// floating-point type.
    void to(DType dtype) const;

    // The hooks below throw ValueError for an empty function. A hook must not end the life of the module that is running.

    /// Calls `hook` after each call of this module. Linear and ReLU no longer run as one while a hook that sees the
    /// values between them is there; an output hook on the ReLU does not need them.
    HookHandle register_forward_hook(ForwardHook hook) const;
    /// Calls `hook` with each tensor that this module returns.
    HookHandle register_output_hook(OutputHook hook) const;
    /// Calls `hook` with the gradient of each tensor that this module returned, in the backward pass.
    HookHandle register_gradient_hook(ModuleGradientHook hook) const;

    /// For xgrad's own sources.
    detail::ModuleState& state() const noexcept { return *state_; }

protected:
    ModuleBase(const std::type_info& type, bool row_wise);
    ModuleBase(const ModuleBase& other) : state_(detail::rebound(other.state_)) {}
    ModuleBase& operator=(const ModuleBase&) = default;
    ~ModuleBase() = default;

    /// Registers a parameter: a leaf that collects gradients. Throws ValueError for a name that is taken, empty or has
    /// a dot.
    Parameter add_parameter(const std::string& name, Tensor tensor);
    /// Registers a tensor that is saved and converted with the model but not trained.
    Parameter add_buffer(const std::string& name, Tensor tensor);
    void add_child(const std::string& name, const Module& module);
    /// For a layer that depends on its options for that; else say it as Layer explains.
    void set_row_wise(bool row_wise) const;

private:
    friend struct detail::StateAccess;
    std::shared_ptr<detail::ModuleState> state_;
};

/// The base of a layer: derive `class Mine : public xg::nn::Layer<Mine>` and write `forward`, with any arguments and
/// result.
///
/// A layer is a handle: copies share the parameters, `clone()` copies them.
///
/// A layer that works on each row of a batch (each entry along the first axis) by itself may say so with a public
/// `static constexpr bool row_wise = true;`. A Trainer then cuts batches into parts that stay in the processor's cache,
/// and runs those on all cores.
template <class Self>
class Layer : public ModuleBase {
public:
    /// Calls `forward`, within this layer's path and with its hooks.
    template <class... In, class S = Self>
        requires requires(const S& self, const In&... in) { self.forward(in...); }
    auto operator()(const In&... in) const;
    /// Says what is wrong, where `forward` was not declared const.
    template <class... In, class S = Self>
        requires(
            !requires(const S& self, const In&... in) { self.forward(in...); } &&
            requires(S & self, const In&... in) { self.forward(in...); })
    void operator()(const In&...) const {
        static_assert(sizeof(S) == 0,
                      "forward must be const: write `Tensor forward(const Tensor& x) const`. "
                      "A layer is a handle, whose copies share what can change.");
    }

    /// A layer with parameters and buffers of its own, of the same values; shared ones stay shared within it. Hooks are
    /// not copied.
    Self clone() const;

    /// Calls `f` with this module and with all below it, children first.
    void apply(const std::function<void(const Module&)>& f) const;
    /// This module (with an empty name) and all below it, with dotted names.
    std::vector<std::pair<std::string, Module>> named_modules() const;

protected:
    Layer() : ModuleBase(typeid(Self), detail::says_row_wise<Self>()) {}
    Layer(const Layer&) = default;
    Layer& operator=(const Layer&) = default;
    ~Layer() = default;

    /// Registers a child and returns it: `Linear fc = add_module("fc", Linear(64, 64));`. Throws as add_parameter does.
    template <class M>
    M add_module(const std::string& name, const M& module);

private:
    const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

/// Any layer: what containers, optimizers, trainers and inspectors take. It can be called if the layer takes one tensor
/// and returns one.
class XG_EXPORT Module : public ModuleBase {
public:
    template <class Self>
    Module(const Layer<Self>& layer) : Module(std::make_shared<const Held<Self>>(static_cast<const Self&>(layer))) {}
    Module(const Module& other);
    Module& operator=(const Module&) = default;
    ~Module() = default;

    /// Throws ValueError for a layer that does not take and return one tensor.
    Tensor operator()(const Tensor& x) const { return layer_->call(x); }

    /// The layer if it is an L, else null; valid as long as this handle.
    template <class L>
    const L* get_if() const noexcept {
        return layer_->type() == typeid(L) ? &static_cast<const Held<L>&>(*layer_).layer : nullptr;
    }

    Module clone() const;
    void apply(const std::function<void(const Module&)>& f) const;
    std::vector<std::pair<std::string, Module>> named_modules() const;

private:
    struct Erased {
        virtual ~Erased() = default;
        virtual std::shared_ptr<const Erased> copy() const = 0;
        virtual Tensor call(const Tensor& x) const = 0;
        virtual const std::type_info& type() const noexcept = 0;
        virtual const ModuleBase& base() const noexcept = 0;
    };

    template <class Self>
    struct Held final : Erased {
        Self layer;
        explicit Held(const Self& held) : layer(held) {}
        std::shared_ptr<const Erased> copy() const override { return std::make_shared<const Held>(layer); }
        Tensor call(const Tensor& x) const override {
            static_assert(
                requires(const Self& self) { self.forward(x); } || !requires(Self & self) { self.forward(x); },
                "forward must be const: write `Tensor forward(const Tensor& x) const`. "
                "A layer is a handle, whose copies share what can change.");
            if constexpr (std::is_invocable_r_v<Tensor, const Self&, const Tensor&>)
                return layer(x);
            else
                detail::not_sequential(layer.state());
        }
        const std::type_info& type() const noexcept override { return typeid(Self); }
        const ModuleBase& base() const noexcept override { return layer; }
    };

    explicit Module(std::shared_ptr<const Erased> layer);

    std::shared_ptr<const Erased> layer_;
};

namespace detail {

/// Runs `copy` while copies of layers below `root` become those of its clone.
XG_EXPORT void with_clone_of(const ModuleBase& root, const std::function<void()>& copy);

}  // namespace detail

template <class Self>
template <class... In, class S>
    requires requires(const S& self, const In&... in) { self.forward(in...); }
auto Layer<Self>::operator()(const In&... in) const {
    const detail::CallScope scope(state());
    auto y = self().forward(in...);
    if (detail::has_hooks(state())) {
        std::vector<Tensor> inputs, outputs;
        (detail::flatten(in, inputs), ...);
        detail::flatten(y, outputs);
        detail::run_hooks(state(), Module(self()), inputs, outputs);
    }
    return y;
}

template <class Self>
Self Layer<Self>::clone() const {
    std::unique_ptr<Self> copy;
    detail::with_clone_of(*this, [&] { copy = std::make_unique<Self>(self()); });
    return *copy;
}

template <class Self>
void Layer<Self>::apply(const std::function<void(const Module&)>& f) const {
    Module(self()).apply(f);
}

template <class Self>
std::vector<std::pair<std::string, Module>> Layer<Self>::named_modules() const {
    return Module(self()).named_modules();
}

template <class Self>
template <class M>
M Layer<Self>::add_module(const std::string& name, const M& module) {
    add_child(name, Module(module));
    return module;
}

}  // namespace xg::nn
