#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/core/random.hpp>

namespace xg::train {

/// A value of a hyperparameter: a whole number, a number, a text or a truth value.
class XG_EXPORT SearchValue {
public:
    SearchValue(bool value) : held_(value) {}
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    SearchValue(I value) : held_(static_cast<std::int64_t>(value)) {}
    SearchValue(double value) : held_(value) {}
    SearchValue(const char* value) : held_(std::string(value)) {}
    SearchValue(std::string value) : held_(std::move(value)) {}

    /// The value if it is of that type, else null.
    template <class T>
    const T* get_if() const noexcept {
        return std::get_if<T>(&held_);
    }
    /// As a number, if it is one.
    std::optional<double> number() const;
    /// As it is printed: `0.01`, `adam`, `true`; doubles so that they are read back the same.
    std::string str() const;
    friend bool operator==(const SearchValue&, const SearchValue&) = default;

private:
    std::variant<std::int64_t, double, std::string, bool> held_;
};

/// Values of the hyperparameters that count, by their names, in the space's order.
using SearchPoint = std::vector<std::pair<std::string, SearchValue>>;

/// Options of SearchSpace::integer.
struct IntegerOptions {
    std::int64_t step = 1;  ///< Between values, counted from the lowest; at least 1.
    bool log = false;       ///< Drawn evenly in the logarithm; the lowest must then be at least 1, and the step 1.
};

/// What a Tuner searches: hyperparameters, in the order in which they are declared.
///
///     xg::train::SearchSpace space;
///     space.choice("units", {16, 64, 256}).choice("optimizer", {"sgd", "adam"}).log("lr", 1e-4, 1);
///     space.when("optimizer", {"sgd"}).real("momentum", 0, 0.99);    // only there where the optimizer is sgd
///
/// All throw ValueError for a name that is empty or taken, and for ranges that hold nothing or are not finite.
class XG_EXPORT SearchSpace {
public:
    /// One of these values.
    SearchSpace& choice(const std::string& name, std::initializer_list<SearchValue> values);
    SearchSpace& choice(const std::string& name, std::vector<SearchValue> values);
    /// A number from `low` to `high`.
    SearchSpace& real(const std::string& name, double low, double high);
    /// The same, drawn evenly in the logarithm; `low` must be above 0.
    SearchSpace& log(const std::string& name, double low, double high);
    /// A whole number from `low` to `high`, both included.
    SearchSpace& integer(const std::string& name, std::int64_t low, std::int64_t high,
                         const IntegerOptions& options = {});
    /// True or false.
    SearchSpace& boolean(const std::string& name);
    /// What is declared next, one hyperparameter, counts only where `parent`, declared before, has one of these values,
    /// of the types in which they were declared there.
    SearchSpace& when(const std::string& parent, std::initializer_list<SearchValue> values);

    bool empty() const noexcept { return parameters_.empty(); }
    /// A random point.
    SearchPoint draw(const Philox& stream) const;
    /// All points, where there are no more than `most`; numbers that are not whole have `levels` values each, or there
    /// is no such list if `levels` is 0.
    std::optional<std::vector<SearchPoint>> all(std::int64_t levels, std::int64_t most) const;
    /// The space in one line, as a search's log has it.
    std::string str() const;

private:
    enum class Kind : std::uint8_t { choice, real, log, integer };
    struct Parameter {
        std::string name;
        Kind kind = Kind::choice;
        double low = 0, high = 0;
        std::int64_t step = 1;
        bool log_integer = false;
        std::vector<SearchValue> choices;
        std::string parent;
        std::vector<SearchValue> parent_values;

        std::vector<SearchValue> values(std::int64_t levels, std::int64_t most) const;
    };
    Parameter& add(const std::string& name, Kind kind);
    static bool counts(const Parameter& p, const SearchPoint& point);

    std::vector<Parameter> parameters_;
    std::string next_parent_;
    std::vector<SearchValue> next_values_;
};

}  // namespace xg::train
