#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/export.hpp>

// Zip archives, as far as NumPy writes them: stored or deflated members in one file, with 64-bit sizes or without
// (PKWARE's APPNOTE.TXT, 6.3.10).

namespace xg::data::detail {

/// A member of an archive, as the directory at its end describes it.
struct ZipMember {
    std::string name;
    std::uint32_t method = 0;  ///< 0 stored, 8 deflated.
    std::uint32_t crc = 0;
    std::uint64_t compressed = 0, size = 0;
    std::uint64_t start = 0;  ///< Of its local header.
    std::string_view data;    ///< Of the archive's bytes, compressed or not.
};

/// The members of the archive `content`, whose bytes they refer to. No two share any. Throws FileError, beginning with
/// `where`.
std::vector<ZipMember> zip_members(std::string_view content, const std::string& where);

/// The bytes of a member, whose sum has been checked. Throws FileError.
std::string extract(const ZipMember& member, const std::string& where);

/// What stands before a member's data; only its name, method, crc and sizes are read.
XG_EXPORT std::string zip_local_header(const ZipMember& member);

/// What stands after the last member's data, at `position`.
XG_EXPORT std::string zip_directory(const std::vector<ZipMember>& members, std::uint64_t position);

}  // namespace xg::data::detail
