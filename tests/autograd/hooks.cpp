#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::f64_leaf;
using support::message_of;
using xg::Tensor;

namespace {

Tensor leaf(double value) { return xg::full({}, value, f64_leaf); }

}  // namespace

BOOST_AUTO_TEST_SUITE(hooks)

BOOST_AUTO_TEST_CASE(fire_once_on_the_sum) {
    const Tensor x = leaf(3), y = x * 2;
    std::vector<double> at_x, at_y;
    x.register_hook([&](const Tensor& g) { return at_x.push_back(g.item()), Tensor(); });
    y.register_hook([&](const Tensor& g) { return at_y.push_back(g.item()), Tensor(); });
    const Tensor z = y * y + y + x;
    z.backward({.retain_graph = true});
    BOOST_TEST(at_y == (std::vector<double>{13}));
    BOOST_TEST(at_x == (std::vector<double>{27}));
    z.backward();
    BOOST_TEST(at_y == (std::vector<double>{13, 13}));
    BOOST_TEST(at_x == (std::vector<double>{27, 27}));  // the gradient of this pass, not what is collected
    BOOST_TEST(x.grad().item() == 54);
}

BOOST_AUTO_TEST_CASE(replace_the_gradient_in_order) {
    const Tensor x = leaf(3), y = x * 2;
    y.register_hook([](const Tensor& g) { return g * 10; });
    y.register_hook([](const Tensor& g) { return g + 1; });
    x.register_hook([](const Tensor& g) { return -g; });
    y.backward({.retain_graph = true});
    BOOST_TEST(x.grad().item() == -22);
    BOOST_TEST(xg::grad(y, x, {.retain_graph = true}).item() == -22);
    BOOST_TEST(xg::grad(y, y).item() == 11);
    const Tensor bad = x * 2;
    bad.register_hook([](const Tensor&) { return xg::ones({2}, support::f64); });
    const std::string text = message_of<xg::GradError>([&] { bad.backward(); });
    BOOST_TEST((contains(text, "mul") && contains(text, "(2,)")), text);
}

BOOST_AUTO_TEST_CASE(handles_take_them_away) {
    const Tensor x = leaf(3);
    int first = 0, second = 0;
    xg::HookHandle handle = x.register_hook([&](const Tensor&) { return ++first, Tensor(); });
    {
        // Dropping a handle keeps the hook.
        const xg::HookHandle dropped = x.register_hook([&](const Tensor&) { return ++second, Tensor(); });
    }
    (x * 2).backward();
    handle.remove();
    handle.remove();
    (x * 2).backward();
    BOOST_TEST(first == 1);
    BOOST_TEST(second == 2);
    xg::HookHandle left;
    left.remove();
    {
        const Tensor gone = leaf(1);
        left = gone.register_hook([](const Tensor& g) { return g; });
    }
    left.remove();
}

BOOST_AUTO_TEST_CASE(remove_themselves_and_add_others) {
    const Tensor x = leaf(3);
    int fired = 0, added = 0;
    xg::HookHandle handle;
    handle = x.register_hook([&](const Tensor&) {
        ++fired;
        handle.remove();
        x.register_hook([&](const Tensor&) { return ++added, Tensor(); });
        return Tensor();
    });
    (x * 2).backward();
    BOOST_TEST((fired == 1 && added == 0));
    (x * 2).backward();
    BOOST_TEST((fired == 1 && added == 1));
}

BOOST_AUTO_TEST_CASE(an_exception_changes_no_leaf) {
    const Tensor x = leaf(3), w = leaf(2), y = x * w, z = y * w;
    bool armed = true;
    x.register_hook([&](const Tensor&) -> Tensor {
        if (armed) throw std::runtime_error("no");
        return {};
    });
    (w * 5).backward();
    BOOST_CHECK_THROW(z.backward({.retain_graph = true, .create_graph = true}), std::runtime_error);
    BOOST_TEST(xg::grad_enabled());
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(w.grad().item() == 5);
    armed = false;
    z.backward();
    BOOST_TEST(x.grad().item() == 4);
    BOOST_TEST(w.grad().item() == 5 + 12);
}

BOOST_AUTO_TEST_CASE(differentiate_other_graphs) {
    const Tensor x = leaf(3), y = leaf(2), other = xg::square(y) * y;
    const Tensor z = xg::exp(x * 0) * x;
    double inner = 0;
    x.register_hook([&](const Tensor&) {
        inner = xg::grad(other, y, {.retain_graph = true}).item();
        other.backward();
        return Tensor();
    });
    z.backward();
    BOOST_TEST(inner == 12);
    BOOST_TEST(y.grad().item() == 12);
    BOOST_TEST(x.grad().item() == 1);
    // The graph that is being walked is not walked again from inside.
    const Tensor a = leaf(1), b = a * 2;
    a.register_hook([&](const Tensor&) { return b.backward(), Tensor(); });
    BOOST_TEST(contains(message_of<xg::GradError>([&] { b.backward({.retain_graph = true}); }), "under way"));
    BOOST_TEST(!a.grad().defined());
}

BOOST_AUTO_TEST_CASE(may_drop_what_is_being_differentiated) {
    const Tensor x = leaf(3);
    Tensor y = x * 2;
    Tensor z = xg::exp(y) * y;
    z.register_hook([&](const Tensor&) {
        z = Tensor();
        y = Tensor();
        return Tensor();
    });
    z.backward();
    BOOST_TEST(x.grad().defined());
    std::vector<Tensor> outputs{x * 2 * x}, inputs{x};
    outputs[0].register_hook([&](const Tensor&) {
        outputs = {};
        inputs = {};
        return Tensor();
    });
    BOOST_TEST(xg::grad(outputs, inputs)[0].item() == 12);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_a_hook_keeps_stays_as_it_was) {
    const Tensor x = leaf(3), w = leaf(1);
    std::vector<Tensor> kept;
    const Tensor y = x * 1;
    y.register_hook([&](const Tensor& g) { return kept.push_back(g), Tensor(); });
    (y + w).backward();
    x.register_hook([&](const Tensor& g) { return kept.push_back(g), Tensor(); });
    (x * 2 + x * 3).backward();
    (x * 2).backward();
    BOOST_TEST(kept[0].item() == 1);
    BOOST_TEST(kept[1].item() == 5);
    BOOST_TEST(x.grad().item() == 8);
}

BOOST_AUTO_TEST_CASE(results_that_retain_their_gradient) {
    const xg::Tensor x = xg::tensor({1.0, 2.0}, support::f64_leaf), h = x * x, other = x + 1;
    h.retain_grad();
    h.retain_grad();
    x.retain_grad();
    xg::Tensor loss = xg::sum(h * h);
    loss.backward({.retain_graph = true});
    BOOST_TEST(h.grad().to_vector() == (std::vector<double>{2, 8}));
    BOOST_TEST(!other.grad().defined());
    loss.backward();
    BOOST_TEST(h.grad().to_vector() == (std::vector<double>{4, 16}));
    xg::Tensor cleared = h;
    cleared.set_grad({});
    BOOST_TEST(!h.grad().defined());
    BOOST_TEST(!h.is_leaf());
    BOOST_CHECK_THROW(xg::ones({2}).retain_grad(), xg::GradError);
    // The result may be gone before backward comes.
    xg::Tensor y;
    {
        const xg::Tensor gone = x * 3;
        gone.retain_grad();
        y = xg::sum(gone);
    }
    y.backward();
}

BOOST_AUTO_TEST_SUITE_END()
