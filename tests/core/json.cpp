#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>

using xg::detail::Json;
using xg::detail::parse_json;

namespace {

void refused(const std::string& text, const std::string& what, int deepest = 100) {
    BOOST_TEST_CONTEXT(text)
    BOOST_CHECK_EXCEPTION(parse_json(text, deepest), xg::ValueError, [&](const xg::ValueError& e) {
        return std::string(e.what()).find(what) != std::string::npos;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(a_text_is_read_and_written_as_it_was) {
    for (const char* text : {"null", "true", "[]", "{}", R"({"b":1,"a":[-2,0.5,"x\n\"é",null,false,[{"c":[]}]],"":{}})",
                             "[18446744073709551615,-9223372036854775808,1e+300,0.1]"})
        BOOST_TEST(parse_json(text).dump() == text);
    BOOST_TEST(parse_json(" [1 , 2] ").dump(1) == "[\n 1,\n 2\n]");
}

BOOST_AUTO_TEST_CASE(values_have_kinds) {
    const Json json = parse_json(R"({"whole":7,"below":-7,"real":7.0,"text":"7","flag":true,"none":null,"list":[1]})");
    BOOST_TEST(*json.find("whole")->natural() == 7U);
    BOOST_TEST(*json.find("below")->integer() == -7);
    BOOST_TEST(*json.find("real")->real() == 7.0);
    BOOST_TEST(*json.find("text")->text() == "7");
    BOOST_TEST(*json.find("flag")->boolean());
    BOOST_TEST(json.find("none")->is_null());
    BOOST_TEST(json.find("list")->list()->size() == 1U);
    for (const char* key : {"whole", "below", "real"}) BOOST_TEST(json.find(key)->is_number());
    BOOST_TEST(json.find("below")->number() == -7);
    for (const char* key : {"text", "flag", "none", "list"}) BOOST_TEST(!json.find(key)->is_number());
    BOOST_TEST(json.find("absent") == nullptr);
    BOOST_TEST(Json(1).find("absent") == nullptr);
    BOOST_TEST(json.find("whole")->text() == nullptr);
}

BOOST_AUTO_TEST_CASE(what_json_has_not_is_null) {
    const double inf = std::numeric_limits<double>::infinity();
    BOOST_TEST(Json::list_of(std::vector<double>{1.5, inf, -inf, std::numeric_limits<double>::quiet_NaN()}).dump() ==
               "[1.5,null,null,null]");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused) {
    for (const char* text : {"", "{", "[1,]", "{\"a\"}", "1 2", "nul", "'a'", "[1e999]"}) refused(text, "JSON: ");
    refused(R"({"x":{"a":1,"b":2,"a":3}})", "names 'a' twice");
    refused("[[[1]]]", "deeper than 2", 2);
    BOOST_TEST(parse_json("[[1],{}]", 2).dump() == "[[1],{}]");
    refused(std::string(1'000'000, '['), "deeper than 100");
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_utf8_are_refused_or_replaced) {
    const Json json("a\xff");
    BOOST_CHECK_THROW((void)json.dump(), xg::ValueError);
    BOOST_TEST(json.dump(-1, true) == "\"a\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_SUITE_END()
