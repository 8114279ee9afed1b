#include <pthread.h>

#include <cmath>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::f64_leaf;
using support::message_of;
using xg::Tensor;
using Values = std::vector<double>;

namespace {

Tensor leaf(double value) { return xg::full({}, value, f64_leaf); }

}  // namespace

BOOST_AUTO_TEST_SUITE(engine)

BOOST_AUTO_TEST_CASE(backward_accumulates) {
    const Tensor x = xg::tensor({1.0, 2.0}, f64_leaf);
    for (int pass = 1; pass <= 3; ++pass) {
        xg::sum(xg::square(x)).backward();
        BOOST_TEST(x.grad().to_vector() == (Values{2.0 * pass, 4.0 * pass}));
    }
    BOOST_TEST(!x.grad().requires_grad());
    Tensor y = x;
    y.set_grad({});
    BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_gradient_that_was_taken_does_not_change) {
    const Tensor x = xg::tensor({1.0, 2.0}, f64_leaf);
    xg::sum(x).backward();
    const Tensor first = x.grad();
    xg::sum(x).backward();
    BOOST_TEST(first.to_vector() == (Values{1, 1}));
    BOOST_TEST(x.grad().to_vector() == (Values{2, 2}));
}

BOOST_AUTO_TEST_CASE(a_leaf_in_several_places) {
    const Tensor x = leaf(3);
    BOOST_TEST(xg::grad(x + x, x).item() == 2);
    BOOST_TEST(xg::grad(x * x * x, x).item() == 27);
    BOOST_TEST(xg::grad(x, x).item() == 1);
    // Diamonds upon diamonds.
    Tensor y = x;
    for (int i = 0; i < 40; ++i) y = y + y;
    BOOST_TEST(xg::grad(y, x).item() == std::ldexp(1, 40));
    // With arms of different lengths.
    const Tensor a = x * 2, b = xg::exp(a), c = a * b, d = c + a;
    BOOST_TEST(std::abs(xg::grad(d, x).item() - (2 * std::exp(6.0) * 7 + 2)) < 1e-9);
    Tensor sum = leaf(0);
    for (int i = 0; i < 1000; ++i) sum = sum + x * i;
    sum.backward();
    BOOST_TEST(x.grad().item() == 999 * 1000 / 2);
}

BOOST_AUTO_TEST_CASE(leaves_without_a_part_get_nothing) {
    const Tensor x = leaf(1), y = leaf(2), z = xg::full({}, 3, support::f64);
    const Tensor unused = y * 2;
    (x * z).backward();
    BOOST_TEST(x.grad().item() == 3);
    BOOST_TEST(!y.grad().defined());
    BOOST_TEST(!z.grad().defined());
}

BOOST_AUTO_TEST_CASE(leaves_never_share_a_gradient) {
    Tensor x = xg::zeros({3}, f64_leaf), y = xg::zeros({3}, f64_leaf), seed = xg::ones({3}, support::f64);
    (x + y).backward({.gradient = seed});
    Tensor dx = x.grad(), dy = y.grad();
    dx.mutable_data<double>()[0] = 7;
    BOOST_TEST(dy.to_vector() == (Values{1, 1, 1}));
    BOOST_TEST(seed.to_vector() == (Values{1, 1, 1}));
    (x + y).backward({.gradient = seed});
    BOOST_TEST(x.grad().to_vector() == (Values{8, 2, 2}));
    BOOST_TEST(y.grad().to_vector() == (Values{2, 2, 2}));
    BOOST_TEST(seed.to_vector() == (Values{1, 1, 1}));
    // Nor do gradients that were set.
    const Tensor g = xg::ones({3}, support::f64);
    x.set_grad(g);
    y.set_grad(g);
    xg::sum(x * 2 + y).backward();
    BOOST_TEST(x.grad().to_vector() == (Values{3, 3, 3}));
    BOOST_TEST(y.grad().to_vector() == (Values{2, 2, 2}));
    BOOST_TEST(g.to_vector() == (Values{1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(a_million_operations_on_a_small_stack) {
    double derivative = 0;
    const auto work = [](void* result) -> void* {
        const Tensor x = leaf(1);
        {
            Tensor y = x;
            for (int i = 0; i < 500'000; ++i) y = (y + 1) * 1.0;
            y.backward();
        }
        // And one that is destroyed without a backward.
        Tensor y = x;
        for (int i = 0; i < 1'000'000; ++i) y = -y;
        y = Tensor();
        *static_cast<double*>(result) = x.grad().item();
        return nullptr;
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    BOOST_REQUIRE_EQUAL(pthread_attr_setstacksize(&attributes, 1 << 20), 0);
    pthread_t thread;
    BOOST_REQUIRE_EQUAL(pthread_create(&thread, &attributes, work, &derivative), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    BOOST_TEST(derivative == 1);
}

BOOST_AUTO_TEST_CASE(a_second_backward) {
    const Tensor x = leaf(2), y = xg::square(x), z = y * 3;
    z.backward({.retain_graph = true});
    z.backward();
    BOOST_TEST(x.grad().item() == 24);
    const std::string text = message_of<xg::GradError>([&] { z.backward(); });
    BOOST_TEST((contains(text, "mul") && contains(text, "retain_graph")), text);
    BOOST_CHECK_THROW(xg::grad(y, x), xg::GradError);
    BOOST_TEST(x.grad().item() == 24);
    // What a second graph shares with a freed one is named too.
    BOOST_TEST(contains(message_of<xg::GradError>([&] { (y + x).backward(); }), "square"));
    // What no gradient goes through is not missed: u was computed from x, and is a constant to v.
    const Tensor u = xg::square(x), v = leaf(5);
    u.backward();
    BOOST_TEST(xg::grad(u * v, v).item() == 4);
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad({u * v}, {v, x}); }), "square"));
    // create_graph keeps the graph.
    const Tensor w = xg::square(x);
    BOOST_TEST(xg::grad(w, x, {.create_graph = true}).item() == 4);
    BOOST_TEST(xg::grad(w, x).item() == 4);
}

// A result is known by the operation that the user called, not by a step of it.
BOOST_AUTO_TEST_CASE(reductions_are_recorded_by_their_names) {
    const Tensor x = xg::ones({2, 3, 2}, f64_leaf);
    for (const xg::Axes& axes : {xg::Axes(), xg::Axes(1), xg::Axes({0, 2})})
        for (const bool keepdims : {false, true}) {
            const auto name = [&](const Tensor& y) { return std::string(y.operation()); };
            BOOST_TEST(name(xg::sum(x, axes, keepdims)) == "sum");
            BOOST_TEST(name(xg::mean(x, axes, keepdims)) == "mean");
            BOOST_TEST(name(xg::max(x, axes, keepdims)) == "max");
            BOOST_TEST(name(xg::min(x, axes, keepdims)) == "min");
            BOOST_TEST(name(xg::nansum(x, axes, keepdims)) == "nansum");
            BOOST_TEST(name(xg::norm(x, 2, axes, keepdims)) == "norm");
            BOOST_TEST(name(xg::logsumexp(x, axes, keepdims)) == "logsumexp");
            BOOST_TEST(name(xg::var(x, axes, {.keepdims = keepdims})) == "var");
            BOOST_TEST(name(xg::std(x, axes, {.keepdims = keepdims})) == "std");
        }
    BOOST_TEST(std::string(xg::prod(x).operation()) == "prod");
    BOOST_TEST(std::string(xg::prod(x, 1).operation()) == "prod");
    BOOST_TEST(std::string(xg::mse_loss(x, xg::zeros_like(x)).operation()) == "mse_loss");
}

BOOST_AUTO_TEST_CASE(what_needs_no_gradient_is_not_recorded) {
    const Tensor x = xg::ones({2}, f64_leaf), c = xg::ones({2}, support::f64);
    BOOST_TEST((x * c).operation() == "mul");
    BOOST_TEST((c * c).operation() == "");
    BOOST_TEST((x > c).operation() == "");
    BOOST_TEST(x.is_leaf());
    BOOST_TEST(!(x * c).is_leaf());
    {
        const xg::NoGrad no_grad;
        BOOST_TEST(!(x * c).requires_grad());
        const xg::GradMode mode(true);
        BOOST_TEST((x * c).requires_grad());
    }
    BOOST_TEST(xg::grad_enabled());
    BOOST_TEST(!x.detach().requires_grad());
    BOOST_TEST(xg::grad(xg::sum(x.detach() * x), x).to_vector() == (Values{1, 1}));
    BOOST_TEST(x.detach().data<double>() == x.data<double>());
    try {
        const xg::NoGrad no_grad;
        throw 1;
    } catch (int) {
    }
    BOOST_TEST(xg::grad_enabled());
    BOOST_CHECK_THROW(xg::sum(x).backward({.gradient = xg::ones({3}), .create_graph = true}), xg::ShapeError);
    BOOST_TEST(xg::grad_enabled());
    bool other = false;
    const xg::NoGrad no_grad;
    std::thread([&] { other = xg::grad_enabled(); }).join();
    BOOST_TEST(other);
}

BOOST_AUTO_TEST_CASE(changed_values) {
    Tensor x = leaf(2), w = leaf(3);
    const Tensor y = x * w, z = xg::exp(y);
    const auto set = [](Tensor t, double value) {
        const xg::NoGrad no_grad;
        *t.mutable_data<double>() = value;
    };
    BOOST_TEST(w.version() == 0u);
    set(w, 5);
    BOOST_TEST(w.version() == 1u);
    std::string text = message_of<xg::GradError>([&] { z.backward(); });
    BOOST_TEST((contains(text, "backward of mul") && contains(text, "changed")), text);
    BOOST_TEST(!x.grad().defined());
    // An operation minds a change of its own result, too, if it saved that.
    const Tensor v = xg::exp(x);
    set(v, 1);
    text = message_of<xg::GradError>([&] { v.backward(); });
    BOOST_TEST(contains(text, "backward of exp"), text);
    // An operation that did not save it does not mind.
    const Tensor s = x + w;
    set(w, 7);
    s.backward();
    BOOST_TEST(w.grad().item() == 1);
    // Writing is refused where it would change what is recorded, or part of another tensor.
    BOOST_CHECK_THROW(x.mutable_data<double>(), xg::GradError);
    Tensor plain = xg::zeros({2, 3}, support::f64);
    BOOST_CHECK_THROW(plain[0].mutable_data<double>(), xg::GradError);
    BOOST_CHECK_THROW(plain.detach().mutable_data<double>(), xg::GradError);
    BOOST_CHECK_THROW(plain.reshape({6}).mutable_data<double>(), xg::GradError);
    plain = plain.reshape({6});  // the parent is gone
    BOOST_CHECK_NO_THROW(plain.mutable_data<double>());
    plain = xg::zeros({2, 3}, support::f64);
    BOOST_CHECK_THROW(plain.transpose().mutable_data<double>(), xg::GradError);
    BOOST_CHECK_THROW(xg::broadcast_to(plain, {2, 2, 3}).mutable_data<double>(), xg::GradError);
    BOOST_CHECK_THROW(xg::broadcast_to(xg::zeros({1}), {1, 1, 1}).mutable_data<double>(), xg::DTypeError);
    plain.mutable_data<double>()[0] = 4;
    BOOST_TEST(plain.version() == 1u);
}

BOOST_AUTO_TEST_CASE(grad_of_outputs_and_inputs) {
    const Tensor x = leaf(2), y = leaf(3), u = x * y, v = u * u;
    const auto g = xg::grad({v, u}, {x, y, u}, {.retain_graph = true});
    BOOST_TEST(g[0].item() == (2 * 6 + 1) * 3);
    BOOST_TEST(g[1].item() == (2 * 6 + 1) * 2);
    BOOST_TEST(g[2].item() == 2 * 6 + 1);
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(!y.grad().defined());
    const auto weighted = xg::grad(
        {v, u}, {x, x},
        {.grad_outputs = {xg::full({}, 10, support::f64), xg::full({}, 1, support::f64)}, .retain_graph = true});
    BOOST_TEST(weighted[0].item() == (20 * 6 + 1) * 3);
    BOOST_TEST(weighted[1].item() == (20 * 6 + 1) * 3);
    BOOST_TEST(xg::grad(v, v, {.retain_graph = true}).item() == 1);

    const Tensor z = leaf(1);
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad({u}, {x, z}, {.retain_graph = true}); }), "input 1"));
    const auto partly = xg::grad({u}, {x, z}, {.retain_graph = true, .allow_unused = true});
    BOOST_TEST(partly[0].item() == 3);
    BOOST_TEST(!partly[1].defined());
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad({u}, {xg::ones({2})}); }), "(2,)"));
    BOOST_CHECK_THROW(xg::grad({u, v}, {x}, {.grad_outputs = {z}}), xg::ValueError);
    BOOST_TEST(xg::grad(std::vector<Tensor>{u}, std::vector<Tensor>{}).empty());
}

BOOST_AUTO_TEST_CASE(only_paths_to_what_is_wanted_are_walked) {
    const Tensor x = leaf(2), w = leaf(3), side = xg::exp(w), y = x * side;
    int fired = 0;
    side.register_hook([&](const Tensor&) { return ++fired, Tensor(); });
    w.register_hook([&](const Tensor&) { return ++fired, Tensor(); });
    xg::grad(y, x, {.retain_graph = true});
    BOOST_TEST(fired == 0);
    // What lies below the wanted one is not walked either.
    xg::grad(y, side, {.retain_graph = true});
    BOOST_TEST(fired == 1);
    y.backward();
    BOOST_TEST(fired == 3);
}

BOOST_AUTO_TEST_CASE(bad_input) {
    const Tensor x = xg::tensor({1.0, 2.0}, f64_leaf), c = xg::ones({2});
    BOOST_TEST(contains(message_of<xg::GradError>([&] { (x * 2).backward(); }), "(2,)"));
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::sum(c).backward(); }), "()"));
    BOOST_CHECK_THROW((x * 2).backward({.gradient = xg::ones({3})}), xg::ShapeError);
    Tensor y = x * 2, ints = xg::tensor({1, 2});
    BOOST_TEST(contains(message_of<xg::GradError>([&] { y.requires_grad(true); }), "mul"));
    BOOST_CHECK_THROW(ints.requires_grad(true), xg::DTypeError);
    BOOST_CHECK_THROW(xg::zeros({2}, {.dtype = xg::int64, .requires_grad = true}), xg::DTypeError);
    Tensor z = x;
    BOOST_CHECK_THROW(z.set_grad(xg::ones({3}, support::f64)), xg::ShapeError);
    BOOST_CHECK_THROW(z.set_grad(c), xg::DTypeError);
    BOOST_CHECK_THROW(ints.set_grad(xg::ones({2})), xg::GradError);
    BOOST_CHECK_THROW(c.register_hook([](const Tensor& g) { return g; }), xg::GradError);
    // A gradient given in another dtype is cast; a one-element output of any rank starts at 1.
    (x * 2).backward({.gradient = xg::tensor({1, 2})});
    BOOST_TEST(x.grad().to_vector() == (Values{2, 4}));
    xg::sum(x, 0, true).reshape({1, 1}).backward();
    BOOST_TEST(x.grad().to_vector() == (Values{3, 5}));
}

BOOST_AUTO_TEST_CASE(an_empty_hook_is_refused) {
    const xg::Tensor x = xg::tensor({1.0}, {.requires_grad = true});
    BOOST_CHECK_THROW(x.register_hook({}), xg::ValueError);
    xg::sum(x).backward();
    BOOST_TEST(x.grad().item() == 1);
}

BOOST_AUTO_TEST_CASE(a_view_with_new_data_is_none) {
    const xg::Tensor base = xg::ones({3});
    xg::Tensor x = base.detach();
    x.set_data(xg::zeros({3}));
    const xg::Tensor seen = x.detach();
    x.add_(1);
    BOOST_TEST(seen.to_vector() == std::vector<double>({1, 1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_graph_from_another_thread) {
    const Tensor x = leaf(2);
    Tensor y;
    // The other thread has counted further than this one.
    std::thread([&] {
        for (int i = 0; i < 100'000; ++i) xg::square(x);
        y = xg::exp(xg::square(x));
    }).join();
    const Tensor z = y * x + xg::square(y);
    z.backward();
    const double e = std::exp(4.0), slope = 4 * e;
    BOOST_TEST(std::abs(x.grad().item() - (slope * 2 + e + 2 * e * slope)) < 1e-9);
}

BOOST_AUTO_TEST_SUITE_END()
