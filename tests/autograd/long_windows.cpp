#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

// Pooling with windows that are long and overlap, against plain loops over each window.

using support::Draw;
using xg::Tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct Axis {
    std::int64_t size, kernel, stride, pad;
};

/// Whole numbers, so that many are equal, and some that are none.
Tensor plane(Draw& draw, const xg::Shape& shape, xg::DType dtype, bool strange) {
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (double& x : v) {
        x = static_cast<double>(draw.integer(-20, 20));
        if (strange && draw.integer(0, 40) == 0) x = draw.coin() ? std::nan("") : -inf;
    }
    if (strange)
        for (std::size_t i = v.size() / 2; i < std::min(v.size(), v.size() / 2 + 300); ++i) v[i] = -inf;
    return xg::from_data(v, shape, {.dtype = dtype});
}

/// How many windows of a plane are wrong.
std::int64_t wrong(const std::vector<double>& x, const Axis& rows, const Axis& columns, const xg::MaxPoolResult& y) {
    const std::int64_t n = y.values.size(-1), height = y.values.rank() == 4 ? y.values.size(-2) : 1;
    const std::vector<double> values = y.values.to_vector(), places = y.indices.to_vector();
    std::int64_t count = 0;
    for (std::int64_t r = 0; r < height; ++r)
        for (std::int64_t c = 0; c < n; ++c) {
            const std::int64_t top = r * rows.stride - rows.pad, left = c * columns.stride - columns.pad;
            double most = -inf;
            std::int64_t at = std::max<std::int64_t>(top, 0) * columns.size + std::max<std::int64_t>(left, 0);
            for (std::int64_t i = std::max<std::int64_t>(top, 0); i < std::min(rows.size, top + rows.kernel); ++i)
                for (std::int64_t j = std::max<std::int64_t>(left, 0);
                     j < std::min(columns.size, left + columns.kernel); ++j) {
                    const double v = x[static_cast<std::size_t>(i * columns.size + j)];
                    if (v > most || std::isnan(v)) {
                        most = v;
                        at = i * columns.size + j;
                    }
                }
            const auto k = static_cast<std::size_t>(r * n + c);
            const bool same = values[k] == most || (std::isnan(values[k]) && std::isnan(most));
            if (!same || places[k] != static_cast<double>(at)) ++count;
        }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(long_windows)

BOOST_AUTO_TEST_CASE(maxima_along_lines) {
    Draw draw(4);
    for (const auto& [n, kernel, stride, pad] :
         {Axis{5, 4, 1, 0}, Axis{40, 7, 1, 3}, Axis{333, 64, 1, 32}, Axis{333, 65, 3, 7}, Axis{2000, 1999, 1, 999},
          Axis{20'000, 100, 1, 50}, Axis{30'000, 2500, 7, 1250}, Axis{5000, 4, 2, 2}, Axis{5000, 50, 40, 1}})
        for (const bool ceil : {false, true})
            for (const bool strange : {false, true})
                for (const xg::DType dtype : {xg::float32, xg::float64})
                    BOOST_TEST_CONTEXT(n << ", kernel " << kernel << ", stride " << stride << ", padding " << pad) {
                        const Tensor x = plane(draw, {n}, dtype, strange);
                        const xg::MaxPool1dOptions options{.stride = stride, .padding = pad, .ceil_mode = ceil};
                        const xg::MaxPoolResult y = xg::max_pool1d_with_indices(x.reshape({1, 1, n}), kernel, options);
                        BOOST_TEST(wrong(x.to_vector(), {1, 1, 1, 0}, {n, kernel, stride, pad}, y) == 0);
                        BOOST_TEST(support::same_bits(xg::max_pool1d(x.reshape({1, 1, n}), kernel, options), y.values));
                    }
}

BOOST_AUTO_TEST_CASE(maxima_in_images) {
    Draw draw(5);
    const Axis tall{90, 20, 1, 10}, rows{90, 3, 2, 1}, wide{70, 33, 2, 16}, columns{70, 2, 1, 0}, all{70, 70, 1, 35};
    for (const auto& [r, c] : {std::pair{tall, wide}, std::pair{tall, columns}, std::pair{rows, wide},
                               std::pair{rows, all}, std::pair{Axis{400, 31, 3, 5}, Axis{60, 40, 5, 20}}})
        for (const bool strange : {false, true})
            for (const xg::DType dtype : {xg::float32, xg::float64})
                BOOST_TEST_CONTEXT(r.kernel << " by " << c.kernel) {
                    const Tensor x = plane(draw, {2, r.size, c.size}, dtype, strange);
                    const xg::MaxPool2dOptions options{
                        .stride = {r.stride, c.stride}, .padding = {r.pad, c.pad}, .ceil_mode = strange};
                    const Tensor images = x.reshape({2, 1, r.size, c.size});
                    const xg::MaxPoolResult y = xg::max_pool2d_with_indices(images, {r.kernel, c.kernel}, options);
                    for (std::int64_t i = 0; i < 2; ++i)
                        BOOST_TEST(wrong(x[i].to_vector(), r, c,
                                         {y.values.slice(0, i, i + 1), y.indices.slice(0, i, i + 1)}) == 0);
                    BOOST_TEST(support::same_bits(xg::max_pool2d(images, {r.kernel, c.kernel}, options), y.values));
                }
}

BOOST_AUTO_TEST_CASE(means_along_lines) {
    Draw draw(6);
    for (const auto& [n, kernel, stride, pad] :
         {Axis{400, 40, 1, 20}, Axis{3000, 1000, 1, 500}, Axis{20'000, 300, 1, 0}, Axis{20'000, 777, 5, 100}})
        for (const xg::DType dtype : {xg::float32, xg::float64}) {
            const Tensor x = support::uniform(draw, {1, 1, n}, 0.5, 1.5, dtype).requires_grad(true);
            const Tensor y = xg::avg_pool1d(x, kernel, {.stride = stride, .padding = pad});
            const std::vector<double> values = x.to_vector(), means = y.to_vector();
            const double tolerance = dtype == xg::float32 ? 2e-6 : 1e-14;
            std::int64_t bad = 0;
            std::vector<double> slope(values.size(), 0);
            for (std::size_t i = 0; i < means.size(); ++i) {
                const std::int64_t first = static_cast<std::int64_t>(i) * stride - pad;
                long double sum = 0;
                for (std::int64_t k = std::max<std::int64_t>(first, 0); k < std::min(n, first + kernel); ++k) {
                    sum += static_cast<long double>(values[static_cast<std::size_t>(k)]);
                    slope[static_cast<std::size_t>(k)] += 1 / static_cast<double>(kernel);
                }
                if (!(std::abs(means[i] - static_cast<double>(sum) / static_cast<double>(kernel)) <= tolerance)) ++bad;
            }
            const std::vector<double> found = xg::grad(xg::sum(y), x).to_vector();
            for (std::size_t i = 0; i < slope.size(); ++i)
                if (!(std::abs(found[i] - slope[i]) <= tolerance * 10 * std::max(1.0, slope[i]))) ++bad;
            BOOST_TEST(bad == 0, name(dtype) << ", kernel " << kernel);
        }
    // An infinity does not reach beyond its windows.
    Tensor x = xg::ones({1, 1, 1000}, support::f64);
    x.mutable_data<double>()[500] = inf;
    const std::vector<double> y = xg::avg_pool1d(x, 100, {.stride = 1}).to_vector();
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST((i > 400 && i <= 500 ? y[i] == inf : y[i] == 1));
    // Windows that all begin at one place.
    const std::vector<double> same = xg::adaptive_avg_pool1d(xg::ones({1, 1, 20}, support::f64), 400).to_vector();
    BOOST_TEST(same == std::vector<double>(400, 1));
    const Tensor few = support::uniform(draw, {1, 1, 100}).requires_grad(true);
    xg::grad(xg::sum(xg::adaptive_avg_pool1d(few, 3000)), few);
    xg::grad(xg::sum(xg::avg_pool1d(few, 60, {.stride = 7, .padding = 30})), few);
}

BOOST_AUTO_TEST_SUITE_END()
