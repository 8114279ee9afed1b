#include <xgrad/data/detail/csv_parser.hpp>

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/csv_numbers.hpp>
#include <xgrad/data/detail/text.hpp>

namespace xg::data::detail {

namespace {

constexpr std::size_t longest_line = std::size_t{64} << 20, most_columns = std::size_t{1} << 20;

bool is_digit(char c) noexcept { return static_cast<unsigned char>(c - '0') < 10; }

}  // namespace

void CsvParser::fail(const std::string& what, bool column) const {
    std::string place = fmt::format("{} line {}", where_, line_);
    if (column) place += fmt::format(", column {}", column_ + 1);
    if (column && column_ < columns_.size()) place += fmt::format(" ('{}')", shown(columns_[column_].name));
    throw FileError(place + ": " + what);
}

void CsvParser::refuse(ColumnBuilder& column, std::string_view text) {
    const bool missing = missing_.contains(text) || missing_.contains(trimmed(text));
    if (column.automatic)
        fail(fmt::format("{} is no {}, as all before it are; give the column's type in CsvOptions::types", quoted(text),
                         name(column.type)));
    if (missing)
        fail(fmt::format("{} stands for a missing value, which {} has no room for", quoted(text), name(column.type)));
    if (column.type == ColumnType::category) fail(fmt::format("{} is not one of the categories", quoted(text)));
    fail(fmt::format("{} is no {}", quoted(text), name(column.type)));
}

/// A number at the window's start, ended as a field is: the way of almost all fields, without a look at the text
/// before.
bool CsvParser::add_number(ColumnBuilder& column, Step& step) {
    const char* p = window_.at;
    step = Step::done;
    if (column.type == ColumnType::float64) {
        if (!is_digit(*p) && !((*p == '-' || *p == '.') && (is_digit(p[1]) || p[1] == '.'))) return false;
        double value;
        const auto [stop, error] = std::from_chars(p, window_.end, value);
        if (error != std::errc() || !ends_field(*stop)) return false;
        if (stop == window_.end && !window_.last) {
            step = Step::more;
            return true;
        }
        column.add_real(value);
        window_.at = stop;
        return true;
    }
    const bool negative = *p == '-';
    if (negative) ++p;
    const char* const first = p;
    std::uint64_t value = 0;
    for (; is_digit(*p); ++p) value = value * 10 + static_cast<std::uint64_t>(*p - '0');
    if (p == first || p - first > 18 || !ends_field(*p)) return false;  // 18 digits always fit
    if (p == window_.end && !window_.last) {
        step = Step::more;
        return true;
    }
    column.add_integer(negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value));
    window_.at = p;
    return true;
}

CsvParser::Step CsvParser::field(ColumnBuilder& column) {
    Step step;
    if (column.used && !column.sampling && !missing_numbers_ &&
        (column.type == ColumnType::float64 || column.type == ColumnType::int64) && add_number(column, step))
        return step;
    std::string_view text;
    step = scan(text);
    if (step != Step::done || !column.used || column.add(text, missing_)) return step;
    if (!column.automatic || !lenient_) refuse(column, text);
    column.widen(text, missing_);
    return step;
}

CsvParser::Step CsvParser::scan(std::string_view& text) {
    const char* p = window_.at;
    if (options_.quote != '\0' && *p == options_.quote) return scan_quoted(text);
    while (!ends_field(*p)) ++p;
    if (*p == '\0') {
        if (p != window_.end) fail("a zero byte, expected text");
        if (!window_.last) return Step::more;
    }
    text = {window_.at, static_cast<std::size_t>(p - window_.at)};
    window_.at = p;
    return Step::done;
}

CsvParser::Step CsvParser::scan_quoted(std::string_view& text) {
    const char quote = options_.quote;
    const char *p = window_.at + 1, *part = p;
    std::int64_t lines = 0;
    unquoted_.clear();
    for (;; ++p) {
        if (*p == '\n') ++lines;
        if (*p == '\0') {
            if (p != window_.end) fail("a zero byte, expected text");
            if (!window_.last) return Step::more;
            const auto length = static_cast<std::size_t>(p - window_.at);
            fail(fmt::format("the quote before {} is never closed", quoted({window_.at + 1, length - 1})));
        }
        if (*p != quote) continue;
        if (p + 1 == window_.end && !window_.last) return Step::more;
        if (p[1] != quote) break;
        unquoted_.append(part, p + 1);
        part = ++p + 1;
    }
    if (unquoted_.empty()) {
        text = {part, static_cast<std::size_t>(p - part)};
    } else {
        unquoted_.append(part, p);
        text = unquoted_;
    }
    const char* const after = p + 1;
    if (!ends_field(*after) || (*after == '\0' && after != window_.end))
        fail(fmt::format("{} follows a closing quote, expected a delimiter or the line's end",
                         quoted(std::string_view(after, 1))));
    window_.at = after;
    line_ += lines;
    return Step::done;
}

CsvParser::Step CsvParser::end_of_field(bool& end_of_line) {
    end_of_line = true;
    const char c = *window_.at;
    if (c == options_.delimiter) {
        ++window_.at;
        end_of_line = false;
        return Step::done;
    }
    if (window_.at == window_.end) return window_.last ? Step::done : Step::more;
    if (c == '\0') fail("a zero byte, expected text");
    if (c == '\r') {
        if (window_.at + 1 == window_.end && !window_.last) return Step::more;
        if (window_.at[1] == '\n') ++window_.at;
    }
    ++window_.at;
    ++line_;
    return Step::done;
}

/// Past empty lines and comments.
CsvParser::Step CsvParser::start_of_line() {
    for (;;) {
        if (window_.at == window_.end) return window_.last ? Step::end : Step::more;
        const char c = *window_.at;
        if (c == '\n' || c == '\r') {
            bool end_of_line;
            if (end_of_field(end_of_line) == Step::more) return Step::more;
        } else if (options_.comment != '\0' && c == options_.comment) {
            if (!skip_line()) return Step::more;
        } else {
            return Step::done;
        }
    }
}

/// False if its end is not in the window.
bool CsvParser::skip_line() {
    const char* p = window_.at;
    while (p != window_.end && *p != '\n' && *p != '\r') ++p;
    if (p == window_.end) {
        if (!window_.last) return false;
        window_.at = p;
        return true;
    }
    const char* const before = std::exchange(window_.at, p);
    if (*p == '\r' && p + 1 == window_.end && !window_.last) {
        window_.at = before;
        return false;
    }
    window_.at += *p == '\r' && p[1] == '\n' ? 2 : 1;
    ++line_;
    return true;
}

CsvParser::Step CsvParser::fields() {
    bool end_of_line = false;
    for (column_ = 0; !end_of_line; ++column_) {
        Step step;
        if (collected_ != nullptr) {
            std::string_view text;
            step = scan(text);
            if (step == Step::done) collected_->emplace_back(text);
            if (collected_->size() > most_columns)
                fail(fmt::format("there are more than {} columns", most_columns), false);
        } else if (column_ < columns_.size()) {
            step = field(columns_[column_]);
        } else {
            std::string_view text;
            step = scan(text);
        }
        if (step == Step::done) step = end_of_field(end_of_line);
        if (step != Step::done) return step;
    }
    return Step::done;
}

CsvParser::Step CsvParser::line() {
    const std::int64_t first_line = line_;
    const Step step = fields();
    if (step == Step::done && collected_ == nullptr && column_ != columns_.size()) {
        line_ = first_line;
        fail(fmt::format("it has {} {}, expected {}{}", column_, column_ == 1 ? "field" : "fields", columns_.size(),
                         options_.header ? ", as the header has" : ", as the first line has"),
             false);
    }
    return step;
}

/// False at the end of the file.
bool CsvParser::next_row() {
    bool started = false;  // past empty lines and comments, which need not be kept in the window
    for (;;) {
        const char* keep = window_.at;
        std::int64_t first_line = line_;
        Step step = Step::done;
        if (!started) {
            step = start_of_line();
            if (step == Step::end) return false;
            keep = window_.at;
            first_line = line_;
            started = step == Step::done;
        }
        if (step == Step::done) step = line();
        if (step == Step::done) {
            line_start_ = keep;
            line_start_number_ = first_line;
            return true;
        }
        line_ = first_line;
        if (collected_ != nullptr) collected_->clear();
        for (std::size_t i = 0; i < columns_.size() && i <= column_; ++i)
            columns_[i].truncate(static_cast<std::size_t>(rows_));
        if (!window_.more(keep, longest_line))
            fail(fmt::format("it is longer than {} MiB; is a quote not closed?", longest_line >> 20), false);
    }
}

void CsvParser::read(std::int64_t rows, bool lenient) {
    lenient_ = lenient;
    while (rows_ < rows && !ended_) {
        if (next_row())
            ++rows_;
        else
            ended_ = true;
    }
}

}  // namespace xg::data::detail
