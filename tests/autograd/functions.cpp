#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::f64;
using support::message_of;
using xg::Tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);

/// Equal, NaN and the signs of zeros included, or within `relative` of each other.
bool alike(double a, double b, double relative = 0) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (a == b) return std::signbit(a) == std::signbit(b);
    return std::abs(a - b) <= relative * std::abs(b);
}

void check(const Tensor& found, const std::vector<double>& expected, double relative = 0) {
    const auto v = found.to_vector();
    BOOST_REQUIRE_EQUAL(v.size(), expected.size());
    for (std::size_t i = 0; i < v.size(); ++i)
        BOOST_TEST(alike(v[i], expected[i], relative), "element " << i << ": " << v[i] << " and not " << expected[i]);
}

Tensor of(const std::vector<double>& v, xg::DType dtype = xg::float64) {
    return xg::from_data(v, {static_cast<std::int64_t>(v.size())}, {.dtype = dtype});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(functions)

/// Against the standard library, which is right where arguments are special.
BOOST_AUTO_TEST_CASE(special_values) {
    struct Pair {
        const char* name;
        Unary f;
        double (*plain)(double);
    };
    const Pair pairs[] = {{"exp2", xg::exp2, std::exp2},
                          {"expm1", xg::expm1, std::expm1},
                          {"log2", xg::log2, std::log2},
                          {"log10", xg::log10, std::log10},
                          {"log1p", xg::log1p, std::log1p},
                          {"sin", xg::sin, std::sin},
                          {"cos", xg::cos, std::cos},
                          {"tan", xg::tan, std::tan},
                          {"asin", xg::asin, std::asin},
                          {"acos", xg::acos, std::acos},
                          {"atan", xg::atan, std::atan},
                          {"sinh", xg::sinh, std::sinh},
                          {"cosh", xg::cosh, std::cosh},
                          {"asinh", xg::asinh, std::asinh},
                          {"acosh", xg::acosh, std::acosh},
                          {"atanh", xg::atanh, std::atanh},
                          {"erf", xg::erf, std::erf},
                          {"erfc", xg::erfc, std::erfc},
                          {"cbrt", xg::cbrt, std::cbrt},
                          {"floor", xg::floor, std::floor},
                          {"ceil", xg::ceil, std::ceil},
                          {"round", xg::round, std::nearbyint},
                          {"trunc", xg::trunc, std::trunc},
                          {"lgamma", xg::lgamma, std::lgamma},
                          {"rsqrt", xg::rsqrt, [](double v) { return 1 / std::sqrt(v); }},
                          {"reciprocal", xg::reciprocal, [](double v) { return 1 / v; }}};
    const std::vector<double> points = {0,   -0.0, inf,   -inf,   NaN,   1,     -1,    0.5,  -0.5, 1.5,
                                        2.5, -2.5, 1e-30, -1e-30, 1e-38, 1e-40, 1e-45, 1e10, 1e30, -1e30};
    for (const Pair& p : pairs)
        for (const xg::DType dtype : {xg::float32, xg::float64}) BOOST_TEST_CONTEXT(p.name << " of " << dtype) {
                // As a whole and one by one: neighbours do not matter.
                const Tensor x = of(points, dtype);
                std::vector<double> expected;
                for (const double v : x.to_vector())
                    expected.push_back(dtype == xg::float32 ? static_cast<double>(static_cast<float>(p.plain(v)))
                                                            : p.plain(v));
                check(p.f(x), expected, dtype == xg::float32 ? 5e-7 : 1e-15);
                for (std::int64_t i = 0; i < x.numel(); ++i) BOOST_TEST(support::same_bits(p.f(x)[i], p.f(x[i])), x[i]);
            }
}

/// Beside mpmath 1.3.
BOOST_AUTO_TEST_CASE(digamma_and_its_derivatives) {
    const std::vector<double> at = {0.1,  0.5, 1.0,  1.4616, 1.5,   1.75,  2.5,    9.75,   10.25,
                                    100., 1e6, -0.5, -1.5,   -2.25, -10.3, -0.001, -100.7, 1e-5};
    struct Order {
        std::int64_t n;
        std::vector<double> values;
    };
    const Order orders[] = {
        {0,
         {-10.423754940411076, -1.9635100260214235, -0.5772156649015329, -3.110625123034165e-05, 0.03648997397857652,
          0.24747245354686118, 0.7031566406452432, 2.225109535044576, 2.277704790686724, 4.600161852738087,
          13.815510057964191, 0.03648997397857652, 0.7031566406452432, 4.158583564657972, 4.662403493582087,
          999.4211381978913, 2.334602156719901, -100000.57719921567}},
        {1,
         {101.43329915079275, 4.934802200544679, 1.6449340668482264, 0.9677007114650835, 0.9348022005446793,
          0.7641018698938287, 0.49035775610023485, 0.10800324333663186, 0.10247452151799187, 0.010050166663333571,
          1.0000005000001667e-06, 8.934802200544679, 9.379246644989124, 19.37941051186914, 14.986887065722637,
          1000001.6473414317, 15.069532360278806, 10000000001.644909}},
        {2,
         {-2001.8614573783436, -16.82879664423432, -2.4041138063191885, -0.8855761967999034, -0.82879664423432,
          -0.5618924755968989, -0.2362040516417274, -0.011653444287958333, -0.010491898534015283, -0.00010100499983335,
          -1.0000010000005e-12, -0.82879664423432, -0.2362040516417274, 123.89694977406016, 68.82898861103696,
          1999999997.5893795, -68.83764135467294, -2000000000000002.0}},
        {3,
         {60004.51287679026, 97.40909103400244, 6.493939402266829, 1.5511250508129752, 1.4090910340024372,
          0.8003495718876368, 0.22390584881725206, 0.0025123789213988943, 0.0021465780199769065, 2.030199990001333e-06,
          2.000003000002e-18, 193.40909103400244, 194.59427621918763, 1558.4550231887144, 769.0193334243987,
          6000000000006.519, 769.0209124039052, 5.999999999999999e+20}},
        {5,
         {120000069.30751093, 7691.113548602436, 122.0811674381339, 12.94055722392193, 11.113548602435497,
          4.5146597470076975, 0.5785691785671835, 0.0003493258260354381, 0.0002688664786421522, 2.460599944011996e-09,
          2.400006000006e-29, 15371.113548602436, 15381.648528026304, 492231.1355044701, 165660.17429175062,
          1.1999999999999998e+20, 165660.17445337353, 1.1999999999999994e+32}}};
    for (const Order& order : orders) BOOST_TEST_CONTEXT("order " << order.n) {
            check(xg::polygamma(order.n, of(at)), order.values, 2e-14);
            check(xg::polygamma(order.n, of(at, xg::float32)).to(xg::float64),
                  xg::polygamma(order.n, of(at, xg::float32).to(xg::float64)).to_vector(), 1e-7);
        }
    check(xg::digamma(of(at)), orders[0].values, 2e-14);
    // As PyTorch: 0 is a pole that is told by its sign.
    check(xg::digamma(of({0, -0.0, -1, -7, inf, -inf, NaN})), {-inf, inf, NaN, NaN, inf, NaN, NaN});
    check(xg::polygamma(1, of({0, -1, inf, NaN})), {inf, inf, 0, NaN});
    check(xg::polygamma(2, of({0, -1, NaN})), {-inf, -inf, NaN});
    BOOST_TEST(std::abs(xg::digamma(of({1.4616321449683622})).item() + 9.24e-17) < 1e-18);
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::polygamma(-1, xg::ones({2})); }), "polygamma"));
}

BOOST_AUTO_TEST_CASE(of_two) {
    const Tensor a = of({0, -0.0, 0, 1, inf, NaN, 3, -3}), b = of({0, -0.0, -1, 0, inf, 1, -4, inf});
    std::vector<double> angles, lengths;
    for (std::size_t i = 0; i < 8; ++i) {
        angles.push_back(std::atan2(a.to_vector()[i], b.to_vector()[i]));
        lengths.push_back(std::hypot(a.to_vector()[i], b.to_vector()[i]));
    }
    check(xg::atan2(a, b), angles, 1e-15);
    check(xg::atan2(a.to(xg::float32), b.to(xg::float32)), angles, 3e-7);
    check(xg::hypot(a, b), lengths, 1e-15);
    BOOST_TEST(xg::hypot(of({1e200}), of({1e200})).item() == std::hypot(1e200, 1e200));
    // PyTorch's numbers.
    check(xg::remainder(of({5, -5, 5, -5, 6, 5, inf, 5, -5, 0, -0.0, 5}),
                        of({3, 3, -3, -3, 3, 0, 3, inf, inf, 3, 3, -inf})),
          {2, 1, -1, -2, 0, NaN, NaN, 5, inf, 0, -0.0, -inf});
    check(xg::remainder(of({5, -5, 5, -5, 6, 5, inf, 5, -5, 0, -0.0, 5, 1e30, 3}, xg::float32),
                        of({3, 3, -3, -3, 3, 0, 3, inf, inf, 3, 3, -inf, 7, NaN}, xg::float32)),
          {2, 1, -1, -2, 0, NaN, NaN, 5, inf, 0, -0.0, -inf, std::fmod(static_cast<double>(1e30F), 7), NaN});
    check(xg::logaddexp(of({0, inf, -inf, inf, 1000, NaN, -inf, 1}), of({0, inf, -inf, -inf, 0, 1, 1, NaN})),
          {std::log(2.0), inf, -inf, inf, 1000, NaN, 1, NaN}, 1e-15);
    check(xg::xlogy(of({0, 0, 0, 0, 0, NaN, 1, 2, 1, 2}), of({0, 2, -1, NaN, inf, 0, 0, 3, -1, inf})),
          {0, 0, 0, NaN, 0, NaN, -inf, 2 * std::log(3.0), NaN, inf}, 1e-15);
    check(xg::xlogy(of({1}), of({1e-310})), {std::log(1e-310)}, 1e-15);
    check(xg::lerp(of({1, 2}), of({3, 6}), 0.25), {1.5, 3});
    check(xg::lerp(of({0.1}), of({0.7}), 1), {0.7});
    check(xg::lerp(of({0}), of({inf}), -1), {-inf});
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::atan2(xg::ones({2, 3}), xg::ones({4}));
                        }),
                        "atan2: the shapes (2, 3) and (4,)"));
}

BOOST_AUTO_TEST_CASE(integers) {
    const Tensor n = xg::tensor({7, -7, 8}), d = xg::tensor({3, 3, -3});
    BOOST_TEST(xg::sin(n).dtype() == xg::float32);
    BOOST_TEST(xg::exp2(xg::tensor({true, false})).dtype() == xg::float32);
    BOOST_TEST(xg::floor(n).dtype() == xg::int64);
    BOOST_TEST(xg::atan2(n, d).dtype() == xg::float32);
    BOOST_TEST(xg::hypot(n.to(xg::float64), d).dtype() == xg::float64);
    BOOST_TEST(xg::remainder(n, d).dtype() == xg::int64);
    check(xg::remainder(n, d), {1, 2, -1});
    check(xg::remainder(xg::full({1}, std::numeric_limits<std::int64_t>::min(), {.dtype = xg::int64}), -1), {0});
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::remainder(n, 0); }),
                        "remainder: expected integer divisors other than 0"));
    BOOST_TEST(xg::remainder(n, 2.5).dtype() == xg::float32);
    BOOST_TEST(xg::clip(n, 0, 7).dtype() == xg::int64);
    check(xg::clip(n, 0, 7), {7, 0, 7});
    check(xg::clip(n, {}, 0), {0, -7, 0});
    BOOST_TEST(xg::clip(n, 0.5).dtype() == xg::float32);
    BOOST_TEST(xg::lerp(n, d, 0.5).dtype() == xg::float32);
    BOOST_CHECK_THROW(xg::floor(xg::tensor({true})), xg::DTypeError);
}

BOOST_AUTO_TEST_CASE(bounds) {
    const Tensor x = of({-1, 1, 0, 2, -2, NaN, inf, -inf});
    check(xg::clip(x, -1, 1), {-1, 1, 0, 1, -1, NaN, 1, -1});
    check(xg::clip(x, {}, 1), {-1, 1, 0, 1, -2, NaN, 1, -inf});
    check(xg::clip(x, -1), {-1, 1, 0, 2, -1, NaN, inf, -1});
    check(xg::clip(x, 2, 1), {1, 1, 1, 1, 1, NaN, 1, 1});
    check(xg::clip(of({5, 5, 1}), of({3, 7, NaN}), of({2, 6, 3})), {2, 6, NaN});
    check(xg::clip(of({1, 2}), NaN, 3), {NaN, NaN});
    BOOST_TEST(xg::clip(xg::ones({2}), xg::zeros({3, 1}), {}).shape() == (xg::Shape{3, 2}));
    BOOST_CHECK_THROW(xg::clip(x, Tensor(), Tensor()), xg::ValueError);
    BOOST_CHECK_THROW(xg::clip(x, std::optional<xg::Scalar>()), xg::ValueError);
    BOOST_TEST(xg::clip(xg::zeros({0, 2}), 0, 1).shape() == (xg::Shape{0, 2}));
}

BOOST_AUTO_TEST_CASE(empty_and_strided) {
    support::Draw draw(5);
    for (const Unary f : {Unary{xg::sin}, Unary{xg::erfc}, Unary{xg::digamma}, Unary{xg::log1p}, Unary{xg::round}}) {
        BOOST_TEST(f(xg::zeros({0, 3})).shape() == (xg::Shape{0, 3}));
        const Tensor x = support::uniform(draw, {7, 9}, 0.1, 3, xg::float32);
        BOOST_TEST(support::same_bits(f(x.transpose().slice(0, 1, 9, 2)), f(x).transpose().slice(0, 1, 9, 2)));
    }
    for (const Binary f : {Binary{xg::logaddexp}, Binary{xg::xlogy}, Binary{xg::remainder}}) {
        const Tensor x = support::uniform(draw, {4, 300}, 0.1, 3, xg::float32),
                     y = support::uniform(draw, {4, 1}, 1, 2, xg::float32);
        BOOST_TEST(support::same_bits(f(x, y), f(x, xg::broadcast_to(y, {4, 300}).contiguous())));
    }
}

BOOST_AUTO_TEST_SUITE_END()
