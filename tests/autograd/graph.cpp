#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/graph.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/path.hpp>

#include "support.hpp"

BOOST_AUTO_TEST_SUITE(graphs)

BOOST_AUTO_TEST_CASE(of_a_diamond) {
    const xg::Tensor x = xg::ones({2, 3}, support::f64_leaf), w = xg::ones({4, 3}, support::f64_leaf);
    const xg::Tensor h = xg::tanh(xg::matmul(x, w.transpose())), y = xg::sum(h * h + xg::exp(h));
    const xg::Graph g = xg::graph(y);
    const std::map<std::string, std::int64_t> expected = {{"add", 1},     {"exp", 1}, {"matmul", 1}, {"mul", 1},
                                                          {"reshape", 1}, {"sum", 1}, {"tanh", 1},   {"transpose", 1}};
    auto counts = g.counts();
    counts.erase("reshape");
    auto wanted = expected;
    wanted.erase("reshape");
    BOOST_TEST((counts == wanted), g.str());
    BOOST_TEST(g.flops() == 2.0 * 2 * 3 * 4);
    BOOST_TEST(std::count_if(g.nodes.begin(), g.nodes.end(), [](const auto& n) { return n.operation.empty(); }) == 2);
    // Inputs come first, and the tensor itself is last.
    for (std::size_t i = 0; i < g.nodes.size(); ++i)
        for (const std::size_t from : g.nodes[i].inputs) BOOST_TEST(from < i);
    BOOST_TEST(g.nodes.back().shape == xg::Shape{});
    const std::string text = g.str();
    BOOST_TEST(support::contains(text, "tanh (2, 4) float64"), text);
    BOOST_TEST(support::contains(text, "tanh, see above"), text);
    const auto tanh = std::find_if(g.nodes.begin(), g.nodes.end(), [](const auto& n) { return n.operation == "tanh"; });
    BOOST_TEST(tanh->output_bytes == 2 * 4 * 8);
    BOOST_TEST(!tanh->released);
    y.backward();
    BOOST_TEST(support::contains(xg::graph(y).str(), "(freed)"));
}

BOOST_AUTO_TEST_CASE(of_little) {
    BOOST_TEST(xg::graph(xg::ones({2})).nodes.empty());
    BOOST_TEST(xg::graph(xg::ones({2})).str() == "");
    BOOST_TEST(xg::graph(xg::ones({2}, support::f64_leaf)).nodes.size() == 1u);
    BOOST_CHECK_THROW(xg::graph(xg::Tensor()), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(as_dot) {
    const xg::Tensor x = xg::ones({2}, support::f64_leaf);
    xg::Tensor y;
    {
        const xg::PathScope path(xg::intern_path(nullptr, "a\"b", "Custom"));
        y = xg::exp(x);
    }
    const std::string dot = xg::graph(y * 2).dot();
    BOOST_TEST(support::contains(dot, "label=\"a\\\"b (Custom)\""), dot);
    BOOST_TEST(support::contains(dot, "n0 -> n1;"), dot);
    BOOST_TEST(support::contains(dot, "subgraph cluster_0 {"), dot);
}

BOOST_AUTO_TEST_CASE(of_a_long_chain) {
    xg::Tensor x = xg::ones({1}, support::f64_leaf), y = x;
    for (int i = 0; i < 20'000; ++i) y = y * x;
    const xg::Graph g = xg::graph(y);
    BOOST_TEST(g.counts().at("mul") == 20'000);
    BOOST_TEST(g.str().size() < 10'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()
