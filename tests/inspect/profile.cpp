#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <xgrad/inspect/report.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::LayerRecord;
using xg::inspect::Profile;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// The fields of CSV as RFC 4180 has it.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"')
            rows.back().back() += text[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == ',')
            rows.back().emplace_back();
        else if (!quoted && c == '\n')
            rows.emplace_back(1);
        else
            rows.back().back() += c;
    }
    BOOST_TEST(!quoted);
    BOOST_TEST((rows.back().size() == 1u && rows.back()[0].empty()));
    rows.pop_back();
    return rows;
}

const std::vector<std::string> hostile_names{"plain",
                                             "with \"quotes\"",
                                             "a,comma",
                                             "two\nlines\r\nthree",
                                             "`touch pwned`",
                                             "$(touch pwned)",
                                             "\\back\\slash",
                                             "tab\tand\x01",
                                             "‖∂L/∂h‖ Grüße",
                                             "<script>x</script>",
                                             "\"",
                                             "'; DROP"};

Profile hostile() {
    Profile profile = profile_of(std::vector<double>(hostile_names.size(), 0.125));
    for (std::size_t i = 0; i < hostile_names.size(); ++i)
        profile.layers[i].name = profile.layers[i].type = hostile_names[i];
    return profile;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(csv_reads_back) {
    Profile profile = hostile();
    profile.layers[1].gradient_norm = no_number;
    profile.layers[2].gradient_norm = infinite;
    profile.layers[3].gradient_norm = 1.23456789e-39;
    const auto rows = parse_csv(profile.to_csv());
    BOOST_REQUIRE(rows.size() == 1 + hostile_names.size());
    BOOST_TEST((rows[0][0] == "layer" && rows[0][2] == "gradient_norm" && rows[0].size() == 7u));
    for (std::size_t i = 0; i < hostile_names.size(); ++i) {
        BOOST_REQUIRE(rows[i + 1].size() == 7u);
        BOOST_TEST((rows[i + 1][0] == hostile_names[i] && rows[i + 1][1] == hostile_names[i]));
        BOOST_TEST(rows[i + 1][3] == "0.125");
    }
    BOOST_TEST((rows[2][2].empty() && rows[3][2] == "inf" && rows[4][2] == "1.23456789e-39"));
}

BOOST_AUTO_TEST_CASE(json_reads_back) {
    Profile profile = hostile();
    profile.step = 12;
    profile.layers[1].gradient_norm = no_number;
    profile.layers[2].gradient_norm = infinite;
    profile.layers[3].gradient_norm = -infinite;
    const nlohmann::json root = nlohmann::json::parse(profile.to_json());
    BOOST_TEST((root.at("step") == 12 && root.at("layers").size() == hostile_names.size()));
    for (std::size_t i = 0; i < hostile_names.size(); ++i) {
        const auto& layer = root.at("layers").at(i);
        BOOST_TEST((layer.at("layer") == hostile_names[i] && layer.at("type") == hostile_names[i]));
        BOOST_TEST((layer.at("weight_norm") == 1.0 && layer.at("n_in") == 64.0));
    }
    const auto& layers = root.at("layers");
    BOOST_TEST((layers[1]["gradient_norm"].is_null() && layers[2]["gradient_norm"] == "inf" &&
                layers[3]["gradient_norm"] == "-inf"));
    BOOST_TEST(layers[0]["gradient_norm"] == 0.125);
    BOOST_TEST(nlohmann::json::parse(Profile().to_json()).at("layers").empty());
}

// A name may hold any bytes; what cannot be JSON is replaced.
BOOST_AUTO_TEST_CASE(names_that_are_no_utf8) {
    Profile profile = profile_of({1, 2});
    profile.layers[0].name = "bad \xff\xc3 bytes";
    const nlohmann::json root = nlohmann::json::parse(profile.to_json());
    BOOST_TEST(root.at("layers").at(0).at("layer").get<std::string>().find("bytes") != std::string::npos);
    BOOST_TEST(profile.to_csv().find("bad \xff\xc3 bytes") != std::string::npos);
    BOOST_TEST(profile.table().find("bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_page_escapes_names) {
    const std::string page = xg::inspect::to_html(hostile(), "<title> & \"more\"");
    BOOST_TEST(page.find("<script>x") == std::string::npos);
    BOOST_TEST(page.find("&lt;script&gt;x&lt;/script&gt;") != std::string::npos);
    BOOST_TEST(page.find("<title> &") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_table_has_a_line_a_layer) {
    const Profile p = profile_of({1e-9, 1e-6, 1e-3, 1});
    const std::string table = p.table();
    BOOST_TEST(std::count(table.begin(), table.end(), '\n') == 5);
    for (const char* part : {"1.00e-09", "1e-9 to 1e0", "Linear + ReLU", "‖∂L/∂W‖"})
        BOOST_TEST(table.find(part) != std::string::npos, part);
    BOOST_TEST(profile_of({0.1, 0.5}).table().find("1e-1 to 1e0") != std::string::npos);
    // The largest has the longest bar.
    const auto bars = [&](std::size_t line) {
        std::size_t begin = 0;
        for (std::size_t i = 0; i < line; ++i) begin = table.find('\n', begin) + 1;
        const std::string text = table.substr(begin, table.find('\n', begin) - begin);
        std::size_t n = 0;
        for (std::size_t at = text.find("█"); at != std::string::npos; at = text.find("█", at + 1)) ++n;
        return n;
    };
    BOOST_TEST((bars(4) == 24u && bars(3) == 16u && bars(2) == 8u && bars(1) == 0u));
    // Names with line breaks do not break it.
    Profile odd = p;
    odd.layers[1].name = "two\nlines";
    odd.layers[2].type = "\x1b[2J";
    const std::string text = odd.table();
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 5);
    BOOST_TEST(text.find('\x1b') == std::string::npos);
    BOOST_TEST(profile_of({0, no_number, infinite}).table().find("–") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(decades_from_the_last_layer_to_the_first) {
    BOOST_TEST(std::abs(profile_of({1e-6, 1e-4, 1e-2}).decades() - 4) < 1e-12);
    BOOST_TEST(std::abs(profile_of({1e-6, 1e-4, 1e-2}).decades_per_layer() - 2) < 1e-12);
    BOOST_TEST(std::abs(profile_of({100, 1}).decades() + 2) < 1e-12);
    BOOST_TEST((std::isnan(profile_of({1}).decades()) && std::isnan(profile_of({1}).decades_per_layer())));
    BOOST_TEST((std::isnan(Profile().decades()) && std::isnan(Profile().decades_per_layer())));
    // Layers without a usable norm are left out of the line.
    BOOST_TEST(std::abs(profile_of({1e-6, 0, no_number, 1e-3}).decades_per_layer() - 1) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
