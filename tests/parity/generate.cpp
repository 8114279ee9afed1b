#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "draw.hpp"
#include "operation.hpp"

namespace parity {

Maker::Maker(Program& program, Random& random) : program_(program), random_(random) {
    // A few sizes, so that shapes often fit; 1 is one of them often enough as it is.
    for (int i = 0; i < 3; ++i) sizes_.push_back(random.integer(1, 5));
}

Ref Maker::add_leaf(Array leaf) {
    session_.add_leaf(leaf);
    program_.leaves.push_back(leaf);
    leaves_.push_back(std::move(leaf));
    refs_.push_back({-1, static_cast<int>(leaves_.size()) - 1});
    return refs_.back();
}

const Array& Maker::value(const Ref& ref) const {
    const auto index = static_cast<std::size_t>(ref.index);
    return ref.step < 0 ? leaves_[index] : results_[static_cast<std::size_t>(ref.step)][index];
}

bool smooth(const Program& program, const Step& step, const std::vector<const Array*>& inputs) {
    if (!step.operation->distance || (program.wild && !step.operation->ordered)) return true;
    return step.operation->distance(inputs, step.options) > (program.second ? kNearestTwice : kNearest);
}

void Maker::add(Step step) {
    std::vector<const Array*> inputs;
    for (const Ref& ref : step.inputs) inputs.push_back(&value(ref));
    Draw::need(!program_.wild || step.operation->wild);
    Draw::need(!program_.second || step.operation->second);
    Draw::need(smooth(program_, step, inputs));
    std::vector<Array> results;
    try {
        results = session_.add_step(step);
    } catch (const std::exception& e) {
        throw std::logic_error("libtorch refuses what was drawn for \"" + step.operation->name + "\": " + e.what());
    }
    for (const Array& result : results) {
        step.outputs.push_back(result.kind);
        const bool tame = std::all_of(result.values.begin(), result.values.end(),
                                      [&](double v) { return program_.wild || std::abs(v) <= kLargest; });
        if (!tame || result.values.size() > kMaxElements || result.kind == Kind::single) {
            session_.cut(leaves_.size(), results_.size());
            throw DrawAgain();
        }
    }
    results_.push_back(std::move(results));
    program_.steps.push_back(std::move(step));
    for (std::size_t k = 0; k < results_.back().size(); ++k)
        refs_.push_back({static_cast<int>(results_.size()) - 1, static_cast<int>(k)});
}

bool Maker::draw(const Operation& operation) {
    const std::size_t leaves = leaves_.size(), steps = results_.size(), refs = refs_.size();
    try {
        Draw draw(*this, random_);
        draw.step.operation = &operation;
        operation.draw(draw);
        add(std::move(draw.step));
        return true;
    } catch (const DrawAgain&) {
        session_.cut(leaves, steps);
        program_.leaves.resize(leaves);
        program_.steps.resize(steps);
        leaves_.resize(leaves);
        results_.resize(steps);
        refs_.resize(refs);
        return false;
    }
}

Generated generate(std::uint64_t seed, std::uint64_t index, std::uint64_t attempt, const Operation* extra,
                   const std::string& only) {
    Generated result;
    Random random(mixed(mixed(seed, index), attempt));
    result.program.seed = mixed(mixed(seed, index), ~attempt);
    result.program.wild = random.coin(0.05);
    result.program.second = !result.program.wild && random.coin(0.1);
    Maker maker(result.program, random);
    std::vector<const Operation*> operations;
    for (const Operation& operation : table())
        if (only.empty() || operation.name == only) operations.push_back(&operation);
    if (operations.empty()) throw std::logic_error("there is no operation \"" + only + "\"");
    const auto last = static_cast<std::int64_t>(operations.size()) - 1;
    // Non-finite numbers soon make everything NaN: short programs see more.
    const std::int64_t length = random.integer(1, result.program.wild ? 4 : 30);
    for (std::int64_t tries = 0; static_cast<std::int64_t>(result.program.steps.size()) < length && tries < 20 * length;
         ++tries) {
        const Operation* operation = operations[static_cast<std::size_t>(random.integer(0, last))];
        if (extra != nullptr && random.coin(0.1)) operation = extra;
        if (!maker.draw(*operation)) ++result.steps_redrawn;
    }
    result.steps = static_cast<std::int64_t>(result.program.steps.size());
    return result;
}

}  // namespace parity
