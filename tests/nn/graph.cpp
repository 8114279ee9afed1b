#include <xgrad/nn/graph.hpp>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/losses.hpp>

#include "support.hpp"

using support::numbers;
using xg::Tensor;
using xg::nn::Sequential;

BOOST_AUTO_TEST_SUITE(graphs)

BOOST_AUTO_TEST_CASE(of_a_network) {
    const Sequential model(xg::nn::Linear(2, 64), xg::nn::ReLU(), xg::nn::Linear(64, 1));
    Tensor x = numbers({32, 2}).requires_grad(true);
    const xg::Graph g = xg::nn::graph(xg::mse_loss(model(x), numbers({32, 1})), model, {{"x", x}});
    BOOST_TEST(g.flops() == 2.0 * 32 * 64 * (2 + 1));
    std::vector<std::string> leaves;
    for (const xg::GraphNode& n : g.nodes)
        if (n.operation.empty()) leaves.push_back(n.name);
    BOOST_TEST((leaves == std::vector<std::string>{"x", "0.weight", "0.bias", "2.weight", "2.bias"}));
    const std::string dot = g.dot();
    const std::size_t net = dot.find("label=\"Sequential\""), first = dot.find("label=\"0 (Linear)\""),
                      second = dot.find("label=\"2 (Linear)\"");
    BOOST_TEST((net < first && first < second && second != std::string::npos), dot);
    BOOST_TEST(g.str().find("0.weight (64, 2) float32") != std::string::npos, g.str());
}

BOOST_AUTO_TEST_SUITE_END()
