#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/csv.hpp>
#include <xgrad/data/detail/csv_options.hpp>

namespace xg::data {

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 18;

/// Makes the file's text a piece at a time.
class Writer {
public:
    Writer(const Table& table, const CsvWriteOptions& options) : options_(options), rows_(table.rows()) {
        detail::check_delimiter("write_csv", options.delimiter, '"');
        special_ = std::string("\"\r\n") + options.delimiter;
        for (const Column& column : table.columns()) {
            columns_.push_back(&column);
            values_.push_back(column.values.defined() ? column.values.contiguous() : Tensor());
        }
    }

    std::string_view next() {
        text_.clear();
        if (row_ < 0) {
            row_ = 0;
            if (options_.header) {
                for (std::size_t i = 0; i < columns_.size(); ++i) {
                    separate(i);
                    add_text(columns_[i]->name);
                }
                end_row();
            }
        }
        for (; row_ < rows_ && text_.size() < piece_size; ++row_) {
            for (std::size_t i = 0; i < columns_.size(); ++i) {
                separate(i);
                add_field(i);
            }
            end_row();
        }
        return text_;
    }

private:
    void separate(std::size_t i) {
        if (i != 0) text_ += options_.delimiter;
        if (i == 0) row_start_ = text_.size();
    }
    /// A reader skips empty lines; this one is a row of one empty field.
    void end_row() {
        if (text_.size() == row_start_) text_ += "\"\"";
        text_ += '\n';
    }
    void add_text(std::string_view text) {
        if (text.find_first_of(special_) == std::string_view::npos) {
            text_ += text;
            return;
        }
        text_ += '"';
        for (const char c : text) {
            if (c == '"') text_ += '"';
            text_ += c;
        }
        text_ += '"';
    }
    template <class T>
    void add_number(T value) {
        char digits[40];
        const auto result = std::to_chars(digits, digits + sizeof digits, value);
        text_.append(digits, result.ptr);
    }
    template <class T>
    void add_real(T value) {
        if (std::isnan(value)) return add_text(options_.missing);
        const std::size_t start = text_.size();
        add_number(value);
        // Lest a column of whole numbers come back as int64, and -0 as 0.
        if (text_.find_first_not_of("-0123456789", start) == std::string::npos) text_ += ".0";
    }
    void add_field(std::size_t i) {
        const Column& column = *columns_[i];
        const Tensor& values = values_[i];
        if (!values.defined()) return add_text(column.strings[static_cast<std::size_t>(row_)]);
        switch (values.dtype()) {
            case DType::float32: return add_real(values.data<float>()[row_]);
            case DType::float64: return add_real(values.data<double>()[row_]);
            case DType::boolean: return add_text(values.data<bool>()[row_] ? "True" : "False");
            case DType::int64: break;
        }
        const std::int64_t number = values.data<std::int64_t>()[row_];
        if (!column.categories) return add_number(number);
        add_text(number < 0 ? options_.missing : (*column.categories)[static_cast<std::size_t>(number)]);
    }

    CsvWriteOptions options_;
    std::string special_, text_;
    std::vector<const Column*> columns_;
    std::vector<Tensor> values_;
    std::size_t row_start_ = 0;
    std::int64_t rows_, row_ = -1;
};

}  // namespace

void write_csv(const std::string& path, const Table& table, const CsvWriteOptions& options) {
    if (table.columns().empty()) throw ValueError("write_csv: the table for '" + path + "' has no columns");
    Writer writer(table, options);
    write_file(path, [&] { return writer.next(); });
}

void write_csv(const std::string& path, const Tensor& matrix, const std::vector<std::string>& names,
               const CsvWriteOptions& options) {
    if (!matrix.defined() || matrix.rank() != 2 || matrix.size(1) != static_cast<std::int64_t>(names.size()))
        throw ShapeError(fmt::format("write_csv: the matrix has shape {}, expected (n, {}) for as many names",
                                     matrix.defined() ? matrix.shape().str() : "none", names.size()));
    std::vector<Column> columns;
    for (std::size_t i = 0; i < names.size(); ++i)
        columns.push_back(
            {.name = names[i], .values = matrix.detach().transpose()[static_cast<std::int64_t>(i)].contiguous()});
    write_csv(path, Table(std::move(columns)), options);
}

}  // namespace xg::data
