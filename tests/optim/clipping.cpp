#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/optim/clipping.hpp>

#include "reference/clipping.hpp"

using xg::Tensor;
using xg::optim::clip_grad_norm_;
using xg::optim::clip_grad_value_;
using Tensors = std::vector<Tensor>;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN(), infinity = reference::infinity;

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

/// A leaf with this gradient.
Tensor with_gradient(const Tensor& g) {
    Tensor p = xg::zeros(g.shape(), {.dtype = g.dtype(), .requires_grad = true});
    p.set_grad(g);
    return p;
}

Tensor with_gradient(const std::vector<double>& g, xg::DType dtype = xg::float32) {
    return with_gradient(xg::from_data(g, {static_cast<std::int64_t>(g.size())}, {.dtype = dtype}));
}

std::vector<double> left(const Tensor& p) { return p.grad().to_vector(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(clipping)

BOOST_AUTO_TEST_CASE(norms_are_pytorchs) {
    for (const reference::Clipping& c : reference::clippings) {
        for (const xg::DType dtype : {xg::float64, xg::float32}) {
            std::vector<double> a, b;
            for (int i = 0; i < 7; ++i) a.push_back(std::sin(3 * i + 1));
            for (int i = 0; i < 4; ++i) b.push_back(2 * std::cos(i));
            const Tensor p = with_gradient(a, dtype), q = with_gradient(b, dtype),
                         idle = xg::zeros({3}, {.requires_grad = true});
            const double near = dtype == xg::float64 ? 1e-14 : 1e-6;
            const double norm = clip_grad_norm_({p, idle, q}, c.limit, {.norm_type = c.order});
            BOOST_TEST(std::abs(norm / c.norm - 1) < near);
            for (std::size_t i = 0; i < 11; ++i) {
                const double got = i < 7 ? left(p)[i] : left(q)[i - 7];
                BOOST_TEST(std::abs(got - c.left[i]) < near * (1 + std::abs(c.left[i])));
            }
            BOOST_TEST(!idle.grad().defined());
        }
    }
}

BOOST_AUTO_TEST_CASE(values_are_clipped) {
    const Tensor p = with_gradient({-3, -0.5, 0, 0.25, 7, no_number, infinity, -infinity}),
                 q = with_gradient(std::vector<double>(40, -2), xg::float64);
    const std::uint32_t version = p.grad().version();
    clip_grad_value_({p, q}, 0.5);
    const std::vector<double> got = left(p);
    BOOST_TEST(std::isnan(got[5]));
    BOOST_TEST((got[0] == -0.5 && got[1] == -0.5 && got[2] == 0 && got[3] == 0.25 && got[4] == 0.5 && got[6] == 0.5 &&
                got[7] == -0.5));
    BOOST_TEST((left(q) == std::vector<double>(40, -0.5)));
    BOOST_TEST(p.grad().version() != version);
}

BOOST_AUTO_TEST_CASE(norms_that_are_not_finite) {
    for (const double order : {1.0, 2.0, 3.0, infinity}) {
        for (const double bad : {no_number, infinity}) {
            const Tensor p = with_gradient({1, bad, 2}), q = with_gradient(std::vector<double>{3});
            BOOST_CHECK_EXCEPTION(clip_grad_norm_({p, q}, 1, {.norm_type = order, .error_if_nonfinite = true}),
                                  xg::ValueError, says("clip_grad_norm_: the norm of order "));
            BOOST_TEST((left(p)[0] == 1 && left(q)[0] == 3));
            const double norm = clip_grad_norm_({p, q}, 1, {.norm_type = order});
            if (std::isnan(bad)) {
                BOOST_TEST((std::isnan(norm) && std::isnan(left(p)[0]) && std::isnan(left(q)[0])));
            } else {
                BOOST_TEST((std::isinf(norm) && left(p)[0] == 0 && std::isnan(left(p)[1]) && left(q)[0] == 0));
            }
        }
    }
}

// Powers that leave the numbers there are take the norm along a second pass.
BOOST_AUTO_TEST_CASE(very_large_and_very_small_gradients) {
    for (const double scale : {0x1p-1000, 0x1p1000, 0x1p-1020}) {
        const Tensor p = with_gradient({3 * scale, 4 * scale}, xg::float64);
        const double before = left(p)[1] / 4;
        BOOST_TEST(std::abs(clip_grad_norm_({p}, 1e305) / before - 5) < 1e-12);
        BOOST_TEST(std::abs(clip_grad_norm_({p}, 1e305, {.norm_type = 3}) / before - std::cbrt(91.0)) < 1e-12);
    }
    // float32's squares are summed in double precision.
    BOOST_TEST(std::abs(clip_grad_norm_({with_gradient(std::vector<double>(100'000, 1e20))}, 1e30) / std::sqrt(1e45) -
                        1) < 1e-7);
    BOOST_TEST(clip_grad_norm_({with_gradient({0, 0})}, 0) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    const Tensor p = with_gradient({1, 2});
    BOOST_CHECK_EXCEPTION(clip_grad_norm_({p}, -1), xg::ValueError,
                          says("clip_grad_norm_: expected a max_norm of at least 0, got -1"));
    BOOST_CHECK_EXCEPTION(clip_grad_norm_({p}, no_number), xg::ValueError, says("max_norm"));
    BOOST_CHECK_EXCEPTION(clip_grad_norm_({p}, 1, {.norm_type = 0}), xg::ValueError,
                          says("expected a norm_type above 0, got 0"));
    BOOST_CHECK_EXCEPTION(clip_grad_norm_({p}, 1, {.norm_type = no_number}), xg::ValueError, says("norm_type"));
    BOOST_CHECK_EXCEPTION(clip_grad_norm_({p, Tensor()}, 1), xg::ValueError,
                          says("clip_grad_norm_: parameter 1 is undefined"));
    BOOST_CHECK_EXCEPTION(clip_grad_value_({p}, -1), xg::ValueError,
                          says("clip_grad_value_: expected a clip_value of at least 0"));
    BOOST_CHECK_EXCEPTION(clip_grad_value_({p, Tensor()}, 1), xg::ValueError,
                          says("clip_grad_value_: parameter 1 is undefined"));
    BOOST_TEST((left(p) == std::vector<double>{1, 2}));
    BOOST_TEST(clip_grad_norm_({}, 1) == 0);
    clip_grad_value_({}, 1);
}

BOOST_AUTO_TEST_CASE(gradients_that_are_views_or_shared) {
    const Tensor whole = xg::arange(1, 9, 1, {.dtype = xg::float32}).reshape({2, 4});
    const Tensor turned = with_gradient(whole.transpose()), part = with_gradient(whole[0]);
    const double norm = clip_grad_norm_({turned, part}, 1);
    BOOST_TEST(std::abs(norm - std::sqrt(204.0 + 30.0)) < 1e-5);
    BOOST_TEST(whole.to_vector()[7] == 8);
    BOOST_TEST((std::abs(left(turned)[7] - 8 / norm) < 1e-5 && std::abs(left(part)[3] - 4 / norm) < 1e-5));
    // A parameter that is listed twice counts once, and is scaled once.
    const Tensor twice = with_gradient({3, 4});
    const Tensor held = twice.grad();
    BOOST_TEST(clip_grad_norm_({twice, twice}, 1) == 5);
    BOOST_TEST(std::abs(left(twice)[0] - 0.6) < 1e-6);
    BOOST_TEST(held.to_vector()[0] == left(twice)[0]);
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads, *boost::unit_test::label("threads")) {
    const int threads = xg::num_threads();
    const auto run = [](int n, double order) {
        xg::set_num_threads(n);
        xg::manual_seed(9);
        Tensors p;
        for (const std::int64_t size : {5, 70'000, 1, 16'400, 300}) p.push_back(with_gradient(xg::randn({size})));
        std::vector<double> all{clip_grad_norm_(p, 0.1, {.norm_type = order})};
        for (const Tensor& one : p)
            for (const double v : left(one)) all.push_back(v);
        return all;
    };
    for (const double order : {1.0, 2.0, infinity}) BOOST_TEST((run(1, order) == run(4, order)));
    xg::set_num_threads(threads);
}

BOOST_AUTO_TEST_SUITE_END()
