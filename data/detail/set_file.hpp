#pragma once

#include <string_view>

#include <xgrad/core/export.hpp>

namespace xg::data::detail {

/// The bytes of a file in data/sets, embedded by the build; empty if there is none of this name.
XG_EXPORT std::string_view set_file(std::string_view name) noexcept;

}  // namespace xg::data::detail
