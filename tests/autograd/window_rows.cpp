#include "gradient_table.hpp"

std::vector<Row> window_rows() { return {}; }
