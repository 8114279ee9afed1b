#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/memory.hpp>

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(live_and_peak) {
    const std::int64_t before = xg::memory_stats().live;
    const xg::PeakMemory outer;
    {
        const xg::Tensor kept = xg::zeros({1000, 1000});
        BOOST_TEST(xg::memory_stats().live - before >= 4'000'000);
        const xg::PeakMemory inner;
        BOOST_TEST(inner.added() == 0);
        { const xg::Tensor gone = xg::zeros({500, 1000}); }
        BOOST_TEST(inner.added() >= 2'000'000);
        BOOST_TEST(inner.added() < 3'000'000);
    }
    BOOST_TEST(xg::memory_stats().live == before);
    BOOST_TEST(outer.added() >= 6'000'000);
    BOOST_TEST(outer.added() < 8'000'000);
    BOOST_TEST(xg::memory_stats().peak >= outer.bytes());
}

BOOST_AUTO_TEST_CASE(what_is_kept_can_be_given_back) {
    { const xg::Tensor big = xg::zeros({1000, 1000}); }
    xg::release_memory();
    const xg::MemoryStats bare = xg::memory_stats();
    {
        const xg::Tensor big = xg::zeros({1000, 1000});
        BOOST_TEST(xg::memory_stats().reserved - bare.reserved >= 4'000'000);
        BOOST_TEST(xg::memory_stats().pooled - bare.pooled < 1'000'000);
    }
    const xg::MemoryStats kept = xg::memory_stats();
    BOOST_TEST(kept.live == bare.live);
#ifdef __SANITIZE_ADDRESS__
    // Nothing is kept: a block that is used after it was freed is the sanitizer's to see.
    BOOST_TEST(kept.reserved == bare.reserved);
    BOOST_TEST(kept.pooled == 0);
#else
    BOOST_TEST(kept.reserved - bare.reserved >= 4'000'000);
    BOOST_TEST(kept.pooled - bare.pooled >= 4'000'000);
    // What is kept is used again.
    { const xg::Tensor again = xg::zeros({1000, 1000}); }
    BOOST_TEST(xg::memory_stats().reserved == kept.reserved);
#endif
    xg::release_memory();
    BOOST_TEST(xg::memory_stats().reserved - bare.reserved < 100'000);
    BOOST_TEST(xg::memory_stats().pooled - bare.pooled < 100'000);
}

// Blocks of the sizes of numbers and shapes are not counted as live, nor as kept.
BOOST_AUTO_TEST_CASE(small_blocks_are_not_counted) {
    const xg::MemoryStats before = xg::memory_stats();
    std::vector<xg::Tensor> many;
    for (int i = 0; i < 1000; ++i) many.push_back(xg::zeros({8}));
    BOOST_TEST(xg::memory_stats().live == before.live);
    many.clear();
    BOOST_TEST(xg::memory_stats().pooled == before.pooled);
}

BOOST_AUTO_TEST_SUITE_END()
