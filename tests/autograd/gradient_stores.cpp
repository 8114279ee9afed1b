#include <stdexcept>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

#include "support.hpp"

// Workers that differentiate through leaves that they share: each puts its gradients into a store of its own, and the
// stores are added to the leaves one after another.

using xg::GradientStore;
using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

constexpr std::int64_t kBlocks = 8, kRows = 5;

/// A small network and the rows that it learns from, the same each time.
struct Work {
    Tensor x, w, b, v, unused;

    Work() {
        support::Draw draw(21);
        x = support::uniform(draw, {kBlocks * kRows, 6}, -1, 1, xg::float32);
        w = support::uniform(draw, {9, 6}, -1, 1, xg::float32);
        b = support::uniform(draw, {9}, -1, 1, xg::float32);
        v = support::uniform(draw, {9, 2}, -1, 1, xg::float32);
        unused = xg::ones({3});
        for (Tensor* leaf : {&w, &b, &v, &unused}) leaf->requires_grad(true);
    }
    Tensors leaves() const { return {w, b, v, unused}; }
    Tensor loss(std::int64_t block) const {
        const Tensor rows = x.slice(0, block * kRows, (block + 1) * kRows);
        const Tensor h = xg::tanh(xg::linear(rows, w, b));
        return xg::sum(xg::square(xg::matmul(h, v))) + xg::sum(w) * 0.01;
    }
    /// All blocks' losses, differentiated into a store for each block, which `run` calls for; then added to the leaves
    /// in order.
    template <class Run>
    Tensors collect(Run&& run) const {
        std::vector<GradientStore> stores(kBlocks);
        run([&](std::int64_t block) {
            const GradientStore::Scope scope(stores[static_cast<std::size_t>(block)]);
            loss(block).backward();
        });
        for (const Tensor& leaf : leaves()) BOOST_TEST(!leaf.grad().defined());
        for (GradientStore& store : stores) store.commit();
        Tensors gradients;
        for (Tensor leaf : leaves()) {
            gradients.push_back(leaf.grad());
            leaf.set_grad({});
        }
        return gradients;
    }
};

void same(const Tensors& a, const Tensors& b) {
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        BOOST_REQUIRE_EQUAL(a[i].defined(), b[i].defined());
        if (a[i].defined()) BOOST_TEST(support::same_bits(a[i], b[i]), "leaf " << i);
    }
}

}  // namespace

// In the suite of what ThreadSanitizer watches.
BOOST_AUTO_TEST_SUITE(threads)
BOOST_AUTO_TEST_SUITE(gradient_stores)

BOOST_AUTO_TEST_CASE(the_same_bits_for_any_threads) {
    const Work work;
    // The leaves themselves, block after block.
    for (std::int64_t block = 0; block < kBlocks; ++block) work.loss(block).backward();
    Tensors direct;
    for (Tensor leaf : work.leaves()) {
        direct.push_back(leaf.grad());
        leaf.set_grad({});
    }
    BOOST_TEST(!direct[3].defined());
    same(work.collect([](const auto& task) {
        for (std::int64_t block = 0; block < kBlocks; ++block) task(block);
    }),
         direct);
    // Two threads, of which each takes every other block, the one from the end.
    for (int again = 0; again < 5; ++again)
        same(work.collect([](const auto& task) {
            std::thread other([&] {
                for (std::int64_t block = kBlocks - 1; block > 0; block -= 2) task(block);
            });
            for (std::int64_t block = 0; block < kBlocks; block += 2) task(block);
            other.join();
        }),
             direct);
    // The library's own.
    for (const int n : {1, 2, 4}) {
        const support::Threads threads(n);
        same(work.collect([](const auto& task) { xg::parallel_for(kBlocks, task); }), direct);
    }
}

BOOST_AUTO_TEST_CASE(several_passes_add_up_in_one_store) {
    const Work work;
    GradientStore store;
    {
        const GradientStore::Scope scope(store);
        work.loss(0).backward();
        work.loss(1).backward();
    }
    store.commit();
    const Tensor stored = work.w.grad();
    store.commit();  // it is empty
    BOOST_TEST(support::same_bits(work.w.grad(), stored));
    Tensor(work.w).set_grad({});
    work.loss(0).backward();
    work.loss(1).backward();
    BOOST_TEST(support::same_bits(work.w.grad(), stored));
}

BOOST_AUTO_TEST_CASE(hooks_see_what_is_added) {
    const Work work;
    int calls = 0;
    bool fails = true;
    work.w.register_hook([&](const Tensor& g) { return ++calls, g * 2; });
    // The last leaf's hook throws: no leaf has changed, and nothing is left in the store.
    work.v.register_hook([&](const Tensor&) -> Tensor {
        if (fails) throw std::runtime_error("no");
        return {};
    });
    GradientStore store;
    const auto fill = [&] {
        const GradientStore::Scope scope(store);
        work.loss(0).backward();
    };
    fill();
    BOOST_TEST(calls == 0);
    BOOST_CHECK_THROW(store.commit(), std::runtime_error);
    for (const Tensor& leaf : work.leaves()) BOOST_TEST(!leaf.grad().defined());
    store.commit();
    BOOST_TEST(!work.w.grad().defined());
    fails = false;
    calls = 0;
    fill();
    store.commit();
    BOOST_TEST(calls == 1);
    const Tensor hooked = work.w.grad();
    Tensor(work.w).set_grad({});
    work.loss(0).backward();
    BOOST_TEST(support::same_bits(work.w.grad(), hooked));
}

// xg::grad returns gradients, with or without a store.
BOOST_AUTO_TEST_CASE(what_grad_returns_is_not_stored) {
    const Work work;
    work.w.register_hook([](const Tensor& g) { return g * 2; });
    const Tensor plain = xg::grad(work.loss(0), work.w);
    GradientStore store;
    {
        const GradientStore::Scope scope(store);
        BOOST_TEST(support::same_bits(xg::grad(work.loss(0), work.w), plain));
    }
    store.commit();
    BOOST_TEST(!work.w.grad().defined());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
