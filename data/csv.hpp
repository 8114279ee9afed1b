#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/table.hpp>

namespace xg::data {

/// Options of `read_csv` and `CsvReader`.
struct CsvOptions {
    char delimiter = ',';  ///< Between fields: no letter, digit, sign, dot or end of a line.
    char quote = '"';      ///< Around fields that hold a delimiter or an end of a line, itself written twice; 0: none.
    bool header = true;    ///< The first line names the columns; else they are "0", "1", ….
    std::vector<std::string> names = {};           ///< Names of all the file's columns in place of those.
    std::vector<std::string> columns = {};         ///< The columns to read, in this order; all, if none is named.
    std::map<std::string, ColumnType> types = {};  ///< Types of columns by name; those of the others are found out.
    /// Texts of category columns by name, in the order of their numbers; another text is then an error.
    std::map<std::string, std::vector<std::string>> categories = {};
    /// What stands for a missing value.
    std::vector<std::string> missing = {"", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NULL", "null", "None"};
    char comment = '\0';                        ///< Lines that begin with it are skipped; 0: none.
    std::int64_t skip_rows = 0;                 ///< Lines at the start of the file that are no part of the table.
    std::optional<std::int64_t> max_rows = {};  ///< Reads no more rows than this.
    std::int64_t block_rows = 65'536;           ///< Rows of a block of CsvReader's; at least 1.
};

/// The table in a CSV file (RFC 4180): `read_csv("houses.csv").tensor({"area", "rooms"})`.
///
/// Lines end in LF, CRLF or CR; empty ones are skipped, and so is a byte order mark of UTF-8. Fields that are quoted
/// count like others. A column whose type is not given is int64 if all its fields are whole numbers, float64 if all are
/// numbers or missing, bool if all are true or false (also True, TRUE …), and else string. Numbers may have spaces
/// around them and are rounded to the nearest, as Python's `float` does. A missing value is NaN among float64, -1 among
/// categories, and its text among strings; elsewhere, where the type was given, it is an error. Categories that are not
/// given are sorted.
///
/// Throws FileError, naming the file and where in it line, column and text: for a file that cannot be read or is empty,
/// lines of different lengths, fields that are not of the column's type, a quote that is not closed, zero bytes, two
/// columns of one name, and lines longer than 64 MiB. Throws ValueError for options that make no sense.
XG_EXPORT Table read_csv(const std::string& path, const CsvOptions& options = {});

/// Reads a CSV file of any size a block of rows at a time, in the memory of a block: `for (const Table& block :
/// CsvReader("large.csv"))`.
///
/// As `read_csv`, but the first block alone decides the types that are not given; a field further down that does not
/// fit is an error. Categories that are not given are numbered as they come: a block's list begins with that of the
/// block before.
class XG_EXPORT CsvReader {
public:
    /// Where reading stands; all iterators of a reader are the same place.
    class XG_EXPORT Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = Table;
        using difference_type = std::ptrdiff_t;

        const Table& operator*() const noexcept { return *reader_->block_; }
        Iterator& operator++() {
            reader_->block_ = reader_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const Iterator& at, std::default_sentinel_t) noexcept { return at.done(); }

    private:
        friend class CsvReader;
        bool done() const noexcept { return !reader_->block_; }
        explicit Iterator(CsvReader* reader) noexcept : reader_(reader) {}
        CsvReader* reader_;
    };

    explicit CsvReader(const std::string& path, const CsvOptions& options = {});
    ~CsvReader();
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;

    /// The next block_rows rows, or what is left; none at the end. A file without rows gives one block without rows.
    /// Throws as `read_csv`.
    std::optional<Table> next();
    /// Goes on to the next block.
    Iterator begin() {
        block_ = next();
        return Iterator(this);
    }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    struct State;
    std::unique_ptr<State> state_;
    std::optional<Table> block_;
};

/// Options of `write_csv`.
struct CsvWriteOptions {
    char delimiter = ',';      ///< Between fields: no letter, digit, sign, dot, quote or end of a line.
    bool header = true;        ///< Whether the first line names the columns.
    std::string missing = {};  ///< Written for NaN and the category -1.
};

/// Writes a table so that `read_csv` reads the same: numbers with as few digits as tell them from their neighbours,
/// texts in quotes where needed, lines ended by LF.
///
/// Whole or not at all: see `write_file`. Throws FileError, and ValueError for options that make no sense.
XG_EXPORT void write_csv(const std::string& path, const Table& table, const CsvWriteOptions& options = {});

/// The same for the columns of a matrix, (n, k), with a name each. Throws ShapeError if it is no such matrix.
XG_EXPORT void write_csv(const std::string& path, const Tensor& matrix, const std::vector<std::string>& names,
                         const CsvWriteOptions& options = {});

}  // namespace xg::data
