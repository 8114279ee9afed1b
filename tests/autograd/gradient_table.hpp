#pragma once

#include <string>
#include <vector>

#include <xgrad/autograd/gradcheck.hpp>

/// One check of a public operation: its function's name, what is special, and the inputs.
struct Row {
    std::string operation;
    std::string about;
    xg::SingleTensorFunction f;
    std::vector<xg::Tensor> inputs;
};

/// The gradient-check table: every differentiable operation has rows here, or the tests fail.
std::vector<Row> gradient_table();
std::vector<Row> elementwise_rows();
std::vector<Row> shaping_rows();
std::vector<Row> product_rows();
