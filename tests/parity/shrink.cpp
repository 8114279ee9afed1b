#include "shrink.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace parity {
namespace {

/// Changes the program for good where a changed one still fails.
class Shrinker {
public:
    Shrinker(const Program& program, const std::function<bool(const Program&)>& fails)
        : program_(program), fails_(fails) {}

    Program run() {
        drop_steps();
        for (int round = 0; round < 3; ++round) {
            const std::int64_t before = tried_;
            bool better = shrink_shapes();
            better |= drop_steps();
            better |= simplify();
            if (!better || tried_ == before) break;
        }
        return program_;
    }

private:
    bool attempt(Program candidate) {
        if (++tried_ > kMost || !fails_(candidate)) return false;
        program_ = std::move(candidate);
        return true;
    }

    /// The program when the results of the steps `gone` have become leaves, and the steps `dropped` are not there at
    /// all. Steps whose results only those in `gone` use go, too; those that only dropped ones use become ends.
    static Program without(const Program& program, const Evaluation& values, const std::set<std::size_t>& gone,
                           const std::set<std::size_t>& dropped) {
        Program result = program;
        result.leaves.clear();
        result.steps.clear();
        std::vector<bool> needed(program.steps.size(), true);
        for (std::size_t s = program.steps.size(); s-- > 0;) {
            if (gone.count(s) != 0 || dropped.count(s) != 0) {
                needed[s] = false;
                continue;
            }
            bool used = false, was_used = false;
            for (std::size_t later = s + 1; later < program.steps.size(); ++later)
                for (const Ref& ref : program.steps[later].inputs)
                    if (ref.step == static_cast<int>(s) && dropped.count(later) == 0) {
                        was_used = true;
                        used = used || needed[later];
                    }
            needed[s] = used || !was_used;
        }
        std::map<std::pair<int, int>, Ref> moved;
        for (std::size_t s = 0; s < program.steps.size(); ++s) {
            if (!needed[s]) continue;
            Step step = program.steps[s];
            for (Ref& ref : step.inputs) {
                const auto key = std::make_pair(ref.step, ref.index);
                if (const auto found = moved.find(key); found != moved.end()) {
                    ref = found->second;
                    continue;
                }
                const Array& value =
                    ref.step < 0
                        ? program.leaves[static_cast<std::size_t>(ref.index)]
                        : values.steps[static_cast<std::size_t>(ref.step)][static_cast<std::size_t>(ref.index)];
                result.leaves.push_back(value);
                ref = {-1, static_cast<int>(result.leaves.size()) - 1};
                moved[key] = ref;
            }
            for (std::size_t k = 0; k < step.outputs.size(); ++k)
                moved[{static_cast<int>(s), static_cast<int>(k)}] = {static_cast<int>(result.steps.size()),
                                                                     static_cast<int>(k)};
            result.steps.push_back(std::move(step));
        }
        return result;
    }

    bool drop_steps() {
        bool better = false;
        // A half, a quarter, … of the steps from the front become leaves; then those behind go, then single ones.
        for (bool again = true; again;) {
            again = false;
            const std::size_t n = program_.steps.size();
            if (n <= 1) break;
            const Evaluation values = run_torch(program_);
            if (!values.error.empty()) break;
            for (std::size_t part = n / 2; part >= 1 && !again; part /= 2)
                for (std::size_t begin = 0; begin < n && !again; begin += part) {
                    std::set<std::size_t> range;
                    for (std::size_t s = begin; s < std::min(n, begin + part); ++s) range.insert(s);
                    if (range.size() == n) continue;
                    // Replaced by their values where others use them.
                    const Program candidate = without(program_, values, range, {});
                    if (!candidate.steps.empty() && candidate.steps.size() < n && attempt(candidate)) again = true;
                    if (again) break;
                    // Or gone with all that uses them.
                    std::set<std::size_t> dropped = range;
                    for (std::size_t s = 0; s < n; ++s)
                        for (const Ref& ref : program_.steps[s].inputs)
                            if (ref.step >= 0 && dropped.count(static_cast<std::size_t>(ref.step)) != 0)
                                dropped.insert(s);
                    const Program rest = without(program_, values, {}, dropped);
                    if (!rest.steps.empty() && attempt(rest)) again = true;
                }
            better |= again;
        }
        return better;
    }

    static void resize(Array& leaf, std::size_t axis, std::int64_t n) {
        Array cut{leaf.kind, leaf.shape, {}};
        cut.shape[axis] = n;
        std::int64_t inner = 1;
        for (std::size_t k = axis + 1; k < leaf.shape.size(); ++k) inner *= leaf.shape[k];
        for (std::size_t i = 0; i < leaf.values.size(); ++i)
            if (static_cast<std::int64_t>(i) / inner % leaf.shape[axis] < n) cut.values.push_back(leaf.values[i]);
        leaf = std::move(cut);
    }

    bool shrink_shapes() {
        bool better = false;
        for (bool again = true; again;) {
            again = false;
            // All axes of one size at once, in leaves and in options, then one axis of one leaf.
            std::set<std::int64_t, std::greater<>> sizes;
            for (const Array& leaf : program_.leaves) sizes.insert(leaf.shape.begin(), leaf.shape.end());
            for (const std::int64_t size : sizes)
                for (const std::int64_t smaller : {std::int64_t{1}, size / 2, size - 1}) {
                    if (smaller >= size || smaller < 1) continue;
                    Program candidate = program_;
                    for (Array& leaf : candidate.leaves)
                        for (std::size_t axis = 0; axis < leaf.shape.size(); ++axis)
                            if (leaf.shape[axis] == size) resize(leaf, axis, smaller);
                    if (attempt(candidate)) again = true;
                    for (Step& step : candidate.steps)
                        for (auto& [name, option] : step.options.all)
                            if (auto* list = std::get_if<Sizes>(&option))
                                std::replace(list->begin(), list->end(), size, smaller);
                    if (!again && attempt(candidate)) again = true;
                    if (again) break;
                }
            for (std::size_t i = 0; i < program_.leaves.size() && !again; ++i)
                for (std::size_t axis = 0; axis < program_.leaves[i].shape.size() && !again; ++axis)
                    for (const std::int64_t smaller :
                         {std::int64_t{1}, program_.leaves[i].shape[axis] / 2, program_.leaves[i].shape[axis] - 1}) {
                        if (smaller >= program_.leaves[i].shape[axis] || smaller < 1) continue;
                        Program candidate = program_;
                        resize(candidate.leaves[i], axis, smaller);
                        if (attempt(candidate)) {
                            again = true;
                            break;
                        }
                    }
            // Axes of size 1 in front.
            for (std::size_t i = 0; i < program_.leaves.size() && !again; ++i)
                if (!program_.leaves[i].shape.empty() && program_.leaves[i].shape[0] == 1) {
                    Program candidate = program_;
                    candidate.leaves[i].shape.erase(candidate.leaves[i].shape.begin());
                    again = attempt(candidate);
                }
            better |= again;
        }
        return better;
    }

    /// Numbers with fewer digits: of a whole leaf at once, then one by one.
    bool simplify() {
        bool better = false;
        const auto rounded = [](double v, double unit) { return std::isfinite(v) ? std::round(v / unit) * unit : v; };
        for (std::size_t i = 0; i < program_.leaves.size(); ++i) {
            if (program_.leaves[i].kind != Kind::real) continue;
            for (const double unit : {1.0, 0.5, 0.125, 1.0 / 1024}) {
                Program candidate = program_;
                for (double& v : candidate.leaves[i].values) v = rounded(v, unit);
                if (candidate.leaves[i].values == program_.leaves[i].values) break;
                if (attempt(candidate)) {
                    better = true;
                    break;
                }
            }
            for (std::size_t k = 0; k < program_.leaves[i].values.size() && k < 16; ++k)
                for (const double simple : {0.0, 1.0, 0.5}) {
                    Program candidate = program_;
                    double& v = candidate.leaves[i].values[k];
                    if (v == simple) break;
                    v = simple;
                    if (attempt(candidate)) {
                        better = true;
                        break;
                    }
                }
        }
        return better;
    }

    static constexpr std::int64_t kMost = 4000;
    Program program_;
    const std::function<bool(const Program&)>& fails_;
    std::int64_t tried_ = 0;
};

}  // namespace

Program shrink(const Program& program, const std::function<bool(const Program&)>& fails) {
    return Shrinker(program, fails).run();
}

}  // namespace parity
