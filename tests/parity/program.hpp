#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "array.hpp"
#include "options.hpp"

// Programs as data: what the generator makes, both sides run, and the shrinker makes smaller.

namespace parity {

struct Operation;

/// A leaf, or a result of a step.
struct Ref {
    int step = -1;  ///< -1: a leaf.
    int index = 0;  ///< Which leaf, or which of the step's results.
    friend bool operator==(const Ref&, const Ref&) = default;
};

struct Step {
    const Operation* operation = nullptr;
    std::vector<Ref> inputs = {};
    Options options = {};
    std::vector<Kind> outputs = {};  ///< The kinds of the results, when it has run.
};

struct Program {
    std::uint64_t seed = 0;  ///< Of the weights that results are summed with.
    bool wild = false;    ///< Infinities, NaN and points without a derivative may be in it: only values are compared.
    bool second = false;  ///< Second derivatives are compared, too.
    std::vector<Array> leaves = {};
    std::vector<Step> steps = {};
};

/// The real results that no step makes another real result of: their weighted sum is differentiated.
std::vector<Ref> sinks(const Program& program);

/// The weight of element i of the sink number `ordinal`: from 0.5 to 1.5, of either sign.
double weight(const Program& program, std::size_t ordinal, std::size_t i);
/// The weight of element i of the gradient of leaf number `leaf` in what second derivatives are taken of.
double second_weight(const Program& program, std::size_t leaf, std::size_t i);

/// What one side makes of a program.
struct Evaluation {
    std::string error = {};                      ///< The exception's text; empty if there was none.
    std::vector<std::vector<Array>> steps = {};  ///< All results of all steps.
    std::vector<Array> gradients = {};           ///< One for each leaf; empty arrays for those that are not real.
    std::vector<Array> seconds = {};             ///< The same of second derivatives, where they were asked for.
};

Evaluation run_xgrad(const Program& program);
Evaluation run_torch(const Program& program);

/// Runs the steps of a program with libtorch one by one, while it is being made.
class TorchSession {
public:
    TorchSession();
    ~TorchSession();
    TorchSession(const TorchSession&) = delete;
    TorchSession& operator=(const TorchSession&) = delete;
    void add_leaf(const Array& leaf);
    /// The results of `step`. Throws std::exception as libtorch does.
    std::vector<Array> add_step(const Step& step);
    /// Forgets all but the first leaves and steps.
    void cut(std::size_t leaves, std::size_t steps);

private:
    struct Body;
    Body* body_;
};

/// Makes libtorch run one thread.
void prepare_torch();
/// The operations that have a libtorch half.
std::vector<std::string> torch_names();

}  // namespace parity
