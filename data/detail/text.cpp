#include <xgrad/data/detail/text.hpp>

#include <fmt/core.h>

namespace xg::data::detail {

std::string shown(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string result;
    for (const char c : text.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            result += "\\n";
        else if (c == '\r')
            result += "\\r";
        else if (c == '\t')
            result += "\\t";
        else if (byte < 0x20 || byte == 0x7f)
            result += fmt::format("\\x{:02x}", byte);
        else
            result += c;
    }
    return text.size() > most ? result + "…" : result;
}

}  // namespace xg::data::detail
