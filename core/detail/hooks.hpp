#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace xg::detail {

/// Functions to be called in the order of their registration; shared with the handles that take them away again.
template <class Hook>
class Hooks {
public:
    bool empty() const noexcept { return list_ == nullptr || list_->empty(); }

    /// Returns the number by which `remove` knows the hook.
    std::uint64_t add(Hook hook) {
        List list = list_ ? *list_ : List();
        list.emplace_back(next_, std::move(hook));
        list_ = std::make_shared<const List>(std::move(list));
        return next_++;
    }

    void remove(std::uint64_t id) {
        if (!list_) return;
        List list = *list_;
        std::erase_if(list, [id](const auto& entry) { return entry.first == id; });
        list_ = std::make_shared<const List>(std::move(list));
    }

    /// Calls `f` with each hook that is registered now. Hooks may take themselves or others away meanwhile, add some, or destroy this list:
    /// the next call is the first to see it.
    template <class F>
    void for_each(F&& f) const {
        if (empty()) return;
        const std::shared_ptr<const List> list = list_;
        for (const auto& [id, hook] : *list) f(hook);
    }

private:
    using List = std::vector<std::pair<std::uint64_t, Hook>>;

    std::shared_ptr<const List> list_;  // replaced, never changed: calls are frequent, changes are not
    std::uint64_t next_ = 0;
};

}  // namespace xg::detail
