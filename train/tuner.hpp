#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/plot/figure.hpp>
#include <xgrad/train/search_space.hpp>

namespace xg::train {

/// How a Tuner chooses points.
enum class SearchMethod {
    random,     ///< At random, none twice.
    grid,       ///< All, in order.
    hyperband,  ///< Many for a few epochs, the best of them for more (Li et al., Hyperband, JMLR 2018).
};

/// Options of Tuner.
struct TunerOptions {
    SearchMethod method = SearchMethod::random;
    std::int64_t max_trials = 50;  ///< Points that are tried at most; at least 1. Not of use with Hyperband.
    std::int64_t max_epochs = 27;  ///< Hyperband's R, the budget of the best; else the budget of all. At least 1.
    std::int64_t factor = 3;       ///< Hyperband's η: one in so many goes on. At least 2.
    std::int64_t levels = 5;       ///< How many values a grid has of a number that is not whole; at least 2.
    bool maximize = false;         ///< Whether greater scores are better.
    std::uint64_t seed = 0;        ///< Of the points, and of what the trials draw.
    bool handle_interrupt = true;  ///< Let Ctrl-C end the search after the trials under way, which do not count.
    bool parallel = false;         ///< Run trials side by side on xgrad's threads, each on one. Results are the same.
    std::string log = {};          ///< A file to which finished trials are appended, and from which a search goes on.
    std::string folder = {};       ///< Where trials may keep files: see Trial::folder.
};

/// A trial under way, as the function that is tuned sees it.
class XG_EXPORT Trial {
public:
    /// The value of a hyperparameter: as std::int64_t, double (of whole numbers, too), std::string or bool. Throws
    /// ValueError for a name that the point does not have and for another type.
    template <class T>
    T get(const std::string& name) const;
    /// Whether the point has it: conditional ones may not count.
    bool has(const std::string& name) const;
    const SearchPoint& values() const noexcept { return values_; }
    /// Counted from 1.
    std::int64_t number() const noexcept { return number_; }
    /// How many epochs it may train for, all calls together.
    std::int64_t budget() const noexcept { return budget_; }
    /// How many of them an earlier call was for; 0 for the first. A trial that kept nothing in its folder begins anew.
    std::int64_t resumed_from() const noexcept { return resumed_from_; }
    /// A folder of its own, `trial-7` in the tuner's, made when it is first asked for; the same for all its calls.
    /// Empty without a `folder` option. Throws FileError.
    std::string folder() const;
    /// Notes how many epochs were trained and what the score is now. Returns false where the budget is used up.
    bool report(std::int64_t epoch, double score);

private:
    friend class Tuner;
    SearchPoint values_;
    std::string folder_;
    std::int64_t number_ = 0, budget_ = 0, resumed_from_ = 0, epochs_ = 0;
    const SearchValue& value(const std::string& name) const;
    [[noreturn]] void wrong_type(const std::string& name, const char* wanted) const;
};

/// What became of a trial.
struct TrialResult {
    std::int64_t number = 0;
    SearchPoint values = {};
    double score = 0;          ///< Of its longest call; NaN where that failed.
    std::int64_t epochs = 0;   ///< What it reported; its budget where it reported nothing.
    std::int64_t budget = 0;   ///< Of that call.
    double seconds = 0;        ///< All calls together.
    std::string message = {};  ///< What it threw; empty if it did not.
};

/// What a search found.
struct XG_EXPORT TunerResult {
    std::vector<TrialResult> trials = {};  ///< By their numbers.
    std::string stop_reason = {};  ///< `search space exhausted`, `max_trials reached`, `all brackets finished` or
                                   ///< `interrupted`.
    bool maximize = false;

    /// The trial with the best score. Of equal ones the first; of Hyperband's, those that had the largest budget.
    /// Throws ValueError where none has one.
    const TrialResult& best() const;
    /// The trials, the best first, a line each.
    std::string table() const;
    /// The scores over the trials with the best so far, and beside it the best of them enlarged.
    plot::Figure figure(const std::string& title = {}) const;
    /// The same as CSV, by their numbers: number, score, epochs, and a column for each hyperparameter.
    std::string to_csv() const;
};

/// Looks for the best hyperparameters of a function.
///
///     xg::train::Tuner tuner(space, {.max_trials = 50, .log = "build/search.jsonl"});
///     const auto result = tuner.search([&](xg::train::Trial& trial) {
///         const auto units = trial.get<std::int64_t>("units");
///         …
///         return history["val_loss"].back();
///     });
///
/// No point is tried twice. A trial that throws is noted with its message, and the search goes on. Each trial's random
/// numbers depend on the seed and its number alone. With a `log`, a search that was killed goes on where it was, to the
/// same result; one of another space or other options is refused.
class XG_EXPORT Tuner {
public:
    using Objective = std::function<double(Trial&)>;

    /// Throws ValueError for an empty space and options out of range, and for a grid of more than a million points.
    explicit Tuner(SearchSpace space, TunerOptions options = {});

    /// Runs the trials. Throws Error with the first message where all of them failed, FileError for a log that cannot
    /// be written, ValueError for one of another search.
    TunerResult search(const Objective& objective);

private:
    class Search;
    SearchSpace space_;
    TunerOptions options_;
};

template <class T>
T Trial::get(const std::string& name) const {
    const SearchValue& v = value(name);
    if constexpr (std::same_as<T, double>) {
        if (const std::optional<double> number = v.number()) return *number;
        wrong_type(name, "a number");
    } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
        if (const auto* whole = v.get_if<std::int64_t>()) return static_cast<T>(*whole);
        wrong_type(name, "a whole number");
    } else {
        if (const T* held = v.get_if<T>()) return *held;
        wrong_type(name, std::same_as<T, bool> ? "a truth value" : "a text");
    }
}

}  // namespace xg::train
