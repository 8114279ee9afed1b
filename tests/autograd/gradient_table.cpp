#include "gradient_table.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "public_operations.hpp"
#include "support.hpp"

namespace {

std::vector<Row> rows_where(bool differentiable) {
    std::vector<Row> rows;
    for (auto* family :
         {elementwise_rows, shaping_rows, product_rows, function_rows, activation_rows, reduction_rows, order_rows,
          index_rows, einsum_rows, decomposition_rows, window_rows, layer_rows, recurrent_rows, loss_rows})
        for (Row& row : family())
            if (static_cast<bool>(row.f) == differentiable) rows.push_back(std::move(row));
    return rows;
}

}  // namespace

std::vector<Row> gradient_table() { return rows_where(true); }
std::vector<Row> exempt_operations() { return rows_where(false); }

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
    const std::set<std::string> expected = public_operations();
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
