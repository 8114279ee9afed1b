#include <utility>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

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

Tensor GradientStore::of(const Tensor& leaf) const {
    const auto at = places_.find(leaf.unsafe_body());
    return at == places_.end() ? Tensor() : entries_[at->second].second;
}

void GradientStore::commit() {
    const NoGrad no_grad;
    auto entries = std::exchange(entries_, {});
    places_.clear();
    for (auto& [leaf, gradient] : entries) gradient = detail::show_to_leaf(leaf, std::move(gradient));
    for (auto& [leaf, gradient] : entries) detail::add_to_leaf(leaf, std::move(gradient), false);
}

void GradientStore::merge(std::span<GradientStore> stores) {
    if (stores.size() < 2) return;
    GradientStore& first = stores.front();
    // Leaves that the first has not seen get their places before the work begins.
    for (const GradientStore& other : stores.subspan(1))
        for (const auto& [leaf, gradient] : other.entries_)
            if (first.places_.try_emplace(leaf.unsafe_body(), first.entries_.size()).second)
                first.entries_.emplace_back(leaf, Tensor());
    const NoGrad no_grad;
    parallel_for(static_cast<std::int64_t>(first.entries_.size()), [&](std::int64_t i) {
        auto& [leaf, sum] = first.entries_[static_cast<std::size_t>(i)];
        for (GradientStore& other : stores.subspan(1)) {
            const auto at = other.places_.find(leaf.unsafe_body());
            if (at == other.places_.end()) continue;
            sum = detail::accumulate(std::move(sum), std::move(other.entries_[at->second].second));
        }
    });
    for (GradientStore& other : stores.subspan(1)) {
        other.entries_.clear();
        other.places_.clear();
    }
}

GradientStore::Scope::Scope(GradientStore& store) noexcept
    : before_(std::exchange(detail::context.gradient_store, &store)) {}

GradientStore::Scope::~Scope() { detail::context.gradient_store = before_; }

}  // namespace xg
