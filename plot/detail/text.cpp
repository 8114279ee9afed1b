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

int columns_of_code(std::uint32_t c) {
    const auto in = [c](std::uint32_t first, std::uint32_t last) { return c >= first && c <= last; };
    if (in(0x300, 0x36F) || in(0x200B, 0x200F) || in(0x20D0, 0x20FF) || in(0xFE00, 0xFE0F) || c == 0xFEFF) return 0;
    const bool wide = in(0x1100, 0x115F) || in(0x2E80, 0xA4CF) || in(0xAC00, 0xD7A3) || in(0xF900, 0xFAFF) ||
                      in(0xFE30, 0xFE4F) || in(0xFF00, 0xFF60) || in(0xFFE0, 0xFFE6) || in(0x1F300, 0x1F64F) ||
                      in(0x1F680, 0x1F6FF) || in(0x1F900, 0x1FAFF) || in(0x20000, 0x3FFFD);
    return wide ? 2 : 1;
}

/// The characters of a text, each with its bytes.
std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        out.push_back(text.substr(0, std::max<std::size_t>(decode(text).bytes, 1)));
        text.remove_prefix(out.back().size());
    }
    return out;
}

/// As many characters of the beginning and of the end as fit, the beginning a little longer, with `mark` between.
template <class Measure>
std::string without_middle(std::string_view text, double width, const std::string& mark, const Measure& measure) {
    const std::vector<std::string_view> all = characters(text);
    std::size_t head = 0, tail = 0;
    double used = measure(mark), at_head = 0, at_tail = 0;
    while (head + tail < all.size()) {
        const bool front = at_head <= 1.5 * at_tail;
        const std::string_view next = front ? all[head] : all[all.size() - 1 - tail];
        const double wide = measure(next);
        if (used + wide > width) break;
        used += wide;
        front ? ++head : ++tail;
        (front ? at_head : at_tail) += wide;
    }
    std::string out;
    for (std::size_t i = 0; i < head; ++i) out += all[i];
    out += mark;
    for (std::size_t i = all.size() - tail; i < all.size(); ++i) out += all[i];
    return out;
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

std::string elide(std::string_view text, double width) {
    const std::string source = clean(text);
    return width_of(source) <= width ? source : without_middle(source, width, "\u2026", width_of);
}

std::vector<std::string> fit(std::string_view text, double width, std::size_t lines) {
    std::vector<std::string> out = wrap(text, width);
    if (out.size() > lines) {
        for (std::size_t i = lines; i < out.size(); ++i) out[lines - 1] += ' ' + out[i];
        out.resize(lines);
    }
    for (std::string& line : out) line = elide(line, width);
    return out;
}

int columns_of(std::string_view text) {
    int columns = 0;
    while (!text.empty()) {
        const Point p = decode(text);
        columns += p.bytes == 0 ? 1 : columns_of_code(p.code);
        text.remove_prefix(std::max<std::size_t>(p.bytes, 1));
    }
    return columns;
}

std::string for_terminal(std::string_view text, int columns, bool unicode) {
    std::string source;
    std::string cleaned = clean(text);
    if (!unicode)  // an ellipsis that a chart put there
        for (std::size_t at = cleaned.find("\u2026"); at != std::string::npos; at = cleaned.find("\u2026", at))
            cleaned.replace(at, 3, "..");
    for (const char c : cleaned) {
        const auto byte = static_cast<unsigned char>(c);
        if (unicode || byte < 0x80)
            source += c;
        else if (byte >= 0xC0)  // the first byte of a character
            source += '?';
    }
    if (columns_of(source) <= columns) return source;
    return without_middle(source, columns, columns < 3 ? "" : unicode ? "\u2026" : "..", columns_of);
}

}  // namespace xg::plot::detail
