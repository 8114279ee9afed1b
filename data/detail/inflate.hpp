#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <xgrad/core/export.hpp>

// Deflate (RFC 1951) and gzip (RFC 1952), by zlib. What comes out is kept as it comes, whatever a header claims that
// there will be.

namespace xg::data::detail {

/// The `size` bytes that `compressed` holds. Throws FileError, beginning with `where`, if they are more or fewer.
XG_EXPORT std::string inflate(std::string_view compressed, std::uint64_t size, const std::string& where);

/// Whether `content` begins as a gzip file does.
bool is_gzip(std::string_view content) noexcept;

/// At most the first `most` bytes that a gzip file holds, of one or several members, sums checked as far as they are
/// read. Throws FileError.
std::string gunzip(std::string_view content, std::uint64_t most, const std::string& where);

/// The deflated form of `first` and, after it, `second`.
XG_EXPORT std::string deflate(std::string_view first, std::string_view second);

/// The CRC-32 of `first` and, after it, `second`.
XG_EXPORT std::uint32_t crc32(std::string_view first, std::string_view second = {}) noexcept;

}  // namespace xg::data::detail
