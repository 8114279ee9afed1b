#pragma once

#include <string>
#include <string_view>

namespace xg::data::detail {

/// What a file holds, as a message may show it: without control characters, and not much of it.
std::string shown(std::string_view text);

/// The same in double quotes.
inline std::string quoted(std::string_view text) { return '"' + shown(text) + '"'; }

}  // namespace xg::data::detail
