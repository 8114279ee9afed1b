#include <xgrad/data/detail/inflate.hpp>

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>

namespace xg::data::detail {

namespace {

constexpr std::size_t piece = std::size_t{1} << 18;
constexpr int raw = -MAX_WBITS, gzip = MAX_WBITS + 16;

/// zlib counts in 32 bits: gives it as much of what is left as it takes.
uInt some(std::size_t bytes) noexcept {
    return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max() / 2));
}

/// zlib wants a pointer to what it may change, and does not change it.
Bytef* bytes_of(std::string_view content) noexcept {
    return reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
}

class Inflater {
public:
    explicit Inflater(int window) {
        if (inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Moves bytes from the front of `from` to the end of `to`, until `to` has `most` or the stream ends.
    void run(std::string_view& from, std::string& to, std::uint64_t most, const std::string& where) {
        while (!ended_ && to.size() < most) {
            const std::size_t room = static_cast<std::size_t>(std::min<std::uint64_t>(piece, most - to.size()));
            const std::size_t before = to.size();
            to.resize(before + room);
            stream_.next_in = bytes_of(from);
            stream_.avail_in = some(from.size());
            stream_.next_out = reinterpret_cast<Bytef*>(to.data() + before);
            stream_.avail_out = static_cast<uInt>(room);
            const uInt offered = stream_.avail_in;
            const int status = ::inflate(&stream_, Z_NO_FLUSH);
            const std::size_t used = offered - stream_.avail_in, made = room - stream_.avail_out;
            from.remove_prefix(used);
            to.resize(before + made);
            if (status == Z_MEM_ERROR) throw std::bad_alloc();
            ended_ = status == Z_STREAM_END;
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                throw FileError(fmt::format("{}: its compressed data are broken ({})", where,
                                            stream_.msg != nullptr ? stream_.msg : "no reason known"));
            if (!ended_ && used == 0 && made == 0)
                throw FileError(fmt::format("{}: its compressed data end too soon, after {} bytes of what they hold",
                                            where, to.size()));
        }
    }
    bool ended() const noexcept { return ended_; }

private:
    z_stream stream_{};
    bool ended_ = false;
};

}  // namespace

std::string inflate(std::string_view compressed, std::uint64_t size, const std::string& where) {
    Inflater inflater(raw);
    std::string result;
    const auto one_more = size == std::numeric_limits<std::uint64_t>::max() ? size : size + 1;
    inflater.run(compressed, result, one_more, where);
    if (result.size() != size || !compressed.empty())
        throw FileError(fmt::format("{}: its compressed data hold {} {} bytes, expected {}", where,
                                    result.size() > size ? "more than" : "just",
                                    std::min<std::uint64_t>(result.size(), size), size));
    return result;
}

bool is_gzip(std::string_view content) noexcept { return content.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view content, std::uint64_t most, const std::string& where) {
    std::string result;
    while (!content.empty() && result.size() < most) {
        if (!is_gzip(content))
            throw FileError(
                fmt::format("{}: {} bytes that are not gzip follow its compressed data", where, content.size()));
        Inflater inflater(gzip);
        inflater.run(content, result, most, where);
        if (!inflater.ended()) break;
    }
    return result;
}

std::string deflate(std::string_view first, std::string_view second) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    struct End {
        z_stream* stream;
        ~End() { deflateEnd(stream); }
    } end{&stream};
    std::string result;
    for (int status = Z_OK; status != Z_STREAM_END;) {
        std::string_view& content = first.empty() ? second : first;
        const std::size_t before = result.size();
        result.resize(before + piece);
        const uInt offered = some(content.size());
        stream.next_in = bytes_of(content);
        stream.avail_in = offered;
        stream.next_out = reinterpret_cast<Bytef*>(result.data() + before);
        stream.avail_out = static_cast<uInt>(piece);
        status = ::deflate(&stream, first.empty() && offered == second.size() ? Z_FINISH : Z_NO_FLUSH);
        content.remove_prefix(offered - stream.avail_in);
        result.resize(before + piece - stream.avail_out);
    }
    return result;
}

std::uint32_t crc32(std::string_view first, std::string_view second) noexcept {
    const uLong sum = ::crc32_z(0, bytes_of(first), first.size());
    // zlib takes a null pointer for the start of a new sum.
    return static_cast<std::uint32_t>(second.empty() ? sum : ::crc32_z(sum, bytes_of(second), second.size()));
}

}  // namespace xg::data::detail
