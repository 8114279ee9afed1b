#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/data/detail/saved.hpp>

namespace xg::data::detail {

using StringColumns = std::vector<std::vector<std::string>>;
using IntegerColumns = std::vector<std::vector<std::int64_t>>;

/// The columns of an int64 matrix. Throws ValueError for an undefined tensor, DTypeError and ShapeError.
IntegerColumns integer_columns(const std::string& operation, const Tensor& x);
/// Throws ShapeError unless the columns are of one length.
void check_columns(const std::string& operation, const StringColumns& columns);

/// The categories of each column: integers or strings.
struct Categories {
    IntegerColumns integers = {};
    StringColumns strings = {};

    bool fitted() const { return !integers.empty() || !strings.empty(); }
    bool of_strings() const { return !strings.empty(); }
    std::int64_t columns() const { return static_cast<std::int64_t>(of_strings() ? strings.size() : integers.size()); }
    std::int64_t size(std::int64_t column) const {
        const auto j = static_cast<std::size_t>(column);
        return static_cast<std::int64_t>(of_strings() ? strings[j].size() : integers[j].size());
    }
};

/// Finds the categories, sorted, of each column; where `given` is not empty, they are those, and a value that is none
/// of them is a ValueError if `strict`. Throws ShapeError for no samples or no columns.
std::vector<std::vector<std::int64_t>> find_categories(const std::string& operation, const IntegerColumns& x,
                                                       const IntegerColumns& given, bool strict);
StringColumns find_categories(const std::string& operation, const StringColumns& x, const StringColumns& given,
                              bool strict);

/// The place of each value among the categories of its column, column by column; -1 for one that is none of them,
/// which is a ValueError naming the value, the column and its first row if `strict`.
IntegerColumns encode(const std::string& operation, const Categories& categories, const IntegerColumns& x, bool strict);
IntegerColumns encode(const std::string& operation, const Categories& categories, const StringColumns& x, bool strict);

/// The values for such places, which must be in range: int64 of (n, columns), or columns of strings.
Tensor decode_integers(const Categories& categories, const IntegerColumns& codes);
StringColumns decode_strings(const Categories& categories, const IntegerColumns& codes);

/// Categories in a saved file, under "categories".
void save_categories(SavedWriter& file, const Categories& categories);
Categories load_categories(SavedReader& file);

}  // namespace xg::data::detail
