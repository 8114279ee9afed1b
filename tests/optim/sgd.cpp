#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/optim/sgd.hpp>

using xg::Tensor;
using xg::optim::SGD;
using xg::optim::SGDOptions;

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

}  // namespace

BOOST_AUTO_TEST_SUITE(sgd)

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
    const auto refuses = [](const SGDOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(SGD({leaf({2})}, options), xg::ValueError, says(part));
    };
    refuses({.lr = -0.1}, "learning rate of at least 0");
    refuses({.lr = no_number}, "learning rate");
    refuses({.momentum = -0.1}, "momentum in [0, 1)");
    refuses({.momentum = 1}, "momentum in [0, 1), got 1");
    refuses({.momentum = 1.5}, "momentum");
    refuses({.momentum = no_number}, "momentum");
    refuses({.momentum = 0.5, .dampening = no_number}, "dampening");
    refuses({.weight_decay = -1e-3}, "weight_decay of at least 0");
    refuses({.weight_decay = no_number}, "weight_decay");
    refuses({.nesterov = true}, "nesterov needs a momentum");
    refuses({.momentum = 0.9, .dampening = 0.1, .nesterov = true}, "dampening of 0");
    SGD({leaf({2})}, {.lr = 0, .momentum = 0.999, .weight_decay = 0});
}

BOOST_AUTO_TEST_CASE(what_it_takes_as_parameters) {
    BOOST_CHECK_EXCEPTION(SGD({}), xg::ValueError, says("SGD: expected at least one parameter"));
    const Tensor p = leaf({2});
    BOOST_CHECK_EXCEPTION(SGD({p, p * 2}), xg::GradError, says("parameter 1 is the result of an operation"));
    BOOST_CHECK_EXCEPTION(SGD({Tensor()}), xg::ValueError, says("parameter 0 is undefined"));
    // A frozen one has no gradient and stays as it is.
    const Tensor frozen = xg::ones({2});
    SGD({p, frozen}).step();
    BOOST_TEST(frozen.to_vector() == std::vector<double>({1, 1}));
    BOOST_TEST(SGD({p}).parameters()[0].unsafe_body() == p.unsafe_body());
    BOOST_TEST(SGD({p}).lr() == 0.01);
}

BOOST_AUTO_TEST_CASE(the_rate_can_be_set) {
    const Tensor p = leaf({1}, 1, xg::float64);
    SGD optimizer({p}, {.lr = 0.5});
    (p * 2).backward({.gradient = xg::ones({1}, {.dtype = xg::float64})});
    optimizer.step();
    BOOST_TEST(p.item() == 0.0);
    optimizer.set_lr(0.25);
    BOOST_TEST(optimizer.lr() == 0.25);
    optimizer.step();
    BOOST_TEST(p.item() == -0.5);
    optimizer.set_lr(0);
    optimizer.step();
    BOOST_TEST(p.item() == -0.5);
    BOOST_CHECK_THROW(optimizer.set_lr(-1), xg::ValueError);
    BOOST_CHECK_THROW(optimizer.set_lr(no_number), xg::ValueError);
    BOOST_TEST(optimizer.lr() == 0.0);
}

BOOST_AUTO_TEST_CASE(without_a_gradient_nothing_moves) {
    Tensor used = leaf({3}), idle = leaf({3});
    SGD optimizer({idle, used}, {.lr = 0.5, .momentum = 0.9, .weight_decay = 0.1});
    optimizer.step();
    BOOST_TEST((used.to_vector()[0] == 1 && idle.to_vector()[0] == 1));
    xg::sum(used).backward();
    optimizer.step();
    BOOST_TEST((used.to_vector()[2] < 0.6 && idle.to_vector()[2] == 1));
    optimizer.zero_grad();
    BOOST_TEST((!used.grad().defined() && !idle.grad().defined()));
    const std::vector<double> before = used.to_vector();
    optimizer.step();
    BOOST_TEST(used.to_vector() == before, boost::test_tools::per_element());

    // The momentum of a parameter starts with its own first gradient.
    xg::sum(idle).backward();
    optimizer.step();
    BOOST_TEST(std::abs(idle.to_vector()[0] - (1 - 0.5 * 1.1)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gradients_stay_as_they_are) {
    for (const double momentum : {0.0, 0.9}) {
        Tensor p = leaf({4}, 2);
        SGD optimizer({p}, {.momentum = momentum, .weight_decay = 0.1});
        for (int i = 0; i < 3; ++i) {
            p.register_hook([](const Tensor&) { return Tensor(); });
            optimizer.zero_grad();
            xg::sum(xg::square(p)).backward();
            const std::vector<double> before = p.grad().to_vector();
            const std::uint32_t version = p.grad().version();
            optimizer.step();
            BOOST_TEST(p.grad().to_vector() == before, boost::test_tools::per_element());
            BOOST_TEST(p.grad().version() == version);
        }
    }
}

BOOST_AUTO_TEST_CASE(strided_gradients) {
    for (const xg::DType dtype : {xg::float32, xg::float64})
        for (const double momentum : {0.0, 0.5}) {
            Tensor p = xg::zeros({3, 2}, {.dtype = dtype, .requires_grad = true});
            const Tensor g = xg::arange(0, 6, 1, {.dtype = dtype}).reshape({2, 3}).transpose();
            BOOST_REQUIRE(!g.is_contiguous());
            p.set_grad(g);
            SGD optimizer({p}, {.lr = 1, .momentum = momentum});
            optimizer.step();
            const std::vector<double> expected{0, -3, -1, -4, -2, -5};
            BOOST_TEST(p.to_vector() == expected, boost::test_tools::per_element());
            p.set_grad(xg::broadcast_to(xg::ones({1, 1}, {.dtype = dtype}), {3, 2}));
            optimizer.step();
            BOOST_TEST(p.to_vector()[1] == -3 - (1 + momentum * 3));
        }
}

// The graph of a forward pass before the step is not silently used with the new values.
BOOST_AUTO_TEST_CASE(a_step_counts_as_a_change) {
    Tensor p = leaf({2}), x = leaf({2});
    const Tensor y = xg::sum(p * x);
    p.set_grad(xg::ones({2}));
    SGD optimizer({p});
    optimizer.step();
    BOOST_CHECK_EXCEPTION(y.backward(), xg::GradError, says("changed in place"));
    BOOST_TEST((xg::grad_enabled() && p.is_leaf() && p.requires_grad()));
}

BOOST_AUTO_TEST_CASE(empty_parameters_and_no_numbers) {
    Tensor empty = leaf({0, 3}), p = leaf({2});
    empty.set_grad(xg::zeros({0, 3}));
    p.set_grad(xg::from_data(std::vector<double>{no_number, 1}, {2}));
    SGD optimizer({empty, p}, {.lr = 1, .momentum = 0.5});
    optimizer.step();
    BOOST_TEST((std::isnan(p.to_vector()[0]) && p.to_vector()[1] == 0));
    BOOST_TEST(empty.shape().str() == "(0, 3)");
}

BOOST_AUTO_TEST_CASE(a_change_of_dtype_keeps_the_velocity) {
    Tensor p = leaf({1}, 0);
    SGD optimizer({p}, {.lr = 1, .momentum = 0.5});
    p.set_grad(xg::ones({1}));
    optimizer.step();
    p.set_data(p.detach().to(xg::float64));
    p.set_grad(xg::ones({1}, {.dtype = xg::float64}));
    optimizer.step();
    BOOST_TEST(p.item() == -2.5);
    BOOST_TEST((p.dtype() == xg::float64));
}

BOOST_AUTO_TEST_SUITE_END()
