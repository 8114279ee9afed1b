#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

// What all optimizers have in common: options, groups, states, threads.

using namespace xg::optim;
using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

Tensor leaf(const xg::Shape& shape, double value = 1, xg::DType dtype = xg::float32) {
    return xg::full(shape, value, {.dtype = dtype, .requires_grad = true});
}

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

struct Kind {
    std::string name;
    std::function<std::unique_ptr<Optimizer>(const Tensors&)> make;
};

/// Every optimizer, with options that make it keep all that it can.
const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"SGD", [](const Tensors& p) { return std::make_unique<SGD>(p, SGDOptions{.momentum = 0.9}); }},
        {"SGD",
         [](const Tensors& p) { return std::make_unique<SGD>(p, SGDOptions{.momentum = 0.9, .nesterov = true}); }},
        {"SGD", [](const Tensors& p) { return std::make_unique<SGD>(p, SGDOptions{.weight_decay = 0.1}); }},
        {"Adam", [](const Tensors& p) { return std::make_unique<Adam>(p); }},
        {"Adam",
         [](const Tensors& p) { return std::make_unique<Adam>(p, AdamOptions{.weight_decay = 0.1, .amsgrad = true}); }},
        {"AdamW", [](const Tensors& p) { return std::make_unique<AdamW>(p); }},
        {"RMSprop", [](const Tensors& p) { return std::make_unique<RMSprop>(p); }},
        {"RMSprop", [](const Tensors& p) { return std::make_unique<RMSprop>(p, RMSpropOptions{.momentum = 0.5}); }},
        {"RMSprop", [](const Tensors& p) { return std::make_unique<RMSprop>(p, RMSpropOptions{.centered = true}); }},
        {"RMSprop",
         [](const Tensors& p) {
             return std::make_unique<RMSprop>(p, RMSpropOptions{.momentum = 0.5, .centered = true});
         }},
        {"Adagrad", [](const Tensors& p) { return std::make_unique<Adagrad>(p); }},
        {"NAdam", [](const Tensors& p) { return std::make_unique<NAdam>(p); }}};
    return all;
}

std::vector<std::string> names(const State& state) {
    std::vector<std::string> all;
    for (const NamedTensor& t : state.tensors) all.push_back(t.name);
    for (const NamedNumber& n : state.numbers) all.push_back(n.name);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optimizers)

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
    const auto refused = [](auto&& make, const std::string& part) {
        BOOST_CHECK_EXCEPTION(make(Tensors{leaf({2})}), xg::ValueError, says(part));
    };
    constexpr double infinite = std::numeric_limits<double>::infinity();
    refused([](const Tensors& p) { Adam(p, {.lr = -1}); }, "Adam: expected a learning rate of at least 0, got lr = -1");
    refused([](const Tensors& p) { Adam(p, {.lr = no_number}); },
            "Adam: expected a learning rate of at least 0, got lr = ");
    refused([](const Tensors& p) { Adam(p, {.lr = infinite}); }, "got lr = inf");
    refused([](const Tensors& p) { Adam(p, {.betas = {1, 0.9}}); }, "Adam: expected betas.0 in [0, 1), got 1");
    refused([](const Tensors& p) { Adam(p, {.betas = {0.9, -0.1}}); }, "Adam: expected betas.1 in [0, 1), got -0.1");
    refused([](const Tensors& p) { Adam(p, {.betas = {no_number, 0.9}}); }, "betas.0");
    refused([](const Tensors& p) { Adam(p, {.eps = -1e-8}); }, "Adam: expected eps of at least 0, got -1e-08");
    refused([](const Tensors& p) { Adam(p, {.weight_decay = -1}); }, "Adam: expected weight_decay of at least 0");
    refused([](const Tensors& p) { AdamW(p, {.betas = {0.9, 1}}); }, "AdamW: expected betas.1 in [0, 1), got 1");
    refused([](const Tensors& p) { AdamW(p, {.lr = -1}); }, "AdamW: expected a learning rate");
    refused([](const Tensors& p) { RMSprop(p, {.alpha = -0.1}); }, "RMSprop: expected alpha in [0, 1], got -0.1");
    refused([](const Tensors& p) { RMSprop(p, {.alpha = 1.1}); }, "RMSprop: expected alpha in [0, 1], got 1.1");
    refused([](const Tensors& p) { RMSprop(p, {.eps = no_number}); }, "RMSprop: expected eps");
    refused([](const Tensors& p) { RMSprop(p, {.momentum = 1}); }, "RMSprop: expected momentum in [0, 1)");
    refused([](const Tensors& p) { Adagrad(p, {.lr_decay = -1}); }, "Adagrad: expected lr_decay of at least 0");
    refused([](const Tensors& p) { Adagrad(p, {.initial_accumulator_value = -1}); }, "initial_accumulator_value");
    refused([](const Tensors& p) { NAdam(p, {.momentum_decay = -1}); }, "NAdam: expected momentum_decay of at least 0");
    refused([](const Tensors& p) { NAdam(p, {.betas = {-1, 0.9}}); }, "NAdam: expected betas.0 in [0, 1)");
    refused([](const Tensors& p) { SGD(p, {.dampening = 0.5, .keras_formula = true}); },
            "Keras's formula has no dampening");
}

BOOST_AUTO_TEST_CASE(parameters_that_are_refused) {
    const Tensor p = leaf({2}), q = leaf({3});
    BOOST_CHECK_EXCEPTION(Adam({p, q, p}), xg::ValueError, says("Adam: parameter 2 is parameter 0 again"));
    BOOST_CHECK_EXCEPTION(Adam({}), xg::ValueError, says("Adam: expected at least one parameter"));
    BOOST_CHECK_EXCEPTION(Adam({xg::zeros({2}, {.dtype = xg::int64})}), xg::DTypeError,
                          says("Adam: parameter 0 is int64; expected float32 or float64"));
    Adam adam({p});
    BOOST_CHECK_EXCEPTION(adam.add_group({}), xg::ValueError, says("Adam: expected at least one parameter in group 1"));
    BOOST_CHECK_EXCEPTION(adam.add_group({q, p}), xg::ValueError, says("Adam: parameter 2 is parameter 0 again"));
    BOOST_CHECK_EXCEPTION(adam.add_group({q}, {.lr = -1}), xg::ValueError, says("learning rate"));
    BOOST_CHECK_EXCEPTION(adam.add_group({q * 2}), xg::GradError, says("parameter 1 is the result of an operation"));
    BOOST_TEST((adam.groups() == 1 && adam.parameters().size() == 1));
    adam.add_group({q});
    BOOST_TEST((adam.groups() == 2 && adam.parameters().size() == 2));
    BOOST_CHECK_EXCEPTION(adam.lr(2), xg::IndexError, says("Adam: there is no group 2, only 2"));
    BOOST_CHECK_EXCEPTION(adam.set_momentum(0, 1), xg::ValueError, says("betas.0 in [0, 1)"));
    BOOST_CHECK_EXCEPTION(Adagrad({p}).momentum(), xg::ValueError, says("Adagrad has no momentum"));
}

BOOST_AUTO_TEST_CASE(a_step_that_is_refused_changes_nothing) {
    const Tensor whole = xg::ones({4});
    Tensor p = leaf({1}), part = whole.slice(0, 0, 2);
    part.requires_grad(true);
    p.set_grad(xg::ones({1}));
    part.set_grad(xg::ones({2}));
    Adam adam({p, part});
    BOOST_CHECK_EXCEPTION(adam.step(), xg::GradError, says("Adam: the tensor of shape (2,) is a view"));
    BOOST_TEST((p.item() == 1 && whole.to_vector()[0] == 1));
    const State state = adam.state();
    BOOST_TEST((state.tensors.empty() && state.numbers[0].value == 0 && state.numbers[1].value == 0));
}

// A model that is converted goes on with what was kept of it: each optimizer as one that was given float64 from the
// start.
BOOST_AUTO_TEST_CASE(a_change_of_dtype_keeps_everything) {
    for (const Kind& kind : kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            const auto run = [&](bool converted) {
                Tensor p = leaf({3}, 0.5, converted ? xg::float32 : xg::float64);
                const auto optimizer = kind.make({p});
                for (int i = 0; i < 6; ++i) {
                    if (i == 3) p.set_data(p.detach().to(xg::float64));
                    p.set_grad(xg::full({3}, 0.25 * (i + 1), {.dtype = p.dtype()}));
                    optimizer->step();
                }
                for (const NamedTensor& t : optimizer->state().tensors) BOOST_TEST((t.value.dtype() == xg::float64));
                return p.to_vector()[2];
            };
            BOOST_TEST(std::abs(run(true) - run(false)) < 1e-6);
        }
    }
}

BOOST_AUTO_TEST_CASE(groups_have_options_of_their_own) {
    const Tensor p = leaf({1}, 0, xg::float64), q = leaf({1}, 0, xg::float64), r = leaf({1}, 0, xg::float64);
    SGD sgd({p}, {.lr = 1});
    sgd.add_group({q}, {.lr = 0.5});
    sgd.add_group({r});
    const auto step = [&] {
        for (Tensor t : {p, q, r}) t.set_grad(xg::ones({1}, {.dtype = xg::float64}));
        sgd.step();
    };
    step();
    BOOST_TEST((p.item() == -1 && q.item() == -0.5 && r.item() == -1));
    sgd.set_lr(1, 0.25);
    BOOST_TEST((sgd.lr() == 1 && sgd.lr(1) == 0.25 && sgd.lr(2) == 1));
    BOOST_TEST((sgd.options(1).lr == 0.25 && sgd.group_parameters(1)[0].unsafe_body() == q.unsafe_body()));
    step();
    BOOST_TEST((p.item() == -2 && q.item() == -0.75));
    sgd.set_lr(0.125);
    step();
    BOOST_TEST((p.item() == -2.125 && q.item() == -0.875 && r.item() == -2.125));
}

// A parameter's own count of steps decides about its correction of the bias.
BOOST_AUTO_TEST_CASE(steps_are_counted_for_each_parameter) {
    Tensor p = leaf({1}, 0, xg::float64), q = leaf({1}, 0, xg::float64);
    Adam adam({p, q}, {.lr = 0.1});
    p.set_grad(xg::ones({1}, {.dtype = xg::float64}));
    adam.step();
    adam.step();
    q.set_grad(xg::ones({1}, {.dtype = xg::float64}));
    adam.step();
    BOOST_TEST(std::abs(p.item() + 0.3) < 1e-8);
    BOOST_TEST(std::abs(q.item() + 0.1) < 1e-8);
    const State state = adam.state();
    BOOST_TEST((state.numbers[0].name == "state.0.step" && state.numbers[0].value == 3));
    BOOST_TEST((state.numbers[1].name == "state.1.step" && state.numbers[1].value == 1));
}

BOOST_AUTO_TEST_CASE(states_have_pytorchs_names) {
    Tensor p = leaf({2}), q = leaf({3});
    NAdam nadam({p});
    nadam.add_group({q}, {.lr = 0.5});
    p.set_grad(xg::ones({2}));
    nadam.step();
    const std::vector<std::string> expected{"state.0.exp_avg",
                                            "state.0.exp_avg_sq",
                                            "state.0.step",
                                            "state.0.mu_product",
                                            "state.1.step",
                                            "state.1.mu_product",
                                            "param_groups.0.params",
                                            "param_groups.0.lr",
                                            "param_groups.0.betas.0",
                                            "param_groups.0.betas.1",
                                            "param_groups.0.eps",
                                            "param_groups.0.weight_decay",
                                            "param_groups.0.momentum_decay",
                                            "param_groups.0.decoupled_weight_decay",
                                            "param_groups.0.maximize",
                                            "param_groups.1.params",
                                            "param_groups.1.lr",
                                            "param_groups.1.betas.0",
                                            "param_groups.1.betas.1",
                                            "param_groups.1.eps",
                                            "param_groups.1.weight_decay",
                                            "param_groups.1.momentum_decay",
                                            "param_groups.1.decoupled_weight_decay",
                                            "param_groups.1.maximize"};
    BOOST_TEST(names(nadam.state()) == expected, boost::test_tools::per_element());
    // What a state loads lives on by itself.
    State state = nadam.state();
    Tensor r = leaf({2}), s = leaf({3});
    NAdam other({r});
    other.add_group({s});
    other.load_state(state);
    BOOST_TEST(other.lr(1) == 0.5);
    state.tensors[0].value.fill_(7);
    BOOST_TEST(other.state().tensors[0].value.to_vector()[0] != 7);
}

BOOST_AUTO_TEST_CASE(a_wrong_state_is_refused_as_a_whole) {
    for (const Kind& kind : kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            Tensor p = leaf({2}), q = leaf({3, 2});
            const auto optimizer = kind.make({p, q});
            for (Tensor* t : {&p, &q}) t->set_grad(xg::ones(t->shape()));
            optimizer->step();
            const State good = optimizer->state();
            const auto refused = [&](const State& state, const std::string& part) {
                BOOST_CHECK_EXCEPTION(optimizer->load_state(state), xg::ValueError, says(part));
                BOOST_TEST(optimizer->lr() == good.numbers[2 + (kind.name == "NAdam" ? 2 : 0) + 1].value);
                const State now = optimizer->state();
                BOOST_TEST(names(now) == names(good), boost::test_tools::per_element());
                for (std::size_t i = 0; i < now.tensors.size(); ++i)
                    BOOST_TEST(now.tensors[i].value.unsafe_body() == good.tensors[i].value.unsafe_body());
            };
            State bad = good;
            for (NamedNumber& n : bad.numbers)
                if (n.name == "param_groups.0.lr") n.name = "param_groups.0.rate";
            bad.numbers.push_back({"color", 3});
            refused(bad, kind.name +
                             ": this state can't be loaded; missing: param_groups.0.lr; unexpected: "
                             "param_groups.0.rate, color");
            bad = good;
            for (NamedNumber& n : bad.numbers)
                if (n.name == "param_groups.0.lr") n.value = -1;
            refused(bad, "wrong: param_groups.0.lr: expected a value of at least 0, got -1");
            bad = good;
            bad.numbers[0].value = 1.5;
            if (!good.tensors.empty()) refused(bad, "state.0.step: expected a whole number of at least 0, got 1.5");
            if (good.tensors.empty()) continue;
            bad = good;
            bad.tensors[0].value = xg::ones({3});
            bad.tensors.back().value = xg::ones({3, 2}, {.dtype = xg::float64});
            refused(bad, good.tensors[0].name + ": expected float32 of shape (2,), got float32 of shape (3,)");
            refused(bad, good.tensors.back().name + ": expected float32 of shape (3, 2), got float64 of shape (3, 2)");
            bad = good;
            bad.tensors[0].value = Tensor();
            refused(bad, "got an undefined tensor");
            bad = good;
            bad.tensors.push_back(bad.tensors[0]);
            refused(bad, good.tensors[0].name + " is there twice");
            bad = good;
            bad.tensors.erase(bad.tensors.begin());
            refused(bad, "missing: " + good.tensors[0].name);
            // Another optimizer's.
            const auto fewer = kind.make({leaf({2})});
            BOOST_CHECK_EXCEPTION(fewer->load_state(good), xg::ValueError, says("expected 1 parameters, got 2"));
        }
    }
}

// Tensors of all sizes around those of vectors and blocks, some of them far larger than a block.
BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads_or_neighbours, *boost::unit_test::label("threads")) {
    const int threads = xg::num_threads();
    const std::vector<std::int64_t> sizes{1, 3, 15, 16, 17, 64, 0, 1000, 16384, 16385, 50'001, 2};
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        for (const Kind& kind : kinds()) {
            const auto run = [&](int n, bool together) {
                xg::set_num_threads(n);
                xg::manual_seed(5);
                Tensors p, values;
                for (const std::int64_t size : sizes) {
                    p.push_back(xg::randn({size}).to(dtype));
                    p.back().requires_grad(true);
                }
                std::vector<std::unique_ptr<Optimizer>> optimizers;
                if (together) optimizers.push_back(kind.make(p));
                for (const Tensor& one : p)
                    if (!together) optimizers.push_back(kind.make({one}));
                for (int i = 0; i < 3; ++i) {
                    for (Tensor& one : p) one.set_grad(xg::randn(one.shape()).to(dtype));
                    for (const auto& optimizer : optimizers) optimizer->step();
                }
                return p;
            };
            const Tensors one = run(1, true), many = run(4, true), apart = run(4, false);
            for (std::size_t i = 0; i < one.size(); ++i) {
                BOOST_TEST((one[i].to_vector() == many[i].to_vector()));
                BOOST_TEST((one[i].to_vector() == apart[i].to_vector()));
            }
        }
    }
    xg::set_num_threads(threads);
}

// Elements behind the last whole vector are not touched, and neither is the gradient.
BOOST_AUTO_TEST_CASE(gradients_stay_as_they_are) {
    for (const Kind& kind : kinds()) {
        Tensor p = leaf({37}, 2), g = xg::arange(0, 37, 1, {.dtype = xg::float32});
        p.set_grad(g);
        const auto optimizer = kind.make({p});
        const std::vector<double> before = g.to_vector();
        const std::uint32_t version = g.version();
        for (int i = 0; i < 3; ++i) optimizer->step();
        BOOST_TEST((g.to_vector() == before && g.version() == version));
        BOOST_TEST((p.grad().unsafe_body() == g.unsafe_body() && p.version() >= 3));
    }
}

// One of a user's own needs no more than a step.
BOOST_AUTO_TEST_CASE(an_optimizer_of_ones_own) {
    class Sign : public Optimizer {
    public:
        explicit Sign(std::vector<Tensor> parameters, double lr) : Optimizer("Sign", std::move(parameters), lr) {}
        void step() override {
            const xg::NoGrad no_grad;
            for (Tensor p : parameters())
                if (p.grad().defined()) p.add_(xg::sign(p.grad()), -lr());
        }
    };
    Tensor p = leaf({2});
    Sign sign({p}, 0.5);
    p.set_grad(xg::from_data(std::vector<double>{3, -2}, {2}));
    sign.step();
    BOOST_TEST((p.to_vector() == std::vector<double>{0.5, 1.5}));
    const State state = sign.state();
    BOOST_TEST((state.tensors.empty() && state.numbers.size() == 2));
    sign.set_lr(1);
    sign.load_state(state);
    BOOST_TEST((sign.lr() == 0.5 && !sign.has_momentum() && sign.name() == std::string("Sign")));
    BOOST_CHECK_EXCEPTION(Sign({}, 1), xg::ValueError, says("Sign: expected at least one parameter"));
}

BOOST_AUTO_TEST_SUITE_END()
