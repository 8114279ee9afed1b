// What a CsvParser does before the first row and after the last: options, the header, types.

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/csv_numbers.hpp>
#include <xgrad/data/detail/csv_options.hpp>
#include <xgrad/data/detail/csv_parser.hpp>
#include <xgrad/data/detail/text.hpp>

namespace xg::data::detail {

namespace {

/// Rows by which types are guessed first; whether that was wrong is found out later.
constexpr std::int64_t guessed_rows = 2048;

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        if (all.size() > 200) return all + ", …";
        all += (all.empty() ? "'" : ", '") + shown(name) + "'";
    }
    return all;
}

void check_no_duplicates(const std::string& where, const std::vector<std::string>& texts, const std::string& what) {
    TextSet seen;
    for (const std::string& text : texts)
        if (!seen.insert(text).second)
            throw ValueError(fmt::format("{}: {} name '{}' twice, expected once", where, what, shown(text)));
}

}  // namespace

void check_delimiter(const char* operation, char delimiter, char quote) {
    const bool letter = (delimiter >= 'a' && delimiter <= 'z') || (delimiter >= 'A' && delimiter <= 'Z');
    if (letter || (delimiter >= '0' && delimiter <= '9') ||
        std::string_view("+-.\r\n").find(delimiter) != std::string_view::npos || delimiter == '\0' ||
        delimiter == quote)
        throw ValueError(
            fmt::format("{}: delimiter is {}, expected no letter, digit, sign, dot, quote, zero byte or end of a line",
                        operation, quoted(std::string_view(&delimiter, 1))));
}

CsvParser::CsvParser(CsvInput input, const CsvOptions& options, std::string where, std::size_t step)
    : options_(options), where_(std::move(where)), window_(std::move(input), step) {
    const auto refuse_option = [this](const std::string& what) { throw ValueError(where_ + ": " + what); };
    check_delimiter(where_.c_str(), options_.delimiter, options_.quote);
    if (options_.quote == '\n' || options_.quote == '\r')
        refuse_option("quote is an end of a line, expected another character");
    if (options_.skip_rows < 0) refuse_option(fmt::format("skip_rows is {}, expected at least 0", options_.skip_rows));
    if (options_.max_rows && *options_.max_rows < 0)
        refuse_option(fmt::format("max_rows is {}, expected at least 0", *options_.max_rows));
    if (options_.block_rows < 1)
        refuse_option(fmt::format("block_rows is {}, expected at least 1", options_.block_rows));
    for (const char c : {options_.delimiter, '\n', '\r', '\0'}) marks_[static_cast<unsigned char>(c)] = 1;
    for (const std::string& text : options_.missing) {
        double value;
        // "nan" and such take the slow way anyway.
        missing_numbers_ |= parse_float(trimmed(text), value) && text.find_first_of("0123456789") != std::string::npos;
        missing_.insert(text);
    }
    read_header();
}

/// Finds the first line, which says how many columns there are; a header is passed over.
void CsvParser::read_header() {
    while (window_.at == window_.end && !window_.last) window_.more(window_.at, 1);
    if (window_.at == window_.end)
        throw FileError(
            fmt::format("{}: the file is empty, expected {}", where_, options_.header ? "a header" : "a row"));
    for (std::int64_t i = 0; i < options_.skip_rows; ++i) {
        while (!skip_line())
            if (!window_.more(window_.at, std::numeric_limits<std::size_t>::max())) break;
        if (window_.at == window_.end && window_.last) break;
    }
    std::vector<std::string> first;
    collected_ = &first;
    const bool found = next_row();
    collected_ = nullptr;
    if (!found)
        throw FileError(fmt::format("{}: no line follows those that are skipped, expected {}", where_,
                                    options_.header ? "a header" : "a row"));
    if (!options_.header) {
        window_.at = line_start_;
        line_ = line_start_number_;
    }
    if (columns_.empty()) check_options(first);
}

void CsvParser::check_options(const std::vector<std::string>& first) {
    std::vector<std::string> names = options_.names;
    if (!names.empty() && names.size() != first.size())
        throw ValueError(fmt::format("{}: {} names are given, expected {}: the first line is {}", where_, names.size(),
                                     first.size(), joined(first)));
    if (names.empty() && options_.header) {
        names = first;
        TextSet seen;
        for (const std::string& text : names)
            if (!seen.insert(text).second)
                throw FileError(fmt::format(
                    "{} line {}: two columns are called '{}', expected one; CsvOptions::names can name them", where_,
                    line_start_number_, shown(text)));
    }
    if (names.empty())
        for (std::size_t i = 0; i < first.size(); ++i) names.push_back(std::to_string(i));
    check_no_duplicates(where_, options_.names, "names");
    check_no_duplicates(where_, options_.columns, "columns");

    std::unordered_map<std::string, std::size_t> places;
    columns_.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        columns_[i].used = columns_[i].sampling = options_.columns.empty();
        columns_[i].name = names[i];
        places.emplace(names[i], i);
        if (options_.columns.empty()) chosen_.push_back(i);
    }
    const auto find = [&](const std::string& name) -> ColumnBuilder& {
        const auto found = places.find(name);
        if (found == places.end())
            throw ValueError(fmt::format("{}: there is no column '{}', but {}", where_, shown(name), joined(names)));
        return columns_[found->second];
    };
    for (const std::string& name : options_.columns) {
        ColumnBuilder& column = find(name);
        column.used = column.sampling = true;
        chosen_.push_back(places.at(name));
    }
    for (const auto& [name, type] : options_.types) {
        ColumnBuilder& column = find(name);
        column.type = type;
        column.automatic = column.sampling = false;
    }
    for (const auto& [name, texts] : options_.categories) {
        ColumnBuilder& column = find(name);
        if (!column.automatic && column.type != ColumnType::category)
            throw ValueError(fmt::format("{}: column '{}' has categories and the type {}, expected category", where_,
                                         shown(name), xg::data::name(column.type)));
        check_no_duplicates(where_, texts, "the categories of '" + shown(name) + "'");
        column.type = ColumnType::category;
        column.automatic = column.sampling = false;
        column.set_categories(texts);
    }
}

void CsvParser::parse_first(std::int64_t rows) {
    read(std::min(rows, guessed_rows), false);
    for (ColumnBuilder& column : columns_)
        if (column.sampling) column.end_sampling(missing_);
    read(rows, true);
    const auto surprised = [](const ColumnBuilder& column) { return column.surprised; };
    // A type widens twice at most.
    while (std::any_of(columns_.begin(), columns_.end(), surprised)) {
        restart();
        read(rows, true);
    }
}

void CsvParser::parse(std::int64_t rows) { read(rows, false); }

void CsvParser::restart() {
    window_.rewind();
    line_ = 1;
    rows_ = 0;
    ended_ = false;
    for (ColumnBuilder& column : columns_) {
        column.truncate(0);
        column.surprised = false;
    }
    read_header();
}

Table CsvParser::take(bool sorted) {
    std::vector<Column> columns;
    for (const std::size_t i : chosen_) columns.push_back(columns_[i].take(sorted));
    rows_ = 0;
    return Table(std::move(columns));
}

Table parse_csv(CsvInput input, const CsvOptions& options, const std::string& where, std::size_t step) {
    CsvParser parser(std::move(input), options, where, step);
    parser.parse_first(options.max_rows.value_or(std::numeric_limits<std::int64_t>::max()));
    return parser.take(true);
}

}  // namespace xg::data::detail
