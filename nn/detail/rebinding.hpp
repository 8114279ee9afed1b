#pragma once

#include <memory>
#include <unordered_map>

#include <xgrad/nn/module.hpp>

namespace xg::nn::detail {

/// Old states and tensors, and what stands for them in a copy of a module that is being made.
struct Rebinding {
    std::unordered_map<const ModuleState*, std::shared_ptr<ModuleState>> states;
    std::unordered_map<const void*, Tensor> tensors;
};

/// Makes the states that stand for a module's and all below it. Tensors that `r` has nothing for are copied.
void copy_states(const ModuleBase& module, Rebinding& r);

/// Runs `copy` while copies of layers and parameters become what stands for them in `r`.
void run_rebound(Rebinding& r, const std::function<void()>& copy);

}  // namespace xg::nn::detail
