#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace xg::detail {

/// Functions to be called in the order of their registration; shared with the handles that take them away again.
template <class Hook>
class Hooks {
public:
    bool empty() const noexcept { return count_ == 0; }
    std::size_t size() const noexcept { return count_; }

    /// Returns the number by which `remove` knows the hook.
    std::uint64_t add(Hook hook) {
        auto entries = std::make_shared<Entry[]>(count_ + 1);
        std::copy_n(entries_.get(), count_, entries.get());
        entries[count_++] = {next_, std::move(hook)};
        entries_ = std::move(entries);
        return next_++;
    }

    void remove(std::uint64_t id) {
        const auto keep = [id](const Entry& entry) { return entry.id != id; };
        const auto left = static_cast<std::size_t>(std::count_if(entries_.get(), entries_.get() + count_, keep));
        auto entries = left == 0 ? nullptr : std::make_shared<Entry[]>(left);
        std::copy_if(entries_.get(), entries_.get() + count_, entries.get(), keep);
        entries_ = std::move(entries);
        count_ = left;
    }

    /// Calls `f` with each hook that is registered now. Hooks may take themselves or others away meanwhile, add some,
    /// or destroy this list: the next call is the first to see it.
    template <class F>
    void for_each(F&& f) const {
        if (empty()) return;
        const std::shared_ptr<const Entry[]> entries = entries_;
        const std::size_t count = count_;
        for (std::size_t i = 0; i < count; ++i) f(entries[i].hook);
    }

private:
    struct Entry {
        std::uint64_t id = 0;
        Hook hook;
    };

    std::shared_ptr<const Entry[]> entries_;  // replaced, never changed: calls are frequent, changes are not
    std::size_t count_ = 0;
    std::uint64_t next_ = 0;
};

}  // namespace xg::detail
