#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "reference/windows_reference.hpp"
#include "support.hpp"

using support::contains;
using support::f64;
using support::f64_leaf;
using support::message_of;
using windows_reference::Inf;
using windows_reference::NaN;

namespace {

void check(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST((found[i] == expected[i] || std::abs(found[i] - expected[i]) <= tolerance ||
                    (std::isnan(found[i]) && std::isnan(expected[i]))),
                   "element " << i << ": " << found[i] << " and not " << expected[i]);
}

/// The gradient of the weighted sum of a reference case, where results that are not finite count for nothing.
std::vector<double> weighted_gradient(const windows_reference::Case& c, const xg::Tensor& x) {
    const xg::Tensor y = c.f(x).values;
    std::vector<double> weights = y.to_vector();
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = std::isfinite(weights[i]) ? static_cast<double>(i * 5 % 7 + 1) : 0;
    return xg::grad({y}, {x}, {.grad_outputs = {xg::from_data(weights, y.shape(), {.dtype = y.dtype()})}})[0]
        .to_vector();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(windows)

BOOST_AUTO_TEST_CASE(agree_with_pytorch) {
    for (const windows_reference::Case& c : windows_reference::cases) {
        BOOST_TEST_CONTEXT(c.call) {
            const xg::Tensor x = c.x.clone().requires_grad(true), single = c.x.to(xg::float32).requires_grad(true);
            const xg::MaxPoolResult y = c.f(x);
            BOOST_TEST(y.values.shape() == c.shape);
            check(y.values.to_vector(), c.y, 1e-12);
            check(c.f(single).values.to_vector(), c.y, 2e-5);
            check(c.f(x.detach()).values.to_vector(), c.y, 1e-12);
            if (!c.indices.empty()) {
                BOOST_TEST(y.indices.dtype() == xg::int64);
                check(y.indices.to_vector(), {c.indices.begin(), c.indices.end()}, 0);
                check(c.f(single).indices.to_vector(), {c.indices.begin(), c.indices.end()}, 0);
                BOOST_TEST(!y.indices.requires_grad());
            }
            check(weighted_gradient(c, x), c.gradient, 1e-11);
            check(weighted_gradient(c, single), c.gradient, 1e-4);
        }
    }
}

BOOST_AUTO_TEST_CASE(planes_are_independent) {
    // The same plane many times over, on all cores, and a large one, which is cut.
    const xg::Tensor x = windows_reference::image(), many = xg::broadcast_to(x, {50, 40, 7, 9});
    for (const windows_reference::Case& c : windows_reference::cases) {
        if (c.call[0] == 'i' || contains(c.call, "max")) continue;
        const std::vector<double> y = c.f(many).values.to_vector(), one = c.f(x).values.to_vector();
        for (std::size_t i = 0; i < y.size(); ++i)
            if (y[i] != one[i % one.size()]) BOOST_FAIL(c.call << ", element " << i);
    }
    support::Draw draw(3);
    const xg::Tensor large = support::uniform(draw, {1, 1, 700, 900}, -2, 2, xg::float32);
    const auto all = [&] {
        xg::Tensor p = large.clone().requires_grad(true);
        const xg::Tensor y = xg::max_pool2d(p, 3, {.stride = 2, .padding = 1}),
                         z = xg::avg_pool2d(p, 3, {.stride = 2, .padding = 1}),
                         u = xg::interpolate(p, {.size = {811, 403}, .mode = xg::Interpolation::bilinear});
        return std::vector<xg::Tensor>{
            y, z, u, xg::grad(xg::sum(xg::square(y)) + xg::sum(xg::square(z)) + xg::sum(xg::square(u)), p)};
    };
    const std::vector<xg::Tensor> found = all();
    const support::Threads one_thread(1);
    const std::vector<xg::Tensor> alone = all();
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(support::same_bits(found[i], alone[i]));
    for (std::int64_t i = 0; i < 350; i += 7)
        for (std::int64_t j = 0; j < 450; j += 11) {
            double greatest = -Inf, total = 0;
            for (std::int64_t p = std::max<std::int64_t>(0, 2 * i - 1); p < std::min<std::int64_t>(700, 2 * i + 2); ++p)
                for (std::int64_t q = std::max<std::int64_t>(0, 2 * j - 1); q < std::min<std::int64_t>(900, 2 * j + 2);
                     ++q) {
                    greatest = std::max(greatest, support::at(large, {0, 0, p, q}));
                    total += support::at(large, {0, 0, p, q});
                }
            BOOST_TEST(support::at(found[0], {0, 0, i, j}) == greatest);
            BOOST_TEST(std::abs(support::at(found[1], {0, 0, i, j}) - total / 9) <= 1e-6);
        }
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_first) {
    const xg::Tensor x = xg::tensor({{{1, 3, 3}, {3, 0, 3}}}, f64_leaf);
    check(xg::grad(xg::sum(xg::max_pool2d(x, {2, 3})), x).to_vector(), {0, 1, 0, 0, 0, 0}, 0);
    check(xg::grad(xg::sum(xg::adaptive_max_pool2d(x, {1, 2})), x).to_vector(), {0, 2, 0, 0, 0, 0}, 0);
    const xg::MaxPoolResult y = xg::max_pool2d_with_indices(xg::full({1, 2, 3}, -Inf, f64), {2, 3});
    BOOST_TEST(y.values.item() == -Inf);
    BOOST_TEST(y.indices.item_int() == 0);
}

BOOST_AUTO_TEST_CASE(nothing_and_infinities) {
    BOOST_TEST(xg::max_pool2d(xg::zeros({0, 3, 4, 4}), 2).shape() == xg::Shape({0, 3, 2, 2}));
    BOOST_TEST(xg::avg_pool2d(xg::zeros({2, 0, 4, 4}), 2).shape() == xg::Shape({2, 0, 2, 2}));
    BOOST_TEST(xg::adaptive_avg_pool2d(xg::zeros({2, 3, 4, 4}), 0).shape() == xg::Shape({2, 3, 0, 0}));
    BOOST_TEST(xg::interpolate(xg::zeros({0, 3, 4}), {.size = 2}).shape() == xg::Shape({0, 3, 2}));
    // An infinity does not reach beyond its windows.
    const xg::Tensor x = xg::tensor({{{1.0, 2.0, Inf, 4.0}}}, f64);
    check(xg::avg_pool1d(x, 2).to_vector(), {1.5, Inf}, 0);
    check(xg::interpolate(x, {.size = 4, .mode = xg::Interpolation::linear}).to_vector(), {1, 2, Inf, 4}, 0);
    check(xg::interpolate(x, {.size = 8}).to_vector(), {1, 1, 2, 2, Inf, Inf, 4, 4}, 0);
    // Means are exact where sums are.
    check(xg::avg_pool2d(xg::full({1, 3, 3}, 7), 3).to_vector(), {7}, 0);
}

BOOST_AUTO_TEST_CASE(nearest_elements_are_where_fractions_say) {
    const auto sequence = [](std::int64_t n, xg::DType dtype) {
        return xg::arange(0, n, 1, {.dtype = dtype}).reshape({1, 1, n});
    };
    for (std::int64_t n = 1; n < 40; ++n) {
        for (std::int64_t m = 1; m < 80; ++m) {
            std::vector<double> below, middle;
            for (std::int64_t i = 0; i < m; ++i) {
                below.push_back(static_cast<double>(i * n / m));
                middle.push_back(static_cast<double>((2 * i + 1) * n / (2 * m)));
            }
            check(xg::interpolate(sequence(n, xg::float64), {.size = m}).to_vector(), below, 0);
            check(xg::interpolate(sequence(n, xg::float64), {.size = m, .mode = xg::Interpolation::nearest_exact})
                      .to_vector(),
                  middle, 0);
        }
        for (const std::int64_t tenths : {3, 7, 11, 13, 29, 30}) {
            std::vector<double> below;
            for (std::int64_t i = 0; i < n * tenths / 10; ++i)
                below.push_back(static_cast<double>(std::min(i * 10 / tenths, n - 1)));
            if (below.empty()) continue;
            const double factor = static_cast<double>(tenths) / 10;
            check(xg::interpolate(sequence(n, xg::float64), {.scale_factor = factor}).to_vector(), below, 0);
        }
    }
    // PyTorch's, whose places have the precision of float32: 11 · 26/22 is a little less than 13.
    BOOST_TEST(xg::interpolate(sequence(26, xg::float32), {.size = 22}).to_vector()[11] == 12);
}

BOOST_AUTO_TEST_CASE(errors_name_operation_and_shapes) {
    const xg::Tensor x = xg::zeros({2, 3, 4, 5});
    using xg::DTypeError, xg::ShapeError, xg::ValueError;
    const auto has = [](const std::string& message, const std::string& part) {
        BOOST_TEST(contains(message, part), message << " does not say " << part);
    };
    has(message_of<ShapeError>([&] {
            xg::max_pool2d(x, {5, 2});
        }),
        "max_pool2d: a kernel of size (5, 2) with dilation (1, 1) is larger than the input of size (4, 5) with padding "
        "(0, 0)");
    has(message_of<ShapeError>([&] { xg::avg_pool1d(xg::zeros({1, 3}), 4); }), "avg_pool1d: a kernel of size (4,)");
    has(message_of<ShapeError>([&] { xg::avg_pool1d(x, 2); }), "avg_pool1d: expected an input of shape (N, C, L)");
    has(message_of<ShapeError>([&] { xg::max_pool2d(xg::zeros({1, 0, 2}), 1); }), "(1, 0, 2)");
    has(message_of<ValueError>([&] { xg::max_pool2d(x, 2, {.padding = 2}); }),
        "max_pool2d: expected a padding of at most half");
    has(message_of<ValueError>([&] { xg::max_pool2d(x, 2, {.padding = -1}); }), "padding >= 0, got -1");
    has(message_of<ValueError>([&] {
            xg::avg_pool2d(x, 2, {.stride = {1, -1}});
        }),
        "avg_pool2d: expected stride >= 1, got -1");
    has(message_of<ValueError>([&] { xg::max_pool2d(x, 0); }), "kernel_size >= 1, got 0");
    has(message_of<ValueError>([&] { xg::max_pool2d(x, 2, {.dilation = 0}); }), "dilation >= 1, got 0");
    has(message_of<ValueError>([&] { xg::adaptive_avg_pool2d(x, -1); }),
        "adaptive_avg_pool2d: expected output_size >= 0");
    has(message_of<DTypeError>([&] { xg::max_pool2d(x.to(xg::int64), 2); }),
        "max_pool2d: expected a floating-point input, got int64");
    has(message_of<ValueError>([&] { xg::interpolate(x, {}); }),
        "interpolate: expected either a size or a scale_factor");
    has(message_of<ValueError>([&] { xg::interpolate(x, {.size = 3, .scale_factor = 2}); }), "either");
    has(message_of<ValueError>([&] { xg::interpolate(x, {.size = -3}); }), "size >= 1, got -3");
    has(message_of<ValueError>([&] { xg::interpolate(x, {.scale_factor = NaN}); }), "positive scale_factor");
    has(message_of<ValueError>([&] { xg::interpolate(x, {.size = 3, .mode = xg::Interpolation::linear}); }),
        "linear is for sequences");
    has(message_of<ValueError>([&] { xg::interpolate(x, {.size = 3, .align_corners = true}); }), "align_corners");
    has(message_of<ShapeError>([&] { xg::interpolate(x, {.scale_factor = 0.1}); }),
        "cannot be resampled to the size (0, 0)");
    has(message_of<ShapeError>([&] { xg::interpolate(xg::zeros({3, 4}), {.size = 3}); }), "(3, 4)");
}

BOOST_AUTO_TEST_SUITE_END()
