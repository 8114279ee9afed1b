#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using support::same_bits;
using xg::Tensor;

namespace {

std::vector<Tensor> leaves() {
    support::Draw draw(5);
    std::vector<Tensor> all = {
        support::uniform(draw, {40, 8}, -1, 1, xg::float32), support::uniform(draw, {16, 8}, -1, 1, xg::float32),
        support::uniform(draw, {16}, -1, 1, xg::float32), support::uniform(draw, {16, 4}, -1, 1, xg::float32)};
    for (Tensor& t : all) t.requires_grad(true);
    return all;
}

/// Gradients of a small network with respect to everything.
std::vector<Tensor> gradients(const std::vector<Tensor>& in, double scale) {
    const Tensor h = xg::tanh(xg::linear(in[0] * scale, in[1], in[2], xg::Activation::relu));
    const Tensor y = xg::matmul(h, in[3]), loss = xg::mean(xg::square(y)) + xg::sum(xg::max(y, 1)) * 0.01;
    const Tensor g = xg::grad(loss, in[0], {.create_graph = true});
    return xg::grad({loss + xg::sum(xg::square(g))}, in);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(two_graphs_over_the_same_leaves) {
    const std::vector<Tensor> shared = leaves();
    std::vector<std::vector<Tensor>> alone;
    for (int t = 0; t < 2; ++t) alone.push_back(gradients(shared, 1 + t));
    std::atomic<int> wrong{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < 2; ++t)
        workers.emplace_back([&, t] {
            for (int again = 0; again < 20; ++again) {
                const auto found = gradients(shared, 1 + t);
                for (std::size_t i = 0; i < found.size(); ++i)
                    if (!same_bits(found[i], alone[static_cast<std::size_t>(t)][i])) ++wrong;
            }
        });
    for (auto& worker : workers) worker.join();
    BOOST_TEST(wrong == 0);
    for (const Tensor& leaf : shared) BOOST_TEST(!leaf.grad().defined());
}

BOOST_AUTO_TEST_CASE(eight_threads_with_weights_in_common) {
#ifdef __SANITIZE_THREAD__
    constexpr int kSteps = 30;
#else
    constexpr int kSteps = 1000;
#endif
    constexpr int kThreads = 8, kKinds = 5;
    const std::vector<Tensor> weights = leaves();
    // Each its own input, a leaf of its own graphs, which is another at every step.
    const auto at = [&](int thread, int kind) {
        std::vector<Tensor> in = weights;
        in[0] = (weights[0].detach() * (1 + 0.1 * thread)).requires_grad(true);
        return gradients(in, 1 + 0.25 * kind);
    };
    std::vector<std::vector<Tensor>> alone;
    for (int t = 0; t < kThreads; ++t)
        for (int kind = 0; kind < kKinds; ++kind) alone.push_back(at(t, kind));
    std::atomic<int> wrong{0}, steps{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < kThreads; ++t)
        workers.emplace_back([&, t] {
            for (int step = 0; step < kSteps; ++step, ++steps) {
                const auto found = at(t, step % kKinds);
                const auto& expected = alone[static_cast<std::size_t>(t * kKinds + step % kKinds)];
                for (std::size_t i = 0; i < found.size(); ++i)
                    if (!same_bits(found[i], expected[i])) ++wrong;
            }
        });
    for (auto& worker : workers) worker.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(steps == kThreads * kSteps);
    for (const Tensor& leaf : weights) {
        BOOST_TEST(!leaf.grad().defined());
        BOOST_TEST(leaf.version() == 0u);
    }
    BOOST_TEST(!same_bits(alone[0][1], alone[kKinds][1]));
}

BOOST_AUTO_TEST_CASE(graphs_of_their_own) {
    std::vector<std::thread> workers;
    std::vector<Tensor> collected(4);
    for (std::size_t t = 0; t < collected.size(); ++t)
        workers.emplace_back([&, t] {
            const std::vector<Tensor> own = leaves();
            for (int again = 0; again < 10; ++again) xg::sum(xg::tanh(xg::linear(own[0], own[1], own[2]))).backward();
            collected[t] = own[1].grad();
        });
    for (auto& worker : workers) worker.join();
    for (const Tensor& gradient : collected) BOOST_TEST(same_bits(gradient, collected[0]));
}

BOOST_AUTO_TEST_CASE(a_graph_handed_from_thread_to_thread) {
    const Tensor x = xg::full({}, 2, support::f64_leaf);
    Tensor y = x;
    for (int i = 0; i < 4; ++i) std::thread([&] { y = xg::square(y) * 0.5; }).join();
    std::thread([z = std::move(y)]() mutable {
        z.backward();
        z = Tensor();
    }).join();
    BOOST_TEST(x.grad().item() == 16);
}

BOOST_AUTO_TEST_CASE(tensors_are_read_from_several_threads) {
    const Tensor x = xg::arange(0, 1000, 1, support::f64).reshape({10, 100}).transpose();
    std::atomic<int> wrong{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < 4; ++t)
        workers.emplace_back([&] {
            for (int again = 0; again < 50; ++again) {
                const Tensor copy = x, part = copy.slice(0, 3, 70, 3);
                if (xg::sum(copy).item() != 499500 || part.to_vector()[0] != 3) ++wrong;
            }
        });
    for (auto& worker : workers) worker.join();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
