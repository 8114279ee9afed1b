#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace xg::detail {

/// Functions to be called in the order of their registration; shared with the handles that take them away again.
template <class Hook>
class Hooks {
public:
    bool empty() const noexcept { return list_.empty(); }

    /// Returns the number by which `remove` knows the hook.
    std::uint64_t add(Hook hook) {
        list_.emplace_back(next_, std::make_shared<const Hook>(std::move(hook)));
        return next_++;
    }

    void remove(std::uint64_t id) {
        std::erase_if(list_, [id](const auto& entry) { return entry.first == id; });
    }

    /// Calls `f` with each hook. Hooks may take themselves or others away meanwhile, or add some, which are called next time.
    template <class F>
    void for_each(F&& f) const {
        const std::uint64_t end = next_;
        for (std::uint64_t id = 0; id < end; ++id) {
            const auto at = std::lower_bound(list_.begin(), list_.end(), id,
                                             [](const auto& entry, std::uint64_t wanted) { return entry.first < wanted; });
            if (at == list_.end() || at->first >= end) return;
            id = at->first;
            const std::shared_ptr<const Hook> hook = at->second;  // may be removed while it runs
            f(*hook);
        }
    }

private:
    std::vector<std::pair<std::uint64_t, std::shared_ptr<const Hook>>> list_;
    std::uint64_t next_ = 0;
};

}  // namespace xg::detail
