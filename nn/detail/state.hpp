#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/path.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn::detail {

/// Hooks in the order of their registration.
template <class Hook>
struct Hooks {
    std::vector<std::pair<std::uint64_t, std::shared_ptr<const Hook>>> list;
    std::uint64_t next = 0;

    /// Calls each; they may take themselves or others away, or add some, which are called next time.
    template <class... Arguments>
    void run(const Arguments&... arguments) const {
        const std::uint64_t end = next;
        for (std::uint64_t id = 0; id < end; ++id) {
            const auto at = std::lower_bound(list.begin(), list.end(), id, [](const auto& entry, std::uint64_t wanted) {
                return entry.first < wanted;
            });
            if (at == list.end() || at->first >= end) return;
            id = at->first;
            const std::shared_ptr<const Hook> hook = at->second;
            (*hook)(arguments...);
        }
    }
};

/// What the handles of one layer share.
struct ModuleState {
    std::string type;
    std::string name;  ///< As the first parent registered it; empty for the outermost.
    bool training = true;
    std::vector<NamedTensor> parameters, buffers;
    std::vector<std::pair<std::string, Module>> children;
    Hooks<ForwardHook> forward_hooks;
    Hooks<OutputHook> output_hooks;
    /// The path of the latest call, mostly that of the next.
    mutable std::atomic<const ModulePath*> path{nullptr};
};

/// The pointer behind a handle.
struct StateAccess {
    static const std::shared_ptr<ModuleState>& of(const ModuleBase& module) noexcept { return module.state_; }
};

}  // namespace xg::nn::detail
