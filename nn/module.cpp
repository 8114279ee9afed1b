#include <xgrad/nn/module.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_set>

#include <xgrad/core/error.hpp>
#include <xgrad/nn/detail/rebinding.hpp>
#include <xgrad/nn/detail/state.hpp>

namespace xg::nn {
namespace detail {
namespace {

thread_local Rebinding* rebinding = nullptr;

/// The class name without namespaces; template arguments stay.
std::string short_name(const std::type_info& type) {
    int status = 0;
    char* const text = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
    std::string name = status == 0 ? text : type.name();
    std::free(text);
    const std::size_t arguments = name.find('<');
    const std::size_t colons = name.rfind("::", arguments);
    return colons == std::string::npos ? name : name.substr(colons + 2);
}

Tensor copied(const Tensor& t, Rebinding& r) {
    auto [entry, is_new] = r.tensors.try_emplace(t.unsafe_body());
    if (is_new) {
        entry->second = t.detach().clone();
        if (t.requires_grad()) entry->second.requires_grad(true);
    }
    return entry->second;
}

/// Makes the state and tensors that stand for `from`'s; children are added once all states are known.
void copy_state(const std::shared_ptr<ModuleState>& from, Rebinding& r) {
    auto [entry, is_new] = r.states.try_emplace(from.get());
    if (!is_new) return;
    const auto to = entry->second = std::make_shared<ModuleState>();
    to->type = from->type;
    to->name = from->name;
    to->training = from->training;
    to->row_wise = from->row_wise;
    for (const NamedTensor& p : from->parameters) to->parameters.push_back({p.name, copied(p.tensor, r)});
    for (const NamedTensor& b : from->buffers) to->buffers.push_back({b.name, copied(b.tensor, r)});
}

template <class Hook>
void check_hook(const ModuleState& state, const Hook& hook) {
    if (!hook) throw ValueError(state.type + ": expected a function as a hook, got an empty one");
}

template <class Hook>
HookHandle add_hook(const std::shared_ptr<ModuleState>& state, Hooks<Hook> ModuleState::*hooks, Hook hook) {
    check_hook(*state, hook);
    const std::uint64_t id = ((*state).*hooks).add(std::move(hook));
    return HookHandle([weak = std::weak_ptr(state), hooks, id] {
        if (const auto strong = weak.lock()) ((*strong).*hooks).remove(id);
    });
}

void check_name(const ModuleState& state, const std::string& name) {
    if (name.empty() || name.find('.') != std::string::npos)
        throw ValueError(state.type + ": expected a name without dots for a parameter or module, got '" + name + "'");
    bool taken = false;
    for (const NamedTensor& p : state.parameters) taken = taken || p.name == name;
    for (const NamedTensor& b : state.buffers) taken = taken || b.name == name;
    for (const auto& [child, module] : state.children) taken = taken || child == name;
    if (taken) throw ValueError(state.type + ": the name '" + name + "' is taken");
}

}  // namespace

std::shared_ptr<ModuleState> rebound(const std::shared_ptr<ModuleState>& state) {
    if (rebinding == nullptr) return state;
    const auto found = rebinding->states.find(state.get());
    return found == rebinding->states.end() ? state : found->second;
}

Tensor rebound(const Tensor& tensor) {
    if (rebinding == nullptr) return tensor;
    const auto found = rebinding->tensors.find(tensor.unsafe_body());
    return found == rebinding->tensors.end() ? tensor : found->second;
}

void copy_states(const ModuleBase& module, Rebinding& r) {
    copy_state(StateAccess::of(module), r);
    for (const auto& [name, child] : module.state().children) copy_states(child, r);
}

void run_rebound(Rebinding& r, const std::function<void()>& copy) {
    struct Restore {
        Rebinding* before;
        ~Restore() { rebinding = before; }
    } const restore{std::exchange(rebinding, &r)};
    for (const auto& [from, to] : r.states)
        for (const auto& [name, child] : from->children) to->children.emplace_back(name, child);
    copy();
}

void with_clone_of(const ModuleBase& root, const std::function<void()>& copy) {
    Rebinding r;
    copy_states(root, r);
    r.states.at(&root.state())->name.clear();  // it is put where its next parent wants it
    run_rebound(r, copy);
}

namespace {

const ModulePath* path_of(const ModuleState& state) {
    const ModulePath* const outer = current_path();
    const ModulePath* path = state.path.load(std::memory_order_acquire);
    if (path == nullptr || path->parent != outer) {
        path = intern_path(outer, outer == nullptr ? std::string() : state.name, state.type);
        state.path.store(path, std::memory_order_release);
    }
    return path;
}

}  // namespace

CallScope::CallScope(const ModuleState& state) : path_(path_of(state)) {}

bool has_hooks(const ModuleState& state) noexcept {
    return !state.forward_hooks.empty() || !state.output_hooks.empty();
}

void run_hooks(const ModuleState& state, const Module& module, const std::vector<Tensor>& inputs,
               const std::vector<Tensor>& outputs) {
    state.forward_hooks.for_each([&](const ForwardHook& hook) { hook(module, inputs, outputs); });
    for (const Tensor& output : outputs)
        state.output_hooks.for_each([&](const OutputHook& hook) { hook(module, output); });
}

void not_sequential(const ModuleState& state) {
    throw ValueError(state.type +
                     ": a layer that does not take one tensor and return one cannot be called as a Module");
}

namespace {

using TensorList = std::vector<NamedTensor> ModuleState::*;

void collect(const ModuleState& state, TensorList list, const std::string& prefix, std::vector<NamedTensor>& out,
             std::unordered_set<const void*>& seen) {
    for (const NamedTensor& t : state.*list)
        if (seen.insert(t.tensor.unsafe_body()).second) out.push_back({prefix + t.name, t.tensor});
    for (const auto& [name, child] : state.children) collect(child.state(), list, prefix + name + ".", out, seen);
}

std::vector<NamedTensor> collect(const ModuleState& state, TensorList list) {
    std::vector<NamedTensor> out;
    std::unordered_set<const void*> seen;
    collect(state, list, "", out, seen);
    return out;
}

void list_modules(const Module& module, const std::string& name, std::vector<std::pair<std::string, Module>>& out) {
    out.emplace_back(name, module);
    for (const auto& [child, m] : module.state().children)
        list_modules(m, name.empty() ? child : name + "." + child, out);
}

}  // namespace
}  // namespace detail

ModuleBase::ModuleBase(const std::type_info& type, bool row_wise) : state_(std::make_shared<detail::ModuleState>()) {
    state_->row_wise = row_wise;
    state_->type = detail::short_name(type);
}

std::vector<NamedTensor> ModuleBase::named_parameters() const {
    return detail::collect(*state_, &detail::ModuleState::parameters);
}
std::vector<NamedTensor> ModuleBase::named_buffers() const {
    return detail::collect(*state_, &detail::ModuleState::buffers);
}

std::vector<Tensor> ModuleBase::parameters() const {
    std::vector<Tensor> out;
    for (NamedTensor& p : named_parameters()) out.push_back(std::move(p.tensor));
    return out;
}

std::vector<std::pair<std::string, Module>> ModuleBase::children() const { return state_->children; }
const std::string& ModuleBase::type() const { return state_->type; }
bool ModuleBase::is_training() const { return state_->training; }

bool ModuleBase::is_row_wise() const {
    return state_->row_wise && std::all_of(state_->children.begin(), state_->children.end(),
                                           [](const auto& child) { return child.second.is_row_wise(); });
}

void ModuleBase::set_row_wise(bool row_wise) const { state_->row_wise = row_wise; }

void ModuleBase::train(bool on) const {
    state_->training = on;
    for (const auto& [name, child] : state_->children) child.train(on);
}

void ModuleBase::zero_grad() const {
    for (Tensor& p : parameters()) p.set_grad({});
}

void ModuleBase::to(DType dtype) const {
    if (!is_floating(dtype))
        throw DTypeError(state_->type + ".to: expected a floating-point dtype, got " + name(dtype));
    for (NamedTensor& p : named_parameters()) p.tensor.set_data(p.tensor.detach().to(dtype));
    for (NamedTensor& b : named_buffers())
        if (is_floating(b.tensor.dtype())) b.tensor.set_data(b.tensor.detach().to(dtype));
}

HookHandle ModuleBase::register_forward_hook(ForwardHook hook) const {
    return detail::add_hook(state_, &detail::ModuleState::forward_hooks, std::move(hook));
}

HookHandle ModuleBase::register_output_hook(OutputHook hook) const {
    return detail::add_hook(state_, &detail::ModuleState::output_hooks, std::move(hook));
}

HookHandle ModuleBase::register_gradient_hook(ModuleGradientHook hook) const {
    detail::check_hook(*state_, hook);
    return register_output_hook([hook = std::move(hook)](const Module& module, const Tensor& output) {
        if (!output.requires_grad()) return;
        output.register_hook([hook, module](const Tensor& gradient) {
            hook(module, gradient);
            return Tensor();
        });
    });
}

Parameter ModuleBase::add_parameter(const std::string& name, Tensor tensor) {
    detail::check_name(*state_, name);
    const std::string what = state_->type + ": parameter '" + name + "': expected a floating-point tensor, got ";
    if (!tensor.defined()) throw ValueError(what + "an undefined one");
    if (!is_floating(tensor.dtype())) throw DTypeError(what + xg::name(tensor.dtype()));
    tensor.requires_grad(true);
    state_->parameters.push_back({name, tensor});
    return Parameter(std::move(tensor));
}

Parameter ModuleBase::add_buffer(const std::string& name, Tensor tensor) {
    detail::check_name(*state_, name);
    state_->buffers.push_back({name, tensor});
    return Parameter(std::move(tensor));
}

void ModuleBase::add_child(const std::string& name, const Module& module) {
    detail::check_name(*state_, name);
    for (const auto& [path, below] : module.named_modules())
        if (below.same_as(*this)) throw ValueError(state_->type + ": a module cannot be its own child, or below it");
    if (module.state().name.empty()) module.state().name = name;
    state_->children.emplace_back(name, module);
}

Module::Module(std::shared_ptr<const Erased> layer) : ModuleBase(layer->base()), layer_(std::move(layer)) {}

// Outside of a clone a copy shares the layer; inside, the layer's own copy constructor finds the clone's parameters.
Module::Module(const Module& other) : ModuleBase(other), layer_(same_as(other) ? other.layer_ : other.layer_->copy()) {}

Module Module::clone() const {
    std::shared_ptr<const Erased> copy;
    detail::with_clone_of(*this, [&] { copy = layer_->copy(); });
    return Module(std::move(copy));
}

void Module::apply(const std::function<void(const Module&)>& f) const {
    for (const auto& [name, child] : state().children) child.apply(f);
    f(*this);
}

std::vector<std::pair<std::string, Module>> Module::named_modules() const {
    std::vector<std::pair<std::string, Module>> out;
    detail::list_modules(*this, "", out);
    return out;
}

}  // namespace xg::nn
