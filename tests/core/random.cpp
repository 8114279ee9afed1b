#include <xgrad/core/random.hpp>

#include <cmath>
#include <set>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace {

using Words = std::array<std::uint32_t, 4>;

/// The first words of the next `n` streams.
std::vector<Words> draw(int n) {
    std::vector<Words> words;
    for (int i = 0; i < n; ++i) words.push_back(xg::next_stream().block(0));
    return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_numbers)

// The known answers for philox4x32 with 10 rounds that Random123 is published with (its file kat_vectors).
BOOST_AUTO_TEST_CASE(sixteen_blocks_are_those_of_one_by_one) {
    const xg::Philox stream(0x123456789abcdef0U, 0xfedcba9876543210U);
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xfffffff8}, ~std::uint64_t{0} - 7}) {
        std::array<std::uint32_t, 64> words{};
        stream.sixteen_blocks(first, words);
        for (std::uint64_t i = 0; i < 16; ++i) {
            const auto block = stream.block(first + i);
            for (std::size_t k = 0; k < 4; ++k) BOOST_TEST(words[4 * i + k] == block[k]);
        }
    }
}

BOOST_AUTO_TEST_CASE(known_answers) {
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    BOOST_TEST((xg::Philox(0, 0).block(0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    BOOST_TEST((xg::Philox(ones, ones).block(ones) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: lower words first.
    BOOST_TEST((xg::Philox(0x299f31d0a4093822, 0x0370734413198a2e).block(0x85a308d3243f6a88) ==
                Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(seeds_streams_and_counters_give_different_words) {
    std::set<Words> seen;
    for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32})
        for (const std::uint64_t stream : {0ULL, 1ULL, 1ULL << 32, 1ULL << 40})
            for (const std::uint64_t counter : {0ULL, 1ULL, 1ULL << 32})
                seen.insert(xg::Philox(seed, stream).block(counter));
    BOOST_TEST(seen.size() == 36U);
}

BOOST_AUTO_TEST_CASE(the_seed_fixes_the_streams) {
    xg::manual_seed(570);
    const auto first = draw(5);
    xg::manual_seed(570);
    BOOST_TEST((draw(5) == first));
    BOOST_TEST((draw(5) != first));
    xg::manual_seed(571);
    BOOST_TEST((draw(5) != first));
    BOOST_TEST((std::set<Words>(first.begin(), first.end()).size() == 5));
}

BOOST_AUTO_TEST_CASE(each_thread_has_a_generator_of_its_own) {
    xg::manual_seed(3);
    const auto mine = draw(1);
    std::vector<Words> other, third, seeded;
    std::thread([&] { other = draw(3); }).join();
    std::thread([&] { third = draw(3); }).join();
    std::thread([&] {
        xg::manual_seed(3);
        seeded = draw(2);
    }).join();
    std::set<Words> seen(other.begin(), other.end());
    seen.insert(third.begin(), third.end());
    xg::manual_seed(0);
    for (const Words& words : draw(3)) seen.insert(words);
    BOOST_TEST(seen.size() == 9U);  // neither each other's nor those of the seed 0
    BOOST_TEST((seeded[0] == mine[0]));
}

BOOST_AUTO_TEST_CASE(uniform_doubles) {
    static_assert(xg::uniform_double(0, 0) == 0.0);
    static_assert(xg::uniform_double(0xFFFFFFFF, 0xFFFFFFFF) == 1.0 - 0x1p-53);
    static_assert(xg::uniform_double(0x80000000, 0) == 0.5);
    static_assert(xg::uniform_double(0, 0x800) == 0x1p-53);
    constexpr int n = 100'000;
    const xg::Philox philox(1);
    double sum = 0, squares = 0;
    for (int i = 0; i < n; ++i) {
        const Words words = philox.block(static_cast<std::uint64_t>(i));
        const double u = xg::uniform_double(words[0], words[1]);
        BOOST_REQUIRE(u >= 0 && u < 1);
        sum += u;
        squares += u * u;
    }
    BOOST_TEST(std::abs(sum / n - 0.5) < 0.004);  // 4 standard errors
    BOOST_TEST(std::abs(squares / n - 1.0 / 3.0) < 0.004);
}

BOOST_AUTO_TEST_SUITE_END()
