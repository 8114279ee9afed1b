#include "gradient_table.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace {

std::vector<Row> rows_where(bool differentiable) {
    std::vector<Row> rows;
    for (auto* family : {elementwise_rows, shaping_rows, product_rows, function_rows, activation_rows, reduction_rows,
                         order_rows, index_rows, einsum_rows, decomposition_rows, window_rows, layer_rows, loss_rows})
        for (Row& row : family())
            if (static_cast<bool>(row.f) == differentiable) rows.push_back(std::move(row));
    return rows;
}

}  // namespace

std::vector<Row> gradient_table() { return rows_where(true); }
std::vector<Row> exempt_operations() { return rows_where(false); }

namespace {

/// The names of the functions returning a Tensor that a public header declares.
std::set<std::string> declared_in(const std::string& header, const std::regex& declaration) {
    std::ifstream in(std::string(XGRAD_SOURCE_DIR) + "/autograd/" + header);
    BOOST_REQUIRE_MESSAGE(in, header << " cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    const std::string content = text.str();
    std::set<std::string> names;
    for (std::sregex_iterator i(content.begin(), content.end(), declaration), end; i != end; ++i) names.insert((*i)[1]);
    return names;
}

/// The headers that the umbrella of all operations includes, but for what makes tensors of nothing.
std::vector<std::string> operation_headers() {
    std::ifstream in(std::string(XGRAD_SOURCE_DIR) + "/autograd/ops.hpp");
    BOOST_REQUIRE(in);
    std::vector<std::string> headers;
    const std::regex include(R"(#include <xgrad/autograd/(\w+\.hpp)>)");
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_search(line, found, include) && found[1] != "creation.hpp") headers.push_back(found[1]);
    return headers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_checks)

BOOST_AUTO_TEST_CASE(first_derivatives) {
    for (const Row& row : gradient_table()) {
        BOOST_TEST_CONTEXT(row.operation << ": " << row.about) {
            const xg::GradcheckResult result = xg::gradcheck(row.f, row.inputs);
            BOOST_TEST(result.ok, result.message);
        }
    }
}

BOOST_AUTO_TEST_CASE(second_derivatives) {
    for (const Row& row : gradient_table()) {
        BOOST_TEST_CONTEXT(row.operation << ": " << row.about) {
            const xg::GradcheckResult result = xg::gradgradcheck(row.f, row.inputs);
            BOOST_TEST(result.ok, result.message);
        }
    }
}

/// A fused kernel and the recorded formulas give the same gradients.
BOOST_AUTO_TEST_CASE(recorded_and_plain_backward_agree) {
    for (const Row& row : gradient_table()) {
        BOOST_TEST_CONTEXT(row.operation << ": " << row.about) {
            std::vector<xg::Tensor> leaves, wanted;
            for (const xg::Tensor& input : row.inputs) {
                leaves.push_back(input.clone());
                if (input.dtype() == xg::float64) wanted.push_back(leaves.back().requires_grad(true));
            }
            const xg::Tensor loss = xg::sum(xg::square(row.f(leaves)) * 0.5);
            if (!loss.requires_grad()) continue;
            const auto plain = xg::grad({loss}, wanted, {.retain_graph = true, .allow_unused = true});
            const auto recorded = xg::grad({loss}, wanted, {.create_graph = true, .allow_unused = true});
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                BOOST_REQUIRE_EQUAL(plain[i].defined(), recorded[i].defined());
                if (!plain[i].defined()) continue;
                BOOST_REQUIRE_EQUAL(plain[i].shape(), wanted[i].shape());
                BOOST_TEST(!plain[i].requires_grad());
                const auto p = plain[i].to_vector(), q = recorded[i].to_vector();
                for (std::size_t k = 0; k < p.size(); ++k)
                    BOOST_TEST(std::abs(p[k] - q[k]) <= 1e-12 * (1 + std::abs(p[k])));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_operation_has_rows) {
    // What returns tensors, alone or several of them.
    const std::regex function(
        R"(XG_EXPORT (?:Tensor|std::(?:pair|tuple|vector)<[^;(]*Tensor[^;(]*>|\w+Result) (\w+)\()");
    std::set<std::string> expected;
    for (const std::string& header : operation_headers()) {
        const std::set<std::string> names = declared_in(header, function);
        expected.insert(names.begin(), names.end());
    }
    for (const char* known : {"add", "where", "sum", "matmul", "linear", "concat", "mse_loss"})
        BOOST_TEST(expected.count(known) == 1u, known);
    // Members of Tensor that are operations.
    for (const char* member : {"to", "clone", "contiguous", "reshape", "transpose", "slice"}) expected.insert(member);

    std::set<std::string> covered, not_differentiable;
    for (const Row& row : gradient_table()) covered.insert(row.operation);
    for (const Row& row : exempt_operations()) not_differentiable.insert(row.operation);
    for (const std::string& name : expected)
        BOOST_TEST((covered.count(name) == 1 || not_differentiable.count(name) == 1),
                   name << " has no row in the gradient-check table");
    for (const std::string& name : covered)
        BOOST_TEST(expected.count(name) == 1u, name << " is in the table, but is no public operation");
    for (const std::string& name : not_differentiable)
        BOOST_TEST(expected.count(name) == 1u, name << " is exempt, but is no public operation");
}

BOOST_AUTO_TEST_SUITE_END()
