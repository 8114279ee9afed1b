#include <xgrad/data/idx.hpp>

#include <bit>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/detail/elements.hpp>
#include <xgrad/data/detail/inflate.hpp>
#include <xgrad/data/detail/npz_format.hpp>
#include <xgrad/data/detail/text.hpp>

namespace xg::data {

namespace detail {

namespace {

constexpr std::size_t most_header = 4 + 4 * 255;

std::size_t byte(std::string_view text, std::size_t i) noexcept {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
}

/// The header that `text` begins with, and its length.
std::pair<ArrayHeader, std::size_t> parse_header(std::string_view text, const std::string& where) {
    if (text.size() < 4 || text[0] != 0 || text[1] != 0)
        throw FileError(fmt::format("{}: it begins with {}, expected two zero bytes, a type and a number of axes",
                                    where, quoted(text.substr(0, 4))));
    ArrayHeader header;
    const bool little = std::endian::native == std::endian::little;
    switch (text[2]) {
        case 0x08: header.type = {.kind = 'u', .size = 1, .swapped = little}; break;
        case 0x09: header.type = {.kind = 'i', .size = 1, .swapped = little}; break;
        case 0x0B: header.type = {.kind = 'i', .size = 2, .swapped = little}; break;
        case 0x0C: header.type = {.kind = 'i', .size = 4, .swapped = little}; break;
        case 0x0D: header.type = {.kind = 'f', .size = 4, .swapped = little}; break;
        case 0x0E: header.type = {.kind = 'f', .size = 8, .swapped = little}; break;
        default:
            throw FileError(
                fmt::format("{}: its type is {:#04x}, expected 0x08, 0x09 or 0x0b to 0x0e", where, byte(text, 2)));
    }
    const std::size_t rank = byte(text, 3), length = 4 + 4 * rank;
    if (text.size() < length)
        throw FileError(fmt::format("{}: it ends after {} bytes, within the header", where, text.size()));
    header.shape = Shape::filled(rank, 0);
    for (std::size_t i = 0; i < rank; ++i)
        for (std::size_t k = 0; k < 4; ++k)
            header.shape[i] = header.shape[i] << 8 | static_cast<std::int64_t>(byte(text, 4 + 4 * i + k));
    return {header, length};
}

}  // namespace

Tensor parse_idx(std::string&& content, std::optional<DType> dtype, const std::string& where) {
    if (is_gzip(content)) {
        // The header first: it says how much to unpack, and one byte more is enough to see that there is too much.
        const auto [header, length] = parse_header(gunzip(content, most_header, where), where);
        content = gunzip(content, length + checked_bytes(header, where) + 1, where);
    }
    const auto [header, length] = parse_header(content, where);
    return take_elements(std::move(content), length, header, dtype, where);
}

}  // namespace detail

Tensor read_idx(const std::string& path, const ArrayFileOptions& options) {
    return detail::parse_idx(read_file(path), options.dtype, "read_idx: '" + path + "'");
}

}  // namespace xg::data
