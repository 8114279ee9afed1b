#include <xgrad/data/csv.hpp>

#include <algorithm>
#include <limits>

#include <xgrad/data/detail/csv_parser.hpp>

namespace xg::data {

Table read_csv(const std::string& path, const CsvOptions& options) {
    return detail::parse_csv(detail::CsvInput::open(path), options, "read_csv: '" + path + "'");
}

struct CsvReader::State {
    State(const std::string& path, const CsvOptions& options)
        : parser(detail::CsvInput::open(path), options, "CsvReader: '" + path + "'"),
          block_rows(options.block_rows),
          left(options.max_rows.value_or(std::numeric_limits<std::int64_t>::max())) {}

    detail::CsvParser parser;
    std::int64_t block_rows, left;
    bool first = true;
};

CsvReader::CsvReader(const std::string& path, const CsvOptions& options)
    : state_(std::make_unique<State>(path, options)) {}

CsvReader::~CsvReader() = default;

std::optional<Table> CsvReader::next() {
    State& state = *state_;
    const std::int64_t rows = std::min(state.block_rows, state.left);
    const bool first = state.first;
    if (first)
        state.parser.parse_first(rows);
    else
        state.parser.parse(rows);
    state.first = false;
    if (state.parser.rows() == 0 && !first) return {};
    state.left -= state.parser.rows();
    return state.parser.take(false);
}

}  // namespace xg::data
