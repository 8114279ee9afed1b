#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <xgrad/core/export.hpp>

// JSON without its library's templates, which take seconds to compile: those stay in json.cpp.

namespace xg::detail {

/// A JSON value. An object keeps its members in the order in which they came.
class Json {
public:
    using List = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>;

    /// null
    Json() noexcept = default;
    Json(std::nullptr_t) noexcept {}
    Json(bool value) : value_(value) {}
    Json(int value) : value_(std::int64_t{value}) {}
    Json(std::int64_t value) : value_(value) {}
    Json(std::uint64_t value) : value_(value) {}
    Json(double value) : value_(value) {}
    Json(const char* text) : value_(std::string(text)) {}
    Json(std::string text) : value_(std::move(text)) {}
    Json(List list) : value_(std::move(list)) {}
    Json(Object object) : value_(std::move(object)) {}

    /// A list of what can each be a value.
    template <class T>
    static Json list_of(const std::vector<T>& values) {
        List result(values.begin(), values.end());
        return result;
    }

    bool is_null() const noexcept { return std::holds_alternative<std::monostate>(value_); }
    bool is_object() const noexcept { return object() != nullptr; }
    bool is_list() const noexcept { return list() != nullptr; }
    bool is_number() const noexcept { return integer() != nullptr || natural() != nullptr || real() != nullptr; }

    // What it holds, or nullptr where it holds another kind. A whole number of a text is natural if it is 0 or more.
    const bool* boolean() const noexcept { return std::get_if<bool>(&value_); }
    const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&value_); }
    const std::uint64_t* natural() const noexcept { return std::get_if<std::uint64_t>(&value_); }
    const double* real() const noexcept { return std::get_if<double>(&value_); }
    const std::string* text() const noexcept { return std::get_if<std::string>(&value_); }
    const List* list() const noexcept { return std::get_if<List>(&value_); }
    List* list() noexcept { return std::get_if<List>(&value_); }
    const Object* object() const noexcept { return std::get_if<Object>(&value_); }
    Object* object() noexcept { return std::get_if<Object>(&value_); }

    /// Any number as a double; it must be one.
    XG_EXPORT double number() const noexcept;
    /// The member of an object, or nullptr where there is none or this is no object.
    XG_EXPORT const Json* find(std::string_view key) const noexcept;

    /// On one line, or indented by `indent` spaces a level. Infinity and NaN, which JSON has not, are null. Throws
    /// ValueError where a text is no UTF-8, unless those bytes are to be replaced.
    XG_EXPORT std::string dump(int indent = -1, bool replace = false) const;

private:
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List, Object> value_;
};

/// Reads a JSON text. Throws ValueError, saying what is wrong and where, for one that is none, that names a member of an
/// object twice, or that nests deeper than `deepest`.
XG_EXPORT Json parse_json(std::string_view text, int deepest = 100);

}  // namespace xg::detail
