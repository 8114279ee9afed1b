#include "program.hpp"

#include <algorithm>

#include "random.hpp"

namespace parity {
namespace {

double sign_and_size(std::uint64_t bits) { return (bits & 1) != 0 ? 0.5 + unit(bits) : -0.5 - unit(bits); }

}  // namespace

std::vector<Ref> sinks(const Program& program) {
    std::vector<Ref> found;
    for (std::size_t s = 0; s < program.steps.size(); ++s)
        for (std::size_t k = 0; k < program.steps[s].outputs.size(); ++k) {
            if (program.steps[s].outputs[k] != Kind::real) continue;
            const Ref ref{static_cast<int>(s), static_cast<int>(k)};
            const bool used = std::any_of(program.steps.begin(), program.steps.end(), [&](const Step& step) {
                return std::find(step.inputs.begin(), step.inputs.end(), ref) != step.inputs.end() &&
                       std::find(step.outputs.begin(), step.outputs.end(), Kind::real) != step.outputs.end();
            });
            if (!used) found.push_back(ref);
        }
    return found;
}

double weight(const Program& program, std::size_t ordinal, std::size_t i) {
    return sign_and_size(mixed(mixed(program.seed, ordinal), i));
}

double second_weight(const Program& program, std::size_t leaf, std::size_t i) {
    return sign_and_size(mixed(mixed(~program.seed, leaf), i));
}

}  // namespace parity
