#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using xg::Tensor;

namespace {

struct Function {
    const char* name;
    Tensor (*f)(const Tensor&);
    double low, high;
    double ulps;  // of float32
};

const Function kFunctions[] = {
    {"exp", xg::exp, -86, 88, 2},         {"log", xg::log, 1e-30, 1e30, 2},
    {"log near 1", xg::log, 0.5, 2, 2},   {"sqrt", xg::sqrt, 0, 1e30, 0.5001},
    {"tanh", xg::tanh, -12, 12, 2},       {"tanh near 0", xg::tanh, -0.7, 0.7, 2},
    {"sigmoid", xg::sigmoid, -80, 80, 4}, {"square", xg::square, -1e15, 1e15, 0.5001},
};

/// The distance of neighbouring float32 numbers at x.
double spacing(double x) {
    const float v = std::abs(static_cast<float>(x));
    return static_cast<double>(std::nextafter(v, std::numeric_limits<float>::infinity())) - static_cast<double>(v);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(precision)

BOOST_AUTO_TEST_CASE(float32_beside_float64) {
    support::Draw draw(41);
    for (const Function& c : kFunctions) {
        const Tensor x = support::uniform(draw, {20'000}, c.low, c.high, xg::float32);
        const auto found = c.f(x).to_vector(), exact = c.f(x.to(xg::float64)).to_vector();
        double worst = 0;
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - exact[i]) / spacing(exact[i]));
        BOOST_TEST(worst <= c.ulps, c.name << ": " << worst << " units in the last place");
    }
}

BOOST_AUTO_TEST_CASE(float64_beside_the_standard_library) {
    support::Draw draw(42);
    struct Pair {
        const char* name;
        Tensor (*f)(const Tensor&);
        double (*plain)(double);
        double low, high;
    };
    const Pair pairs[] = {{"exp", xg::exp, std::exp, -700, 700},
                          {"log", xg::log, std::log, 1e-300, 1e300},
                          {"sqrt", xg::sqrt, std::sqrt, 0, 1e300},
                          {"tanh", xg::tanh, std::tanh, -20, 20},
                          {"sigmoid", xg::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }, -700, 700}};
    for (const Pair& p : pairs) {
        const Tensor x = support::uniform(draw, {20'000}, p.low, p.high);
        const auto in = x.to_vector(), out = p.f(x).to_vector();
        double worst = 0;
        for (std::size_t i = 0; i < in.size(); ++i)
            worst = std::max(worst, std::abs(out[i] - p.plain(in[i])) / std::abs(p.plain(in[i])));
        BOOST_TEST(worst <= 1e-15, p.name << ": relative error " << worst);
    }
}

BOOST_AUTO_TEST_CASE(far_tails) {
    const Tensor x = xg::tensor({-1000, -100, -90, 90, 1000}), s = xg::sigmoid(x), t = xg::tanh(x);
    const auto v = s.to_vector(), w = t.to_vector();
    BOOST_TEST(v[0] == 0);
    BOOST_TEST(v[3] == 1);
    BOOST_TEST(v[4] == 1);
    BOOST_TEST((w == std::vector<double>{-1, -1, -1, 1, 1}));
    const auto d = xg::sigmoid(xg::tensor({-700.0}, support::f64)).to_vector();
    BOOST_TEST(std::abs(d[0] / std::exp(-700.0) - 1) < 1e-14);
    // Denormals are kept: the smallest norms need them.
    BOOST_TEST((xg::full({5}, 1e-40) * 0.5).to_vector()[0] > 0);
    BOOST_TEST((xg::full({20}, 1e-310, support::f64) * 0.5).to_vector()[19] > 0);
}

BOOST_AUTO_TEST_CASE(an_element_does_not_depend_on_its_place) {
    support::Draw draw(43);
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const std::int64_t n = 67;
        const Tensor x = support::uniform(draw, {n}, 0.01, 9, dtype), y = support::uniform(draw, {n}, 0.01, 3, dtype);
        const auto all = [](const Tensor& a, const Tensor& b) {
            return std::vector<Tensor>{xg::exp(a),    xg::log(a), xg::tanh(a), xg::sigmoid(-a),   xg::sqrt(a),
                                       xg::pow(a, b), a / b,      a * b + a,   xg::maximum(a, b), xg::relu(a - b)};
        };
        const auto whole = all(x, y);
        bool same = true;
        for (std::int64_t i = 0; i < n; ++i) {
            const auto alone = all(x[i], y[i]);
            for (std::size_t k = 0; k < whole.size(); ++k) same = same && support::same_bits(whole[k][i], alone[k]);
        }
        for (std::int64_t begin = 0; begin < 20; ++begin) {
            const std::int64_t end = begin + 1 + begin * 2;
            const auto part = all(x.slice(0, begin, end), y.slice(0, begin, end)),
                       strided = all(x.slice(0, begin, n, 3), y.slice(0, begin, n, 3));
            for (std::size_t k = 0; k < whole.size(); ++k) {
                same = same && support::same_bits(whole[k].slice(0, begin, end), part[k]);
                same = same && support::same_bits(whole[k].slice(0, begin, n, 3), strided[k]);
            }
        }
        BOOST_TEST(same, name(dtype));
    }
}

BOOST_AUTO_TEST_SUITE_END()
