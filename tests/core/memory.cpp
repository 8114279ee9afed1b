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
    const std::int64_t bare = xg::memory_stats().reserved;
    { const xg::Tensor big = xg::zeros({1000, 1000}); }
#ifndef __SANITIZE_ADDRESS__
    BOOST_TEST(xg::memory_stats().reserved - bare >= 4'000'000);
#endif
    xg::release_memory();
    BOOST_TEST(xg::memory_stats().reserved - bare < 100'000);
}

BOOST_AUTO_TEST_SUITE_END()
