#pragma once

#include <cstdint>
#include <string_view>

namespace xg::data::detail {

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text) noexcept;

/// Whether all of `text` is a number as Python's `float` takes it, and which: rounded to the nearest, beyond the range
/// to infinity.
bool parse_float(std::string_view text, double& value);

/// Whether all of `text` is a whole number that int64 holds, and which.
bool parse_int(std::string_view text, std::int64_t& value) noexcept;

/// Whether `text` is true or false, in small letters, capitals or with a capital, and which.
bool parse_bool(std::string_view text, bool& value) noexcept;

}  // namespace xg::data::detail
