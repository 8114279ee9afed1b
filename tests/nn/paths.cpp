#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>
#include <thread>
#include <vector>

#include <xgrad/core/path.hpp>

#include "support.hpp"

using namespace support;
using xg::nn::Linear;
using xg::nn::Module;
using xg::nn::ReLU;
using xg::nn::Sequential;

namespace {

/// Throws what is not an xg::Error, with another module running inside.
class Throws : public xg::nn::Layer<Throws> {
public:
    Tensor forward(const Tensor&) const { throw std::runtime_error("not xgrad's"); }
};

/// Calls a module that nobody registered.
class Calls : public xg::nn::Layer<Calls> {
public:
    explicit Calls(const Module& m) : called_(m) {}
    Tensor forward(const Tensor& x) const { return called_(x); }

private:
    Module called_;
};

/// Changes the gradient's factor while the graph still needs it.
class Changes : public xg::nn::Layer<Changes> {
    Linear fc1_ = add_module("fc1", Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return xg::tanh(fc1_(x)); }
    const Linear& fc1() const { return fc1_; }
};

bool starts(const std::string& text, const std::string& part) { return text.find(part) == 0; }

}  // namespace

BOOST_AUTO_TEST_SUITE(paths)

BOOST_AUTO_TEST_CASE(messages_name_the_module) {
    Sequential model;
    model.add(Linear(3, 4), ReLU(), Linear(4, 4), Block());
    const std::string first = message_of([&] { model(numbers({2, 9})); });
    BOOST_TEST(starts(first, "in 0 (Linear): linear: expected an input of shape (..., 3)"), first);
    BOOST_TEST(first.find("(2, 9)") != std::string::npos, first);

    Tensor(model[3].named_parameters()[0].tensor).set_data(numbers({4, 4}));
    const Module block = model[3];
    const std::string alone = message_of([&] { block(numbers({2, 5})); });
    BOOST_TEST(starts(alone, "in fc1 (Linear): linear: "), alone);
    const std::string itself = message_of([&] { Linear(3, 4)(numbers({2, 5})); });
    BOOST_TEST(starts(itself, "in Linear: linear: "), itself);

    Sequential deep;
    deep.add(ReLU(), ReLU(), ReLU(), Block());
    const std::string nested = message_of([&] { deep(numbers({2, 5})); });
    BOOST_TEST(starts(nested, "in 3.fc1 (Linear): linear: "), nested);
    Sequential deeper;
    deeper.add(Sequential().add(deep));
    const std::string longer = message_of([&] { deeper(numbers({2, 5})); });
    BOOST_TEST(starts(longer, "in 0.0.3.fc1 (Linear): linear: "), longer);
}

BOOST_AUTO_TEST_CASE(outside_of_modules_nothing_is_prefixed) {
    BOOST_TEST(starts(message_of([] { xg::linear(numbers({2, 5}), numbers({3, 4})); }), "linear: "));
    const Linear layer(4, 4);
    layer(numbers({2, 4}));
    BOOST_TEST(starts(message_of([] { numbers({2}).reshape({3}); }), "reshape: "));
    BOOST_TEST(xg::current_path() == nullptr);
}

BOOST_AUTO_TEST_CASE(backward_names_the_module_too) {
    Sequential model;
    model.add(ReLU(), Changes());
    const Changes* const changes = model[1].get_if<Changes>();
    BOOST_REQUIRE(changes != nullptr);
    Tensor x = numbers({2, 4});
    x.requires_grad(true);
    const Tensor y = xg::sum(model(x));
    shift(changes->fc1().weight(), 1);
    const std::string message = message_of([&] { y.backward(); });
    BOOST_TEST(starts(message, "in 1.fc1 (Linear): backward of linear: "), message);
    BOOST_TEST(message.find("changed in place") != std::string::npos, message);
    BOOST_TEST(xg::current_path() == nullptr);

    // A second backward.
    const Tensor z = xg::sum(model(x));
    z.backward();
    const std::string second = message_of([&] { z.backward(); });
    BOOST_TEST(second.find("retain_graph") != std::string::npos, second);
}

BOOST_AUTO_TEST_CASE(an_exception_restores_the_path) {
    Sequential model;
    model.add(Block(), Throws());
    BOOST_CHECK_THROW(model(numbers({2, 4})), std::runtime_error);
    BOOST_TEST(xg::current_path() == nullptr);
    BOOST_CHECK_THROW(model(numbers({2, 5})), xg::ShapeError);
    BOOST_TEST(xg::current_path() == nullptr);
    BOOST_TEST(message_of([] { throw xg::ValueError("plain"); }) == "plain");

    // A hook that throws.
    const Linear layer(4, 4);
    auto handle = layer.register_output_hook([](const Module&, const Tensor&) { throw xg::ValueError("from a hook"); });
    BOOST_TEST(message_of([&] { layer(numbers({2, 4})); }) == "in Linear: from a hook");
    BOOST_TEST(xg::current_path() == nullptr);
    handle.remove();
    layer(numbers({2, 4}));
}

BOOST_AUTO_TEST_CASE(a_module_that_nobody_registered_has_the_path_of_its_caller) {
    const std::string top = message_of([] { Calls(Linear(4, 4))(numbers({2, 5})); });
    BOOST_TEST(starts(top, "in Linear: linear: "), top);
    Sequential model;
    model.add(ReLU(), Calls(Linear(4, 4)));
    const std::string below = message_of([&] { model(numbers({2, 5})); });
    BOOST_TEST(starts(below, "in 1 (Linear): linear: "), below);
}

// The path that a module remembers is that of its latest call: it must not be told to another caller.
BOOST_AUTO_TEST_CASE(one_module_in_two_models) {
    const Block shared;
    Sequential a, b;
    a.add(shared);
    b.add(Sequential().add(ReLU(), ReLU()), Sequential().add(shared));
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(starts(message_of([&] { a(numbers({2, 5})); }), "in 0.fc1 (Linear)"));
        BOOST_TEST(starts(message_of([&] { b(numbers({2, 5})); }), "in 1.0.fc1 (Linear)"));
        BOOST_TEST(starts(message_of([&] { shared(numbers({2, 5})); }), "in fc1 (Linear)"));
    }
}

BOOST_AUTO_TEST_CASE(threads_may_call_one_model, *boost::unit_test::label("threads")) {
    Sequential model;
    model.add(Linear(4, 4), ReLU(), Block(), Linear(4, 1));
    const Tensor x = numbers({8, 4});
    Tensor expected;
    {
        const xg::NoGrad no_grad;
        expected = model(x);
    }
    const std::vector<double> values = expected.to_vector();
    const std::vector<Tensor> weights = xg::grad({xg::sum(model(x))}, model.parameters());
    const Sequential wrapped = Sequential().add(model);
    std::array<int, 2> wrong{};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                // One of them calls the model from inside another, so that both paths are in use.
                const Tensor y = t == 0 ? model(x) : wrapped(x);
                if (y.to_vector() != values) ++wrong[t];
                const std::vector<Tensor> g = xg::grad({xg::sum(y)}, model.parameters());
                for (std::size_t k = 0; k < g.size(); ++k)
                    if (g[k].to_vector() != weights[k].to_vector()) ++wrong[t];
                const std::string message = message_of([&] {
                    t == 0 ? model(numbers({2, 3})) : wrapped(numbers({2, 3}));
                });
                if (!starts(message, t == 0 ? "in 0 (Linear)" : "in 0.0 (Linear)")) ++wrong[t];
            }
        });
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST((wrong[0] == 0 && wrong[1] == 0));
}

BOOST_AUTO_TEST_SUITE_END()
