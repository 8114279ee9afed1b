#pragma once

#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "program.hpp"
#include "random.hpp"

namespace parity {

/// Thrown where what was drawn does not do; the step is drawn anew.
struct DrawAgain {};

/// What a real input must be like.
struct Want {
    std::int64_t min_rank = 0;
    std::int64_t max_rank = 4;
    std::int64_t min_size = 0;  ///< Of every axis.
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool distinct = false;  ///< No ties: a fresh leaf rather than results that may repeat.
    bool finite = false;    ///< In wild programs, too.
};

class Maker;

/// What an operation's entry draws its inputs and options with. Inputs come in the order in which they are drawn.
class Draw {
public:
    Draw(Maker& maker, Random& random) : random(random), maker_(maker) {}

    // Inputs. Each is an earlier result, made to fit where needed, or a new leaf. What is returned stays until the step
    // is done.

    const Array& real(const Want& want = {});
    const Array& real_of(const Sizes& shape, const Want& want = {});
    /// Of a shape that broadcasts with `shape`.
    const Array& real_beside(const Sizes& shape, const Want& want = {});
    /// The same, but now and then a constant of integers.
    const Array& number_beside(const Sizes& shape, const Want& want = {});
    /// A matrix, or a stack of them, of the last two sizes n and m; 0 stands for any.
    const Array& matrix(std::int64_t n, std::int64_t m, const Want& want = {});
    /// Constants, from `low` to `high`.
    const Array& integers(const Sizes& shape, std::int64_t low, std::int64_t high);
    /// Constants from -n to n - 1 as positions along an axis of n: no two along `axis` name the same.
    const Array& different_integers(const Sizes& shape, std::size_t axis, std::int64_t n);
    /// A constant mask that broadcasts with `shape`, or an earlier one.
    const Array& mask_beside(const Sizes& shape);
    const Array& mask_of(const Sizes& shape);
    /// A new leaf or constant.
    const Array& leaf(Array array);

    // Options.

    void set(const std::string& name, Option value) { step.options.all.insert_or_assign(name, std::move(value)); }
    bool flag(const std::string& name);
    std::int64_t integer(const std::string& name, std::int64_t low, std::int64_t high);
    double number(const std::string& name, double low, double high);
    double number_of(const std::string& name, const std::vector<double>& numbers);
    const std::string& word(const std::string& name, const std::vector<std::string>& words);
    void choice(const std::string& name, const std::vector<Choice>& choices);
    /// An axis of an array of `rank` axes, from either end. Returns it counted from the front. Needs rank > 0.
    std::size_t axis(const std::string& name, std::size_t rank);
    /// Some axes, at least `at_least`, in any order. Returns them as they were written.
    Sizes axes(const std::string& name, std::size_t rank, std::size_t at_least = 1);

    /// Does not go on with what was drawn unless `condition` holds.
    static void need(bool condition) {
        if (!condition) throw DrawAgain();
    }
    /// The sizes that this program likes, so that shapes fit each other.
    std::int64_t size();
    Sizes shape(std::int64_t min_rank = 0, std::int64_t max_rank = 4, std::int64_t min_size = 0);

    Random& random;
    Step step = {};

private:
    const Array& take(const Ref& ref);
    const Array& fresh(const Sizes& shape, const Want& want);
    const Array& fitted(const Ref& ref, const Want& want);

    Maker& maker_;
};

/// A program under way: what draws take from, and the steps that make an input fit.
class Maker {
public:
    Maker(Program& program, Random& random);

    Ref add_leaf(Array leaf);
    /// Runs a step and appends it. Throws DrawAgain where it leaves what is allowed, and std::logic_error where
    /// libtorch refuses it.
    void add(Step step);
    /// Draws one operation's step and appends it, or leaves everything as it was and returns false.
    bool draw(const Operation& operation);

    /// The values so far: those of leaves and of results.
    const std::vector<Ref>& refs() const noexcept { return refs_; }
    const Array& value(const Ref& ref) const;
    const Program& program() const noexcept { return program_; }
    const std::vector<std::int64_t>& sizes() const noexcept { return sizes_; }

    /// Results are no larger.
    static constexpr std::int64_t kMaxElements = 240;

private:
    Program& program_;
    Random& random_;
    TorchSession session_;
    std::deque<Array> leaves_;
    std::deque<std::vector<Array>> results_;
    std::vector<Ref> refs_;
    std::vector<std::int64_t> sizes_;
};

/// The greatest absolute value that a result of a tame program may have.
inline constexpr double kLargest = 1e6;
/// Nearer to a point without a derivative no tame step may be.
inline constexpr double kNearest = 1e-6;
/// The same where second derivatives are compared, which are greater there, so that more of their digits cancel.
inline constexpr double kNearestTwice = 1e-5;

/// Whether a step's inputs are far enough from where it has no derivative.
bool smooth(const Program& program, const Step& step, const std::vector<const Array*>& inputs);

/// Program number `index` of `seed`. `redrawn` counts those that had to be given up before it, `steps_redrawn` steps.
struct Generated {
    Program program = {};
    std::int64_t redrawn = 0;
    std::int64_t steps = 0, steps_redrawn = 0;
};
/// Operations to draw from: the whole table, or that and `extra`, which then comes often.
Generated generate(std::uint64_t seed, std::uint64_t index, std::uint64_t attempt, const Operation* extra = nullptr,
                   const std::string& only = {});

}  // namespace parity
