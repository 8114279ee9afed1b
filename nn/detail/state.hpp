#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/detail/hooks.hpp>
#include <xgrad/core/path.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn::detail {

template <class Hook>
using Hooks = xg::detail::Hooks<Hook>;

/// What the handles of one layer share.
struct ModuleState {
    std::string type;
    std::string name;  ///< As the first parent registered it; empty for the outermost.
    bool training = true;
    bool row_wise = false;  ///< As the layer says; those below it are asked themselves.
    std::vector<NamedTensor> parameters, buffers;
    std::vector<std::pair<std::string, Module>> children;
    Hooks<ForwardHook> forward_hooks;
    Hooks<OutputHook> output_hooks;
    /// How many of those see parts of a batch, on several threads at once, and know it.
    std::size_t hooks_for_parts = 0;
    /// The path of the latest call, mostly that of the next.
    mutable std::atomic<const ModulePath*> path{nullptr};
};

/// The pointer behind a handle.
struct StateAccess {
    static const std::shared_ptr<ModuleState>& of(const ModuleBase& module) noexcept { return module.state_; }
};

}  // namespace xg::nn::detail
