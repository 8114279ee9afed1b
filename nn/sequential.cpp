#include <xgrad/nn/sequential.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/detail/state.hpp>
#include <xgrad/nn/linear.hpp>

namespace xg::nn {
namespace {

using Children = std::vector<std::pair<std::string, Module>>;

/// The Linear at i if it and the ReLU behind it can run as one: nobody asks for what lies between them.
const Linear* fusible(const Children& children, std::size_t i) {
    if (i + 1 == children.size()) return nullptr;
    const Linear* const linear = children[i].second.get_if<Linear>();
    if (linear == nullptr || children[i + 1].second.get_if<ReLU>() == nullptr) return nullptr;
    const bool observed = detail::has_hooks(linear->state()) || !children[i + 1].second.state().forward_hooks.empty();
    return observed ? nullptr : linear;
}

}  // namespace

Tensor Sequential::forward(const Tensor& x) const {
    const Children& children = state().children;
    Tensor y = x;
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (const Linear* const linear = fusible(children, i); linear != nullptr) {
            {
                const detail::CallScope scope(linear->state());
                y = linear->forward(y, Activation::relu);
            }
            ++i;
            if (children[i].second.state().output_hooks.empty()) continue;
            // A handle of its own: a hook may append modules, which moves those that are there.
            const Module activation = children[i].second;
            activation.state().output_hooks.for_each([&](const OutputHook& hook) { hook(activation, y); });
        } else {
            y = children[i].second(y);
        }
    }
    return y;
}

std::int64_t Sequential::size() const { return static_cast<std::int64_t>(state().children.size()); }

Module Sequential::operator[](std::int64_t i) const {
    const std::int64_t n = size(), at = i < 0 ? i + n : i;
    if (at < 0 || at >= n)
        throw IndexError("Sequential: index " + std::to_string(i) + " is out of range for " + std::to_string(n) +
                         " modules");
    return state().children[static_cast<std::size_t>(at)].second;
}

void Sequential::append(const Module& module) { add_child(std::to_string(size()), module); }

}  // namespace xg::nn
