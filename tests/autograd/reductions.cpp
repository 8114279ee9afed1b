#include <algorithm>
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
using support::f64_leaf;
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

Tensor row(const std::vector<double>& v, xg::DType dtype = xg::float64) {
    return xg::from_data(v, {static_cast<std::int64_t>(v.size())}, {.dtype = dtype});
}

std::vector<double> slope(const std::function<Tensor(const Tensor&)>& f, const std::vector<double>& at) {
    Tensor x = row(at);
    x.requires_grad(true);
    return xg::grad(xg::sum(f(x)), x).to_vector();
}

/// The elements of x that make each result, in order: what a naive reduction over the marked axes works on.
std::vector<std::vector<double>> groups(const Tensor& x, const std::vector<bool>& gone) {
    std::int64_t n = 1;
    for (std::size_t i = 0; i < gone.size(); ++i) n *= gone[i] ? 1 : x.shape()[i];
    std::vector<std::vector<double>> out(static_cast<std::size_t>(n));
    support::each_position(x.shape(), [&](const auto& index) {
        std::int64_t at = 0;
        for (std::size_t i = 0; i < index.size(); ++i)
            if (!gone[i]) at = at * x.shape()[i] + index[i];
        out[static_cast<std::size_t>(at)].push_back(support::at(x, index));
    });
    return out;
}

double naive_var(const std::vector<double>& v) {
    long double mean = 0, sum = 0;
    for (const double e : v) mean += e;
    mean /= static_cast<long double>(v.size());
    for (const double e : v) sum += (e - mean) * (e - mean);
    return static_cast<double>(
        sum / static_cast<long double>(std::max<std::int64_t>(0, static_cast<std::int64_t>(v.size()) - 1)));
}

double naive_norm(const std::vector<double>& v, double p) {
    double sum = 0;
    for (const double e : v) sum += std::pow(std::abs(e), p);
    return std::pow(sum, 1 / p);
}

/// All reductions against loops over the groups, on any layout.
void against_loops(const Tensor& x, const std::vector<std::int64_t>& axes, const std::vector<bool>& gone) {
    std::vector<double> var, prod, lse, one, two, three, any, all, count, most, least;
    for (const auto& v : groups(x, gone)) {
        if (v.empty()) return;
        var.push_back(naive_var(v));
        double p = 1, s = 0, n = 0;
        for (const double e : v) {
            p *= e;
            s += std::exp(e);
            n += e != 0 ? 1 : 0;
        }
        prod.push_back(p);
        lse.push_back(std::log(s));
        one.push_back(naive_norm(v, 1));
        two.push_back(naive_norm(v, 2));
        three.push_back(naive_norm(v, 3));
        count.push_back(n);
        any.push_back(n > 0);
        all.push_back(n == static_cast<double>(v.size()));
        most.push_back(static_cast<double>(std::max_element(v.begin(), v.end()) - v.begin()));
        least.push_back(static_cast<double>(std::min_element(v.begin(), v.end()) - v.begin()));
    }
    BOOST_TEST_CONTEXT(x.shape() << " with strides " << x.strides() << " over " << xg::Shape(axes)) {
        check(xg::var(x, axes), var, 1e-11);
        check(xg::prod(x, axes), prod, 1e-11);
        check(xg::logsumexp(x, axes), lse, 1e-11);
        check(xg::norm(x, 1, axes), one, 1e-11);
        check(xg::norm(x, 2, axes), two, 1e-11);
        check(xg::norm(x, 3, axes), three, 1e-11);
        check(xg::any(x, axes), any);
        check(xg::all(x, axes), all);
        check(xg::count_nonzero(x, axes), count);
        check(xg::argmax(x, axes), most);
        check(xg::argmin(x, axes), least);
        BOOST_TEST(xg::norm(x, 2, axes, true).shape() == xg::sum(x, axes, true).shape());
        BOOST_TEST(xg::argmax(x, axes).shape() == xg::sum(x, axes).shape());
    }
}

void all_axes(const Tensor& x) {
    for (int mask = 0; mask < 1 << x.rank(); ++mask) {
        std::vector<std::int64_t> axes;
        std::vector<bool> gone(x.shape().rank());
        for (std::size_t i = 0; i < gone.size(); ++i)
            if ((mask & 1 << i) != 0) {
                gone[i] = true;
                axes.push_back(static_cast<std::int64_t>(i));
            }
        against_loops(x, axes, gone);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reductions)

BOOST_AUTO_TEST_CASE(any_layout_and_axes) {
    Draw draw(51);
    for (int round = 0; round < 60; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 4, 4, false));
        all_axes(xg::where(xg::abs(x) < 0.3, 0, x));
        all_axes(x);
    }
}

BOOST_AUTO_TEST_CASE(large_ones_in_blocks) {
    Draw draw(52);
    const Tensor x = support::uniform(draw, {60, 3, 400}, 0.9, 1.1);
    all_axes(x);
    all_axes(x.transpose(0, 2));
    against_loops(support::uniform(draw, {100'000}, 0.99, 1.01), {0}, {true});
    against_loops(support::uniform(draw, {40'000, 2}, 0.99, 1.01), {0}, {true, false});
}

BOOST_AUTO_TEST_CASE(mean_divides_before_it_rounds) {
    const Tensor x = xg::full({1000}, 3e38);
    BOOST_TEST(xg::mean(x).item() == static_cast<double>(3e38F));
    check(xg::mean(xg::full({50, 3}, -3e38), 0), std::vector<double>(3, static_cast<double>(-3e38F)));
    BOOST_TEST(std::isnan(xg::mean(xg::zeros({0})).item()));
    BOOST_TEST(xg::mean(xg::tensor({1, 2})).item() == 1.5);
}

BOOST_AUTO_TEST_CASE(variances) {
    // numpy.var([1, 2, 4, 7], ddof) = 5.25 and 7.
    const Tensor x = row({1, 2, 4, 7});
    BOOST_TEST(xg::var(x, {}, {.correction = 0}).item() == 5.25);
    BOOST_TEST(xg::var(x).item() == 7);
    BOOST_TEST(xg::std(x).item() == std::sqrt(7.0));
    BOOST_TEST(std::isnan(xg::var(row({2})).item()));
    BOOST_TEST(xg::var(row({2}), {}, {.correction = 0}).item() == 0);
    BOOST_TEST(std::isnan(xg::std(row({})).item()));
    BOOST_TEST(xg::var(row({2, 1}), {}, {.correction = 3}).item() == inf);
    BOOST_TEST(std::isnan(xg::var(row({inf, 1})).item()));
    BOOST_TEST(xg::var(xg::tensor({1, 2})).dtype() == xg::float32);
    // Far from 0: the textbook formula would lose everything.
    Draw draw(53);
    const Tensor far = support::uniform(draw, {100'000}, 0, 1) + 1e8;
    BOOST_TEST(std::abs(xg::var(far).item() - naive_var(far.to_vector())) < 1e-9);
    const Tensor coarse = (support::uniform(draw, {100'000}, 0, 100) + 1e6).to(xg::float32);
    BOOST_TEST(std::abs(xg::var(coarse).item() / naive_var(coarse.to_vector()) - 1) < 1e-7);
    const Tensor gradient = [&] {
        Tensor leaf = coarse.clone();
        leaf.requires_grad(true);
        return xg::grad(xg::std(leaf), leaf);
    }();
    BOOST_TEST(std::abs(xg::sum(gradient).item()) < 1e-6);
    // PyTorch's choice.
    check(row(slope([](const Tensor& v) { return xg::std(v); }, {2, 2})), {0, 0});
    check(row(slope([](const Tensor& v) { return xg::std(v); }, {2})), {NaN});
    check(row(slope([](const Tensor& v) { return xg::var(v, {}, {.correction = 0}); }, {1, 3})), {-1, 1});
}

BOOST_AUTO_TEST_CASE(products) {
    BOOST_TEST(xg::prod(xg::tensor({2, 3, -4})).item_int() == -24);
    BOOST_TEST(xg::prod(xg::tensor({true, true})).dtype() == xg::int64);
    BOOST_TEST(xg::prod(xg::zeros({0})).item() == 1);
    check(row(slope([](const Tensor& v) { return xg::prod(v); }, {0, 2, 3})), {6, 0, 0});
    check(row(slope([](const Tensor& v) { return xg::prod(v); }, {0, 2, 0})), {0, 0, 0});
    check(row(slope([](const Tensor& v) { return xg::prod(v); }, {1e-200, 1e-200, 1})), {1e-200, 1e-200, 0});
    // Intermediate results may leave float32's range.
    BOOST_TEST(std::abs(xg::prod(xg::tensor({1e30, 1e30, 1e-30, 1e-30})).item() - 1) < 1e-6);
}

BOOST_AUTO_TEST_CASE(logs_of_sums) {
    BOOST_TEST(std::abs(xg::logsumexp(row({1000, 1000})).item() - (1000 + std::log(2.0))) < 1e-12);
    BOOST_TEST(xg::logsumexp(row({})).item() == -inf);
    // PyTorch's.
    const auto f = [](const Tensor& v) { return xg::logsumexp(v); };
    struct Case {
        std::vector<double> x;
        double y;
        std::vector<double> slope;
    };
    for (const Case& c : std::vector<Case>{{{-inf, -inf}, -inf, {NaN, NaN}},
                                           {{inf, 1}, inf, {NaN, 0}},
                                           {{inf, inf}, inf, {NaN, NaN}},
                                           {{NaN, 1}, NaN, {NaN, NaN}},
                                           {{-inf, 2}, 2, {0, 1}},
                                           {{-inf, NaN}, NaN, {NaN, NaN}},
                                           {{inf, NaN}, NaN, {NaN, NaN}}}) {
        BOOST_TEST_CONTEXT(c.x[0] << " and " << c.x[1]) {
            check(f(row(c.x)), {c.y});
            check(row(slope(f, c.x)), c.slope);
            check(xg::logsumexp(xg::concat({row(c.x).reshape({2, 1}), row(c.x).reshape({2, 1})}, 1), 0), {c.y, c.y});
            // In a long line, with numbers everywhere else.
            const Tensor line = xg::concat({xg::zeros({50'000}, f64), row(c.x), xg::zeros({50'000}, f64)});
            const double y = xg::logsumexp(line).item();
            BOOST_TEST((std::isnan(c.y) ? std::isnan(y) : c.y == inf ? y == inf : y > 11));
        }
    }
    Draw draw(54);
    const Tensor x = support::uniform(draw, {70'000}, -5, 5);
    BOOST_TEST(std::abs(xg::logsumexp(x.to(xg::float32)).item() - std::log(xg::sum(xg::exp(x)).item())) < 2e-6);
}

BOOST_AUTO_TEST_CASE(norms) {
    const Tensor x = row({3, -4, 0});
    BOOST_TEST(xg::norm(x).item() == 5);
    BOOST_TEST(xg::norm(x, 0).item() == 2);
    BOOST_TEST(xg::norm(x, 1).item() == 7);
    BOOST_TEST(xg::norm(x, inf).item() == 4);
    BOOST_TEST(xg::norm(x, -inf).item() == 0);
    BOOST_TEST(xg::norm(x, -1).item() == 0);
    BOOST_TEST(xg::norm(row({3, -3}), -1).item() == 1.5);
    BOOST_TEST(std::abs(xg::norm(x, 3).item() - std::cbrt(91.0)) < 1e-14);
    BOOST_TEST(xg::norm(xg::tensor({3, 4})).dtype() == xg::float32);
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const double big = dtype == xg::float32 ? 1e38 : 1e300, small = dtype == xg::float32 ? 1e-40 : 1e-310;
        for (const double p : {2.0, 3.0, 2.5, 1.0}) {
            const double expected = std::pow(2.0, 1 / p);
            BOOST_TEST(std::abs(xg::norm(xg::full({2}, big, {.dtype = dtype}), p).item() / big / expected - 1) < 1e-6);
            BOOST_TEST(
                std::abs(xg::norm(xg::full({2, 2}, small, {.dtype = dtype}), p, 0).to_vector()[1] / small / expected -
                         1) < 1e-4);
        }
    }
    const Tensor mixed = xg::concat({xg::full({40'000}, 1e-200, f64), xg::full({40'000}, 1e200, f64)});
    BOOST_TEST(std::abs(xg::norm(mixed).item() / 2e202 - 1) < 1e-12);
    BOOST_TEST(std::abs(xg::norm(mixed, -2).item() * 2e202 - 1) < 1e-12);
    for (const double p : {0.5, 1.0, 2.0, 3.0, inf, -1.0}) {
        BOOST_TEST(std::isnan(xg::norm(row({NaN, 1}), p).item()));
        BOOST_TEST(std::isnan(xg::norm(row({1, inf, NaN}), p).item()));
        BOOST_TEST(xg::norm(row({inf, 1}), p).item() == (p < 0 ? 1 : inf));
        check(row(slope([p](const Tensor& v) { return xg::norm(v, p); }, {0, 0})), {0, 0});
        check(row(slope([p](const Tensor& v) { return xg::norm(v, p); }, {0, 2})),
              p > 0 ? std::vector<double>{0, 1} : std::vector<double>{0, 0});
    }
    check(row(slope([](const Tensor& v) { return xg::norm(v, inf); }, {3, -3})), {0.5, -0.5});
    check(row(slope([](const Tensor& v) { return xg::norm(v, -inf); }, {3, -3})), {0.5, -0.5});
    check(row(slope([](const Tensor& v) { return xg::norm(v, -1); }, {3, -3})), {0.25, -0.25});
    check(row(slope([](const Tensor& v) { return xg::norm(v, 3); }, {1e200, 1e200})),
          {std::pow(0.5, 2.0 / 3), std::pow(0.5, 2.0 / 3)});
    BOOST_TEST(xg::norm(row({})).item() == 0);
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::norm(xg::zeros({2, 0}), -1, 1); }), "norm: no elements"));
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::norm(xg::zeros({2}), NaN); }), "norm: expected a power"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::norm(xg::zeros({2}), 2, 1); }),
                        "norm: axis 1 is out of range for the shape (2,)"));
}

BOOST_AUTO_TEST_CASE(positions) {
    BOOST_TEST(xg::argmax(row({1, 3, 3})).item_int() == 1);
    BOOST_TEST(xg::argmin(row({3, 1, 1})).item_int() == 1);
    BOOST_TEST(xg::argmax(row({1, NaN, 3, NaN})).item_int() == 1);
    BOOST_TEST(xg::argmin(row({1, NaN, -3, NaN})).item_int() == 1);
    BOOST_TEST(xg::argmax(xg::tensor({false, true, true})).item_int() == 1);
    BOOST_TEST(xg::argmin(xg::tensor({5, -2, 7})).item_int() == 1);
    BOOST_TEST(xg::argmax(row({-inf, -inf})).item_int() == 0);
    check(xg::argmax(xg::tensor({{NaN, 2.0}, {1.0, NaN}, {5.0, 3.0}}, f64), 0), {0, 1});
    const Tensor line = xg::concat({xg::zeros({90'000}, f64), row({2}), xg::zeros({10}, f64), row({2})});
    BOOST_TEST(xg::argmax(line).item_int() == 90'000);
    BOOST_TEST(xg::argmin(-line).item_int() == 90'000);
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::argmax(xg::zeros({2, 0}), 1); }), "argmax: no elements"));
    BOOST_TEST(xg::argmax(xg::zeros({0, 2}), 1).numel() == 0);
}

BOOST_AUTO_TEST_CASE(truth_and_counts) {
    BOOST_TEST(xg::any(row({0, NaN})).item() == 1);
    BOOST_TEST(xg::any(xg::zeros({0})).item() == 0);
    BOOST_TEST(xg::all(xg::zeros({0})).item() == 1);
    BOOST_TEST(xg::any(xg::zeros({2})).dtype() == xg::boolean);
    check(xg::all(xg::tensor({{true, false}, {true, true}}), 1), {0, 1});
    check(xg::count_nonzero(xg::tensor({{1, 0, 2}, {0, 0, 3}}), 1), {2, 1});
    check(xg::all(xg::ones({2, 0}), 1), {1, 1});
}

BOOST_AUTO_TEST_CASE(without_nan) {
    const Tensor x = row({1, NaN, 4});
    BOOST_TEST(xg::nansum(x).item() == 5);
    BOOST_TEST(xg::nanmean(x).item() == 2.5);
    BOOST_TEST(std::isnan(xg::nanmean(row({NaN})).item()));
    BOOST_TEST(xg::nansum(row({NaN})).item() == 0);
    BOOST_TEST(xg::nansum(xg::tensor({1, 2})).dtype() == xg::int64);
    check(row(slope([](const Tensor& v) { return xg::nanmean(v); }, {1, NaN, 4})), {0.5, 0, 0.5});
}

BOOST_AUTO_TEST_CASE(sums_and_extremes_of_columns_and_rows_of_any_width) {
    Draw draw(7);
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::int64})
        for (const std::int64_t rows : {1, 2, 9, 130})
            for (const std::int64_t columns : {1, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 257, 700}) {
                std::vector<double> v(static_cast<std::size_t>(rows * columns));
                for (double& e : v) e = static_cast<double>(draw.integer(-3000, 3000));
                const bool real = dtype != xg::int64;
                // A NaN at the start, at the end and in the middle, of a column each; infinities beside them.
                for (const std::size_t at : {std::size_t{0}, v.size() / 2, v.size() - 1})
                    if (real && rows > 1) v[at] = at == 0 ? -inf : NaN;
                const Tensor x = row(v, dtype).reshape({rows, columns});
                for (const int axis : {0, 1}) {
                    const auto each = groups(x, {axis == 0, axis == 1});
                    std::vector<double> sums, most, least;
                    for (const auto& group : each) {
                        double sum = 0, hi = -inf, lo = inf;
                        for (const double e : group) {
                            sum += e;
                            hi = std::isnan(hi) || hi > e ? hi : e;
                            lo = std::isnan(lo) || lo < e ? lo : e;
                        }
                        sums.push_back(sum);
                        most.push_back(hi);
                        least.push_back(lo);
                    }
                    BOOST_TEST_CONTEXT(xg::name(dtype) << " " << rows << " x " << columns << ", axis " << axis) {
                        check(xg::sum(x, axis), sums);
                        check(xg::max(x, axis), most);
                        check(xg::min(x, axis), least);
                        // The same elements where rows have gaps between them.
                        const Tensor apart = xg::concat({x, x}, 1).slice(1, 0, columns);
                        check(xg::max(apart, axis), most);
                        check(xg::sum(apart, axis), sums);
                    }
                }
            }
}

BOOST_AUTO_TEST_SUITE_END()
