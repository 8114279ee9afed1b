#pragma once

#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::optim {

/// A tensor with its name in a State.
struct NamedTensor {
    std::string name;
    Tensor value;
};

/// A number with its name in a State.
struct NamedNumber {
    std::string name;
    double value = 0;
};

/// What an optimizer or a schedule has to remember between two runs of a program, in a fixed order: write it to a file,
/// read it, and give it to `load_state` of one that was made in the same way.
///
/// Numbers are floating point: counts and flags are whole numbers. Names are those of PyTorch's state dicts, joined by
/// dots: `state.0.exp_avg` (a tensor of the optimizer's first parameter), `state.0.step`, `param_groups.0.lr`.
struct State {
    std::vector<NamedTensor> tensors = {};
    std::vector<NamedNumber> numbers = {};
};

}  // namespace xg::optim
