#include <xgrad/data/detail/csv_parser.hpp>

#include <bit>

#include "fuzz.hpp"

using xg::data::Column;
using xg::data::Table;

namespace {

/// All of a table in one text, or the error.
std::string outcome(const std::string& input, const xg::data::CsvOptions& options, std::size_t step) {
    try {
        const Table table =
            xg::data::detail::parse_csv(xg::data::detail::CsvInput::memory(input), options, "fuzz", step);
        std::string all;
        for (const Column& column : table.columns()) {
            all += column.name + ' ' + name(column.type());
            if (column.values.defined())
                for (const double value : column.values.to_vector())
                    all += ' ' + (value == value ? std::to_string(std::bit_cast<std::uint64_t>(value)) : "nan");
            for (const std::string& text : column.strings) all += '|' + text;
            if (column.categories)
                for (const std::string& text : *column.categories) all += '#' + text;
        }
        return all;
    } catch (const xg::Error& error) {
        return error.what();
    }
}

}  // namespace

// The first byte chooses options, the second how much is read at a time, which must not change anything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const unsigned bits = data[0];
    xg::data::CsvOptions options{.header = (bits & 1) == 0};
    if ((bits & 2) != 0) options.delimiter = ';';
    if ((bits & 4) != 0) options.comment = '#';
    if ((bits & 8) != 0) options.missing = {"", "-9"};
    if ((bits & 16) != 0) options.skip_rows = 1;
    if ((bits & 32) != 0) options.quote = '\0';
    if ((bits & 64) != 0) options.types = {{options.header ? "a" : "0", xg::data::ColumnType::category}};
    if ((bits & 128) != 0) options.max_rows = 2;
    const std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
    const std::string whole = outcome(input, options, std::size_t{1} << 16);
    if (whole.empty() || whole != outcome(input, options, 1U + data[1])) std::abort();
    return 0;
}
