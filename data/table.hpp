#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// What a column of a table holds.
enum class ColumnType : std::uint8_t {
    float64,   ///< Numbers; a missing one is NaN.
    int64,     ///< Whole numbers, none missing.
    boolean,   ///< true and false, none missing.
    string,    ///< Texts.
    category,  ///< One of a few texts each: its number in their list; -1 where it is missing.
};

/// `float64`, `int64`, `bool`, `string` or `category`.
XG_EXPORT const char* name(ColumnType type) noexcept;

/// A column of a table: either `values` or `strings` are given.
struct XG_EXPORT Column {
    std::string name = {};
    Tensor values = {};                                       ///< (n,), of any dtype; a category's numbers, int64.
    std::vector<std::string> strings = {};                    ///< Texts, where `values` is undefined.
    std::optional<std::vector<std::string>> categories = {};  ///< The texts that `values` number.

    ColumnType type() const;
    /// The number of rows.
    std::int64_t size() const;
};

/// Columns of one length, each with a name and a type of its own; what `read_csv` gives and `write_csv` takes.
class XG_EXPORT Table {
public:
    Table() = default;
    /// Throws ShapeError for columns of different lengths or of another rank than 1, and ValueError for two of one name
    /// or for categories' numbers that are out of range or not int64.
    explicit Table(std::vector<Column> columns);

    std::int64_t rows() const noexcept { return rows_; }
    const std::vector<Column>& columns() const noexcept { return columns_; }
    std::vector<std::string> names() const;
    /// The column called `name`. Throws ValueError, which names those there are.
    const Column& operator[](const std::string& name) const;

    /// These columns side by side, (rows, columns), as inputs or targets to train with; all, if none is named. A
    /// category's column gives its numbers. Throws ValueError for a name that is not there, and DTypeError for a column
    /// of texts.
    Tensor tensor(const std::vector<std::string>& names = {}, DType dtype = float32) const;

private:
    std::vector<Column> columns_;
    std::int64_t rows_ = 0;
};

}  // namespace xg::data
