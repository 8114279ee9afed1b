#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <string_view>

#include <xgrad/data/detail/set_file.hpp>
#include <xgrad/data/sets.hpp>

#include "reference/sets.hpp"
#include "reference_table.hpp"

using namespace xg::data;
using reference::Line, reference::says;

namespace {

/// The first 32 bits of the fractional parts of `root` of the first primes, as FIPS 180-4 makes its constants.
template <std::size_t N>
std::array<std::uint32_t, N> fractions(long double (*root)(long double)) {
    std::array<std::uint32_t, N> result{};
    std::size_t n = 0;
    for (int candidate = 2; n < N; ++candidate) {
        bool prime = true;
        for (int d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
        if (!prime) continue;
        const long double value = root(static_cast<long double>(candidate));
        result[n++] = static_cast<std::uint32_t>((value - std::floor(value)) * 4294967296.0L);
    }
    return result;
}

/// SHA-256, FIPS 180-4.
std::string sha256(std::string_view bytes) {
    static const auto constants = fractions<64>([](long double v) { return std::cbrt(v); });
    auto state = fractions<8>([](long double v) { return std::sqrt(v); });
    std::string padded(bytes);
    padded += '\x80';
    padded.resize((padded.size() + 8 + 63) / 64 * 64, '\0');
    for (std::size_t k = 0; k < 8; ++k)
        padded[padded.size() - 1 - k] = static_cast<char>(std::uint64_t{bytes.size()} * 8 >> (8 * k) & 255);
    for (std::size_t block = 0; block < padded.size(); block += 64) {
        std::array<std::uint32_t, 64> w{};
        for (std::size_t t = 0; t < 64; ++t) {
            if (t < 16) {
                for (std::size_t k = 0; k < 4; ++k)
                    w[t] = w[t] << 8 | static_cast<unsigned char>(padded[block + 4 * t + k]);
                continue;
            }
            const std::uint32_t a = w[t - 15], b = w[t - 2];
            w[t] = w[t - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[t - 7] +
                   (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
        }
        auto s = state;
        for (std::size_t t = 0; t < 64; ++t) {
            const std::uint32_t first = s[7] + (std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25)) +
                                        ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[t] + w[t];
            const std::uint32_t second = (std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22)) +
                                         ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            s = {first + second, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]};
        }
        for (std::size_t k = 0; k < 8; ++k) state[k] += s[k];
    }
    std::string hex;
    for (const std::uint32_t word : state)
        for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[word >> shift & 15];
    return hex;
}

/// Of the elements' bytes in memory.
std::string sha256(const xg::Tensor& tensor) {
    const void* data = tensor.dtype() == xg::int64 ? static_cast<const void*>(tensor.data<std::int64_t>())
                                                   : static_cast<const void*>(tensor.data<double>());
    return sha256(std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(tensor.numel()) * 8));
}

std::string joined(const SetNames& names) {
    std::string all;
    for (const auto* list : {&names.features, &names.classes})
        for (const std::string& name : *list) all += (all.empty() ? "" : "\n") + name;
    return all;
}

LoadedSet load(const std::string& name, xg::DType dtype) {
    if (name == "iris") return load_iris({.dtype = dtype});
    if (name == "wine") return load_wine({.dtype = dtype});
    if (name == "digits") return load_digits({.dtype = dtype});
    return load_diabetes({.scaled = false, .dtype = dtype});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sets)

BOOST_AUTO_TEST_CASE(checksums_of_the_files_hold) {
    BOOST_TEST(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    reference::each_line(reference::set_files, 4, [](Line& line) {
        const std::string file = line.word();
        BOOST_TEST(sha256(detail::set_file(file)) == line.word());
    });
    BOOST_TEST(detail::set_file("none").empty());
}

BOOST_AUTO_TEST_CASE(values_are_scikit_learns_bit_for_bit) {
    reference::each_line(reference::sets, 4, [](Line& line) {
        const std::string name = line.word();
        const auto [x, y, names] = load(name, xg::float64);
        const std::int64_t rows = line.integer(), columns = line.integer();
        BOOST_TEST((x.shape() == xg::Shape{rows, columns}));
        BOOST_TEST((y.shape() == (name == "diabetes" ? xg::Shape{rows, 1} : xg::Shape{rows})));
        BOOST_TEST((y.dtype() == (name == "diabetes" ? xg::float64 : xg::int64)));
        BOOST_TEST(sha256(x) == line.word());
        BOOST_TEST(sha256(y) == line.word());
        BOOST_TEST(sha256(joined(names)) == line.word());
        BOOST_TEST(static_cast<std::int64_t>(names.features.size()) == columns);

        const LoadedSet floats = load(name, xg::float32);
        BOOST_TEST((floats.x.dtype() == xg::float32 && !floats.x.requires_grad()));
        BOOST_TEST(floats.x.to_vector() == x.to(xg::float32).to_vector(), boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(scaled_diabetes_is_scikit_learns) {
    const std::vector<double> raw = load_diabetes({.scaled = false, .dtype = xg::float64}).x.to_vector();
    const auto [x, y, names] = load_diabetes({.dtype = xg::float64});
    const std::vector<double> scaled = x.to_vector();
    std::size_t j = 0;
    reference::each_line(reference::scaled_diabetes, 10, [&](Line& line) {
        const std::vector<double> expected = line.numbers();
        std::map<double, std::size_t> order;
        for (std::size_t i = j; i < raw.size(); i += 10) order[raw[i]] = 0;
        BOOST_TEST_REQUIRE(order.size() == expected.size());
        std::size_t n = 0;
        for (auto& [value, place] : order) place = n++;
        for (std::size_t i = j; i < raw.size(); i += 10) {
            const double want = expected[order[raw[i]]];
            BOOST_TEST(std::abs(scaled[i] - want) <= 1e-12 * std::abs(want), scaled[i] << " is not " << want);
        }
        ++j;
    });
}

BOOST_AUTO_TEST_CASE(options) {
    const auto [x, y, names] = load_digits({.n_class = 3});
    BOOST_TEST(x.size(0) == 537);
    BOOST_TEST(std::ranges::max(y.to_vector()) == 2.0);
    BOOST_CHECK_EXCEPTION(load_digits({.n_class = 0}), xg::ValueError,
                          says("load_digits: n_class is 0, expected 1 to 10"));
    BOOST_CHECK_EXCEPTION(load_digits({.n_class = 11}), xg::ValueError, says("n_class is 11"));
    BOOST_CHECK_EXCEPTION(load_iris({.dtype = xg::int64}), xg::DTypeError, says("load_iris: dtype is int64"));
    BOOST_CHECK_THROW(load_wine({.dtype = xg::boolean}), xg::DTypeError);
    BOOST_CHECK_THROW(load_digits({.dtype = xg::int64}), xg::DTypeError);
    BOOST_CHECK_THROW(load_diabetes({.dtype = xg::int64}), xg::DTypeError);
}

BOOST_AUTO_TEST_SUITE_END()
