#include "gradient_table.hpp"

std::vector<Row> index_rows() { return {}; }
