#pragma once

#include <string>

#include "program.hpp"

namespace parity {

enum class Outcome : std::uint8_t {
    same,
    different,
    unfit,    ///< No gradient that is finite, too near a kink, or too ill-conditioned: nothing to compare.
    refused,  ///< libtorch threw.
};

struct Verdict {
    Outcome outcome = Outcome::same;
    std::string what = {};  ///< The first difference, or why there is nothing to compare.
    double condition = 1;   ///< The greatest that was needed; 1 where none was measured.
    Evaluation xgrad = {}, torch = {};
};

/// Runs a program on both sides and compares everything.
///
/// An element agrees if it differs by no more than 1e-9 · max(1, condition) relatively. The condition is that of the
/// element with respect to the leaves: how much it changes in libtorch, relatively, for small random changes of the
/// leaves, over how much those changed. To both come a few roundings of the largest number around: of what cancelled
/// inside of the program no condition tells.
Verdict judge(const Program& program);

}  // namespace parity
