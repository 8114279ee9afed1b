#pragma once

#include <limits>
#include <string>
#include <vector>

#include <xgrad/optim/detail/rule.hpp>

namespace xg::optim::detail {

struct Group {
    std::size_t begin = 0, end = 0;  ///< Its parameters among all.
    Options options;
    double initial_lr = std::numeric_limits<double>::quiet_NaN();  ///< NaN until a schedule is made.
};

struct OptimizerBody {
    const Rule* rule = nullptr;
    std::string name;
    std::vector<Tensor> parameters;
    std::vector<Group> groups;
    std::vector<Kept> kept;  ///< One for each parameter.

    // Room of a step, kept so that a warm one allocates nothing.
    std::vector<Piece> pieces;
    std::vector<std::size_t> moved;  ///< Which parameter a piece is.
    std::vector<Tensor> dense;       ///< Contiguous copies of gradients with other strides.

    Group& group(std::size_t i);
    /// Throws ValueError, naming the option, for a group's options out of range, or for one of them.
    void check(const Options& options) const;
    void check_option(std::size_t i, double value) const;
    /// The name of a parameter's array in messages and states.
    std::string slot_name(std::size_t parameter, std::size_t slot) const;
};

}  // namespace xg::optim::detail
