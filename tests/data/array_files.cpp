#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/detail/inflate.hpp>
#include <xgrad/data/detail/npy_format.hpp>
#include <xgrad/data/detail/npz_format.hpp>
#include <xgrad/data/detail/zip.hpp>
#include <xgrad/data/idx.hpp>
#include <xgrad/data/npy.hpp>
#include <xgrad/data/npz.hpp>

#include "files.hpp"

using xg::DType;
using xg::DTypeError;
using xg::FileError;
using xg::Shape;
using xg::Tensor;
using xg::ValueError;
using xg::data::read_idx;
using xg::data::read_npy;
using xg::data::read_npz;
using xg::data::write_npy;
using xg::data::write_npz;

namespace {

/// 0, scale, 2 scale, …
std::vector<double> counted(std::int64_t n, double scale = 1, double first = 0) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < n; ++i) values.push_back(static_cast<double>(i) * scale + first);
    return values;
}

void check(const Tensor& t, DType dtype, const Shape& shape, const std::vector<double>& values) {
    BOOST_TEST(name(t.dtype()) == name(dtype));
    BOOST_TEST(t.shape().str() == shape.str());
    BOOST_TEST(t.is_contiguous());
    BOOST_TEST(t.to_vector() == values, boost::test_tools::per_element());
}

Tensor parse(std::string content, std::optional<DType> dtype = {}) {
    return xg::data::detail::parse_npy(std::move(content), dtype, "here");
}

/// A file of version 1 with this header and so many zero bytes after it.
std::string npy_file(const std::string& header, std::size_t bytes) {
    std::string content = "\x93NUMPY";
    content += {1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    return content + header + std::string(bytes, '\0');
}

const Shape cube = {2, 3, 4};

}  // namespace

BOOST_AUTO_TEST_SUITE(array_files)

BOOST_AUTO_TEST_CASE(npy_of_numpy) {
    check(read_npy(recorded("f4.npy")), xg::float32, cube, counted(24, 0.125));
    check(read_npy(recorded("f8.npy")), xg::float64, cube, counted(24, 0.125));
    check(read_npy(recorded("i8.npy")), xg::int64, cube, counted(24, 1, -12));
    for (const char* type : {"i1", "i2", "i4", "u1", "u2", "u4", "u8"}) {
        const std::string file = recorded(std::string(type) + ".npy");
        check(read_npy(file), xg::int64, cube, counted(24));
        check(read_npy(file, {.dtype = xg::float32}), xg::float32, cube, counted(24));
    }
    for (const char* file : {"version2.npy", "version3.npy"})
        check(read_npy(recorded(file)), xg::int64, cube, counted(24));
    check(read_npy(recorded("big_f8.npy")), xg::float64, cube, counted(24));
    check(read_npy(recorded("big_f4.npy")), xg::float32, cube, counted(24));
    check(read_npy(recorded("big_i8.npy")), xg::int64, cube, counted(24));
    check(read_npy(recorded("big_i2.npy")), xg::int64, cube, counted(24));
    check(read_npy(recorded("fortran.npy")), xg::float64, cube, counted(24));
    check(read_npy(recorded("large.npy")), xg::float64, {2000}, counted(2000));
    check(read_npy(recorded("large_fortran.npy")), xg::float64, {40, 50}, counted(2000));
    check(read_npy(recorded("scalar.npy")), xg::float64, {}, {2.5});
    check(read_npy(recorded("empty.npy")), xg::float32, {0, 3}, {});

    const Tensor mask = read_npy(recorded("bool.npy"));
    BOOST_TEST(name(mask.dtype()) == "bool");
    for (int i = 0; i < 24; ++i) BOOST_TEST(mask.data<bool>()[i] == (i % 3 == 0));
}

BOOST_AUTO_TEST_CASE(npy_half_precision) {
    const Tensor t = read_npy(recorded("f2.npy"));
    BOOST_TEST(name(t.dtype()) == "float32");
    const std::vector<double> v = t.to_vector();
    const double infinity = std::numeric_limits<double>::infinity();
    // What NumPy's float16 makes of 6e-8 and 6.104e-5: the least denormal, and the least normal number.
    const std::vector<double> expected = {0, -0.0, 1, -2.5, 65504, 0x1p-24, 0x1p-14, infinity, -infinity};
    BOOST_TEST(std::vector<double>(v.begin(), v.end() - 1) == expected, boost::test_tools::per_element());
    BOOST_TEST(std::signbit(v[1]));
    BOOST_TEST(std::isnan(v.back()));
}

BOOST_AUTO_TEST_CASE(what_adopted_memory_holds_can_be_written_to) {
    Tensor t = read_npy(recorded("large.npy"));  // large enough to be taken over from the file's bytes
    t.add_(1.0);
    BOOST_TEST(t.to_vector() == counted(2000, 1, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(npy_dtypes_that_do_not_fit) {
    BOOST_CHECK_EXCEPTION(read_npy(recorded("u8_large.npy")), ValueError,
                          says_all("u8_large.npy", "element 1 is 9223372036854775808", "int64"));
    BOOST_TEST(read_npy(recorded("u8_large.npy"), {.dtype = xg::float64}).to_vector()[1] == 0x1p63);
    BOOST_CHECK_EXCEPTION(read_npy(recorded("complex.npy")), DTypeError, says_all("complex.npy", "'<c8'", "expected"));
    BOOST_CHECK_EXCEPTION(read_npy(recorded("text.npy")), DTypeError, says_all("text.npy", "'<U2'"));
    BOOST_CHECK_EXCEPTION(read_npy(recorded("record.npy")), DTypeError, says_all("record.npy", "a record"));
}

BOOST_AUTO_TEST_CASE(npy_written_and_read_again) {
    const TemporaryFolder folder;
    const std::string file = folder / "a.npy";
    for (const Tensor& t :
         {xg::randn({3, 5}), xg::randn({2, 2}, {.dtype = xg::float64}), xg::arange(0, 7), xg::tensor({true, false}),
          Tensor(2.5), xg::zeros({0, 4}), xg::randn({4, 6}).transpose(), xg::randn({1, 1, 1, 1, 1, 1, 1, 2})}) {
        write_npy(file, t);
        check(read_npy(file), t.dtype(), t.shape(), t.to_vector());
    }
    // Byte for byte what NumPy writes, but for the spaces before the header's end.
    write_npy(file, read_npy(recorded("f4.npy")));
    BOOST_TEST((xg::read_file(file) == xg::read_file(recorded("f4.npy"))));
    BOOST_CHECK_EXCEPTION(write_npy(file, {}), ValueError, says_all("write_npy", "undefined"));
    BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(hostile_npy) {
    const std::string good = xg::read_file(recorded("f8.npy"));
    for (std::size_t n = 0; n < good.size(); ++n) BOOST_CHECK_THROW(parse(good.substr(0, n)), FileError);
    BOOST_CHECK_EXCEPTION(parse(good + "x"), FileError, says_all("here", "193 bytes follow", "expected 192"));
    BOOST_CHECK_EXCEPTION(read_npy("no/such/file.npy"), FileError, says_all("no/such/file.npy"));
    const auto header = [](const std::string& shape, const std::string& descr = "'<f4'") {
        return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
    };
    // Sizes that nothing may be allocated for, and products that overflow.
    for (const char* shape : {"(1000000000000,)", "(4294967296, 4294967296)", "(9223372036854775807,)",
                              "(4611686018427387904, 4, 0)", "(99999999999999999999,)", "(2305843009213693951,)"})
        BOOST_CHECK_EXCEPTION(parse(npy_file(header(shape), 16)), FileError, says_all("here"));
    BOOST_CHECK_EXCEPTION(parse(npy_file(header("(2305843009213693952, 0)"), 0)), FileError,
                          says_all("memory can address"));
    for (const char* shape : {"(-1,)", "(2", "2", "(2,,)", "(2 3)", "[2]", "(2.0,)", "(True,)", "()x"})
        BOOST_CHECK_THROW(parse(npy_file(header(shape), 8)), FileError);
    for (const char* text : {"", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}",
                             "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "{'descr", "{'descr': '|f4',",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}"})
        BOOST_CHECK_THROW(parse(npy_file(text, 8)), FileError);
    BOOST_TEST(parse(npy_file("{\"shape\":(2L,),'fortran_order':True,'descr':'<f4'}", 8)).numel() == 2);
    std::string many = "(";
    for (int i = 0; i < 65; ++i) many += "1,";
    BOOST_CHECK_EXCEPTION(parse(npy_file(header(many + ")"), 4)), FileError, says_all("at most 64 axes"));
    std::string version = good;
    version[6] = 4;
    BOOST_CHECK_EXCEPTION(parse(version), FileError, says_all("version 4.0"));
    BOOST_CHECK_EXCEPTION(parse("PK\x03\x04 and more"), FileError, says_all("begins with \"PK\\x03\\x04"));
}

BOOST_AUTO_TEST_CASE(npz_of_numpy) {
    for (const char* name : {"stored.npz", "deflated.npz"}) {
        const std::string file = recorded(name);
        auto arrays = read_npz(file);
        check(arrays.at("x"), xg::float32, cube, counted(24, 0.125));
        check(arrays.at("y"), xg::int64, {3}, counted(3));
        check(read_npz(file, "y", {.dtype = xg::float64}), xg::float64, {3}, counted(3));
        BOOST_CHECK_EXCEPTION(read_npz(file, "z"), FileError, says_all(name, "no array 'z'", "x, y"));
    }
    check(read_npz(recorded("deflated.npz")).at("zeros"), xg::float64, {10'000}, counted(10'000, 0));
    BOOST_TEST(read_npz(recorded("none.npz")).empty());
    BOOST_CHECK_EXCEPTION(read_npz(recorded("other.npz")), FileError, says_all("notes.txt", "is no array"));
    BOOST_CHECK_EXCEPTION(read_npz(recorded("bzip2.npz")), FileError, says_all("array 'y'", "method 12"));
    BOOST_CHECK_EXCEPTION(read_npz(recorded("f4.npy")), FileError, says_all("f4.npy", "zip"));
}

BOOST_AUTO_TEST_CASE(npz_written_and_read_again) {
    const TemporaryFolder folder;
    const std::string file = folder / "a.npz";
    const std::map<std::string, Tensor> arrays = {
        {"x", xg::randn({300, 5})}, {"größe", xg::arange(0, 7)}, {"none", xg::zeros({0})}, {"a/b", Tensor(1.5)}};
    for (const bool compressed : {false, true}) {
        write_npz(file, arrays, {.compressed = compressed});
        const auto read = read_npz(file);
        BOOST_TEST(read.size() == arrays.size());
        for (const auto& [name, t] : arrays) check(read.at(name), t.dtype(), t.shape(), t.to_vector());
    }
    // What files/make_files.py has read by NumPy.
    write_npz(file, {{"größe", xg::arange(0, 3)},
                     {"x", xg::tensor({{1.5, 2.5}, {-1.0, 0.0}})},
                     {"mask", xg::tensor({true, false})},
                     {"none", xg::zeros({0, 2}, {.dtype = xg::float64})}});
    BOOST_TEST((xg::read_file(file) == xg::read_file(recorded("written.npz"))));
    write_npz(file, {});
    BOOST_TEST(read_npz(file).empty());
    BOOST_CHECK_THROW(write_npz(file, {{"", Tensor(1.0)}}), ValueError);
    BOOST_CHECK_THROW(write_npz(file, {{std::string("a\0b", 3), Tensor(1.0)}}), ValueError);
    BOOST_CHECK_EXCEPTION(write_npz(file, {{"x", {}}}), ValueError, says_all("'x' is undefined"));
    BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(hostile_npz) {
    for (const char* name : {"stored.npz", "deflated.npz"}) {
        const std::string good = xg::read_file(recorded(name));
        const auto parse_npz = [](const std::string& content) {
            return xg::data::detail::parse_npz(content, {}, "here");
        };
        for (std::size_t n = 0; n < good.size(); ++n) BOOST_CHECK_THROW(parse_npz(good.substr(0, n)), FileError);
        // A comment after the end is no fault; and no byte changed may do more than be refused.
        std::string commented = good + "why";
        commented[good.size() - 2] = 3;
        BOOST_TEST(parse_npz(commented).size() >= 2U);
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x41);
            try {
                parse_npz(bad);
            } catch (const xg::Error&) {
            }
        }
        std::string damaged = good;
        damaged[good.find("NUMPY") != std::string::npos ? 200 : 70] ^= 1;
        BOOST_CHECK_EXCEPTION(parse_npz(damaged), FileError, says_all("here", "array 'x'"));
    }
    // Two members that are the same bytes.
    using xg::data::detail::ZipMember;
    const std::string content = xg::data::detail::npy_header({2}, xg::float32) + std::string(8, '\0');
    ZipMember member{.name = "a.npy",
                     .method = 0,
                     .crc = xg::data::detail::crc32(content),
                     .compressed = content.size(),
                     .size = content.size(),
                     .start = 0,
                     .data = {}};
    const std::string local = xg::data::detail::zip_local_header(member) + content;
    const auto archive = [&](const std::vector<ZipMember>& members) {
        return xg::data::detail::parse_npz(local + xg::data::detail::zip_directory(members, local.size()), {}, "here");
    };
    BOOST_TEST(archive({member}).size() == 1U);
    BOOST_CHECK_EXCEPTION(archive({member, member}), FileError, says_all("overlaps"));
    member.size = member.compressed = std::uint64_t{1} << 62;
    BOOST_CHECK_EXCEPTION(archive({member}), FileError, says_all("here", "bytes"));
}

BOOST_AUTO_TEST_CASE(inflation_stops_where_it_should) {
    using namespace xg::data::detail;
    const std::string zeros(1 << 20, '\0'), packed = deflate(zeros, "x");
    BOOST_TEST((inflate(packed, zeros.size() + 1, "here") == zeros + "x"));
    BOOST_CHECK_EXCEPTION(inflate(packed, 1000, "here"), FileError, says_all("more than 1000"));
    BOOST_CHECK_EXCEPTION(inflate(packed, std::uint64_t{1} << 60, "here"), FileError, says_all("just 1048577"));
    BOOST_CHECK_EXCEPTION(inflate(packed.substr(0, packed.size() / 2), zeros.size() + 1, "here"), FileError,
                          says_all("end too soon"));
    BOOST_CHECK_EXCEPTION(inflate("\xff\xff\xff", 10, "here"), FileError, says_all("broken"));
    BOOST_TEST(crc32("123456789") == 0xcbf43926U);  // the check value of CRC-32
    BOOST_TEST(crc32("1234", "56789") == 0xcbf43926U);
}

BOOST_AUTO_TEST_CASE(idx_files) {
    for (const char* type : {"u1", "i1", "i2", "i4", "f4", "f8"}) {
        const DType dtype = type[0] != 'f' ? xg::int64 : type[1] == '4' ? xg::float32 : xg::float64;
        check(read_idx(recorded(std::string(type) + ".idx")), dtype, cube, counted(24));
    }
    check(read_idx(recorded("images.idx.gz"), {.dtype = xg::float32}), xg::float32, cube, counted(24, 10));

    const auto parse_idx = [](std::string content) {
        return xg::data::detail::parse_idx(std::move(content), {}, "here");
    };
    for (const char* name : {"f4.idx", "images.idx.gz"}) {
        const std::string good = xg::read_file(recorded(name));
        for (std::size_t n = 0; n < good.size(); ++n) BOOST_CHECK_THROW(parse_idx(good.substr(0, n)), FileError);
        BOOST_CHECK_THROW(parse_idx(good + "x"), FileError);
    }
    BOOST_CHECK_EXCEPTION(read_idx(recorded("long.idx.gz")), FileError, says_all("long.idx.gz", "25 bytes follow"));
    std::string huge = xg::read_file(recorded("u1.idx"));
    for (std::size_t i = 4; i < 16; ++i) huge[i] = '\xff';
    BOOST_CHECK_EXCEPTION(parse_idx(huge), FileError, says_all("here", "4294967295"));
    BOOST_CHECK_EXCEPTION(parse_idx(std::string("\0\0\x07\1\0\0\0\0", 8)), FileError, says_all("type is 0x07"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_what_was_there) {
    const TemporaryFolder folder;
    const std::string npy = folder / "a.npy", npz = folder / "a.npz";
    const Tensor small = xg::arange(0, 3), large = xg::zeros({100'000});
    write_npy(npy, small);
    write_npz(npz, {{"a", small}});
    {
        const FullDisk full(10'000);
        BOOST_CHECK_EXCEPTION(write_npy(npy, large), FileError, says_all(npy, "File too large"));
        BOOST_CHECK_EXCEPTION(write_npz(npz, {{"a", small}, {"b", large}}), FileError, says_all(npz, "File too large"));
    }
    check(read_npy(npy), xg::int64, {3}, counted(3));
    BOOST_TEST(read_npz(npz).size() == 1U);
    BOOST_TEST(folder.files() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
