#pragma once

#include <string>

namespace xg::inspect::detail {

/// A name as one line of a terminal can show it: control characters become question marks.
inline std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

}  // namespace xg::inspect::detail
