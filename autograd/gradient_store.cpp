#include <utility>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>

namespace xg {

void GradientStore::add(const Tensor& leaf, Tensor gradient) {
    for (auto& [known, sum] : entries_) {
        if (known.unsafe_body() == leaf.unsafe_body()) {
            sum = detail::accumulate(std::move(sum), std::move(gradient));
            return;
        }
    }
    entries_.emplace_back(leaf, std::move(gradient));
}

void GradientStore::commit() {
    const NoGrad no_grad;
    for (auto& [leaf, gradient] : entries_)
        detail::add_to_leaf(leaf, detail::show_to_leaf(leaf, std::move(gradient)), false);
    entries_.clear();
}

GradientStore::Scope::Scope(GradientStore& store) noexcept
    : before_(std::exchange(detail::context.gradient_store, &store)) {}

GradientStore::Scope::~Scope() { detail::context.gradient_store = before_; }

}  // namespace xg
