#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/checkpoint.hpp>
#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/functional.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>

#include "support.hpp"

// What is dropped is freed: graphs that throw half-way, and what could keep itself alive through hooks and functions.

using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

constexpr std::int64_t kElements = 1 << 14;  // 128 KiB each

std::int64_t live() { return xg::memory_stats().live; }
Tensor leaf() { return xg::full({kElements}, 0.5, support::f64_leaf); }

/// What is left in use after `work`, in bytes.
template <class Work>
std::int64_t left_by(Work&& work) {
    const std::int64_t before = live();
    work();
    return live() - before;
}

struct Stop : std::runtime_error {
    Stop() : std::runtime_error("stop") {}
};

/// The identity, whose forward, or whose backward, throws.
Tensor stop(const Tensor& x, bool forward) {
    const xg::Function f(
        "stop",
        [forward](xg::FunctionContext& context, const Tensors& in) {
            context.save({in[0], in[0] * 2});
            if (forward) throw Stop();
            return Tensors{in[0].clone()};
        },
        [](xg::FunctionContext&, const Tensors&) -> Tensors { throw Stop(); });
    return f({x})[0];
}

/// Some layers, with the throwing one in the middle.
Tensor layers(const Tensor& x, bool forward) {
    Tensor h = x;
    for (int i = 0; i < 6; ++i) h = i == 3 ? stop(h, forward) : xg::tanh(h * x);
    return h;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(leaks)

BOOST_AUTO_TEST_CASE(graphs_that_throw_half_way) {
    const Tensor x = leaf();
    for (const bool forward : {true, false}) {
        BOOST_TEST(left_by([&] { BOOST_CHECK_THROW(xg::sum(layers(x, forward)).backward(), Stop); }) == 0);
        BOOST_TEST(left_by([&] {
                       BOOST_CHECK_THROW(xg::grad(xg::sum(layers(x, forward)), x, {.create_graph = true}), Stop);
                   }) == 0);
        const xg::UnaryFunction f = [&](const Tensor& t) { return layers(t, forward); };
        BOOST_TEST(left_by([&] { BOOST_CHECK_THROW(xg::sum(xg::checkpoint(f, x)).backward(), Stop); }) == 0);
        const auto all = [&](const Tensors& in) { return Tensors{layers(in[0], forward)}; };
        BOOST_TEST(left_by([&] { BOOST_CHECK_THROW(xg::jvp(all, {x.detach()}, {x.detach()}), Stop); }) == 0);
    }
    // A hook that throws, on a result and on a leaf, and an operation that does not like its shapes.
    BOOST_TEST(left_by([&] {
                   const Tensor h = xg::tanh(x);
                   h.register_hook([](const Tensor&) -> Tensor { throw Stop(); });
                   BOOST_CHECK_THROW(xg::sum(h * x).backward(), Stop);
               }) == 0);
    BOOST_TEST(left_by([&] {
                   xg::HookHandle handle = x.register_hook([](const Tensor&) -> Tensor { throw Stop(); });
                   BOOST_CHECK_THROW(xg::sum(xg::tanh(x) * x).backward(), Stop);
                   handle.remove();
               }) == 0);
    BOOST_TEST(left_by([&] {
                   BOOST_CHECK_THROW(xg::matmul(xg::exp(x), xg::exp(x).reshape({2, -1})), xg::ShapeError);
               }) == 0);
    BOOST_TEST(!x.grad().defined());
}

// The second call fails where the first did not: only backward notices.
BOOST_AUTO_TEST_CASE(checkpoints_whose_second_call_throws) {
    const Tensor x = leaf();
    int calls = 0;
    const xg::UnaryFunction f = [&](const Tensor& t) {
        const Tensor h = xg::tanh(t * t);
        if (++calls == 2) throw Stop();
        return xg::exp(h);
    };
    BOOST_TEST(left_by([&] { BOOST_CHECK_THROW(xg::sum(xg::checkpoint(f, x)).backward(), Stop); }) == 0);
    BOOST_TEST(calls == 2);
}

// tensor → operation → hook → tensor.
BOOST_AUTO_TEST_CASE(hooks_that_hold_their_tensor) {
    const Tensor x = leaf();
    const auto result = [&](bool backward, bool later) {
        const Tensor h = xg::tanh(x), loss = xg::sum(h * x);
        xg::HookHandle handle =
            h.register_hook([held = later ? loss : h](const Tensor& g) { return g + 0 * held.detach(); });
        if (backward)
            xg::grad(loss, x);
        else
            handle.remove();
    };
    // The cycle ends with the graph, or with the hook.
    for (const bool backward : {true, false})
        for (const bool later : {false, true}) BOOST_TEST(left_by([&] { result(backward, later); }) == 0);
    BOOST_TEST(left_by([&] {
                   const Tensor h = xg::tanh(x), loss = xg::sum(h * x);
                   h.register_hook([h](const Tensor&) { return Tensor(); });
                   xg::grad(loss, x, {.retain_graph = true});
                   xg::grad(loss, x);
               }) == 0);
    // What retains its gradient does not hold itself.
    BOOST_TEST(left_by([&] {
                   const Tensor h = xg::tanh(x);
                   h.retain_grad();
               }) == 0);
    // A leaf's hooks outlive every graph: they go with their handle, or hold what shares its numbers alone.
    BOOST_TEST(left_by([&] {
                   const Tensor w = leaf();
                   xg::HookHandle handle = w.register_hook([w](const Tensor& g) { return g + w.detach(); });
                   xg::sum(w * x.detach()).backward();
                   handle.remove();
                   w.register_hook([value = w.detach()](const Tensor& g) { return g + value; });
                   xg::sum(w * x.detach()).backward();
               }) == 0);
}

// A Function's context holds its inputs and outputs, and is held by the operation that made the outputs.
BOOST_AUTO_TEST_CASE(functions_that_save_what_they_make) {
    const Tensor x = leaf();
    const xg::Function f(
        "twice",
        [](xg::FunctionContext& context, const Tensors& in) {
            const Tensor y = xg::exp(in[0]), z = y * y;
            context.save({in[0], y, z, y * 3});
            context.save_constants({y * 0});
            return Tensors{y, z};
        },
        [](xg::FunctionContext& context, const Tensors& g) {
            const Tensors saved = context.saved();
            return Tensors{(g[0].defined() ? g[0] * saved[1] : xg::zeros_like(saved[0].detach())) +
                           (g[1].defined() ? g[1] * saved[2] * 2 : xg::zeros_like(saved[0].detach()))};
        });
    BOOST_TEST(left_by([&] { f({x}); }) == 0);
    BOOST_TEST(left_by([&] { xg::grad(xg::sum(f({x})[1]), x); }) == 0);
    BOOST_TEST(left_by([&] {
                   const Tensor y = xg::sum(f({x})[0] * f({x})[1]);
                   const Tensor slope = xg::grad(y, x, {.create_graph = true});
                   xg::grad(xg::sum(slope * slope), x);
               }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
