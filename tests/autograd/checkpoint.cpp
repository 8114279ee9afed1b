#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/checkpoint.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

/// A layer with weights of its own, random zeros, and a count of its calls.
struct Layer {
    Tensor w;
    int* calls;
    Tensor operator()(const Tensor& x) const {
        ++*calls;
        return xg::tanh(xg::matmul(x, w)) * xg::where(xg::rand({x.size(-1)}) < 0.7, 1.0, 0.0).to(xg::float64);
    }
};

struct Stack {
    std::vector<Layer> layers;
    Tensor x;
    int calls = 0;

    Stack() {
        support::Draw draw(3);
        for (int i = 0; i < 6; ++i) {
            layers.push_back({support::uniform(draw, {4, 4}, -1, 1), &calls});
            layers.back().w.requires_grad(true);
        }
        x = support::uniform(draw, {3, 4}, -1, 1);
        x.requires_grad(true);
    }

    Tensors leaves() const {
        Tensors all = {x};
        for (const Layer& l : layers) all.push_back(l.w);
        return all;
    }

    /// In one go, in thirds, or in thirds that are cut themselves.
    Tensor loss(int nesting) {
        xg::manual_seed(5);
        const auto run = [this](Tensor h, std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) h = layers[i](h);
            return h;
        };
        Tensor h = x;
        for (std::size_t from = 0; from < 6; from += 2) {
            const auto one = [=](const Tensor& t) { return run(t, from, from + 1); };
            const auto two = [=](const Tensor& t) {
                return nesting < 2 ? run(t, from, from + 2)
                                   : run(xg::checkpoint(xg::UnaryFunction(one), t), from + 1, from + 2);
            };
            h = nesting == 0 ? two(h) : xg::checkpoint(xg::UnaryFunction(two), h);
        }
        return xg::sum(xg::square(h));
    }
};

void same_gradients(const Tensors& a, const Tensors& b) {
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(support::same_bits(a[i], b[i]), "input " << i);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoints)

BOOST_AUTO_TEST_CASE(the_same_gradients_for_another_pass) {
    Stack s;
    const Tensors plain = xg::grad({s.loss(0)}, s.leaves());
    BOOST_TEST(s.calls == 6);
    const auto after = xg::random_state();
    s.calls = 0;
    const Tensor loss = s.loss(1);
    const Tensors once = xg::grad({loss}, s.leaves());
    BOOST_TEST(s.calls == 12);
    // What is drawn in backward does not count.
    BOOST_TEST(xg::random_state().stream == after.stream);
    same_gradients(once, plain);
    s.calls = 0;
    same_gradients(xg::grad({s.loss(2)}, s.leaves()), plain);
    BOOST_TEST(s.calls > 12);
    BOOST_TEST(s.calls <= 6 + 6 + 3 + 3);
}

BOOST_AUTO_TEST_CASE(walked_twice_and_differentiated_twice) {
    Stack s;
    const Tensor loss = s.loss(1);
    const Tensors first = xg::grad({loss}, s.leaves(), {.retain_graph = true});
    same_gradients(xg::grad({loss}, s.leaves()), first);
    const auto penalty = [&](int nesting) {
        Tensor total = xg::zeros({}, support::f64);
        for (const Tensor& g : xg::grad({s.loss(nesting)}, s.leaves(), {.create_graph = true}))
            total = total + xg::sum(xg::square(g));
        return xg::grad({total}, s.leaves());
    };
    const Tensors plain = penalty(0);
    for (const int nesting : {1, 2}) {
        const Tensors again = penalty(nesting);
        for (std::size_t i = 0; i < plain.size(); ++i) {
            const auto p = plain[i].to_vector(), q = again[i].to_vector();
            for (std::size_t k = 0; k < p.size(); ++k)
                BOOST_TEST(std::abs(p[k] - q[k]) <= 1e-12 * (1 + std::abs(p[k])));
        }
    }
}

// 36 layers, whole and in 6 pieces: what is held at the peak falls to a third or less, 2·6 + 1 of 36 layers and their
// gradients.
BOOST_AUTO_TEST_CASE(memory_falls) {
    const Tensor x = xg::ones({256, 256}, support::f64_leaf);
    const auto run = [](const Tensor& t) {
        Tensor h = t;
        for (int i = 0; i < 6; ++i) h = xg::tanh(h);
        return h;
    };
    const auto peak = [&](bool cut) {
        const xg::PeakMemory memory;
        Tensor h = x;
        for (int i = 0; i < 6; ++i) h = cut ? xg::checkpoint(xg::UnaryFunction(run), h) : run(h);
        xg::grad(xg::sum(h), x);
        return memory.added();
    };
    peak(true);
    const std::int64_t array = 256 * 256 * 8;
    BOOST_TEST(peak(false) >= 36 * array);
    BOOST_TEST(peak(true) <= 18 * array);
}

// An operation's formulas may read one saved value several times; every piece is computed again once all the same.
BOOST_AUTO_TEST_CASE(once_more_whatever_reads_what) {
    int inner_calls = 0, outer_calls = 0;
    const auto chain = [](Tensor h, const Tensor& t, int length) {
        for (int i = 0; i < length; ++i) h = xg::atan2(h, t + 1) / xg::hypot(h, t + 2);
        return h;
    };
    const auto inner = [&](const Tensor& t) { return ++inner_calls, chain(t, t, 20); };
    const auto outer = [&](const Tensor& t) {
        ++outer_calls;
        return chain(xg::checkpoint(xg::UnaryFunction(inner), chain(t, t, 20)), t, 20);
    };
    const Tensor x = xg::full({3}, 0.5, support::f64_leaf);
    const Tensor plain = xg::grad(xg::sum(outer(x)), x);
    const auto with_counts = [&](int inner_expected, const auto& work) {
        inner_calls = outer_calls = 0;
        work();
        BOOST_TEST(outer_calls == 2);
        BOOST_TEST(inner_calls == inner_expected);
    };
    // The inner piece runs in both of the outer's passes, and once for itself.
    with_counts(3, [&] {
        BOOST_TEST(support::same_bits(xg::grad(xg::sum(xg::checkpoint(xg::UnaryFunction(outer), x)), x), plain));
    });
    with_counts(3, [&] {
        const Tensor y = xg::sum(xg::checkpoint(xg::UnaryFunction(outer), x));
        xg::grad(y, x, {.create_graph = true});
    });
    // Forward mode walks the graph the other way round.
    with_counts(3, [&] {
        const auto f = [&](const Tensors& in) { return Tensors{xg::checkpoint(xg::UnaryFunction(outer), in[0])}; };
        xg::jvp(f, {x.detach()}, {xg::ones({3}, support::f64)});
    });
}

// What was computed again goes while backward goes on, and at the end of a pass that keeps its graph.
BOOST_AUTO_TEST_CASE(recomputed_values_are_freed_along_the_way) {
    constexpr std::int64_t array = 512 * 1024;
    const Tensor x = xg::full({array / 8}, 0.5, support::f64_leaf), w = xg::full({array / 8}, 2, support::f64_leaf);
    std::vector<std::int64_t> live;
    const auto f = [&](const Tensor& t) {
        Tensor h = t;
        for (int i = 0; i < 8; ++i) {
            h = xg::tanh(h * w);
            h.register_hook([&](const Tensor&) { return live.push_back(xg::memory_stats().live), Tensor(); });
        }
        return h;
    };
    for (const bool retain : {false, true}) {
        const std::int64_t before = xg::memory_stats().live;
        const Tensor y = xg::sum(xg::checkpoint(xg::UnaryFunction(f), x));
        BOOST_TEST(xg::memory_stats().live == before);
        live.clear();
        xg::grad({y}, {x, w}, {.retain_graph = retain});
        BOOST_REQUIRE_EQUAL(live.size(), 8u);
        // A step frees the tanh's result and the product's two factors, of which one is w itself; the gradient of w
        // adds one array once.
        BOOST_TEST(live[1] - live[7] >= 5 * array);
        BOOST_TEST(xg::memory_stats().live == before);
        // Where w's gradient is not wanted, what that would need is not read, and freed no less.
        if (!retain) continue;
        xg::grad(y, x, {.retain_graph = true});
        BOOST_TEST(xg::memory_stats().live == before);
    }
}

// Forces are such functions: f itself differentiates.
BOOST_AUTO_TEST_CASE(functions_that_differentiate) {
    const Tensor x = xg::tensor({0.3, -0.7, 1.1}, support::f64_leaf),
                 w = xg::tensor({2.0, 1.0, -1.0}, support::f64_leaf);
    int calls = 0;
    const auto slopes = [&](const Tensor& t) {
        ++calls;
        const Tensor energy = xg::sum(xg::sin(t * w) * xg::exp(t));
        return xg::grad(energy, t, {.create_graph = true}) * t;
    };
    const auto gradients = [&](const Tensor& y) { return xg::grad({xg::sum(xg::square(y))}, {x, w}); };
    const Tensors plain = gradients(slopes(x));
    calls = 0;
    same_gradients(gradients(xg::checkpoint(xg::UnaryFunction(slopes), x)), plain);
    BOOST_TEST(calls == 2);
    // Also in a piece of a piece, and where only the value of the derivative is used.
    const auto twice = [&](const Tensor& t) { return xg::checkpoint(xg::UnaryFunction(slopes), t * 1); };
    same_gradients(gradients(xg::checkpoint(xg::UnaryFunction(twice), x)), plain);
    const auto scaled = [&](const Tensor& t) { return xg::exp(t) * xg::grad(xg::sum(xg::sin(t) * w), t); };
    same_gradients(xg::grad({xg::sum(xg::checkpoint(xg::UnaryFunction(scaled), x))}, {x}),
                   xg::grad({xg::sum(scaled(x))}, {x}));
    // backward() would add to the leaves twice.
    const auto adds = [&](const Tensor& t) { return xg::sum(t * w).backward(), t * 2; };
    const std::string message = support::message_of<xg::GradError>([&] { xg::checkpoint(xg::UnaryFunction(adds), x); });
    BOOST_TEST(support::contains(message, "backward: a function given to checkpoint is called twice"), message);
    BOOST_TEST(support::contains(message, "use xg::grad"), message);
    BOOST_TEST(!w.grad().defined());
}

BOOST_AUTO_TEST_CASE(dropout_drops_the_same) {
    const Tensor x = xg::full({40, 30}, 2.0, support::f64_leaf);
    const auto f = [](const Tensor& t) { return xg::dropout(xg::square(xg::dropout(t, 0.5)), 0.3); };
    xg::manual_seed(11);
    const Tensor plain_value = f(x), plain = xg::grad(xg::sum(plain_value), x);
    const xg::RandomState after = xg::random_state();
    xg::manual_seed(11);
    const Tensor value = xg::checkpoint(xg::UnaryFunction(f), x);
    BOOST_TEST(support::same_bits(value, plain_value));
    xg::rand({3});
    const xg::RandomState between = xg::random_state();
    BOOST_TEST(support::same_bits(xg::grad(xg::sum(value), x), plain));
    BOOST_TEST((xg::random_state().seed == between.seed && xg::random_state().stream == between.stream));
    BOOST_TEST(after.stream + 1 == between.stream);
}

// A value that is changed after it was saved is noticed in the second call, too.
BOOST_AUTO_TEST_CASE(values_that_are_changed_inside) {
    const Tensor x = xg::full({3}, 0.5, support::f64_leaf);
    const auto f = [](const Tensor& t) {
        Tensor y = xg::exp(t);
        const Tensor z = y * 2;
        const xg::NoGrad no_grad;
        y.mutable_data<double>()[0] = 7;
        return z;
    };
    BOOST_CHECK_THROW(xg::grad(xg::sum(f(x)), x), xg::GradError);
    BOOST_CHECK_THROW(xg::grad(xg::sum(xg::checkpoint(xg::UnaryFunction(f), x)), x), xg::GradError);
}

BOOST_AUTO_TEST_CASE(nothing_to_record) {
    Stack s;
    {
        const xg::NoGrad no_grad;
        BOOST_TEST(!s.loss(1).requires_grad());
    }
    const Tensor constant = xg::checkpoint([](const Tensor& t) { return xg::exp(t); }, xg::ones({2}));
    BOOST_TEST(!constant.requires_grad());
}

BOOST_AUTO_TEST_CASE(functions_that_do_not_do_the_same) {
    const Tensor x = xg::ones({3}, support::f64_leaf);
    int calls = 0;
    const Tensor y =
        xg::sum(xg::checkpoint([&](const Tensor& t) { return ++calls == 1 ? xg::exp(t) : xg::exp(xg::exp(t)); }, x));
    const std::string message = support::message_of<xg::GradError>([&] { xg::grad(y, x); });
    BOOST_TEST(support::contains(message, "checkpoint: the function did not do the same"), message);

    Tensor input = xg::ones({3}, support::f64);
    const auto changes = [&](const Tensor& t) {
        Tensor same = t;
        same.mutable_data<double>()[0] = 7;
        return t * x;
    };
    const std::string changed =
        support::message_of<xg::GradError>([&] { xg::checkpoint(xg::UnaryFunction(changes), input); });
    BOOST_TEST(support::contains(changed, "changed its input 0, of shape (3,)"), changed);
}

BOOST_AUTO_TEST_SUITE_END()
