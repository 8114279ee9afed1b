#include <xgrad/data/detail/npy_format.hpp>

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/elements.hpp>
#include <xgrad/data/detail/text.hpp>

namespace xg::data::detail {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_axes = 64;  // NumPy's own limit

/// Reads the header, which is a literal of Python's: a dict of a string, a bool and a tuple.
class HeaderText {
public:
    HeaderText(std::string_view text, const std::string& where) : text_(text), where_(where) {}

    ArrayHeader parse() {
        ArrayHeader header;
        bool descr = false, order = false, shape = false;
        expect('{');
        while (!accept('}')) {
            const std::string_view key = string();
            expect(':');
            if (key == "descr" && !std::exchange(descr, true))
                header.type = element_type();
            else if (key == "fortran_order" && !std::exchange(order, true))
                header.fortran = boolean();
            else if (key == "shape" && !std::exchange(shape, true))
                header.shape = tuple();
            else
                fail("the keys 'descr', 'fortran_order' and 'shape', each once");
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip_space();
        if (at_ != text_.size()) fail("nothing more");
        if (!descr || !order || !shape) fail("the keys 'descr', 'fortran_order' and 'shape', each once");
        return header;
    }

private:
    [[noreturn]] void fail(const std::string& expected) const {
        throw FileError(
            fmt::format("{}: its header is {}, expected {} at character {}", where_, quoted(text_), expected, at_ + 1));
    }
    void skip_space() noexcept {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    bool accept(char c) noexcept {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(fmt::format("'{}'", c));
    }
    std::string_view string() {
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"') fail("a quoted text");
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) fail("a quoted text");
        const std::string_view result = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return result;
    }
    bool boolean() {
        skip_space();
        for (const bool value : {false, true}) {
            const std::string_view word = value ? "True" : "False";
            if (text_.substr(at_, word.size()) != word) continue;
            at_ += word.size();
            return value;
        }
        fail("True or False");
    }
    Shape tuple() {
        std::vector<std::int64_t> sizes;
        expect('(');
        while (!accept(')')) {
            if (sizes.size() == most_axes) fail(fmt::format("at most {} axes", most_axes));
            sizes.push_back(size());
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return Shape(sizes);
    }
    std::int64_t size() {
        skip_space();
        const std::size_t start = at_;
        std::int64_t value = 0;
        for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
            if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
                __builtin_add_overflow(value, std::int64_t{text_[at_] - '0'}, &value))
                fail("a size that memory can address");
        if (at_ == start) fail("a size");
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 wrote it
        return value;
    }
    ElementType element_type() {
        skip_space();
        const std::size_t start = at_;
        if (at_ < text_.size() && text_[at_] == '[') refuse("a record");
        const std::string_view descr = string();
        std::string_view code = descr;
        char order = '|';
        if (!code.empty() && std::string_view("<>|=").find(code.front()) != std::string_view::npos) {
            order = code.front();
            code.remove_prefix(1);
        }
        static constexpr std::string_view known[] = {"b1", "i1", "i2", "i4", "i8", "u1",
                                                     "u2", "u4", "u8", "f2", "f4", "f8"};
        if (std::find(std::begin(known), std::end(known), code) == std::end(known)) {
            at_ = start;
            refuse("'" + shown(descr) + "'");
        }
        const bool little = std::endian::native == std::endian::little;
        ElementType type{.kind = code[0], .size = code[1] - '0', .swapped = order == (little ? '>' : '<')};
        if (order == '|' && type.size > 1) fail("a byte order, < or >");
        return type;
    }
    [[noreturn]] void refuse(const std::string& what) const {
        throw DTypeError(
            fmt::format("{}: its elements are {}, expected bool, integers, or floating-point numbers "
                        "of 16, 32 or 64 bits",
                        where_, what));
    }

    std::string_view text_;
    const std::string& where_;
    std::size_t at_ = 0;
};

}  // namespace

Tensor parse_npy(std::string&& content, std::optional<DType> dtype, const std::string& where) {
    if (!std::string_view(content).starts_with(magic))
        throw FileError(fmt::format("{}: it begins with {}, expected \"\\x93NUMPY\"", where,
                                    quoted(std::string_view(content).substr(0, magic.size()))));
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(content[i])); };
    const std::size_t version = content.size() > 7 ? byte(6) : 0;
    if (content.size() > 7 && (version < 1 || version > 3 || byte(7) != 0))
        throw FileError(
            fmt::format("{}: its format has version {}.{}, expected 1.0, 2.0 or 3.0", where, version, byte(7)));
    const std::size_t start = version == 1 ? 10 : 12;
    std::size_t length = 0;
    if (content.size() >= start)
        length = version == 1 ? byte(8) | byte(9) << 8 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
    if (content.size() < start || content.size() - start < length)
        throw FileError(fmt::format("{}: it ends after {} bytes, within the header", where, content.size()));
    const ArrayHeader header = HeaderText(std::string_view(content).substr(start, length), where).parse();
    return take_elements(std::move(content), start + length, header, dtype, where);
}

std::string npy_header(const Shape& shape, DType dtype) {
    const char order = std::endian::native == std::endian::little ? '<' : '>';
    std::string descr;
    switch (dtype) {
        case DType::float32: descr = {order, 'f', '4'}; break;
        case DType::float64: descr = {order, 'f', '8'}; break;
        case DType::int64: descr = {order, 'i', '8'}; break;
        case DType::boolean: descr = "|b1"; break;
    }
    const std::string text =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr, shape.str());
    // Spaces up to a multiple of 64 bytes, lest a mapped array be out of line.
    const std::size_t version = text.size() + 1 + 64 + 10 > 0xffff ? 2 : 1, start = version == 1 ? 10 : 12;
    const std::size_t total = (start + text.size() + 1 + 63) / 64 * 64, length = total - start;
    std::string header(magic);
    header += {static_cast<char>(version), '\0'};
    for (std::size_t i = 0; i < start - 8; ++i) header += static_cast<char>(length >> 8 * i & 0xff);
    header += text;
    header.append(total - 1 - header.size(), ' ');
    return header + '\n';
}

}  // namespace xg::data::detail
