#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using xg::Tensor;

namespace {

using Unary = Tensor (*)(const Tensor&);
using Plain = double (*)(double);

struct Function {
    const char* name;
    Unary f;
    Plain plain;  // null: float32 is compared with float64 alone
    double low, high;
    bool logarithmic;  // arguments evenly on a logarithmic scale
    double ulps;       // units in the last place that float32 may be off; float64 as many beside the standard library
};

// PyTorch's functions are within 1 to 4 units.
const Function kFunctions[] = {
    {"exp2", xg::exp2, std::exp2, -149, 127.9, false, 2},
    {"expm1", xg::expm1, std::expm1, -30, 88, false, 2.5},
    {"expm1 near 0", xg::expm1, std::expm1, 1e-30, 1, true, 2},
    {"log2", xg::log2, std::log2, 1e-44, 1e38, true, 2},
    {"log2 near 1", xg::log2, std::log2, 0.5, 2, false, 2.5},
    {"log10", xg::log10, std::log10, 1e-44, 1e38, true, 2},
    {"log10 near 1", xg::log10, std::log10, 0.5, 2, false, 2},
    {"log1p", xg::log1p, std::log1p, 1e-30, 1e30, true, 1.5},
    {"log1p below 0", xg::log1p, std::log1p, -0.999, 0.5, false, 1.5},
    {"sin", xg::sin, std::sin, -10, 10, false, 1},
    {"sin far out", xg::sin, std::sin, 1, 1e30, true, 1},
    {"cos", xg::cos, std::cos, -10, 10, false, 1},
    {"cos far out", xg::cos, std::cos, 1, 1e30, true, 1},
    {"tan", xg::tan, std::tan, -10, 10, false, 2},
    {"tan far out", xg::tan, std::tan, 1, 1e30, true, 2},
    {"asin", xg::asin, std::asin, -1, 1, false, 2.5},
    {"asin near 0", xg::asin, std::asin, 1e-30, 1, true, 2.5},
    {"acos", xg::acos, std::acos, -1, 1, false, 2},
    {"atan", xg::atan, std::atan, 1e-30, 1e30, true, 2.5},
    {"sinh", xg::sinh, std::sinh, -89.3, 89.3, false, 2.5},
    {"sinh near 0", xg::sinh, std::sinh, 1e-30, 1, true, 2},
    {"cosh", xg::cosh, std::cosh, -89.3, 89.3, false, 2.5},
    {"asinh", xg::asinh, std::asinh, 1e-30, 1e30, true, 3},
    {"acosh", xg::acosh, std::acosh, 1, 1e30, true, 2.5},
    {"atanh", xg::atanh, std::atanh, -1, 1, false, 2},
    {"erf", xg::erf, std::erf, -5, 5, false, 2.5},
    {"erf near 0", xg::erf, std::erf, 1e-30, 5, true, 2.5},
    {"erfc", xg::erfc, std::erfc, -5, 10, false, 6},
    {"lgamma", xg::lgamma, nullptr, 0.01, 1e4, true, 1},
    {"digamma", xg::digamma, nullptr, 0.01, 1e4, true, 1},
    {"cbrt", xg::cbrt, [](double v) { return static_cast<double>(std::cbrt(static_cast<long double>(v))); }, 1e-44,
     1e38, true, 1},
    {"rsqrt", xg::rsqrt, [](double v) { return 1 / std::sqrt(v); }, 1e-44, 1e38, true, 1.5},
    {"reciprocal", xg::reciprocal, [](double v) { return 1 / v; }, 1e-37, 1e37, true, 0.501},
    {"gelu", [](const Tensor& x) { return xg::gelu(x); }, nullptr, -12.9, 10, false, 6},
    {"gelu by tanh", [](const Tensor& x) { return xg::gelu(x, xg::GeluApproximation::tanh); }, nullptr, -3, 10, false,
     12},
    {"silu", xg::silu, nullptr, -80, 80, false, 5},
    {"mish", xg::mish, nullptr, -80, 80, false, 6},
    {"softplus", [](const Tensor& x) { return xg::softplus(x); }, nullptr, -80, 30, false, 4},
    {"logsigmoid", xg::logsigmoid, nullptr, -80, 80, false, 4},
    {"elu", [](const Tensor& x) { return xg::elu(x); }, nullptr, -30, 30, false, 2.5},
    {"softsign", xg::softsign, nullptr, -1e6, 1e6, false, 1.5},
};

/// The distance of neighbouring T at x.
template <class T>
double spacing(double x) {
    const T v = std::abs(static_cast<T>(x));
    return static_cast<double>(std::nextafter(v, std::numeric_limits<T>::infinity())) - static_cast<double>(v);
}

Tensor arguments(const Function& c, xg::DType dtype) {
    support::Draw draw(44);
    if (!c.logarithmic) return support::uniform(draw, {20'000}, c.low, c.high, dtype);
    return xg::exp(support::uniform(draw, {20'000}, std::log(c.low), std::log(c.high))).to(dtype);
}

template <class T>
double worst(const std::vector<double>& found, const std::vector<double>& exact) {
    double most = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i] != exact[i]) most = std::max(most, std::abs(found[i] - exact[i]) / spacing<T>(exact[i]));
    return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(function_precision)

BOOST_AUTO_TEST_CASE(float32_beside_float64) {
    for (const Function& c : kFunctions) {
        const Tensor x = arguments(c, xg::float32);
        const double found = worst<float>(c.f(x).to_vector(), c.f(x.to(xg::float64)).to_vector());
        BOOST_TEST(found <= c.ulps, c.name << ": " << found << " units in the last place of float32");
    }
}

BOOST_AUTO_TEST_CASE(float64_beside_the_standard_library) {
    for (const Function& c : kFunctions) {
        if (c.plain == nullptr) continue;
        const Tensor x = arguments(c, xg::float64);
        const auto in = x.to_vector();
        std::vector<double> exact;
        for (const double v : in) exact.push_back(c.plain(v));
        // The standard library's own are within 1.
        const double found = worst<double>(c.f(x).to_vector(), exact);
        BOOST_TEST(found <= c.ulps + 1, c.name << ": " << found << " units in the last place of float64");
    }
}

BOOST_AUTO_TEST_CASE(of_two) {
    struct Pair {
        const char* name;
        Tensor (*f)(const Tensor&, const Tensor&);
        double (*plain)(double, double);
        double ulps;
    };
    const Pair pairs[] = {
        {"atan2", xg::atan2, [](double a, double b) { return std::atan2(a, b); }, 3},
        {"hypot", xg::hypot, [](double a, double b) { return std::hypot(a, b); }, 1},
        {"logaddexp", xg::logaddexp,
         [](double a, double b) { return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b))); }, 3},
        {"remainder", xg::remainder,
         [](double a, double b) {
             const double r = std::fmod(a, b);
             return r != 0 && (b < 0) != (r < 0) ? r + b : r;
         },
         0.501}};
    support::Draw draw(45);
    for (const Pair& p : pairs)
        for (const double scale : {1.0, 1e5, 1e20})
            for (const xg::DType dtype : {xg::float32, xg::float64}) {
                const Tensor a = support::uniform(draw, {20'000}, -scale, scale, dtype),
                             b = support::uniform(draw, {20'000}, -3, 3, dtype);
                const auto u = a.to_vector(), v = b.to_vector(), found = p.f(a, b).to_vector();
                std::vector<double> exact;
                for (std::size_t i = 0; i < u.size(); ++i) exact.push_back(p.plain(u[i], v[i]));
                // Where logaddexp is near 0 it cancels.
                if (std::string(p.name) == "logaddexp" && scale == 1)
                    for (std::size_t i = 0; i < u.size(); ++i)
                        exact[i] = std::abs(exact[i]) < 0.3 ? found[i] : exact[i];
                const double most = dtype == xg::float32 ? worst<float>(found, exact) : worst<double>(found, exact);
                BOOST_TEST(most <= p.ulps + (dtype == xg::float32 ? 0 : 1),
                           p.name << " to " << scale << " of " << dtype << ": " << most << " units in the last place");
            }
}

/// What grows beyond all numbers is finite up to the largest of them.
BOOST_AUTO_TEST_CASE(before_they_overflow) {
    struct Growing {
        const char* name;
        Unary f;
        Plain plain;
        double last32, last64;  // the last arguments with a finite result, about
    };
    const Growing functions[] = {{"exp", xg::exp, std::exp, 88.7228, 709.7827},
                                 {"exp2", xg::exp2, std::exp2, 127.9999, 1023.9999},
                                 {"expm1", xg::expm1, std::expm1, 88.7228, 709.7827},
                                 {"sinh", xg::sinh, std::sinh, 89.4159, 710.4758},
                                 {"cosh", xg::cosh, std::cosh, 89.4159, 710.4758}};
    for (const Growing& c : functions)
        for (const xg::DType dtype : {xg::float32, xg::float64}) {
            const double last = dtype == xg::float32 ? c.last32 : c.last64;
            const Tensor x = xg::linspace(last - 1.5, last, 1001, {.dtype = dtype});
            std::vector<double> exact;
            for (const double v : x.to_vector()) exact.push_back(c.plain(v));
            const auto found = c.f(x).to_vector();
            const double most = dtype == xg::float32 ? worst<float>(found, exact) : worst<double>(found, exact);
            BOOST_TEST(most <= 3, c.name << " of " << xg::name(dtype) << " is off by " << most << " units");
            BOOST_TEST(std::isinf(c.f(xg::full({}, last + 0.001, {.dtype = dtype})).item()), c.name);
            BOOST_TEST(std::isinf(c.f(xg::full({}, std::numeric_limits<double>::infinity(), {.dtype = dtype})).item()));
        }
}

/// The bits of an element do not depend on its neighbours and its place.
BOOST_AUTO_TEST_CASE(places) {
    for (const Function& c : kFunctions)
        for (const xg::DType dtype : {xg::float32, xg::float64}) {
            const Tensor x = arguments(c, dtype).slice(0, 0, 67), whole = c.f(x);
            bool same = true;
            for (std::int64_t i = 0; i < 67; i += 5) same = same && support::same_bits(c.f(x[i]), whole[i]);
            same = same && support::same_bits(c.f(x.slice(0, 3, 40)), whole.slice(0, 3, 40));
            same = same && support::same_bits(c.f(x.slice(0, 1, 67, 3)), whole.slice(0, 1, 67, 3));
            BOOST_TEST(same, c.name << " of " << name(dtype));
        }
}

BOOST_AUTO_TEST_SUITE_END()
