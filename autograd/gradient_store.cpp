#include <utility>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>

namespace xg {

void GradientStore::add(const Tensor& leaf, Tensor gradient) {
    const auto [at, fresh] = places_.try_emplace(leaf.unsafe_body(), entries_.size());
    if (fresh) {
        entries_.emplace_back(leaf, std::move(gradient));
        return;
    }
    Tensor& sum = entries_[at->second].second;
    sum = detail::accumulate(std::move(sum), std::move(gradient));
}

void GradientStore::commit() {
    const NoGrad no_grad;
    auto entries = std::exchange(entries_, {});
    places_.clear();
    for (auto& [leaf, gradient] : entries) gradient = detail::show_to_leaf(leaf, std::move(gradient));
    for (auto& [leaf, gradient] : entries) detail::add_to_leaf(leaf, std::move(gradient), false);
}

GradientStore::Scope::Scope(GradientStore& store) noexcept
    : before_(std::exchange(detail::context.gradient_store, &store)) {}

GradientStore::Scope::~Scope() { detail::context.gradient_store = before_; }

}  // namespace xg
