#include "gradient_table.hpp"

std::vector<Row> order_rows() { return {}; }
