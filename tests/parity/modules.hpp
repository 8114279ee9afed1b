#pragma once

#include <string>
#include <vector>

#include "array.hpp"
#include "options.hpp"

// Layers and losses of xgrad beside those of libtorch: the same options, the same state dict, the same numbers in and
// out.

namespace modules {

using parity::Array;
using parity::Options;

struct NamedArray {
    std::string name;
    Array array;
};

/// A layer, its options, and what it is called with.
struct Case {
    std::string layer;
    Options options = {};
    bool training = true;
    std::vector<Array> inputs = {};
};

/// What a call of a layer gives.
struct Outcome {
    std::string error = {};  ///< The exception's text; empty if there was none.
    std::vector<Array> outputs = {};
    std::vector<NamedArray> gradients = {};  ///< Of real inputs, by number, and of parameters, by name.
    std::vector<NamedArray> state = {};      ///< Parameters and buffers after the call, in the order of the state dict.
};

/// The layer's state is drawn, and returned in `state` as it was before the call.
Outcome run_xgrad(const Case& c, std::vector<NamedArray>& state);
/// A layer of libtorch with this state, whose names and shapes must be its own.
Outcome run_torch(const Case& c, const std::vector<NamedArray>& state);

/// What all results are weighted with before they are summed up and differentiated.
double weight(std::size_t output, std::size_t element);

}  // namespace modules
