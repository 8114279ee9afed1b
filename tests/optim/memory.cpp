#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <vector>

#include <xgrad/autograd/checkpoint.hpp>
#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/memory.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/linear.hpp>
#include <xgrad/nn/sequential.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/clipping.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

// Training does not need more memory the longer it lasts.

using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kShorter = 20;
#else
constexpr int kShorter = 1;
#endif

/// Bytes in use by everything but the pool: what nodes and hooks keep in the standard library's containers. Not known
/// everywhere.
std::int64_t other_bytes() {
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const auto info = mallinfo2();
    return static_cast<std::int64_t>(info.uordblks + info.hblkhd) - xg::memory_stats().reserved;
#else
    return 0;
#endif
}

/// A small network and the batch that it learns.
struct Training {
    xg::nn::Sequential model{xg::nn::Linear(2, 64), xg::nn::Tanh(), xg::nn::Linear(64, 1)};
    xg::optim::SGD optimizer{model.parameters(), {.lr = 0.01, .momentum = 0.9}};
    Tensor x = xg::randn({32, 2}), y = xg::sum(x * x, 1, true);
    double last_loss = 0;

    template <class Loss>
    void step(Loss&& loss_of) {
        optimizer.zero_grad();
        const Tensor loss = loss_of();
        loss.backward();
        optimizer.step();
        last_loss = loss.item();
    }
    Tensor plain() { return xg::mean(xg::square(model(x) - y)); }
};

/// Takes `steps` steps after some that warm up, and looks whether anything grew meanwhile.
template <class Step>
void check_steady(int steps, Step&& step) {
    for (int i = 0; i < 200; ++i) step(i);
    const xg::MemoryStats before = xg::memory_stats();
    const std::int64_t other = other_bytes();
    for (int i = 0; i < steps; ++i) step(i);
    const xg::MemoryStats after = xg::memory_stats();
    // Arrays; then nodes, shapes and small arrays, which `live` does not count: what is taken from the system stays the
    // same only if all of them come back; then the rest. One block of 64 bytes lost in a thousand steps would show.
    BOOST_TEST(after.live == before.live);
    BOOST_TEST(after.reserved == before.reserved);
    BOOST_TEST(other_bytes() - other < 4096);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(a_hundred_thousand_steps) {
    xg::manual_seed(3);
    Training t;
    t.step([&] { return t.plain(); });
    const double first_loss = t.last_loss;
    check_steady(100'000 / kShorter, [&](int) { t.step([&] { return t.plain(); }); });
    BOOST_TEST(t.last_loss < 0.1 * first_loss);
}

// Hooks that hold their tensors, results that retain their gradient, checkpoints, functions of one's own, gradients'
// gradients.
BOOST_AUTO_TEST_CASE(everything_that_might_hold_on) {
    xg::manual_seed(4);
    Training t;
    const xg::Function twice(
        "twice",
        [](xg::FunctionContext& context, const Tensors& in) {
            const Tensor y = xg::exp(in[0]);
            context.save({in[0], y, y * 2});
            return Tensors{y};
        },
        [](xg::FunctionContext& context, const Tensors& g) { return Tensors{g[0] * context.saved()[1]}; });
    check_steady(5'000 / kShorter, [&](int i) {
        t.step([&] {
            const Tensor h = i % 2 == 0 ? t.model[0](t.x) : xg::checkpoint(xg::UnaryFunction(t.model[0]), t.x);
            h.register_hook([h](const Tensor& g) { return g + 0 * h.detach(); });
            const Tensor a = t.model[1](h);
            a.retain_grad();
            const Tensor error = t.model[2](a) - t.y;
            Tensor loss = xg::mean(xg::square(error)) + xg::mean(twice({a * 0.01})[0]) * 0.01;
            if (i % 5 == 0) {
                const Tensor slope = xg::grad(loss, t.model.parameters()[0], {.create_graph = true});
                loss = loss + xg::sum(xg::square(slope)) * 1e-6;
            }
            return loss;
        });
        // And one that is never differentiated.
        if (i % 3 == 0) xg::mean(twice({t.model(t.x)})[0]);
    });
}

// Every optimizer, with clipped gradients and states that come and go.
BOOST_AUTO_TEST_CASE(optimizers_of_all_kinds) {
    xg::manual_seed(5);
    Training t;
    xg::optim::Adam adam(t.model.parameters(), {.weight_decay = 1e-3, .amsgrad = true});
    xg::optim::RMSprop rmsprop(t.model.parameters(), {.lr = 1e-4, .momentum = 0.5, .centered = true});
    xg::optim::Adagrad adagrad(t.model.parameters(), {.lr = 1e-3});
    xg::optim::NAdam nadam(t.model.parameters());
    check_steady(5'000 / kShorter, [&](int i) {
        t.step([&] { return t.plain(); });
        xg::optim::clip_grad_norm_(t.model.parameters(), 0.5);
        for (xg::optim::Optimizer* optimizer :
             {static_cast<xg::optim::Optimizer*>(&adam), static_cast<xg::optim::Optimizer*>(&rmsprop),
              static_cast<xg::optim::Optimizer*>(&adagrad), static_cast<xg::optim::Optimizer*>(&nadam)}) {
            optimizer->step();
            if (i % 10 == 0) optimizer->load_state(optimizer->state());
        }
        xg::optim::clip_grad_value_(t.model.parameters(), 0.01);
    });
}

BOOST_AUTO_TEST_SUITE_END()
