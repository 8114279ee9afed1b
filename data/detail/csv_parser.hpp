#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/data/csv.hpp>
#include <xgrad/data/detail/csv_columns.hpp>
#include <xgrad/data/detail/csv_input.hpp>

namespace xg::data::detail {

/// Reads the rows of a CSV file into builders of columns.
///
/// A line is parsed as it lies in the window, field by field; where it turns out not to be there as a whole, it is
/// forgotten, more of the file is read, and it is parsed again from its first byte.
class XG_EXPORT CsvParser {
public:
    /// `where` begins the messages of errors. Reads the header, and checks the options against it.
    CsvParser(CsvInput input, const CsvOptions& options, std::string where, std::size_t step = std::size_t{1} << 20);

    /// Reads the first rows, up to `rows`, and gives the columns whose types were not given types that fit all of them.
    void parse_first(std::int64_t rows);
    /// Reads on until there are `rows`, or no more. The types stay: what does not fit is an error.
    void parse(std::int64_t rows);
    /// The rows read so far.
    std::int64_t rows() const noexcept { return rows_; }
    /// Gives the rows away.
    Table take(bool sorted);

private:
    enum class Step : std::uint8_t { done, more, end };

    void read(std::int64_t rows, bool lenient);
    void restart();
    Step line();
    Step fields();
    Step start_of_line();
    Step field(ColumnBuilder& column);
    Step scan(std::string_view& text);
    Step scan_quoted(std::string_view& text);
    Step end_of_field(bool& end_of_line);
    bool add_number(ColumnBuilder& column, Step& step);
    bool skip_line();
    bool next_row();
    void read_header();
    void check_options(const std::vector<std::string>& first);
    bool ends_field(char c) const noexcept { return marks_[static_cast<unsigned char>(c)] != 0; }
    [[noreturn]] void refuse(ColumnBuilder& column, std::string_view text);
    [[noreturn]] void fail(const std::string& what, bool column = true) const;

    CsvOptions options_;
    std::string where_;
    CsvWindow window_;
    TextSet missing_;
    bool missing_numbers_ = false;                   // one of them is a number, such as -999
    std::array<char, 256> marks_{};                  // what ends an unquoted field: delimiter, ends of line, zero
    std::vector<ColumnBuilder> columns_;             // as the file has them
    std::vector<std::size_t> chosen_;                // those to give, in order
    std::vector<std::string>* collected_ = nullptr;  // where fields go while the first line is read
    std::string unquoted_;
    std::int64_t line_ = 1;
    const char* line_start_ = nullptr;  // of the last line that was read
    std::int64_t line_start_number_ = 1;
    std::size_t column_ = 0;
    std::int64_t rows_ = 0;
    bool lenient_ = false;  // what does not fit a type that was guessed widens it
    bool ended_ = false;
};

/// The table in `input`, as `read_csv` reads it.
XG_EXPORT Table parse_csv(CsvInput input, const CsvOptions& options, const std::string& where,
                          std::size_t step = std::size_t{1} << 20);

}  // namespace xg::data::detail
