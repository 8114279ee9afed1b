#pragma once

#include <memory>
#include <string>
#include <vector>

#include <xgrad/inspect/profile.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::inspect {

/// What a GradientMonitor measures besides the gradients' norms.
struct MonitorOptions {
    bool dead_units = true;  ///< Look for units that are 0 for a whole batch, behind each ReLU.
    std::int64_t every = 1;  ///< Measure every n-th step; the steps between cost nothing but a branch.
};

/// Measures each layer's gradients during backward, while they are still in cache: ‖∂L/∂h‖, ‖∂L/∂W‖, ‖∂L/∂b‖.
///
/// A layer is a module with parameters of its own; h is its output, behind the activation that follows it in a
/// Sequential. The layers stand in the order of their first calls, those that were never called last. A module that has
/// layers inside besides parameters of its own stands in front of them and shows what its own parameters get; it has no
/// h, and the verdict leaves it out. The model itself is called by its type, in brackets. Call `record` between
/// `backward` and the optimizer's step. A handle: copies are one monitor, which watches its model as long as one of
/// them lives.
class XG_EXPORT GradientMonitor {
public:
    /// Throws ValueError for `every` below 1.
    explicit GradientMonitor(const nn::Module& model, const MonitorOptions& options = {});

    /// Closes a step: what its backward passes showed becomes the latest profile. Where a step had several passes,
    /// ‖∂L/∂W‖ and ‖∂L/∂b‖ are those of the collected gradients. A step without a backward pass is not counted.
    void record();

    /// The layers at the latest recorded step that was measured, with the weights' norms as they are now; with a step
    /// of 0 if there was none.
    Profile profile() const;
    /// The layers at the first recorded step.
    const Profile& first() const;
    /// How many steps were recorded.
    std::int64_t steps() const noexcept;
    /// ‖∂L/∂h‖ at each measured step, of all layers in the profile's order; NaN where there was none.
    std::vector<std::vector<double>> history() const;
    /// Writes the latest profile and its verdict as a page for a browser, and makes the folder if it is missing; see
    /// `to_html`. Throws FileError.
    void write_html(const std::string& path) const;

private:
    struct State;
    struct Attachment;
    struct Observer;
    std::shared_ptr<State> state_;
    std::shared_ptr<Attachment> attachment_;  // takes the hooks away with the last handle
};

}  // namespace xg::inspect
