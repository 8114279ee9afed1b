#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "draw.hpp"
#include "operation.hpp"

namespace parity {
namespace {

constexpr double kRelative = 1e-9;
/// Of the largest number of an array, and of the program: some roundings, which add up, and what is left where all
/// cancels: some twenty roundings, since in exact arithmetic either side's saturated softmax is that far from the
/// truth.
constexpr double kOfArray = 1e-13, kOfProgram = 4e-15;
constexpr double kChange = 1e-7;
constexpr int kChanges = 4;
constexpr double kWorstCondition = 1e6;

std::string text(const Sizes& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

double largest(const Array& array) {
    double value = 0;
    for (const double v : array.values)
        if (std::isfinite(v)) value = std::max(value, std::abs(v));
    return value;
}

double largest(const std::vector<Array>& arrays) {
    double value = 0;
    for (const Array& array : arrays) value = std::max(value, largest(array));
    return value;
}

bool finite(const std::vector<Array>& arrays) {
    return std::all_of(arrays.begin(), arrays.end(), [](const Array& array) {
        return std::all_of(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); });
    });
}

/// How much each number of an evaluation changes with the leaves.
class Sensitivity {
public:
    explicit Sensitivity(const Program& program, const Evaluation& base) : program_(program), base_(base) {}

    /// Of element i of the array that `pick` finds in an evaluation: the change over the relative change of the leaves.
    double of(const std::function<const Array&(const Evaluation&)>& pick, std::size_t i) {
        if (changed_.empty()) measure();
        double most = 0;
        for (const Evaluation& e : changed_) {
            const double change = std::abs(pick(e).values[i] - pick(base_).values[i]);
            if (std::isfinite(change)) most = std::max(most, change / kChange);
        }
        return most;
    }

private:
    void measure() {
        Random random(program_.seed);
        // Where a change leaves a domain there is nothing to learn from it.
        for (int k = 0; k < 4 * kChanges && static_cast<int>(changed_.size()) < kChanges; ++k) {
            Program moved = program_;
            for (Array& leaf : moved.leaves)
                if (leaf.kind == Kind::real) {
                    const double floor = 0.1 * largest(leaf);
                    for (double& v : leaf.values)
                        v += kChange * (random.coin() ? 1 : -1) * std::max(std::abs(v), std::isfinite(v) ? floor : 0);
                }
            Evaluation e = run_torch(moved);
            if (e.error.empty()) changed_.push_back(std::move(e));
        }
    }

    const Program& program_;
    const Evaluation& base_;
    std::vector<Evaluation> changed_;
};

class Comparison {
public:
    Comparison(const Program& program, Verdict& verdict)
        : program_(program), verdict_(verdict), sensitivity_(program, verdict.torch) {}

    void run() {
        double scale = std::max(1.0, largest(program_.leaves));
        for (const auto& results : verdict_.torch.steps) scale = std::max(scale, largest(results));
        for (std::size_t s = 0; s < program_.steps.size(); ++s) {
            const auto& expected = verdict_.torch.steps[s];
            const std::string& name = program_.steps[s].operation->name;
            if (verdict_.xgrad.steps[s].size() != expected.size())
                return differ(fmt::format("step {} ({}) has {} results, not {}", s, name,
                                          verdict_.xgrad.steps[s].size(), expected.size()));
            for (std::size_t k = 0; k < expected.size(); ++k)
                if (!array([s, k](const Evaluation& e) -> const Array& { return e.steps[s][k]; },
                           fmt::format("result {} of step {} ({})", k, s, name), scale))
                    return;
        }
        const auto by_leaf = [&](std::vector<Array> Evaluation::*member, const char* what, double around) {
            for (std::size_t i = 0; i < (verdict_.torch.*member).size(); ++i)
                if (!array([=](const Evaluation& e) -> const Array& { return (e.*member)[i]; },
                           fmt::format("the {} of leaf {}", what, i), around))
                    return false;
            return true;
        };
        const double steepest = std::max(1.0, largest(verdict_.torch.gradients));
        if (by_leaf(&Evaluation::gradients, "gradient", scale * steepest))
            by_leaf(&Evaluation::seconds, "second gradient",
                    scale * std::max(steepest, largest(verdict_.torch.seconds)));
    }

private:
    bool array(const std::function<const Array&(const Evaluation&)>& pick, const std::string& what, double scale) {
        const Array &found = pick(verdict_.xgrad), &expected = pick(verdict_.torch);
        static const char* const kinds[] = {"float64", "float32", "int64", "bool"};
        if (found.kind != expected.kind || found.shape != expected.shape) {
            differ(fmt::format("{} is of {} and {}, not of {} and {}", what, text(found.shape),
                               kinds[static_cast<int>(found.kind)], text(expected.shape),
                               kinds[static_cast<int>(expected.kind)]));
            return false;
        }
        const double size = largest(expected), around = kOfArray * size + kOfProgram * scale;
        for (std::size_t i = 0; i < expected.values.size(); ++i) {
            const double a = found.values[i], b = expected.values[i];
            if (a == b || (std::isnan(a) && std::isnan(b))) continue;
            double allowed = kRelative * std::abs(b) + around;
            double difference = std::abs(a - b);
            if (difference <= allowed) continue;
            if (expected.kind == Kind::real && std::isfinite(difference)) {
                const double change = sensitivity_.of(pick, i);
                const double condition = change / std::max(std::abs(b), std::max(size * 1e-3, 1e-300));
                if (condition > kWorstCondition) {
                    verdict_.outcome = Outcome::unfit;
                    verdict_.what = "ill-conditioned";
                    return false;
                }
                verdict_.condition = std::max(verdict_.condition, condition);
                allowed = kRelative * std::max(std::abs(b), change) + around + kOfArray * change;
                if (difference <= allowed) continue;
            }
            differ(fmt::format("{}: element {} is {}, not {}; they differ by {:.3g}, and {:.3g} would do", what, i, a,
                               b, difference, allowed));
            return false;
        }
        return true;
    }

    void differ(std::string what) {
        verdict_.outcome = Outcome::different;
        verdict_.what = std::move(what);
    }

    const Program& program_;
    Verdict& verdict_;
    Sensitivity sensitivity_;
};

bool all_smooth(const Program& program, const Evaluation& evaluation) {
    return std::all_of(program.steps.begin(), program.steps.end(), [&](const Step& step) {
        std::vector<const Array*> inputs;
        for (const Ref& ref : step.inputs)
            inputs.push_back(
                ref.step < 0
                    ? &program.leaves[static_cast<std::size_t>(ref.index)]
                    : &evaluation.steps[static_cast<std::size_t>(ref.step)][static_cast<std::size_t>(ref.index)]);
        return smooth(program, step, inputs);
    });
}

}  // namespace

Verdict judge(const Program& program) {
    Verdict verdict;
    verdict.torch = run_torch(program);
    if (!verdict.torch.error.empty()) {
        verdict.outcome = Outcome::refused;
        verdict.what = "libtorch throws: " + verdict.torch.error;
        return verdict;
    }
    if (!all_smooth(program, verdict.torch)) {
        verdict.outcome = Outcome::unfit;
        verdict.what = "near a point without a derivative";
        return verdict;
    }
    const auto bounded = [](const std::vector<Array>& arrays) { return finite(arrays) && largest(arrays) < 1e12; };
    if (!program.wild && !(bounded(verdict.torch.gradients) && bounded(verdict.torch.seconds))) {
        verdict.outcome = Outcome::unfit;
        verdict.what = "a gradient is not finite, or very large";
        return verdict;
    }
    verdict.xgrad = run_xgrad(program);
    if (!verdict.xgrad.error.empty()) {
        verdict.outcome = Outcome::different;
        verdict.what = "xgrad throws: " + verdict.xgrad.error;
        return verdict;
    }
    Comparison(program, verdict).run();
    return verdict;
}

}  // namespace parity
