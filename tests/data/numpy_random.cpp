#include <boost/test/unit_test.hpp>

#include <cmath>

#include <xgrad/data/detail/numpy_random.hpp>

#include "reference/reference.hpp"

using xg::data::detail::RandomState;

BOOST_AUTO_TEST_SUITE(numpy_random)

// The calls that make_reference.py made, in its order.
BOOST_AUTO_TEST_CASE(one_generator_gives_numpys_draws) {
    for (const reference::Generator& expected : reference::generators) {
        BOOST_TEST_CONTEXT("seed " << expected.seed) {
            RandomState random(expected.seed);
            std::vector<double> reals;
            std::vector<std::int64_t> integers;
            for (int i = 0; i < 3; ++i) reals.push_back(random.random_sample());
            for (int i = 0; i < 5; ++i) reals.push_back(random.standard_normal());
            for (int i = 0; i < 3; ++i) reals.push_back(random.uniform(-3.0, 7.5));
            for (const std::int64_t i : random.permutation(13)) integers.push_back(i);
            for (int i = 0; i < 4; ++i) reals.push_back(random.normal(1.5, 2.5));
            for (int i = 0; i < 5; ++i) integers.push_back(random.randint(-5, 1000));
            for (int i = 0; i < 3; ++i) integers.push_back(random.randint(-5, std::int64_t{1} << 62));
            for (int i = 0; i < 2; ++i) integers.push_back(random.randint(0, std::int64_t{1} << 32));
            for (int i = 0; i < 2; ++i) integers.push_back(random.randint(INT64_MIN, INT64_MAX));
            for (int i = 0; i < 2; ++i) integers.push_back(random.randint(7, 8));
            for (int i = 0; i < 2; ++i) reals.push_back(random.standard_normal());
            for (int i = 0; i < 1000; ++i) random.random_sample();
            for (int i = 0; i < 3; ++i) reals.push_back(random.random_sample());

            BOOST_TEST(integers == expected.integers, boost::test_tools::per_element());
            BOOST_TEST_REQUIRE(reals.size() == expected.reals.size());
            for (std::size_t i = 0; i < reals.size(); ++i) {
                const bool logarithm_free = i < 3 || (i >= 8 && i < 11) || i >= reals.size() - 3;
                const double tolerance = logarithm_free ? 0.0 : 1e-12 * std::abs(expected.reals[i]);
                BOOST_TEST(std::abs(reals[i] - expected.reals[i]) <= tolerance,
                           i << ": " << reals[i] << " != " << expected.reals[i]);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(permutations_are_numpys) {
    for (const reference::Permutation& expected : reference::permutations)
        BOOST_TEST_CONTEXT("seed " << expected.seed << ", n " << expected.n)
    BOOST_TEST(RandomState(expected.seed).permutation(expected.n) == expected.order, boost::test_tools::per_element());
}

// Two C libraries may differ in the last bit of a rare logarithm; fused multiply-adds change a sixth of all draws.
BOOST_AUTO_TEST_CASE(normal_draws_are_rounded_as_numpys) {
    RandomState random(570);
    int different = 0;
    for (const double expected : reference::normals) different += random.standard_normal() != expected;
    BOOST_TEST(different <= 20);
}

BOOST_AUTO_TEST_SUITE_END()
