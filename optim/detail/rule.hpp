#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/optim/detail/multi_tensor.hpp>

// What tells one optimizer from another; the rest is Optimizer's. A group's options are kept as numbers in the order of
// the rule's list, so that they are checked, saved and loaded in one place.

namespace xg::optim::detail {

enum class Range { at_least_0, below_1, up_to_1, any, flag };

/// An option of a group. The learning rate is the first of every list.
struct Option {
    const char* name;
    Range range;
};

/// What an optimizer keeps of one parameter.
struct Kept {
    double step = 0;        ///< Steps that were counted; 0 before the first, when there are no arrays yet.
    double mu_product = 1;  ///< NAdam's.
    std::array<Tensor, kMaxSlots> slots;
};

/// A parameter's numbers for one step.
struct Plan {
    Kernel float32 = nullptr, float64 = nullptr;
    std::array<double, kMaxNumbers> numbers{};
    std::array<double, kMaxSlots> initial{};  ///< What the elements of a slot are before the first step.
};

using Options = std::vector<double>;

struct Rule {
    const char* name;
    std::span<const Option> options;
    std::array<const char*, kMaxSlots> slots{};
    int momentum = -1;            ///< Which option is the momentum that schedules cycle; -1 if there is none.
    bool has_mu_product = false;  ///< Whether `mu_product` is used.
    /// Throws ValueError for options that exclude each other; may be null.
    void (*check)(const Options& options) = nullptr;
    /// Whether slot `i` is used with these options.
    bool (*uses)(const Options& options, std::size_t i) = nullptr;
    /// Counts a step in `step` and `mu_product`, and returns the numbers of it.
    Plan (*plan)(const Options& options, double& step, double& mu_product) = nullptr;
};

/// Whether a value is in its range; what the range is called.
bool in_range(Range range, double value) noexcept;
const char* description(Range range) noexcept;

/// A number as messages show it.
std::string text(double value);

}  // namespace xg::optim::detail
