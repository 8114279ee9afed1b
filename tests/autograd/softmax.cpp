#include <cmath>
#include <functional>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::Draw;
using support::f64;
using support::message_of;
using xg::Tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

/// The same of recorded operations, in float64 from float32's numbers.
Tensor plain(const Tensor& x, std::int64_t axis, bool logarithm) {
    const Tensor v = x.to(xg::float64), d = v - xg::max(v, axis, true).detach(), e = xg::exp(d);
    return logarithm ? d - xg::log(xg::sum(e, axis, true)) : e / xg::sum(e, axis, true);
}

/// The greatest difference, relative beyond 1.
double apart(const Tensor& a, const Tensor& b) {
    const auto p = a.to_vector(), q = b.to_vector();
    double worst = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        worst = std::max(worst, std::abs(p[i] - q[i]) / std::max(1.0, std::abs(q[i])));
    return p.size() == q.size() ? worst : inf;
}

void against_plain(const Tensor& x, std::int64_t axis) {
    const double tolerance = x.dtype() == xg::float32 ? 3e-7 : 1e-14;
    Draw draw(81);
    const Tensor weights = support::uniform(draw, x.shape(), -1, 1, x.dtype());
    for (const bool logarithm : {false, true}) {
        const auto f = logarithm ? xg::log_softmax : xg::softmax;
        Tensor a = x.detach().clone(), b = x.detach().to(xg::float64).clone();
        a.requires_grad(true);
        b.requires_grad(true);
        const Tensor y = f(a, axis), z = plain(b, axis, logarithm);
        BOOST_TEST_CONTEXT((logarithm ? "log_softmax" : "softmax")
                           << " of " << x.shape() << " along " << axis << ", " << x.dtype()) {
            BOOST_TEST(y.dtype() == x.dtype());
            BOOST_TEST(apart(y, z) <= tolerance);
            BOOST_TEST(apart(f(x, axis), z) <= tolerance);  // with x's own strides
            const double scale = logarithm ? 20 : 2;
            BOOST_TEST(apart(xg::grad(xg::sum(y * weights), a), xg::grad(xg::sum(z * weights), b)) <=
                       scale * tolerance);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(softmax)

BOOST_AUTO_TEST_CASE(any_layout_and_axis) {
    Draw draw(82);
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        for (const std::int64_t n : {1, 3, 8, 17, 31, 32, 33, 100, 1025})
            for (const std::int64_t m : {1, 2, 17, 65, 130}) {
                if (n * m > 20'000) continue;
                const Tensor x = support::uniform(draw, {m, n}, -8, 8, dtype);
                against_plain(x, 1);
                against_plain(x.transpose(), 0);
                against_plain(support::uniform(draw, {2, n, m}, -8, 8, dtype), 1);
            }
        against_plain(support::uniform(draw, {5, 12, 4}, -8, 8, dtype).slice(1, 0, 12, 2), 1);
    }
}

BOOST_AUTO_TEST_CASE(large_ones_in_blocks) {
    Draw draw(83);
    against_plain(support::uniform(draw, {2, 70'001}, -8, 8, xg::float32), 1);
    against_plain(support::uniform(draw, {9'000, 20}, -8, 8, xg::float32), 0);
    against_plain(support::uniform(draw, {20'000, 3}, -8, 8, xg::float64), 0);
    // One huge element in another block than the rest, and blocks of nothing.
    const Tensor x = xg::concat({xg::full({80'000}, -inf), xg::zeros({10}), xg::full({40'000}, 50)});
    BOOST_TEST(std::abs(xg::sum(xg::softmax(x, 0)).item() - 1) < 1e-6);
    BOOST_TEST(xg::softmax(x, 0)[100].item() == 0);
    BOOST_TEST(std::abs(xg::log_softmax(x, 0)[-1].item() + std::log(40'000)) < 1e-5);
}

BOOST_AUTO_TEST_CASE(far_out) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        // Short and long rows, and columns, take different ways.
        for (const std::int64_t n : {3, 40})
            for (const std::int64_t columns : {1, 20}) {
                const auto line = [&](double first, double second) {
                    const Tensor rest = xg::full({n - 2}, -inf, {.dtype = dtype});
                    const Tensor v = xg::concat({xg::tensor({first, second}, {.dtype = dtype}), rest});
                    return xg::broadcast_to(v.reshape({n, 1}), {n, columns}).contiguous();
                };
                const auto first_two = [&](const Tensor& y) {
                    return std::vector<double>{y[0][columns - 1].item(), y[1][columns - 1].item()};
                };
                BOOST_TEST((first_two(xg::softmax(line(1e4, -1e4), 0)) == std::vector<double>{1, 0}));
                BOOST_TEST((first_two(xg::log_softmax(line(1e4, -1e4), 0)) == std::vector<double>{0, -2e4}));
                for (const double bad : {NaN, inf}) {
                    const auto v = first_two(xg::softmax(line(bad, 1), 0)),
                               w = first_two(xg::log_softmax(line(1, bad), 0));
                    BOOST_TEST((std::isnan(v[0]) && std::isnan(v[1]) && std::isnan(w[0]) && std::isnan(w[1])));
                }
                BOOST_TEST(std::isnan(first_two(xg::softmax(line(-inf, -inf), 0))[0]));
                // Below the normal numbers, but not 0.
                const double far = dtype == xg::float32 ? -95 : -720;
                const double tiny = first_two(xg::softmax(line(0, far), 0))[1];
                BOOST_TEST(std::abs(tiny / std::exp(far) - 1) < (dtype == xg::float32 ? 2e-3 : 1e-9));
            }
    }
}

BOOST_AUTO_TEST_CASE(edges) {
    BOOST_TEST(xg::softmax(xg::full({}, 3), 0).item() == 1);
    BOOST_TEST(xg::softmax(xg::tensor({1, 2}), 0).dtype() == xg::float32);
    BOOST_TEST(xg::softmax(xg::zeros({2, 0}), 1).shape() == xg::Shape({2, 0}));
    BOOST_TEST(xg::log_softmax(xg::zeros({0, 2}), 1).shape() == xg::Shape({0, 2}));
    const Tensor x = xg::tensor({1, 2, 4}, f64);
    BOOST_TEST(support::same_bits(xg::softmin(x, 0), xg::softmax(-x, 0)));
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::softmax(xg::zeros({2}), 1); }),
                        "softmax: axis 1 is out of range for the shape (2,)"));
}

BOOST_AUTO_TEST_SUITE_END()
