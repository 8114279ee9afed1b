#pragma once

#include <string>
#include <vector>

#include <xgrad/autograd/gradcheck.hpp>

/// One check of a public operation: its function's name, what is special, and the inputs. One without `f` exempts an
/// operation that has nothing to differentiate, and says why.
struct Row {
    std::string operation;
    std::string about;
    xg::SingleTensorFunction f;
    std::vector<xg::Tensor> inputs;
};

/// The gradient-check table: every public operation has rows here, or the tests fail.
std::vector<Row> gradient_table();
/// Those that the table leaves out.
std::vector<Row> exempt_operations();

// A family each.
std::vector<Row> elementwise_rows();
std::vector<Row> shaping_rows();
std::vector<Row> product_rows();
std::vector<Row> function_rows();
std::vector<Row> activation_rows();
std::vector<Row> reduction_rows();
std::vector<Row> order_rows();
std::vector<Row> index_rows();
std::vector<Row> einsum_rows();
std::vector<Row> decomposition_rows();
std::vector<Row> window_rows();
std::vector<Row> layer_rows();
std::vector<Row> recurrent_rows();
std::vector<Row> loss_rows();
