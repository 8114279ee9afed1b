#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include <unistd.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/safetensors.hpp>

#include "reference/safetensors.hpp"

using xg::Tensor;
using xg::data::from_safetensors;
using xg::data::SafeTensors;
using xg::data::to_safetensors;

namespace {

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

/// A file with this header.
std::string file(const std::string& header, const std::string& data = "") {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

void refused(const std::string& bytes, const std::string& why) {
    BOOST_TEST_CONTEXT(why) { BOOST_CHECK_EXCEPTION(from_safetensors(bytes, "x.st"), xg::FileError, says(why)); }
}

std::vector<double> values(const SafeTensors& s, const char* name) { return s.at(name).to_vector(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(reads_what_python_wrote) {
    const SafeTensors s = from_safetensors(
        {reinterpret_cast<const char*>(reference::safetensors_bytes), sizeof reference::safetensors_bytes});
    constexpr double inf = std::numeric_limits<double>::infinity();
    BOOST_TEST(s.tensors.size() == 15u);
    BOOST_TEST(s.note("format") == "pt");
    BOOST_TEST(s.note("note") == "größer");
    BOOST_TEST(s.note("none").empty());
    BOOST_TEST((s.at("fc.weight").shape() == xg::Shape{2, 3} && s.at("fc.weight").dtype() == xg::float32));
    BOOST_TEST(values(s, "fc.weight") == (std::vector<double>{1.5, -2.25, 3e-40F, inf, -0.0, 1e30F}));
    BOOST_TEST(std::signbit(values(s, "fc.weight")[4]));
    BOOST_TEST((s.at("fc.bias").dtype() == xg::float64));
    BOOST_TEST(values(s, "fc.bias") == (std::vector<double>{0.1, -1e-300}));
    // The nearest numbers that the short types have.
    BOOST_TEST(values(s, "half") ==
               (std::vector<double>{1, -2.5, 65504, 0x1p-24, std::nearbyint(6.1e-5 * 0x1p24) * 0x1p-24, -inf, 0}));
    BOOST_TEST(std::signbit(values(s, "half")[6]));
    BOOST_TEST(values(s, "bfloat") == (std::vector<double>{1, -2.5, 0x1.fep127, 0x1p-133, inf}));
    const Tensor wide = s.at("int64");
    BOOST_TEST((wide.data<std::int64_t>()[0] == std::numeric_limits<std::int64_t>::min() &&
                wide.data<std::int64_t>()[1] == std::numeric_limits<std::int64_t>::max()));
    BOOST_TEST(values(s, "int32") == (std::vector<double>{-2147483648.0, 2147483647}));
    BOOST_TEST((s.at("int16").shape() == xg::Shape{2, 1}));
    BOOST_TEST(values(s, "int16") == (std::vector<double>{-32768, 32767}));
    BOOST_TEST(values(s, "int8") == (std::vector<double>{-128, 127, 1}));
    BOOST_TEST(values(s, "uint8") == (std::vector<double>{0, 255, 128}));
    BOOST_TEST(values(s, "uint16") == (std::vector<double>{0, 65535}));
    BOOST_TEST(values(s, "uint32") == (std::vector<double>{0, 4294967295}));
    BOOST_TEST(s.at("uint64").data<std::int64_t>()[1] == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST((s.at("bool").dtype() == xg::boolean && values(s, "bool") == std::vector<double>{1, 0, 1}));
    BOOST_TEST((s.at("scalar").rank() == 0 && s.at("scalar").item() == 42));
    BOOST_TEST((s.at("empty").shape() == xg::Shape{0, 3}));
    BOOST_TEST((s.contains("half") && !s.contains("hal")));
    BOOST_CHECK_EXCEPTION(s.at("weight"), xg::ValueError, says("no tensor 'weight'; there are: "));
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    Tensor weight = xg::linspace(-1, 1, 6).reshape({2, 3});
    weight.requires_grad(true);
    SafeTensors s;
    s.tensors = {{"mask", xg::from_data(std::vector<double>{1, 0, 1}, {3}, {.dtype = xg::boolean})},
                 {"transposed", weight.transpose(0, 1)},
                 {"größe \" \n", xg::full({}, 2.5, {.dtype = xg::float64})},
                 {"none", xg::zeros({0, 4})},
                 {"count", xg::from_data(std::vector<double>{1, -2, 3}, {3}, {.dtype = xg::int64})}};
    s.metadata = {{"epoch", "3"}, {"", "empty key"}};
    const std::string bytes = to_safetensors(s);
    const SafeTensors back = from_safetensors(bytes);
    BOOST_TEST((back.metadata == s.metadata));
    BOOST_REQUIRE(back.tensors.size() == s.tensors.size());
    for (std::size_t i = 0; i < s.tensors.size(); ++i) {
        const auto& [name, tensor] = back.tensors[i];
        BOOST_TEST(name == s.tensors[i].first);
        BOOST_TEST((tensor.dtype() == s.tensors[i].second.dtype() && tensor.shape() == s.tensors[i].second.shape()));
        BOOST_TEST(tensor.to_vector() == s.tensors[i].second.to_vector(), boost::test_tools::per_element());
        BOOST_TEST(!tensor.requires_grad());
    }
    // The header and every tensor are aligned.
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    BOOST_TEST(header % 8 == 0u);
    BOOST_TEST(bytes.substr(8).find("\"größe \\\" \\n\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}") !=
               std::string::npos);
    BOOST_TEST(from_safetensors(to_safetensors({})).tensors.empty());
}

BOOST_AUTO_TEST_CASE(files) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("xgrad-safetensors-test-" + std::to_string(::getpid()));
    const std::string path = (folder / "model.safetensors").string();
    xg::data::save_safetensors(path, {.tensors = {{"a", xg::ones({2})}}, .metadata = {}});
    BOOST_TEST(xg::data::load_safetensors(path).at("a").to_vector() == std::vector<double>(2, 1.0));
    // The old file stays as it is where the new one cannot be made.
    BOOST_CHECK_THROW(xg::data::save_safetensors(path, {.tensors = {{"b", Tensor()}}, .metadata = {}}), xg::ValueError);
    BOOST_TEST(xg::data::load_safetensors(path).contains("a"));
    xg::write_file(path, xg::read_file(path).substr(0, 70));
    BOOST_CHECK_EXCEPTION(xg::data::load_safetensors(path), xg::FileError, says(path));
    fs::remove_all(folder);
    BOOST_CHECK_EXCEPTION(xg::data::load_safetensors(path), xg::FileError, says("No such file"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written) {
    const auto refuse = [](const SafeTensors& s, const char* why) {
        BOOST_CHECK_EXCEPTION(to_safetensors(s), xg::ValueError, says(why));
    };
    const Tensor t = xg::ones({1});
    refuse({.tensors = {{"a", t}, {"a", t}}, .metadata = {}}, "two tensors have the name 'a'");
    refuse({.tensors = {{"", t}}, .metadata = {}}, "no tensor may have the name ''");
    refuse({.tensors = {{"__metadata__", t}}, .metadata = {}}, "'__metadata__'");
    refuse({.tensors = {{"a", Tensor()}}, .metadata = {}}, "'a' is undefined");
    refuse({.tensors = {{"a\xff", t}}, .metadata = {}}, "no UTF-8");
    refuse({.tensors = {}, .metadata = {{"k", "1"}, {"k", "2"}}}, "two notes have the key 'k'");
}

BOOST_AUTO_TEST_CASE(hostile_files) {
    refused("", "got 0 bytes");
    refused("1234567", "got 7 bytes");
    refused(std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8), "at most 100 MB");
    refused(std::string("\x10\0\0\0\0\0\0\0{}", 10), "beyond the end");
    refused(file(""), "no JSON object");
    refused(file("[]"), "no JSON object");
    refused(file("{"), "no JSON");
    refused(file("{} x"), "no JSON");
    refused(file("{\"a\xff\":1}"), "no JSON");
    refused(file(R"({"a":1})"), "expected an object of dtype");
    refused(file(R"({"a":{"dtype":"F32","shape":[1]}})"), "expected an object of dtype");
    refused(file(R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", "1"), "the type \"F8_E4M3\"");
    refused(file(R"({"a":{"dtype":4,"shape":[1],"data_offsets":[0,1]}})", "1"), "the type 4");
    refused(file(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", "1234"), "shape is no list");
    refused(file(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "1234"), "shape holds no number");
    refused(file(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", "1234"), "shape holds no number");
    refused(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", "1234"), "no list of two");
    refused(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,"4"]}})", "1234"),
            "data_offsets holds no number");
    refused(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "1234"), "bytes 4 to 0");
    refused(file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"),
            "bytes 0 to 8 are none of the 4");
    refused(file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "1234"), "does not fill the 4 bytes");
    // 2^62 numbers of 4 bytes would be 0 bytes with the bits that overflow dropped.
    refused(file(R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})"), "does not fill");
    refused(file(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})"), "does not fill");
    refused(file(R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,1]}})", "1"), "does not fill");
    refused(file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "12"), "begins at byte 1, expected 0");
    refused(
        file(
            R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
            "12"),
        "begins at byte 1, expected 2");
    refused(file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "12"), "1 bytes after the last tensor");
    refused(
        file(
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
            "1"),
        "names 'a' twice");
    refused(file(R"({"__metadata__":[]})"), "expected an object of texts");
    refused(file(R"({"__metadata__":{"a":1}})"), "expected a text under 'a'");
    refused(file(R"({"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}})", "\xff\xff\xff\xff\xff\xff\xff\xff"),
            "too great for int64");
    refused(file("{\"a\":" + std::string(100'000, '[')), "nests deeper");
    refused(file(R"({"a":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}})"), "does not fill");
}

BOOST_AUTO_TEST_CASE(every_cut_of_a_file_is_refused) {
    const std::string bytes =
        to_safetensors({.tensors = {{"a", xg::ones({3})}, {"b", xg::zeros({2, 2})}}, .metadata = {}});
    for (std::size_t n = 0; n < bytes.size(); ++n)
        BOOST_CHECK_THROW(from_safetensors(std::string_view(bytes).substr(0, n)), xg::FileError);
}

BOOST_AUTO_TEST_SUITE_END()
