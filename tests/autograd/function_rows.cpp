#include "gradient_table.hpp"

std::vector<Row> function_rows() { return {}; }
