#include <boost/test/unit_test.hpp>

#include <tuple>
#include <vector>

#include <xgrad/optim/sgd.hpp>

#include "support.hpp"

using namespace support;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::Sequential;

namespace {

/// Registers what the test wants.
class Open : public xg::nn::Layer<Open> {
public:
    Tensor forward(const Tensor& x) const { return x; }
    void parameter(const std::string& name, const Tensor& t = xg::ones({1})) { add_parameter(name, t); }
    void buffer(const std::string& name) { add_buffer(name, xg::ones({1})); }
    void module(const std::string& name, const Module& m = Linear(1, 1)) { add_module(name, m); }
};

template <class T>
class Of : public xg::nn::Layer<Of<T>> {
public:
    Tensor forward(const Tensor& x) const { return x; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(names_are_dotted_and_in_order) {
    Sequential model;
    model.add(Linear(4, 4), xg::nn::ReLU(), Scaled());
    const std::vector<std::string> expected{"0.weight",           "0.bias",           "2.gain",
                                            "2.block.fc1.weight", "2.block.fc1.bias", "2.block.fc2.weight",
                                            "2.block.fc2.bias"};
    BOOST_TEST(names(model.named_parameters()) == expected, boost::test_tools::per_element());
    const std::vector<std::string> buffers{"2.mean", "2.count"};
    BOOST_TEST(names(model.named_buffers()) == buffers, boost::test_tools::per_element());
    BOOST_TEST(model.parameters().size() == expected.size());
    const auto named = model.named_parameters();
    for (std::size_t i = 0; i < named.size(); ++i)
        BOOST_TEST(named[i].tensor.unsafe_body() == model.parameters()[i].unsafe_body());
    BOOST_TEST(named[0].tensor.shape() == (xg::Shape{4, 4}));
    BOOST_TEST(named[2].tensor.shape() == (xg::Shape{4}));

    std::vector<std::string> modules;
    for (const auto& [name, module] : model.named_modules()) modules.push_back(name + ":" + module.type());
    const std::vector<std::string> expected_modules{
        ":Sequential", "0:Linear", "1:ReLU", "2:Scaled", "2.block:Block", "2.block.fc1:Linear", "2.block.fc2:Linear"};
    BOOST_TEST(modules == expected_modules, boost::test_tools::per_element());
}

// Ten layers and more stay in order of registration, not of the alphabet.
BOOST_AUTO_TEST_CASE(many_layers_stay_in_order) {
    Sequential model;
    for (int i = 0; i < 12; ++i) model.add(Linear(1, 1, {.bias = false}));
    for (int i = 0; i < 12; ++i)
        BOOST_TEST(model.named_parameters()[static_cast<std::size_t>(i)].name == std::to_string(i) + ".weight");
}

BOOST_AUTO_TEST_CASE(shared_parameters_are_listed_once) {
    const Linear shared(4, 4);
    Sequential model;
    model.add(shared, xg::nn::ReLU(), shared);
    const std::vector<std::string> expected{"0.weight", "0.bias"};
    BOOST_TEST(names(model.named_parameters()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bad_names_are_refused) {
    Open open;
    open.parameter("p");
    open.buffer("b");
    open.module("m");
    for (const char* taken : {"p", "b", "m"}) {
        BOOST_TEST(refuses<xg::ValueError>([&] { open.parameter(taken); }, taken) == "");
        BOOST_TEST(refuses<xg::ValueError>([&] { open.buffer(taken); }, "is taken") == "");
        BOOST_TEST(refuses<xg::ValueError>([&] { open.module(taken); }, "Open: the name") == "");
    }
    for (const char* bad : {"", ".", "a.b", "a."}) {
        BOOST_TEST(refuses<xg::ValueError>([&] { open.parameter(bad); }, "without dots") == "");
        BOOST_TEST(refuses<xg::ValueError>([&] { open.buffer(bad); }, "without dots") == "");
        BOOST_TEST(refuses<xg::ValueError>([&] { open.module(bad); }, "without dots") == "");
    }
    BOOST_TEST(names(open.named_parameters()).size() == 3u);
    BOOST_TEST(open.named_buffers().size() == 1u);
    BOOST_TEST(open.children().size() == 1u);
}

BOOST_AUTO_TEST_CASE(bad_parameters_are_refused) {
    Open open;
    BOOST_TEST(refuses<xg::ValueError>([&] { open.parameter("p", {}); }, "undefined") == "");
    BOOST_TEST(refuses<xg::DTypeError>([&] { open.parameter("p", xg::ones({1}, {.dtype = xg::int64})); }, "int64") ==
               "");
    const Tensor leaf = xg::ones({1}, {.requires_grad = true});
    BOOST_TEST(refuses<xg::GradError>([&] { open.parameter("p", leaf * 2); }, "not a leaf") == "");
    BOOST_TEST(open.parameters().empty());
}

BOOST_AUTO_TEST_CASE(a_module_is_not_put_into_itself) {
    Open open;
    BOOST_TEST(refuses<xg::ValueError>([&] { open.module("self", open); }, "its own child") == "");
    Sequential inner, outer;
    outer.add(inner);
    BOOST_TEST(refuses<xg::ValueError>([&] { inner.add(outer); }, "its own child") == "");
    BOOST_TEST(inner.size() == 0);
}

BOOST_AUTO_TEST_CASE(train_and_eval_reach_all_below) {
    const Scaled model;
    BOOST_TEST(model.block().fc1().is_training());
    model.eval();
    for (const auto& [name, m] : model.named_modules()) BOOST_TEST(!m.is_training(), name);
    model.block().train();
    BOOST_TEST((!model.is_training() && model.block().is_training() && model.block().fc2().is_training()));
    model.train();
    for (const auto& [name, m] : model.named_modules()) BOOST_TEST(m.is_training(), name);
}

BOOST_AUTO_TEST_CASE(apply_visits_children_first) {
    Sequential model;
    model.add(Block(), xg::nn::ReLU());
    std::vector<std::string> seen;
    model.apply([&](const Module& m) { seen.push_back(m.type()); });
    const std::vector<std::string> expected{"Linear", "Linear", "Block", "ReLU", "Sequential"};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
    seen.clear();
    Module(model).apply([&](const Module& m) { seen.push_back(m.type()); });
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(types_are_class_names) {
    BOOST_TEST((Linear(1, 1).type() == "Linear" && Block().type() == "Block" && Open().type() == "Open"));
    BOOST_TEST(Of<int>().type() == "Of<int>");
    BOOST_TEST((Of<std::tuple<xg::nn::ReLU, int>>().type().find("Of<") == 0u));
}

BOOST_AUTO_TEST_CASE(a_change_of_dtype_is_seen_by_all_handles) {
    Scaled model;
    const Scaled other = model;
    const Linear member = model.block().fc1();
    const std::vector<Tensor> listed = model.parameters();
    xg::optim::SGD optimizer(listed, {.lr = 0.5, .momentum = 0.5});
    const Tensor x = numbers({3, 4});
    xg::sum(model(x)).backward();
    optimizer.step();
    const std::vector<double> before = model(x).to_vector();
    model.to(xg::float64);
    BOOST_TEST((member.weight().dtype() == xg::float64 && other.gain().dtype() == xg::float64));
    for (const Tensor& p : listed) {
        BOOST_TEST(p.dtype() == xg::float64);
        BOOST_TEST((!p.grad().defined() && p.requires_grad() && p.is_leaf()));
    }
    BOOST_TEST((other.mean().dtype() == xg::float64 && other.count().dtype() == xg::int64));
    BOOST_TEST(refuses<xg::Error>(
                   [&] {
                       model(xg::ones({1, 4})).to_vector(), member(xg::ones({1, 4}));
                   },
                   "float32") == "");
    const std::vector<double> after = other(numbers({3, 4}, 0, xg::float64)).to_vector();
    for (std::size_t i = 0; i < after.size(); ++i) BOOST_TEST(std::abs(after[i] - before[i]) < 1e-5);

    // The optimizer goes on with the same parameters, and with the velocity it had.
    const double weight = member.weight().to_vector()[0];
    xg::sum(other(numbers({3, 4}, 0, xg::float64))).backward();
    BOOST_TEST(member.weight().grad().dtype() == xg::float64);
    optimizer.step();
    BOOST_TEST(member.weight().to_vector()[0] != weight);
    BOOST_TEST(refuses<xg::DTypeError>([&] { model.to(xg::int64); }, "Scaled.to: expected a floating-point") == "");
    BOOST_TEST(refuses<xg::DTypeError>([&] { model.to(xg::boolean); }, "bool") == "");
}

BOOST_AUTO_TEST_CASE(zero_grad_drops_all_gradients) {
    const Scaled model;
    xg::sum(model(numbers({3, 4}))).backward();
    for (const Tensor& p : model.parameters()) BOOST_TEST(p.grad().defined());
    model.zero_grad();
    for (const Tensor& p : model.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_SUITE_END()
