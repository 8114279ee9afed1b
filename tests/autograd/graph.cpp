#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/graph.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
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

// Names come from users: what a picture and a terminal would take for more than text is replaced.
BOOST_AUTO_TEST_CASE(hostile_names) {
    const xg::Tensor x = xg::ones({2}, support::f64_leaf);
    const std::string evil = std::string("a\x1b[2J\x07&amp;\x7f\n\r\t") + '\0' + "b\xc2\x9b" + "5m<é>";
    xg::Tensor y;
    {
        const xg::PathScope path(xg::intern_path(nullptr, evil, "Custom"));
        y = xg::exp(x);
    }
    const xg::Graph g = xg::graph(y, {{evil, x}});
    const std::string text = g.str(), dot = g.dot();
    BOOST_TEST(text == "exp (2,) float64  in a?[2J?&amp;?????b?5m<é> (Custom)\na?[2J?&amp;?????b?5m<é> (2,) float64\n");
    BOOST_TEST(support::contains(dot, "label=\"a?[2J?&amp;amp;?????b?5m<é> (Custom)\""), dot);
    BOOST_TEST(support::contains(dot, "label=\"a?[2J?&amp;amp;?????b?5m<é>\\n(2,)\""), dot);
    // Cut between characters, not within one.
    std::string far;
    while (far.size() < 70'000) far += "é";
    const xg::Graph long_named = xg::graph(y, {{far, x}});
    BOOST_TEST(support::contains(long_named.dot(), "éé…\\n(2,)"));
    BOOST_TEST(long_named.dot().size() < 2000u);
    BOOST_TEST(support::contains(long_named.str(), "éé… (2,)"));
    BOOST_TEST(long_named.str().size() < 1000u);
}

BOOST_AUTO_TEST_CASE(modules_lie_in_one_another) {
    const xg::Tensor x = xg::ones({2}, support::f64_leaf);
    xg::Tensor y, z;
    const xg::ModulePath* const outer = xg::intern_path(nullptr, "", "Net");
    const xg::ModulePath* const inner = xg::intern_path(outer, "block", "Block");
    {
        const xg::PathScope path(xg::intern_path(inner, "fc", "Linear"));
        y = xg::exp(x);
    }
    {
        const xg::PathScope path(inner);
        z = y * x;
    }
    const xg::Graph g = xg::graph(z);
    BOOST_TEST(g.nodes[1].module == "block.fc (Linear)");
    BOOST_TEST((g.nodes[1].modules == std::vector<std::string>{"Net", "block (Block)", "block.fc (Linear)"}));
    const std::string dot = g.dot();
    const auto at = [&](const std::string& part) {
        const std::size_t found = dot.find(part);
        BOOST_TEST(found != std::string::npos, part << " is not in " << dot);
        return found;
    };
    BOOST_TEST(at("label=\"Net\"") < at("label=\"block (Block)\""));
    BOOST_TEST(at("label=\"block (Block)\"") < at("n2 [label=\"mul\\n(2,)\"]"));
    BOOST_TEST(at("n2 [label=") < at("label=\"block.fc (Linear)\""));
    BOOST_TEST(at("label=\"block.fc (Linear)\"") < at("n1 [label=\"exp\\n(2,)\"]"));
    BOOST_TEST(std::count(dot.begin(), dot.end(), '{') == 4);
    BOOST_TEST(std::count(dot.begin(), dot.end(), '}') == 4);
}

BOOST_AUTO_TEST_CASE(names_of_leaves) {
    const xg::Tensor x = xg::ones({2}, support::f64_leaf), w = xg::ones({2}, support::f64_leaf);
    const xg::Graph g = xg::graph(x * w + x, {{"the \"input\"", x}, {"none", xg::Tensor()}});
    BOOST_TEST(support::contains(g.str(), "#0 the \"input\", see above"), g.str());
    BOOST_TEST(support::contains(g.str(), "  leaf (2,) float64\n"), g.str());
    BOOST_TEST(support::contains(g.dot(), "n0 [label=\"the \\\"input\\\"\\n(2,)\""), g.dot());
}

BOOST_AUTO_TEST_CASE(floating_point_operations) {
    const auto leaf = [](const xg::Shape& shape) { return xg::ones(shape, support::f64_leaf); };
    const auto constant = [](const xg::Shape& shape) { return xg::ones(shape, support::f64); };
    const auto flops = [](const xg::Tensor& y) { return xg::graph(y).flops(); };
    BOOST_TEST(flops(xg::linear(leaf({5, 3}), leaf({4, 3}), leaf({4}))) == 2.0 * 5 * 3 * 4);
    BOOST_TEST(flops(xg::linear(leaf({5, 3}), constant({4, 3}))) == 2.0 * 5 * 3 * 4);
    BOOST_TEST(flops(xg::matmul(leaf({2, 5, 3}), leaf({3, 4}))) == 2.0 * 2 * 5 * 3 * 4);
    BOOST_TEST(flops(xg::matmul(constant({5, 3}), leaf({3}))) == 2.0 * 5 * 3);
    BOOST_TEST(flops(xg::dot(leaf({7}), leaf({7}))) == 2.0 * 7);
    BOOST_TEST(flops(xg::conv2d(leaf({2, 4, 6, 6}), leaf({8, 2, 3, 3}), {}, {.groups = 2})) == 2.0 * 2 * 8 * 16 * 18);
    BOOST_TEST(flops(xg::conv2d(leaf({2, 4, 6, 6}), constant({8, 4, 3, 3}))) == 2.0 * 2 * 8 * 16 * 36);
    BOOST_TEST(flops(xg::conv_transpose2d(leaf({2, 4, 3, 3}), leaf({4, 8, 2, 2}), {}, {.stride = 2})) ==
               2.0 * 2 * 4 * 9 * 32);
    BOOST_TEST(flops(xg::scaled_dot_product_attention(leaf({2, 3, 5, 4}), leaf({2, 3, 7, 4}), leaf({2, 3, 7, 6}))) ==
               2.0 * 6 * 5 * 7 * (4 + 6));
    BOOST_TEST(flops(xg::tanh(leaf({5}))) == 0.0);
}

BOOST_AUTO_TEST_CASE(totals_and_shares) {
    const xg::Tensor x = xg::ones({100, 10}, support::f64_leaf), w = xg::ones({30, 10}, support::f64_leaf);
    const xg::Graph g = xg::graph(xg::linear(xg::tanh(xg::exp(xg::exp(x))), w));
    const auto totals = g.totals();
    BOOST_TEST(totals.size() == 3u);
    BOOST_TEST(totals.at("exp").count == 2);
    BOOST_TEST(totals.at("exp").output_bytes == 2 * 8000);
    BOOST_TEST(totals.at("linear").flops == 2.0 * 100 * 10 * 30);
    const std::string expected =
        "operation    count     memory   share      MFLOP\n"
        "linear           1    24.0 kB   50.0%       0.06\n"
        "exp              2    16.0 kB   33.3%          0\n"
        "tanh             1     8.0 kB   16.7%          0\n"
        "all              4    48.0 kB  100.0%       0.06\n";
    BOOST_TEST(g.table() == expected, g.table());
}

/// Sets a variable of the environment until the end of the scope.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
};

BOOST_AUTO_TEST_CASE(pictures) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("xgrad-graph-test-" + std::to_string(::getpid()));
    const std::string path = (folder / "sub" / "a picture.svg").string(),
                      beside = (folder / "sub" / "a picture.dot").string();
    const xg::Tensor x = xg::ones({2}, support::f64_leaf);
    const xg::Graph g = xg::graph(xg::exp(x));
    {
        const Environment none("XGRAD_DOT", "xgrad-has-no-such-program");
        const xg::GraphPicture left = g.write_svg(path);
        BOOST_TEST(!left.drawn);
        BOOST_TEST(left.path == beside);
        BOOST_TEST(support::contains(left.message, "no program 'xgrad-has-no-such-program'"), left.message);
        BOOST_TEST(support::contains(left.message, beside), left.message);
        BOOST_TEST(xg::read_file(beside) == g.dot());
        BOOST_TEST(!fs::exists(path));
    }
    {
        // A program that draws as Graphviz is asked to, whatever it is given.
        const std::string fake = (folder / "fake").string();
        xg::write_file(fake, "#!/bin/sh\n[ \"$1\" = -Tsvg ] && grep -q exp \"$3\" && echo '<svg/>' > \"${2#-o}\"\n");
        fs::permissions(fake, fs::perms::owner_all);
        const Environment program("XGRAD_DOT", fake);
        const xg::GraphPicture drawn = g.write_svg(path);
        BOOST_TEST(drawn.drawn);
        BOOST_TEST(drawn.path == path);
        BOOST_TEST(xg::read_file(path) == "<svg/>\n");
        xg::write_file(fake, "#!/bin/sh\necho out of ink >&2\nexit 3\n");
        fs::permissions(fake, fs::perms::owner_all);
        const std::string message = support::message_of<xg::Error>([&] { g.write_svg(path); });
        BOOST_TEST(support::contains(message, "failed with status 3: out of ink"), message);
    }
    BOOST_CHECK_THROW(g.write_svg((folder / "picture.png").string()), xg::ValueError);
    fs::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(of_a_long_chain) {
    xg::Tensor x = xg::ones({1}, support::f64_leaf), y = x;
    for (int i = 0; i < 20'000; ++i) y = y * x;
    const xg::Graph g = xg::graph(y);
    BOOST_TEST(g.counts().at("mul") == 20'000);
    BOOST_TEST(g.str().size() < 10'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()
