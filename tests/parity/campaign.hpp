#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compare.hpp"
#include "draw.hpp"
#include "operation.hpp"

namespace parity {

struct Settings {
    std::uint64_t seed = 0;
    std::int64_t programs = 1000;
    int threads = 1;
    const Operation* extra = nullptr;  ///< One more operation, that comes often.
    std::string only = {};             ///< One operation to draw alone; empty: all.
    std::int64_t stop_after = -1;      ///< Stops when so many programs differed; -1: never.
};

struct Failure {
    std::uint64_t index = 0;
    Program program = {};
    std::string what = {};
};

struct Statistics {
    std::int64_t programs = 0, steps = 0, wild = 0, second = 0;
    std::int64_t redrawn = 0, steps_redrawn = 0;  ///< Programs and steps that were given up.
    std::int64_t refused = 0;                     ///< Of those, programs that libtorch cannot differentiate.
    std::int64_t conditioned = 0;                 ///< Programs that agree only given their condition.
    double worst_condition = 1;
    std::map<std::string, std::int64_t> reasons = {};  ///< Why programs were given up.
    std::map<std::string, std::int64_t> times = {};    ///< How often each operation ran.
    std::vector<Failure> failures = {};                ///< By index.
};

/// Program number `index`: the first attempt that has something to compare. Throws std::logic_error where an entry of
/// the table draws what libtorch refuses.
Program find_program(const Settings& settings, std::uint64_t index, Verdict& verdict, Statistics& statistics);

/// Runs programs on several threads.
Statistics run_campaign(const Settings& settings);

}  // namespace parity
