#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;

namespace {

/// Reduces by a plain loop over all positions.
std::vector<double> naive(const Tensor& x, const std::vector<bool>& gone, const Shape& result, double start,
                          double (*join)(double, double)) {
    std::vector<double> out(static_cast<std::size_t>(result.elements()), start);
    support::each_position(x.shape(), [&](const auto& index) {
        std::int64_t at = 0;
        for (std::size_t axis = 0, k = 0; axis < index.size(); ++axis)
            if (!gone[axis]) at = at * result[k++] + index[axis];
        double& value = out[static_cast<std::size_t>(at)];
        value = join(value, support::at(x, index));
    });
    return out;
}

void check_all(const Tensor& x, const std::vector<std::int64_t>& axes, const std::vector<bool>& gone) {
    Shape result, kept = x.shape();
    std::int64_t count = 1;
    for (std::size_t axis = 0; axis < gone.size(); ++axis) {
        if (gone[axis]) {
            count *= x.shape()[axis];
            kept[axis] = 1;
        } else {
            result = result.inserted(result.rank(), x.shape()[axis]);
        }
    }
    const auto sums = naive(x, gone, result, 0, [](double a, double b) { return a + b; });
    const Tensor sum = xg::sum(x, axes), mean = xg::mean(x, axes, true);
    BOOST_TEST(sum.shape() == result);
    BOOST_TEST(mean.shape() == kept);
    bool right = true;
    const auto found = sum.to_vector(), means = mean.to_vector();
    for (std::size_t i = 0; i < sums.size(); ++i) {
        right = right && std::abs(found[i] - sums[i]) <= 1e-11 * (1 + std::abs(sums[i]));
        const double expected = sums[i] / static_cast<double>(count);
        right = right &&
                (std::isnan(means[i]) ? count == 0 : std::abs(means[i] - expected) <= 1e-11 * (1 + std::abs(expected)));
    }
    if (count > 0 || result.elements() == 0) {
        right = right && xg::max(x, axes).to_vector() ==
                             naive(x, gone, result, -HUGE_VAL, [](double a, double b) { return std::max(a, b); });
        right = right && xg::min(x, axes).to_vector() ==
                             naive(x, gone, result, HUGE_VAL, [](double a, double b) { return std::min(a, b); });
    }
    BOOST_TEST(right, "of " << x.shape() << " with strides " << x.strides() << " to " << kept);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_reductions)

BOOST_AUTO_TEST_CASE(random_views_and_axes) {
    Draw draw(11);
    for (int round = 0; round < 400; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 5, 6));
        std::vector<std::int64_t> axes;
        std::vector<bool> gone(x.shape().rank());
        for (std::size_t axis = 0; axis < gone.size(); ++axis) {
            if (!draw.coin()) continue;
            gone[axis] = true;
            axes.push_back(static_cast<std::int64_t>(axis) - (draw.coin() ? x.rank() : 0));
            std::swap(axes.back(),
                      axes[static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(axes.size()) - 1))]);
        }
        check_all(x, axes, gone);
    }
}

BOOST_AUTO_TEST_CASE(large_ones_in_blocks) {
    Draw draw(12);
    const Tensor x = support::uniform(draw, {70, 3, 600}), y = support::uniform(draw, {100'000});
    for (int mask = 0; mask < 8; ++mask) {
        std::vector<std::int64_t> axes;
        std::vector<bool> gone(3);
        for (int axis = 0; axis < 3; ++axis)
            if ((mask & 1 << axis) != 0) {
                axes.push_back(axis);
                gone[static_cast<std::size_t>(axis)] = true;
            }
        check_all(x, axes, gone);
        check_all(x.transpose(0, 2), axes, gone);
        check_all(x.slice(2, 1, 600, 2), axes, gone);
    }
    check_all(y, {0}, {true});
    check_all(y.slice(0, 0, 100'000, 7), {0}, {true});
    check_all(xg::broadcast_to(y.slice(0, 0, 1), {50'000}), {0}, {true});
}

BOOST_AUTO_TEST_CASE(long_sums_of_float32_are_exact) {
    const Tensor tenth = xg::full({1'000'000}, 0.1);
    const double exact = 1e6 * static_cast<double>(0.1F);
    BOOST_TEST(xg::sum(tenth).item() == static_cast<double>(static_cast<float>(exact)));
    const Tensor tall = xg::full({1'000'000, 2}, 0.1);
    for (const double v : xg::sum(tall, 0).to_vector()) BOOST_TEST(v == static_cast<double>(static_cast<float>(exact)));
    BOOST_TEST(std::abs(xg::mean(tenth).item() - 0.1) < 1e-8);
}

BOOST_AUTO_TEST_CASE(integers_and_masks) {
    Draw draw(13);
    for (int round = 0; round < 100; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 3, 6, false), -5, 5),
                     ints = x.to(xg::int64), mask = ints > 0;
        const std::vector<bool> all(x.shape().rank(), true);
        BOOST_TEST(xg::sum(ints).to_vector() == naive(ints, all, {}, 0, [](double a, double b) { return a + b; }));
        BOOST_TEST(xg::sum(mask).to_vector() == naive(mask, all, {}, 0, [](double a, double b) { return a + b; }));
        BOOST_TEST(xg::max(ints).to_vector() ==
                   naive(ints, all, {}, -99, [](double a, double b) { return std::max(a, b); }));
        BOOST_TEST(xg::min(mask).to_vector() ==
                   naive(mask, all, {}, 1, [](double a, double b) { return std::min(a, b); }));
        BOOST_TEST(xg::max(mask).dtype() == xg::boolean);
    }
}

BOOST_AUTO_TEST_SUITE_END()
