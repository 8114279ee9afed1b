#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/nn/module.hpp>
#include <xgrad/optim/state.hpp>

namespace xg::optim {
class Optimizer;
class LRScheduler;
class ReduceLROnPlateau;
}  // namespace xg::optim

namespace xg::train {

/// Something of the caller's that has a state, for a checkpoint to keep: what a class needs to go on.
struct CheckpointState {
    std::string name;  ///< Its tensors are called `name.…`. Not empty, without a dot, and none of xgrad's own names.
    std::function<optim::State()> save;
    std::function<void(const optim::State&)> load;  ///< Takes over all of it, or throws and changes nothing.
};

/// What a checkpoint holds besides the model. All are of the caller, and may be left out.
struct CheckpointParts {
    optim::Optimizer* optimizer = nullptr;
    optim::LRScheduler* schedule = nullptr;
    optim::ReduceLROnPlateau* plateau = nullptr;
    std::vector<CheckpointState> states = {};
    std::int64_t epoch = 0;  ///< How many epochs are done; `load_checkpoint` returns it and does not look at this one.
    /// Texts by keys of the caller's, which `load_checkpoint` returns.
    std::vector<std::pair<std::string, std::string>> notes = {};
};

/// What a checkpoint says besides what was restored.
struct CheckpointInfo {
    std::int64_t epoch = 0;
    std::vector<std::pair<std::string, std::string>> notes = {};
};

/// Writes a model, and what goes on with its training, to a file in the safetensors format: whole or not at all.
///
/// The model's parameters and buffers have the names of its `state_dict`, so that the file of a model alone is what
/// Python's `safetensors.torch.load_file` gives to a PyTorch module of the same names. An optimizer's tensors are
/// called `optimizer.…`, a schedule's `schedule.…`; numbers, the epoch and where this thread's random generator stands
/// are in the file's metadata.
///
/// Throws ValueError where the model itself has names like these and for bad names of states, and FileError.
XG_EXPORT void save_checkpoint(const std::string& path, const nn::ModuleBase& model, const CheckpointParts& parts = {});

/// Takes over a model, and the parts that are asked for, from such a file, and sets this thread's random generator to
/// where it stood. A file without one, such as PyTorch's, leaves the generator alone; parts that are not asked for are
/// left in the file.
///
/// Throws FileError for a file that is none, or lacks a part that is asked for; ValueError, which lists all names that
/// are missing or unexpected and all shapes that differ, where the model or a part is another. Then nothing has been
/// changed.
XG_EXPORT CheckpointInfo load_checkpoint(const std::string& path, const nn::ModuleBase& model,
                                         const CheckpointParts& parts = {});

}  // namespace xg::train
