#pragma once

namespace xg::data::detail {

/// Throws ValueError, naming `operation`, for a delimiter that may stand in a number or end a line. `quote` is 0 where
/// there is none.
void check_delimiter(const char* operation, char delimiter, char quote);

}  // namespace xg::data::detail
