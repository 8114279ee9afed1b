#include <xgrad/plot/detail/text.hpp>

#include <algorithm>
#include <cstdint>

#include <fmt/core.h>

namespace xg::plot::detail {
namespace {

struct Point {
    std::uint32_t code = 0;
    std::size_t bytes = 0;  // 0: no UTF-8 begins here
};

Point decode(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i])); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s.size() < n) return {};
    std::uint32_t code = first & (0x7Fu >> n);
    for (std::size_t i = 1; i < n; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3F);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, n};
}

/// Controls, the line and paragraph separators, the marks that turn the direction of text round, and the two codes
/// that are no characters: XML forbids some, the others would make a text look like another.
bool is_control(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFFFE || c == 0xFFFF;
}

}  // namespace

std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Point p = decode(text);
        if (p.bytes == 0)
            out += "\uFFFD";
        else if (is_control(p.code))
            out += ' ';
        else
            out += text.substr(0, p.bytes);
        text.remove_prefix(std::max<std::size_t>(p.bytes, 1));
    }
    return out;
}

std::string quote(std::string_view text) {
    constexpr std::string_view plain = " .,:;+-*/=()[]<>?!|~^_%&";
    std::string out = "\"";
    for (const char c : clean(text)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (word || byte >= 0x80 || plain.find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("\\{:03o}", static_cast<unsigned>(byte));
    }
    return out + "\"";
}

std::string quote_file(std::string_view name) { return quote("./" + std::string(name)); }

double width_of(std::string_view text) {
    double width = 0;
    while (!text.empty()) {
        const Point p = decode(text);
        const bool narrow =
            p.code < 0x80 &&
            std::string_view("ijl.,:;'|!()[]{} tfr/").find(static_cast<char>(p.code)) != std::string_view::npos;
        width += narrow ? 0.38 : p.code >= 0x1100 ? (p.code < 0x2E80 ? 0.65 : 1.0) : 0.63;
        text.remove_prefix(std::max<std::size_t>(p.bytes, 1));
    }
    return width;
}

std::vector<std::string> wrap(std::string_view text, double width) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string source = clean(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::string line;
        std::size_t at = 0;
        while (at < source.size()) {
            const std::size_t stop = std::min(source.find(' ', at), source.size());
            const std::string_view word = std::string_view(source).substr(at, stop - at);
            if (!line.empty() && width_of(line) + width_of(word) + 0.4 > width) {
                lines.push_back(line);
                line.clear();
            }
            if (!line.empty()) line += ' ';
            line += word;
            at = stop + 1;
        }
        lines.push_back(line);
    }
    return lines;
}

}  // namespace xg::plot::detail
