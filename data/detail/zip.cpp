#include <xgrad/data/detail/zip.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/inflate.hpp>
#include <xgrad/data/detail/text.hpp>

namespace xg::data::detail {

namespace {

constexpr std::uint32_t local_mark = 0x04034b50, entry_mark = 0x02014b50, end_mark = 0x06054b50,
                        end64_mark = 0x06064b50, locator_mark = 0x07064b50;
constexpr std::size_t local_size = 30, entry_size = 46, end_size = 22, end64_size = 56, locator_size = 20;
constexpr std::uint64_t all16 = 0xffff, all32 = 0xffffffff;

/// Reads numbers, lowest byte first, never past the end.
class Bytes {
public:
    Bytes(std::string_view content, const std::string& where) : content_(content), where_(where) {}

    std::uint64_t size() const noexcept { return content_.size(); }
    std::string_view part(std::uint64_t at, std::uint64_t n, const char* what) const {
        if (at > content_.size() || n > content_.size() - at)
            fail(fmt::format("{} would take {} bytes from byte {} on, but there are {}", what, n, at, content_.size()));
        return content_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(n));
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw FileError(fmt::format("{}: it is no whole zip archive: {}", where_, what));
    }

private:
    std::string_view content_;
    const std::string& where_;
};

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t n) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < n && at + i < bytes.size(); ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << 8 * i;
    return value;
}

struct Directory {
    std::uint64_t members, bytes, start;
};

/// The end of the archive says where the directory is.
Directory find_directory(const Bytes& bytes) {
    if (bytes.size() < end_size) bytes.fail(fmt::format("{} bytes are too few", bytes.size()));
    // A comment of up to 64 KiB may follow; its length must then reach just to the end.
    const std::uint64_t last = bytes.size() - end_size;
    for (std::uint64_t back = 0; back <= std::min<std::uint64_t>(last, all16); ++back) {
        const std::uint64_t at = last - back;
        const std::string_view end = bytes.part(at, end_size, "its end");
        if (number(end, 0, 4) != end_mark || number(end, 20, 2) != back) continue;
        Directory directory{number(end, 10, 2), number(end, 12, 4), number(end, 16, 4)};
        std::uint64_t stop = at, disks = number(end, 4, 2) | number(end, 6, 2);
        if (at >= locator_size) {
            const std::string_view locator = bytes.part(at - locator_size, locator_size, "its 64-bit end");
            if (number(locator, 0, 4) == locator_mark) {
                stop = number(locator, 8, 8);
                const std::string_view end64 = bytes.part(stop, end64_size, "its 64-bit end");
                if (number(end64, 0, 4) != end64_mark) bytes.fail("its 64-bit end is not where it should be");
                disks = number(end64, 16, 4) | number(end64, 20, 4);
                directory = {number(end64, 32, 8), number(end64, 40, 8), number(end64, 48, 8)};
            }
        }
        if (disks != 0) bytes.fail("it is one of several parts");
        if (directory.start > stop || directory.bytes > stop - directory.start)
            bytes.fail("its directory would lie past its end");
        return directory;
    }
    bytes.fail("the mark at its end is missing");
}

/// Where a size or place does not fit into 32 bits, it follows in an extra field of number 1.
void take_wide_numbers(const Bytes& bytes, std::string_view extra, std::initializer_list<std::uint64_t*> numbers) {
    std::string_view field;
    while (extra.size() >= 4) {
        const std::uint64_t n = number(extra, 2, 2);
        if (n > extra.size() - 4) break;
        if (number(extra, 0, 2) == 1) field = extra.substr(4, static_cast<std::size_t>(n));
        extra.remove_prefix(4 + static_cast<std::size_t>(n));
    }
    for (std::uint64_t* const value : numbers) {
        if (*value != all32) continue;
        if (field.size() < 8) bytes.fail("a member's 64-bit size is missing");
        *value = number(field, 0, 8);
        field.remove_prefix(8);
    }
}

/// Finds the member's data: its local header has a name and extra fields of its own.
void find_data(const Bytes& bytes, ZipMember& member) {
    const std::string_view local = bytes.part(member.start, local_size, "a member's header");
    if (number(local, 0, 4) != local_mark) bytes.fail(fmt::format("no member begins at byte {}", member.start));
    const std::uint64_t skipped = local_size + number(local, 26, 2) + number(local, 28, 2);
    bytes.part(member.start, skipped, "a member's header");
    member.data = bytes.part(member.start + skipped, member.compressed, "a member");
}

std::string written(std::initializer_list<std::pair<std::uint64_t, int>> numbers) {
    std::string result;
    for (const auto& [value, size] : numbers)
        for (int i = 0; i < size; ++i) result += static_cast<char>(value >> 8 * i & 0xff);
    return result;
}

constexpr std::uint64_t version = 45;             // of the format: the first with 64-bit sizes
constexpr std::uint64_t utf8_name = 1U << 11;     // a flag
constexpr std::uint64_t no_date = 0x21;           // 1980-01-01: the same arrays make the same file
constexpr std::uint64_t file_mode = 0644U << 16;  // where the directory was made by a Unix

}  // namespace

std::vector<ZipMember> zip_members(std::string_view content, const std::string& where) {
    const Bytes bytes(content, where);
    const Directory directory = find_directory(bytes);
    std::vector<ZipMember> members;
    std::uint64_t at = directory.start;
    const std::uint64_t stop = directory.start + directory.bytes;
    for (std::uint64_t i = 0; i < directory.members; ++i) {
        if (stop - at < entry_size)
            bytes.fail(fmt::format("its directory has {} members, expected {}", i, directory.members));
        const std::string_view entry = bytes.part(at, entry_size, "its directory");
        const std::uint64_t name = number(entry, 28, 2), extra = number(entry, 30, 2), comment = number(entry, 32, 2);
        if (number(entry, 0, 4) != entry_mark || name + extra + comment > stop - at - entry_size)
            bytes.fail(fmt::format("member {} of its directory is broken", i));
        ZipMember member{.name = std::string(bytes.part(at + entry_size, name, "a name")),
                         .method = static_cast<std::uint32_t>(number(entry, 10, 2)),
                         .crc = static_cast<std::uint32_t>(number(entry, 16, 4)),
                         .compressed = number(entry, 20, 4),
                         .size = number(entry, 24, 4),
                         .start = number(entry, 42, 4),
                         .data = {}};
        if ((number(entry, 8, 2) & 1) != 0) bytes.fail(fmt::format("member '{}' is encrypted", shown(member.name)));
        take_wide_numbers(bytes, bytes.part(at + entry_size + name, extra, "an extra field"),
                          {&member.size, &member.compressed, &member.start});
        find_data(bytes, member);
        members.push_back(std::move(member));
        at += entry_size + name + extra + comment;
    }
    // Members that share bytes could make petabytes of a small file.
    std::vector<const ZipMember*> sorted;
    for (const ZipMember& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->start < b->start; });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const auto end = static_cast<std::uint64_t>(sorted[i]->data.data() + sorted[i]->data.size() - content.data());
        if (end > (i + 1 < sorted.size() ? sorted[i + 1]->start : directory.start))
            bytes.fail(fmt::format("member '{}' overlaps what follows it", shown(sorted[i]->name)));
    }
    return members;
}

std::string extract(const ZipMember& member, const std::string& where) {
    if (member.method != 0 && member.method != 8)
        throw FileError(fmt::format("{}: it is compressed by method {}, expected 0 (stored) or 8 (deflated)", where,
                                    member.method));
    if (member.method == 0 && member.size != member.compressed)
        throw FileError(fmt::format("{}: its sizes are {} and {} bytes, expected the same, as it is stored", where,
                                    member.compressed, member.size));
    std::string result = member.method == 0 ? std::string(member.data) : inflate(member.data, member.size, where);
    if (const std::uint32_t sum = crc32(result); sum != member.crc)
        throw FileError(
            fmt::format("{}: its CRC-32 is {:08x}, expected {:08x}: the file is damaged", where, sum, member.crc));
    return result;
}

std::string zip_local_header(const ZipMember& member) {
    return written({{local_mark, 4},
                    {version, 2},
                    {utf8_name, 2},
                    {member.method, 2},
                    {0, 2},
                    {no_date, 2},
                    {member.crc, 4},
                    {all32, 4},
                    {all32, 4},
                    {member.name.size(), 2},
                    {20, 2}}) +
           member.name + written({{1, 2}, {16, 2}, {member.size, 8}, {member.compressed, 8}});
}

std::string zip_directory(const std::vector<ZipMember>& members, std::uint64_t position) {
    std::string result;
    for (const ZipMember& member : members)
        result += written({{entry_mark, 4},
                           {3U << 8 | version, 2},
                           {version, 2},
                           {utf8_name, 2},
                           {member.method, 2},
                           {0, 2},
                           {no_date, 2},
                           {member.crc, 4},
                           {all32, 4},
                           {all32, 4},
                           {member.name.size(), 2},
                           {28, 2},
                           {0, 2},
                           {0, 2},
                           {0, 2},
                           {file_mode, 4},
                           {all32, 4}}) +
                  member.name + written({{1, 2}, {24, 2}, {member.size, 8}, {member.compressed, 8}, {member.start, 8}});
    // 64-bit sizes throughout: one way to write small files and large ones.
    const std::uint64_t bytes = result.size();
    result += written({{end64_mark, 4},
                       {44, 8},
                       {3U << 8 | version, 2},
                       {version, 2},
                       {0, 4},
                       {0, 4},
                       {members.size(), 8},
                       {members.size(), 8},
                       {bytes, 8},
                       {position, 8}});
    result += written({{locator_mark, 4}, {0, 4}, {position + bytes, 8}, {1, 4}});
    return result + written({{end_mark, 4}, {0, 2}, {0, 2}, {all16, 2}, {all16, 2}, {all32, 4}, {all32, 4}, {0, 2}});
}

}  // namespace xg::data::detail
