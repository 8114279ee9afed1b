#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <xgrad/core/threads.hpp>
#include <xgrad/inspect/norm.hpp>

#include "support.hpp"

using namespace support;
using xg::inspect::l2_norm;
using xg::inspect::sum_of_squares;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(norms)

BOOST_AUTO_TEST_CASE(small_and_large_float32) {
    for (const double v : {1e-45, 1e-38, 1e-30, 1e-23, 1e-20, 1e-13, 1.0, 1e15, 1e19, 1e30, 3e38})
        for (const std::int64_t n : {1, 31, 32, 33, 4096, 5000}) {
            BOOST_TEST_CONTEXT(v << " times " << n) {
                const double stored = static_cast<double>(static_cast<float>(v));
                const double expected = stored * std::sqrt(static_cast<double>(n));
                BOOST_TEST(close(l2_norm(xg::full({n}, v)), expected, 2e-6));
                BOOST_TEST(close(sum_of_squares(xg::full({n}, v)), expected * expected, 4e-6));
            }
        }
}

BOOST_AUTO_TEST_CASE(small_and_large_float64) {
    for (const double v : {5e-324, 1e-300, 1e-200, 1e-162, 1e-140, 1.0, 1e150, 1e154, 1e200, 1e307})
        for (const std::int64_t n : {1, 33, 100})
            BOOST_TEST(
                close(l2_norm(xg::full({n}, v, {.dtype = xg::float64})), v * std::sqrt(static_cast<double>(n)), 1e-12),
                v << " times " << n);
}

BOOST_AUTO_TEST_CASE(nothing_no_numbers_and_infinity) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const auto of = [&](const std::vector<double>& v) {
            return l2_norm(xg::from_data(v, {static_cast<std::int64_t>(v.size())}, {.dtype = dtype}));
        };
        BOOST_TEST(of({}) == 0);
        BOOST_TEST(of({0, 0, 0}) == 0);
        BOOST_TEST(std::isnan(of({1, no_number, 2})));
        BOOST_TEST(std::isnan(of({infinite, no_number})));
        BOOST_TEST(of({1, -infinite}) == infinite);
        BOOST_TEST(of({3, -4}) == 5);
        BOOST_TEST(l2_norm(xg::full({}, -2.0, {.dtype = dtype})) == 2);
        BOOST_TEST(l2_norm(xg::zeros({0, 5}, {.dtype = dtype})) == 0);
    }
    BOOST_CHECK_THROW(l2_norm(xg::ones({2}, {.dtype = xg::int64})), xg::DTypeError);
    BOOST_CHECK_THROW(l2_norm(xg::ones({2}, {.dtype = xg::boolean})), xg::DTypeError);
    BOOST_CHECK_THROW(l2_norm({}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(random_sizes_and_scales_agree_with_long_double) {
    std::mt19937_64 engine(7);
    std::int64_t total = 0;
    for (int i = 0; i < 150; ++i) {
        const auto n = static_cast<std::int64_t>(1 + engine() % (i % 10 == 0 ? 70'000 : 3'000));
        const double low = static_cast<double>(engine() % 60) - 44, spread = static_cast<double>(engine() % 30);
        std::vector<double> values(static_cast<std::size_t>(n));
        for (double& v : values) {
            const double exponent = low + spread * static_cast<double>(engine() >> 11) * 0x1p-53;
            v = (engine() & 1 ? 1 : -1) * std::pow(10, std::min(exponent, 38.0));
        }
        total += n;
        for (const xg::DType dtype : {xg::float32, xg::float64}) {
            const Tensor t = xg::from_data(values, {n}, {.dtype = dtype});
            BOOST_TEST(close(l2_norm(t), plain_norm(t), dtype == xg::float32 ? 1e-6 : 1e-13),
                       n << " from 1e" << low << ", " << spread << " decades");
        }
    }
    BOOST_TEST(total > 100'000);
}

BOOST_AUTO_TEST_CASE(strided_tensors) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const Tensor base = numbers({6, 8, 10}, 0, dtype);
        for (const Tensor& t : {base.transpose(0, 2), base.slice(1, 1, 7, 3), base.slice(2, 0, 10, 4), base[2],
                                xg::broadcast_to(base.slice(0, 0, 1), {5, 8, 10})})
            BOOST_TEST(close(l2_norm(t), plain_norm(t)), t.shape().str());
    }
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_number_of_threads, *boost::unit_test::label("threads")) {
    const Tensor t = numbers({700'001});
    const int before = xg::num_threads();
    xg::set_num_threads(1);
    const double one = sum_of_squares(t);
    for (const int n : {2, 3}) {
        xg::set_num_threads(n);
        BOOST_TEST(sum_of_squares(t) == one);
    }
    xg::set_num_threads(before);
    BOOST_TEST(close(std::sqrt(one), plain_norm(t)));
}

BOOST_AUTO_TEST_SUITE_END()
