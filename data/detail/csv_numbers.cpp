#include <xgrad/data/detail/csv_numbers.hpp>

#include <charconv>
#include <clocale>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>

namespace xg::data::detail {

namespace {

/// Where from_chars only says that a number is out of range: infinity, or 0, or the least there is.
double beyond_range(const std::string& text) {
    // A program's locale may have another decimal point.
    static const locale_t c = ::newlocale(LC_ALL_MASK, "C", nullptr);
    return ::strtod_l(text.c_str(), nullptr, c);
}

bool word(std::string_view text, std::string_view lower) noexcept {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] | 0x20) != lower[i]) return false;
    return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

bool parse_float(std::string_view text, double& value) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return false;
    if ((text[0] < '0' || text[0] > '9') && text[0] != '.') {
        if (word(text, "nan"))
            value = std::numeric_limits<double>::quiet_NaN();
        else if (word(text, "inf") || word(text, "infinity"))
            value = negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        else
            return false;
        return true;
    }
    const char* const end = text.data() + text.size();
    double result = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, result);
    if (stop != end || error == std::errc::invalid_argument) return false;
    if (error == std::errc::result_out_of_range) result = beyond_range(std::string(text));
    value = negative ? -result : result;
    return true;
}

bool parse_int(std::string_view text, std::int64_t& value) noexcept {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return false;
    }
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end;
}

bool parse_bool(std::string_view text, bool& value) noexcept {
    value = text == "true" || text == "True" || text == "TRUE";
    return value || text == "false" || text == "False" || text == "FALSE";
}

}  // namespace xg::data::detail
