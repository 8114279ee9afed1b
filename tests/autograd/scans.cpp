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

void check(const Tensor& found, const std::vector<double>& expected, double tolerance = 1e-12) {
    const auto v = found.to_vector();
    BOOST_REQUIRE_EQUAL(v.size(), expected.size());
    for (std::size_t i = 0; i < v.size(); ++i)
        BOOST_TEST((v[i] == expected[i] || (std::isnan(v[i]) && std::isnan(expected[i])) ||
                    std::abs(v[i] - expected[i]) <= tolerance * std::max(1.0, std::abs(expected[i]))),
                   "element " << i << ": " << v[i] << " and not " << expected[i]);
}

Tensor row(const std::vector<double>& v) { return xg::from_data(v, {static_cast<std::int64_t>(v.size())}, f64); }

std::vector<double> slope(const std::function<Tensor(const Tensor&)>& f, const std::vector<double>& at) {
    Tensor x = row(at);
    x.requires_grad(true);
    return xg::grad(xg::sum(f(x)), x).to_vector();
}

/// f of each line of x along `axis`, by a plain loop.
std::vector<double> by_lines(const Tensor& x, std::int64_t axis, double (*step)(double, double), double start) {
    std::vector<double> out;
    support::each_position(x.shape(), [&](auto index) {
        double state = start;
        const std::int64_t last = index[static_cast<std::size_t>(axis)];
        for (std::int64_t i = 0; i <= last; ++i) {
            index[static_cast<std::size_t>(axis)] = i;
            state = step(state, support::at(x, index));
        }
        out.push_back(state);
    });
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scans)

BOOST_AUTO_TEST_CASE(any_layout_and_axis) {
    Draw draw(61);
    for (int round = 0; round < 60; ++round) {
        xg::Shape shape = support::random_shape(draw, 3, 12, false);
        if (shape.empty()) continue;
        const Tensor x = support::random_view(draw, shape);
        for (std::int64_t axis = 0; axis < x.rank(); ++axis) {
            BOOST_TEST_CONTEXT(x.shape() << " with strides " << x.strides() << " along " << axis) {
                check(xg::cumsum(x, axis), by_lines(
                                               x, axis, [](double a, double b) { return a + b; }, 0));
                check(xg::cumprod(x, axis - x.rank()), by_lines(
                                                           x, axis, [](double a, double b) { return a * b; }, 1));
                check(xg::logcumsumexp(x, axis),
                      by_lines(
                          x, axis, [](double a, double b) { return std::log(std::exp(a) + std::exp(b)); }, -inf));
                check(xg::cummax(x, axis).values,
                      by_lines(
                          x, axis, [](double a, double b) { return std::max(a, b); }, -inf));
                check(xg::cummin(x, axis).values, by_lines(
                                                      x, axis, [](double a, double b) { return std::min(a, b); }, inf));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(long_lines_in_blocks) {
    const Tensor tenths = xg::full({300'000}, 0.1);
    const auto sums = xg::cumsum(tenths, 0).to_vector();
    bool right = true;
    for (std::size_t i = 0; i < sums.size(); ++i)
        right = right && sums[i] == static_cast<double>(
                                        static_cast<float>(static_cast<double>(i + 1) * static_cast<double>(0.1F)));
    BOOST_TEST(right);
    for (const std::int64_t n : {63, 64, 4095, 4097, 32'768, 32'769, 100'001}) {
        const Tensor x = xg::arange(0, n);
        const auto found = xg::cumsum(x, 0).to_vector();
        bool exact = true;
        for (std::size_t i = 0; i < found.size(); ++i)
            exact = exact && found[i] == static_cast<double>(i * (i + 1) / 2);
        BOOST_TEST(exact, n);
        // Backward, from the other end.
        Tensor y = x.to(xg::float64).clone();
        y.requires_grad(true);
        const Tensor g = xg::grad(xg::sum(xg::cumsum(y, 0) * x), y);
        const auto total = static_cast<double>(n * (n - 1) / 2);
        const auto v = g.to_vector();
        bool back = true;
        for (std::size_t i = 0; i < v.size(); ++i) back = back && v[i] == total - (i == 0 ? 0 : found[i - 1]);
        BOOST_TEST(back, n);
    }
    Draw draw(62);
    const Tensor x = support::uniform(draw, {2, 70'000});
    for (const Tensor& v : {x, x.transpose().clone().transpose()}) {
        const auto found = xg::cumsum(v, 1).to_vector(), plain = x.to_vector();
        double worst = 0;
        for (std::size_t r = 0; r < 2; ++r) {
            long double sum = 0;
            for (std::size_t i = 0; i < 70'000; ++i) {
                sum += plain[r * 70'000 + i];
                worst = std::max(worst, std::abs(found[r * 70'000 + i] - static_cast<double>(sum)));
            }
        }
        BOOST_TEST(worst < 1e-10);
    }
}

BOOST_AUTO_TEST_CASE(zeros_in_products) {
    check(row(slope([](const Tensor& x) { return xg::cumprod(x, 0); }, {2, 0, 3, 0, 5})), {1, 2 + 6, 0, 0, 0});
    check(row(slope([](const Tensor& x) { return xg::cumprod(x, 0); }, {0, 2, 3})), {1 + 2 + 6, 0, 0});
    check(xg::cumprod(xg::tensor({2, 3, -4}), 0), {2, 6, -24});
    BOOST_TEST(xg::cumprod(xg::tensor({true, false}), 0).dtype() == xg::int64);
    BOOST_TEST(xg::cumsum(xg::tensor({true, true}), 0).dtype() == xg::int64);
}

BOOST_AUTO_TEST_CASE(ties_and_nan) {
    // torch.cummax([1, 3, 3, nan, 2, nan, 1]) and cummin, PyTorch 2.13.
    const Tensor x = row({1, 3, 3, NaN, 2, NaN, 1});
    const auto [high, at] = xg::cummax(x, 0);
    check(high, {1, 3, 3, NaN, NaN, NaN, NaN});
    check(at, {0, 1, 2, 3, 3, 5, 5});
    const auto [low, where] = xg::cummin(x, 0);
    check(low, {1, 1, 1, NaN, NaN, NaN, NaN});
    check(where, {0, 0, 0, 3, 3, 5, 5});
    BOOST_TEST(at.dtype() == xg::int64);
    check(row(slope([](const Tensor& v) { return xg::cummax(v, 0).values; }, {1, 3, 3, 2})), {1, 1, 2, 0});
    check(xg::cummax(xg::tensor({{3, 1}, {2, 5}}), 0).indices, {0, 0, 0, 1});
    check(xg::cumsum(row({1, inf, -inf, 2}), 0), {1, inf, NaN, NaN});
    check(xg::logcumsumexp(row({-inf, 1, -inf, inf, NaN}), 0), {-inf, 1, 1, inf, NaN});
    check(xg::logcumsumexp(row({-inf, -inf}), 0), {-inf, -inf});
}

BOOST_AUTO_TEST_CASE(differences) {
    check(xg::diff(xg::tensor({1, 4, 9, 16})), {3, 5, 7});
    check(xg::diff(xg::tensor({1, 4, 9, 16}), 2), {2, 2});
    check(xg::diff(xg::tensor({{1, 2}, {4, 8}}), 1, 0), {3, 6});
    check(xg::diff(xg::tensor({true, false, false})), {1, 0});
    BOOST_TEST(xg::diff(xg::ones({3}), 5).numel() == 0);
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::diff(xg::ones({3}), -1); }), "diff: expected n >= 0"));
}

BOOST_AUTO_TEST_CASE(edges) {
    BOOST_TEST(xg::cumsum(xg::full({}, 2), 0).item() == 2);
    BOOST_TEST(xg::cummax(xg::full({}, 2), -1).indices.item_int() == 0);
    BOOST_TEST(xg::cumsum(xg::zeros({0, 3}), 0).shape() == xg::Shape({0, 3}));
    BOOST_TEST(xg::cumprod(xg::zeros({3, 0}), 0).shape() == xg::Shape({3, 0}));
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::cumsum(xg::ones({2, 3}), 2);
                        }),
                        "cumsum: axis 2 is out of range for the shape (2, 3)"));
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::cummax(Tensor(), 0); }), "cummax"));
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
    Draw draw(63);
    const Tensor x = support::uniform(draw, {150'000}, -2, 2, xg::float32),
                 m = support::uniform(draw, {300, 500}, -2, 2, xg::float32);
    const auto all = [&] {
        return std::vector<Tensor>{xg::cumsum(x, 0),  xg::cumsum(m, 0),    xg::softmax(x, 0), xg::log_softmax(m, 0),
                                   xg::softmax(m, 1), xg::var(x),          xg::std(m, 0),     xg::norm(x),
                                   xg::logsumexp(m),  xg::sort(x).indices, xg::mean(m, 1)};
    };
    std::vector<Tensor> one, three;
    {
        const support::Threads threads(1);
        one = all();
    }
    {
        const support::Threads threads(3);
        three = all();
    }
    for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(support::same_bits(one[i], three[i]), i);
}

/// float32 accumulates in double precision: a million steps cost half of the last place, as NumPy's float64 results
/// rounded do.
BOOST_AUTO_TEST_CASE(long_lines_of_float32) {
    constexpr std::int64_t n = 1'000'000;
    Draw draw(8);
    std::vector<double> near_one(n), any(n);
    for (double& v : near_one) v = static_cast<double>(static_cast<float>(1 + draw.uniform(-1e-3, 1e-3)));
    for (double& v : any) v = static_cast<double>(static_cast<float>(draw.uniform(-1, 2)));
    // Along rows, and along columns side by side.
    for (const std::int64_t columns : {1, 4}) {
        const xg::Shape shape = columns == 1 ? xg::Shape{n} : xg::Shape{n / columns, columns};
        const auto wrong = [&](const Tensor& found, const std::vector<double>& from, bool product) {
            std::vector<double> state(static_cast<std::size_t>(columns), product ? 1 : 0);
            const float* const y = found.data<float>();
            std::int64_t count = 0;
            for (std::int64_t i = 0; i < n; ++i) {
                double& s = state[static_cast<std::size_t>(i % columns)];
                s = product ? s * from[static_cast<std::size_t>(i)] : s + from[static_cast<std::size_t>(i)];
                // The order in which a line's parts are summed may move the last place of the double.
                const double error = std::abs(static_cast<double>(y[i]) - s);
                if (!(error <= std::abs(s) * 0x1p-24 * (1 + 1e-6))) ++count;
            }
            return count;
        };
        const auto of = [&](const std::vector<double>& v) { return xg::from_data(v, shape, {.dtype = xg::float32}); };
        BOOST_TEST(wrong(xg::cumprod(of(near_one), 0), near_one, true) == 0);
        BOOST_TEST(wrong(xg::cumsum(of(any), 0), any, false) == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
