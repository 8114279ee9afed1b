#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <xgrad/data/table.hpp>

namespace xg::data::detail {

/// Lets sets and maps of strings be searched for views.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

/// What the texts of a column whose type is not given have in common.
class Guess {
public:
    /// Takes another field into account.
    void see(std::string_view text, const TextSet& missing);
    /// float64 where all are missing.
    ColumnType type() const noexcept;

private:
    enum class Kind : std::uint8_t { nothing, boolean, integer, real, text };
    Kind kind_ = Kind::nothing;
    bool missing_ = false;
};

/// The fields of one column, as they come.
class ColumnBuilder {
public:
    std::string name;
    ColumnType type = ColumnType::string;
    bool used = true;       ///< Else its fields are passed over.
    bool automatic = true;  ///< Its type was not given.
    bool sampling = false;  ///< Its fields are kept as texts until there are enough of them to guess its type.
    bool surprised =
        false;           ///< A field did not fit the guess: `type` is wider now, and the fields are to be read again.
    bool fixed = false;  ///< The categories were given.

    /// Adds a field. False if it does not fit the type.
    bool add(std::string_view text, const TextSet& missing);
    void add_real(double value) { reals_.push_back(value); }
    void add_integer(std::int64_t value) { integers_.push_back(value); }
    /// Makes the type one that takes `text` too.
    void widen(std::string_view text, const TextSet& missing);
    /// Decides the type by the texts, and adds them.
    void end_sampling(const TextSet& missing);
    void set_categories(const std::vector<std::string>& texts);
    /// Drops all fields but the first `rows`.
    void truncate(std::size_t rows);
    /// The fields so far, which leave the builder. With `sorted`, categories that were not given are put in order.
    Column take(bool sorted);

private:
    std::int64_t number_of(std::string_view category);

    std::vector<double> reals_;
    std::vector<std::int64_t> integers_;  // or the numbers of categories
    std::vector<char> flags_;
    std::vector<std::string> texts_;
    std::vector<std::string> categories_;
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> numbers_;
};

}  // namespace xg::data::detail
