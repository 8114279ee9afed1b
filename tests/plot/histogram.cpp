#include <cmath>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <xgrad/plot/histogram.hpp>

#include "reference/histograms.hpp"
#include "support.hpp"

using namespace xg::plot;

namespace {

std::vector<double> numbers_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<double> out;
    for (std::string word; in >> word;) out.push_back(std::strtod(word.c_str(), nullptr));
    return out;
}

std::vector<std::string> parts_of(const std::string& line) {
    std::vector<std::string> parts{""};
    for (const char c : line) c == '|' ? void(parts.emplace_back()) : parts.back().push_back(c);
    return parts;
}

bool near(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(histograms)

BOOST_AUTO_TEST_CASE(numpys_bins) {
    std::map<std::string, std::vector<double>> samples;
    for (const std::string line : reference::samples) {
        const std::vector<std::string> parts = parts_of(line);
        samples[parts[0].substr(0, parts[0].find(' '))] = numbers_of(parts.at(1));
    }
    int cases = 0;
    for (const std::string line : reference::histograms) {
        const std::vector<std::string> parts = parts_of(line);
        BOOST_TEST_CONTEXT(parts[0]) {
            BOOST_REQUIRE_EQUAL(parts.size(), 3U);
            std::istringstream in(parts[0]);
            std::string name, low, high;
            BinOptions options;
            in >> name >> options.bins >> low >> high >> options.density;
            options.range = {std::stod(low), std::stod(high)};
            const Bins bins = bin_values(samples.at(name), options);
            const std::vector<double> edges = numbers_of(parts[1]), heights = numbers_of(parts[2]);
            BOOST_REQUIRE_EQUAL(bins.edges.size(), edges.size());
            BOOST_REQUIRE_EQUAL(bins.heights.size(), heights.size());
            const double span = edges.back() - edges.front();
            for (std::size_t i = 0; i < edges.size(); ++i)
                BOOST_TEST(std::abs(bins.edges[i] - edges[i]) <= 1e-12 * span);
            for (std::size_t i = 0; i < heights.size(); ++i)
                if (options.density)
                    BOOST_TEST(near(bins.heights[i], heights[i]));
                else
                    BOOST_TEST(bins.heights[i] == heights[i]);
        }
        ++cases;
    }
    BOOST_TEST(cases > 100);
}

BOOST_AUTO_TEST_CASE(one_value_far_from_all_others) {
    std::vector<double> values(100);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
    values.push_back(1e300);
    const Bins bins = bin_values(values);  // numpy asks for more memory than there is
    BOOST_TEST(bins.heights.size() == 10'000U);
    BOOST_TEST(bins.heights.front() == 100);
    BOOST_TEST(bins.heights.back() == 1);
}

BOOST_AUTO_TEST_CASE(what_has_no_bins) {
    constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    BOOST_CHECK_THROW(bin_values({1, nan_value}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({infinity}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({1, 2}, {.bins = -1}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({1, 2}, {.bins = 10'001}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({1, 2}, {.range = {2, 1}}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({1, 2}, {.range = {0, infinity}}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({-1.7e308, 1.7e308}), xg::ValueError);
    BOOST_CHECK_THROW(bin_values({1e300, -1e290}, {.bins = 2, .range = {1e16, 1e16 + 2}, .density = false}),
                      xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
