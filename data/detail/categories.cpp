#include <xgrad/data/detail/categories.hpp>

#include <algorithm>
#include <type_traits>
#include <unordered_map>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/columns.hpp>

namespace xg::data::detail {

namespace {

template <class T>
using Columns = std::vector<std::vector<T>>;

std::string category_text(std::int64_t value) { return std::to_string(value); }
std::string category_text(const std::string& value) { return '"' + value + '"'; }

const IntegerColumns& columns_of(const Categories& categories, std::int64_t) { return categories.integers; }
const StringColumns& columns_of(const Categories& categories, const std::string&) { return categories.strings; }

template <class T>
std::unordered_map<T, std::int64_t> numbered(const std::vector<T>& categories) {
    std::unordered_map<T, std::int64_t> places;
    for (const T& category : categories) places.emplace(category, static_cast<std::int64_t>(places.size()));
    return places;
}

template <class T>
std::vector<std::int64_t> encode_column(const std::string& operation, std::size_t j, const std::vector<T>& categories,
                                        const std::vector<T>& values, bool strict) {
    const std::unordered_map<T, std::int64_t> places = numbered(categories);
    std::vector<std::int64_t> codes;
    codes.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto found = places.find(values[i]);
        if (found == places.end() && strict)
            throw ValueError(fmt::format("{}: column {} holds {} in row {}, expected one of its {} categories",
                                         operation, j, category_text(values[i]), i, categories.size()));
        codes.push_back(found == places.end() ? -1 : found->second);
    }
    return codes;
}

template <class T>
Columns<T> find(const std::string& operation, const Columns<T>& x, const Columns<T>& given, bool strict) {
    if (x.empty() || x.front().empty())
        throw ShapeError(fmt::format("{}: x has {} columns and {} rows, expected at least 1 each", operation, x.size(),
                                     x.empty() ? 0 : x.front().size()));
    if (given.empty()) {
        Columns<T> found = x;
        for (std::vector<T>& column : found) {
            std::sort(column.begin(), column.end());
            column.erase(std::unique(column.begin(), column.end()), column.end());
            column.shrink_to_fit();
        }
        return found;
    }
    if (given.size() != x.size())
        throw ShapeError(fmt::format("{}: x has {} columns and categories {} lists, expected one for each column",
                                     operation, x.size(), given.size()));
    for (std::size_t j = 0; j < given.size(); ++j) {
        if (given[j].empty())
            throw ValueError(fmt::format("{}: categories of column {} are none, expected at least 1", operation, j));
        if (numbered(given[j]).size() != given[j].size())
            throw ValueError(fmt::format("{}: categories of column {} hold one twice", operation, j));
        if constexpr (std::is_integral_v<T>)
            if (!std::is_sorted(given[j].begin(), given[j].end()))
                throw ValueError(
                    fmt::format("{}: categories of column {} are unsorted, expected ascending numbers", operation, j));
        if (strict) encode_column(operation, j, given[j], x[j], true);
    }
    return given;
}

template <class T>
IntegerColumns encode_all(const std::string& operation, const Categories& categories, const Columns<T>& x,
                          bool strict) {
    check_fitted(operation, categories.fitted());
    if (categories.of_strings() != std::is_same_v<T, std::string>)
        throw ValueError(fmt::format("{}: x holds {}, expected {} as in fit", operation,
                                     categories.of_strings() ? "integers" : "strings",
                                     categories.of_strings() ? "strings" : "integers"));
    const Columns<T>& known = columns_of(categories, T());
    if (x.size() != known.size())
        throw ShapeError(fmt::format("{}: x has {} columns, expected {}", operation, x.size(), known.size()));
    IntegerColumns codes;
    for (std::size_t j = 0; j < x.size(); ++j) codes.push_back(encode_column(operation, j, known[j], x[j], strict));
    return codes;
}

}  // namespace

IntegerColumns integer_columns(const std::string& operation, const Tensor& x) {
    if (!x.defined()) throw ValueError(operation + ": x is undefined, expected a tensor");
    if (x.dtype() != int64)
        throw DTypeError(
            fmt::format("{}: x is of {}, expected int64, or columns of strings", operation, name(x.dtype())));
    if (x.rank() != 2)
        throw ShapeError(fmt::format("{}: x has shape {}, expected (n, columns)", operation, x.shape().str()));
    const Tensor whole = x.contiguous();
    const auto* values = whole.data<std::int64_t>();
    IntegerColumns columns(static_cast<std::size_t>(x.size(1)));
    for (std::int64_t i = 0; i < x.size(0); ++i)
        for (std::vector<std::int64_t>& column : columns) column.push_back(*values++);
    return columns;
}

void check_columns(const std::string& operation, const StringColumns& columns) {
    for (std::size_t j = 0; j < columns.size(); ++j)
        if (columns[j].size() != columns[0].size())
            throw ShapeError(fmt::format("{}: column 0 has {} rows and column {} has {}, expected as many in all",
                                         operation, columns[0].size(), j, columns[j].size()));
}

IntegerColumns find_categories(const std::string& operation, const IntegerColumns& x, const IntegerColumns& given,
                               bool strict) {
    return find(operation, x, given, strict);
}

StringColumns find_categories(const std::string& operation, const StringColumns& x, const StringColumns& given,
                              bool strict) {
    check_columns(operation, x);
    return find(operation, x, given, strict);
}

IntegerColumns encode(const std::string& operation, const Categories& categories, const IntegerColumns& x,
                      bool strict) {
    return encode_all(operation, categories, x, strict);
}

IntegerColumns encode(const std::string& operation, const Categories& categories, const StringColumns& x, bool strict) {
    check_columns(operation, x);
    return encode_all(operation, categories, x, strict);
}

Tensor decode_integers(const Categories& categories, const IntegerColumns& codes) {
    const auto rows = static_cast<std::int64_t>(codes.front().size()),
               columns = static_cast<std::int64_t>(codes.size());
    Tensor result = empty({rows, columns}, {.dtype = int64});
    auto* to = result.mutable_data<std::int64_t>();
    for (std::size_t i = 0; i < codes.front().size(); ++i)
        for (std::size_t j = 0; j < codes.size(); ++j)
            *to++ = categories.integers[j][static_cast<std::size_t>(codes[j][i])];
    return result;
}

StringColumns decode_strings(const Categories& categories, const IntegerColumns& codes) {
    StringColumns result(codes.size());
    for (std::size_t j = 0; j < codes.size(); ++j)
        for (const std::int64_t code : codes[j])
            result[j].push_back(categories.strings[j][static_cast<std::size_t>(code)]);
    return result;
}

void save_categories(SavedWriter& file, const Categories& categories) {
    if (categories.of_strings())
        file.lists("categories", categories.strings);
    else
        file.lists("categories", categories.integers);
}

Categories load_categories(SavedReader& file) {
    Categories result;
    file.lists("categories", result.integers, result.strings);
    return result;
}

}  // namespace xg::data::detail
