#pragma once

#include <cstdint>
#include <string>

#include <xgrad/nn/init.hpp>

/// What the command line sets.
struct Options {
    std::int64_t epochs = 30;
    std::int64_t depth = 100;
    std::int64_t width = 64;
    xg::nn::Init init = xg::nn::Init::glorot_uniform;
    std::int64_t batch = 18'750;
    double lr = 0.01;
    std::uint64_t seed = 0;
    int threads = 0;  ///< 0: one for each processor.
    std::string out;
};

/// The options of a command line. Prints the help and exits with 0 if it asks for it; for what cannot be understood
/// prints one line on stderr and exits with 2.
Options parse_options(int argc, char** argv);
