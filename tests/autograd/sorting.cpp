#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

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

/// The stable order of v, NaN the greatest.
std::vector<double> order(const std::vector<double>& v, bool descending) {
    std::vector<std::size_t> at(v.size());
    std::iota(at.begin(), at.end(), std::size_t{0});
    std::stable_sort(at.begin(), at.end(), [&](std::size_t a, std::size_t b) {
        const double p = descending ? v[b] : v[a], q = descending ? v[a] : v[b];
        return p < q || (std::isnan(q) && !std::isnan(p));
    });
    return {at.begin(), at.end()};
}

/// Numbers with many ties, of both signs and zeros, infinities and, of floating-point types, NaN.
Tensor hard(Draw& draw, const xg::Shape& shape, xg::DType dtype) {
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (double& e : v) {
        const std::int64_t kind = draw.integer(0, 9);
        e = kind < 3   ? static_cast<double>(draw.integer(-3, 3))
            : kind < 8 ? draw.uniform(-1e4, 1e4)
            : kind < 9 ? -0.0
                       : (xg::is_floating(dtype) ? (draw.coin()   ? NaN
                                                    : draw.coin() ? inf
                                                                  : -inf)
                                                 : 7);
    }
    return xg::from_data(v, shape, {.dtype = dtype});
}

void against_the_library(const Tensor& x, std::int64_t axis) {
    const std::int64_t n = x.size(axis);
    for (const bool descending : {false, true}) {
        const auto [values, indices] = xg::sort(x, axis, descending);
        const Tensor rows = x.transpose(axis, -1).contiguous().reshape({-1, n}),
                     sorted = values.transpose(axis, -1).contiguous().reshape({-1, n}),
                     at = indices.transpose(axis, -1).contiguous().reshape({-1, n});
        bool right = true, bits = true;
        for (std::int64_t r = 0; r < rows.size(0); ++r) {
            const auto expected = order(rows[r].to_vector(), descending), v = rows[r].to_vector(),
                       s = sorted[r].to_vector();
            right = right && at[r].to_vector() == expected;
            for (std::size_t i = 0; i < s.size(); ++i) {
                const double e = v[static_cast<std::size_t>(expected[i])];
                bits = bits &&
                       ((std::isnan(e) && std::isnan(s[i])) || (e == s[i] && std::signbit(e) == std::signbit(s[i])));
            }
        }
        BOOST_TEST(right, "indices of " << x.shape() << " along " << axis);
        BOOST_TEST(bits, "values of " << x.shape() << " along " << axis);
        const std::int64_t k = (n + 2) / 3;
        const auto top = xg::topk(x, k, axis, {.largest = descending});
        BOOST_TEST(support::same_bits(top.indices, indices.slice(axis, 0, k).contiguous()));
        const auto few = xg::topk(x, n / 80, axis, {.largest = descending});
        BOOST_TEST(support::same_bits(few.values, values.slice(axis, 0, n / 80).contiguous()));
        if (!descending)
            BOOST_TEST(
                support::same_bits(xg::kthvalue(x, k, axis, true).indices, indices.slice(axis, k - 1, k).contiguous()));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sorting)

BOOST_AUTO_TEST_CASE(every_dtype_and_length) {
    Draw draw(71);
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::int64, xg::boolean})
        for (const std::int64_t n : {1, 2, 17, 96, 97, 300, 5000}) {
            against_the_library(hard(draw, {3, n}, dtype), 1);
            against_the_library(hard(draw, {n, 3}, dtype), 0);
            against_the_library(hard(draw, {n, 2}, dtype).transpose(), -1);
        }
    for (const xg::DType dtype : {xg::float32, xg::float64}) against_the_library(hard(draw, {150'000}, dtype), 0);
    against_the_library(xg::tensor({std::int64_t(1) << 62, -(std::int64_t(1) << 62), std::int64_t(5)}), 0);
}

BOOST_AUTO_TEST_CASE(pytorch_s_order) {
    const auto [values, indices] = xg::sort(row({NaN, 1, -0.0, 0, inf, -inf}), 0, true);
    check(values, {NaN, inf, 1, -0.0, 0, -inf});
    check(indices, {0, 4, 1, 2, 3, 5});
    check(xg::argsort(row({NaN, 1, 0, -0.0})), {2, 3, 1, 0});
    check(xg::topk(row({NaN, 1, 2}), 2).values, {NaN, 2});
    check(xg::kthvalue(row({NaN, 1, 2}), 3).indices, {0});
    check(xg::argsort(xg::tensor({{2, 1}, {3, 4}}), -1, true), {0, 1, 1, 0});
    BOOST_TEST(xg::sort(xg::full({}, 2)).indices.item_int() == 0);
    BOOST_TEST(xg::topk(xg::full({}, 2), 1).values.item() == 2);
    BOOST_TEST(xg::sort(xg::zeros({2, 0})).values.shape() == xg::Shape({2, 0}));
    check(row(slope([](const Tensor& x) { return xg::sort(x).values * row({1, 2, 3}); }, {5, 4, 6})), {2, 1, 3});
    check(row(slope([](const Tensor& x) { return xg::topk(x, 1).values; }, {5, 7, 7})), {0, 1, 0});
}

BOOST_AUTO_TEST_CASE(medians) {
    BOOST_TEST(xg::median(row({4, 1, 3, 2})).item() == 2);
    check(xg::median(xg::tensor({{3, 1, 2}, {9, 7, 8}}), 1).values, {2, 8});
    check(xg::median(xg::tensor({{3, 1, 2}, {9, 7, 8}}), 1).indices, {2, 2});
    BOOST_TEST(xg::median(xg::tensor({{3, 1, 2}}), 1, true).values.shape() == xg::Shape({1, 1}));
    BOOST_TEST(std::isnan(xg::median(row({1, NaN, 3})).item()));
    BOOST_TEST(xg::median(row({1, NaN, 3, NaN}), 0).indices.item_int() == 1);
    BOOST_TEST(std::isnan(xg::median(row({})).item()));
    // PyTorch: equal elements share the gradient of the median of all.
    check(row(slope([](const Tensor& x) { return xg::median(x); }, {1, 2, 2, 3})), {0, 0.5, 0.5, 0});
    check(row(slope([](const Tensor& x) { return xg::median(x, 0).values; }, {3, 1, 2})), {0, 0, 1});
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::median(xg::zeros({2, 0}), 1);
                        }),
                        "median: no elements along axis 1 of the shape (2, 0)"));
}

BOOST_AUTO_TEST_CASE(quantiles) {
    // torch.quantile([1, 2, 3, 4], 0.4) and of [1 .. 6] at 0.5, by method, PyTorch 2.13.
    using Method = xg::QuantileMethod;
    const std::vector<std::pair<Method, std::pair<double, double>>> known = {{Method::linear, {2.2, 3.5}},
                                                                             {Method::lower, {2, 3}},
                                                                             {Method::higher, {3, 4}},
                                                                             {Method::midpoint, {2.5, 3.5}},
                                                                             {Method::nearest, {2, 3}}};
    for (const auto& [method, expected] : known) {
        BOOST_TEST(std::abs(xg::quantile(row({4, 1, 3, 2}), 0.4, {}, {.method = method}).item() - expected.first) <
                   1e-12);
        BOOST_TEST(xg::quantile(row({6, 1, 5, 2, 4, 3}), 0.5, {}, {.method = method}).item() == expected.second);
    }
    const Tensor x = xg::tensor({{1, 2, 3, 4}, {8, 6, 7, 5}}, f64), q = row({0.1, 0.5, 0.9});
    const Tensor y = xg::quantile(x, q, 1);
    BOOST_TEST(y.shape() == xg::Shape({3, 2}));
    check(y, {1.3, 5.3, 2.5, 6.5, 3.7, 7.7});
    BOOST_TEST(xg::quantile(x, q, 1, {.keepdims = true}).shape() == xg::Shape({3, 2, 1}));
    BOOST_TEST(xg::quantile(x, 0.5, {}, {.keepdims = true}).shape() == xg::Shape({1, 1}));
    BOOST_TEST(xg::quantile(xg::tensor({1, 2}), 0.5).dtype() == xg::float32);
    BOOST_TEST(std::isnan(xg::quantile(row({1, NaN, 3}), 0.0).item()));
    check(xg::quantile(xg::tensor({{1.0, NaN}, {2.0, 4.0}}, f64), 0.5, 1), {NaN, 3});
    BOOST_TEST(xg::quantile(row({-inf, 1, inf}), 0.25).item() == -inf);
    BOOST_TEST(xg::quantile(row({1, inf}), 1.0).item() == inf);
    check(row(slope([](const Tensor& v) { return xg::quantile(v, 0.4); }, {4, 1, 3, 2})), {0, 0, 0.2, 0.8});
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::quantile(x, 1.5); }), "quantile: expected q from 0 to 1"));
    BOOST_TEST(
        contains(message_of<xg::ShapeError>([] { xg::quantile(xg::zeros({0}), 0.5); }), "quantile: no elements"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::quantile(x, x); }), "(2, 4)"));
}

BOOST_AUTO_TEST_CASE(searching) {
    const Tensor s = row({1, 2, 2, 3});
    check(xg::searchsorted(s, row({2, NaN, 0, 9})), {1, 4, 0, 4});
    check(xg::searchsorted(s, row({2, NaN, 0, 3}), true), {3, 4, 0, 4});
    check(xg::searchsorted(row({1, 2, NaN}), row({NaN})), {2});
    check(xg::searchsorted(xg::tensor({{1, 3}, {5, 7}}), xg::tensor({{2, 4}, {6, 8}})), {1, 2, 1, 2});
    BOOST_TEST(xg::searchsorted(s, xg::zeros({2, 3})).shape() == xg::Shape({2, 3}));
    BOOST_TEST(xg::searchsorted(s, xg::zeros({0})).numel() == 0);
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::searchsorted(xg::zeros({2, 3}), xg::zeros({3}));
                        }),
                        "searchsorted: expected a sequence of rank 1, or axes but the last that agree, got the shapes "
                        "(2, 3) and (3,)"));
}

BOOST_AUTO_TEST_CASE(different_elements) {
    const auto [values, inverse, counts] = xg::unique(xg::tensor({{3, 1}, {1, 3}}));
    check(values, {1, 3});
    check(inverse, {1, 0, 0, 1});
    BOOST_TEST(inverse.shape() == xg::Shape({2, 2}));
    check(counts, {2, 2});
    check(xg::unique(row({NaN, 1, NaN})).values, {1, NaN, NaN});
    check(xg::unique(row({0, -0.0})).counts, {2});
    BOOST_TEST(xg::unique(xg::zeros({0})).values.numel() == 0);
}

BOOST_AUTO_TEST_CASE(counts) {
    check(xg::bincount(xg::tensor({1, 3, 1})), {0, 2, 0, 1});
    check(xg::bincount(xg::zeros({0}, {.dtype = xg::int64}), {}, 3), {0, 0, 0});
    check(xg::bincount(xg::tensor({1, 3}), row({0.5, 1}), 5), {0, 0.5, 0, 1, 0});
    check(xg::bincount(xg::tensor({0, 0}), xg::tensor({2, 3})), {5});
    BOOST_TEST(contains(message_of<xg::ValueError>([] {
                            xg::bincount(xg::tensor({1, -1}));
                        }),
                        "bincount: expected elements >= 0, got -1"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([] { xg::bincount(xg::zeros({1})); }), "bincount: expected int64"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::bincount(xg::tensor({1, 2}), xg::zeros({3}));
                        }),
                        "(2,), got (3,)"));
}

BOOST_AUTO_TEST_CASE(histograms) {
    // torch.histogram([1, 2, 1], 4, range (0, 3), weights [1, 2, 4], density), PyTorch 2.13.
    const auto [counts, edges] =
        xg::histogram(row({1, 2, 1}), 4, {.low = 0, .high = 3, .weights = row({1, 2, 4}), .density = true});
    check(counts, {0, 0.9523809523809523, 0.38095238095238093, 0});
    check(edges, {0, 0.75, 1.5, 2.25, 3});
    check(xg::histogram(row({1, 1, 1}), 2).counts, {0, 3});
    check(xg::histogram(row({1, 1, 1}), 2).edges, {0.5, 1, 1.5});
    check(xg::histogram(row({}), 2).edges, {0, 0.5, 1});
    check(xg::histogram(row({1, NaN, 2, 5, -1}), 2, {.low = 0, .high = 2}).counts, {0, 2});
    check(xg::histogram(row({0, 1, 2, 3, 4, 10, 11}), row({0, 1, 4, 10})).counts, {1, 3, 2});
    BOOST_TEST(xg::histogram(xg::tensor({1, 2}), 2).counts.dtype() == xg::float32);
    Draw draw(72);
    const Tensor x = support::uniform(draw, {200'000}, 0, 1);
    const auto found = xg::histogram(x, 10, {.low = 0, .high = 1}).counts.to_vector();
    std::vector<double> expected(10, 0);
    for (const double v : x.to_vector()) ++expected[std::min<std::size_t>(9, static_cast<std::size_t>(v * 10))];
    double off = 0;
    for (std::size_t i = 0; i < 10; ++i) off += std::abs(found[i] - expected[i]);
    BOOST_TEST(off <= 2);
    BOOST_TEST(contains(message_of<xg::ValueError>([] {
                            xg::histogram(row({1, NaN}), 2);
                        }),
                        "histogram: expected a finite range"));
    BOOST_TEST(
        contains(message_of<xg::ValueError>([] { xg::histogram(row({1}), 0); }), "histogram: expected bins >= 1"));
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::histogram(row({1}), row({2, 1})); }), "ascending"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::histogram(row({1}), 2, {.weights = row({1, 2})});
                        }),
                        "(1,), got (2,)"));
}

BOOST_AUTO_TEST_CASE(errors) {
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::sort(xg::zeros({2}), 1); }),
                        "sort: axis 1 is out of range for the shape (2,)"));
    BOOST_TEST(contains(message_of<xg::ValueError>([] {
                            xg::topk(xg::zeros({2, 3}), 4);
                        }),
                        "topk: expected k from 0 to 3 for axis 1 of the shape (2, 3), got 4"));
    BOOST_TEST(contains(message_of<xg::ValueError>([] { xg::kthvalue(xg::zeros({2}), 0); }),
                        "kthvalue: expected k from 1 to 2"));
}

BOOST_AUTO_TEST_SUITE_END()
