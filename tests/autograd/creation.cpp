#include <xgrad/autograd/creation.hpp>

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::message_of;
using xg::Tensor;
using Values = std::vector<double>;

BOOST_AUTO_TEST_SUITE(creation)

BOOST_AUTO_TEST_CASE(filled) {
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::int64, xg::boolean}) {
        const Tensor z = xg::zeros({2, 2}, {.dtype = dtype}), o = xg::ones({3}, {.dtype = dtype}),
                     e = xg::empty({2, 0}, {.dtype = dtype});
        BOOST_TEST(z.dtype() == dtype);
        BOOST_TEST(z.to_vector() == (Values{0, 0, 0, 0}));
        BOOST_TEST(o.to_vector() == (Values{1, 1, 1}));
        BOOST_TEST(e.numel() == 0);
        BOOST_TEST(xg::zeros_like(o).dtype() == dtype);
        BOOST_TEST(xg::ones_like(z).to_vector() == (Values{1, 1, 1, 1}));
        BOOST_TEST(xg::full_like(z, 1).shape() == z.shape());
    }
    BOOST_TEST(xg::zeros({2}).dtype() == xg::float32);
    BOOST_TEST(xg::full({2}, 2.5).to_vector() == (Values{2.5, 2.5}));
    BOOST_TEST(xg::full({2}, 2.9, {.dtype = xg::int64}).to_vector() == (Values{2, 2}));
    BOOST_TEST(xg::full({2}, 0.5, {.dtype = xg::boolean}).to_vector() == (Values{1, 1}));
    BOOST_TEST(xg::ones({2}, {.requires_grad = true}).requires_grad());
    BOOST_TEST(!xg::ones_like(xg::ones({2}, {.requires_grad = true})).requires_grad());
    BOOST_TEST(Tensor(2.5).dtype() == xg::float32);
    BOOST_TEST(Tensor(2).dtype() == xg::int64);
    BOOST_TEST(Tensor(true).dtype() == xg::boolean);
    BOOST_TEST(Tensor(2.5).item() == 2.5);
}

BOOST_AUTO_TEST_CASE(ranges) {
    BOOST_TEST(xg::arange(0, 4).to_vector() == (Values{0, 1, 2, 3}));
    BOOST_TEST(xg::arange(1, 8, 3).to_vector() == (Values{1, 4, 7}));
    BOOST_TEST(xg::arange(1, 7, 3).to_vector() == (Values{1, 4}));
    BOOST_TEST(xg::arange(3, 0, -1, {.dtype = xg::int64}).to_vector() == (Values{3, 2, 1}));
    BOOST_TEST(xg::arange(0, 1, 0.25, support::f64).to_vector() == (Values{0, 0.25, 0.5, 0.75}));
    BOOST_TEST(xg::arange(3, 3).numel() == 0);
    BOOST_TEST(xg::arange(3, 1).numel() == 0);
    const std::int64_t big = (std::int64_t{1} << 53) + 1;
    BOOST_TEST(xg::arange(big, big + 2, 1, {.dtype = xg::int64})[0].item_int() == big);
    BOOST_CHECK_THROW(xg::arange(0, 1, 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::arange(0, HUGE_VAL), xg::ValueError);
    BOOST_CHECK_THROW(xg::arange(0, std::nan("")), xg::ValueError);
    BOOST_CHECK_THROW(xg::arange(0, 1e300), xg::ShapeError);

    BOOST_TEST(xg::linspace(0, 1, 5, support::f64).to_vector() == (Values{0, 0.25, 0.5, 0.75, 1}));
    BOOST_TEST(xg::linspace(2, -2, 3).to_vector() == (Values{2, 0, -2}));
    BOOST_TEST(xg::linspace(3, 9, 1).to_vector() == (Values{3}));
    BOOST_TEST(xg::linspace(3, 9, 0).numel() == 0);
    BOOST_TEST(xg::linspace(0, 0.3, 4, support::f64).to_vector()[3] == 0.3);
    BOOST_CHECK_THROW(xg::linspace(0, 1, -1), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(ranges_as_wide_as_integers_reach) {
    constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                           high = std::numeric_limits<std::int64_t>::max();
    const xg::Tensor up = xg::arange(low, high, high), down = xg::arange(high, low, low);
    BOOST_TEST(up.shape() == xg::Shape({3}));
    BOOST_TEST(up[0].item_int() == low);
    BOOST_TEST(up[1].item_int() == -1);
    BOOST_TEST(up[2].item_int() == high - 1);
    BOOST_TEST(down.shape() == xg::Shape({2}));
    BOOST_TEST(down[1].item_int() == -1);
    BOOST_TEST(xg::arange(high, low, high).numel() == 0);
    BOOST_TEST(xg::arange(0, -1e300, 1.0).numel() == 0);
}

BOOST_AUTO_TEST_CASE(numbers_that_int64_does_not_hold_are_refused) {
    const double inf = std::numeric_limits<double>::infinity();
    for (const double value : {inf, -inf, std::numeric_limits<double>::quiet_NaN(), 1e19, -1e19, 9223372036854775808.0})
        BOOST_CHECK_THROW(xg::full({2}, value, {.dtype = xg::int64}), xg::ValueError);
    BOOST_TEST(xg::full({2}, -2.7, {.dtype = xg::int64})[1].item_int() == -2);
}

BOOST_AUTO_TEST_CASE(identities) {
    BOOST_TEST(xg::eye(2).to_vector() == (Values{1, 0, 0, 1}));
    BOOST_TEST(xg::eye(2, 3).to_vector() == (Values{1, 0, 0, 0, 1, 0}));
    BOOST_TEST(xg::eye(3, 2, {.dtype = xg::int64}).to_vector() == (Values{1, 0, 0, 1, 0, 0}));
    BOOST_TEST(xg::eye(0).shape() == (xg::Shape{0, 0}));
    BOOST_TEST(xg::eye(2, 0).shape() == (xg::Shape{2, 0}));
    BOOST_TEST(xg::eye(2, support::f64).dtype() == xg::float64);
    BOOST_CHECK_THROW(xg::eye(-1), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(nested_braces) {
    const Tensor m = xg::tensor({{1.0, 2.0}, {3.0, 4.5}});
    BOOST_TEST(m.shape() == (xg::Shape{2, 2}));
    BOOST_TEST(m.dtype() == xg::float32);
    BOOST_TEST(m.to_vector() == (Values{1, 2, 3, 4.5}));
    BOOST_TEST(xg::tensor({1, 2}).dtype() == xg::int64);
    BOOST_TEST(xg::tensor({1, 2.5}).dtype() == xg::float32);
    BOOST_TEST(xg::tensor({true, false}).dtype() == xg::boolean);
    BOOST_TEST(xg::tensor({true, 2}).dtype() == xg::int64);
    BOOST_TEST(xg::tensor(7).shape() == xg::Shape());
    BOOST_TEST(xg::tensor({{{1, 2, 3}}}).shape() == (xg::Shape{1, 1, 3}));
    BOOST_TEST(xg::tensor({0.5, 0.0}, {.dtype = xg::boolean}).to_vector() == (Values{1, 0}));
    BOOST_TEST(xg::tensor({1.9, -1.9}, {.dtype = xg::int64}).to_vector() == (Values{1, -1}));
    BOOST_TEST(xg::tensor({1, 2}, support::f64_leaf).requires_grad());
    BOOST_TEST(contains(message_of<xg::ShapeError>([] { xg::tensor({{1, 2}, {3}}); }), "ragged"));
    BOOST_CHECK_THROW(xg::tensor({{1, 2}, {3, 4, 5}}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::tensor({{{1}}, {{2, 3}}}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::tensor({{1, 2}, 3}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::tensor({1, {2, 3}}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::tensor({{{1, 2}}, {3, 4}}), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(from_memory) {
    const std::vector<float> f = {1, 2, 3, 4, 5, 6};
    BOOST_TEST(xg::from_data(f, {2, 3})[1].to_vector() == (Values{4, 5, 6}));
    BOOST_TEST(xg::from_data(f, {6}, support::f64).dtype() == xg::float64);
    BOOST_TEST(xg::from_data(std::vector<double>{0.5}, {1}).dtype() == xg::float32);
    BOOST_TEST(xg::from_data(std::vector<std::int64_t>{5}, {}).dtype() == xg::int64);
    const bool mask[] = {true, false};
    BOOST_TEST(xg::from_data(mask, {2}).dtype() == xg::boolean);
    BOOST_TEST(xg::from_data(f, {6}, {.requires_grad = true}).is_leaf());
    BOOST_TEST(xg::from_data(f.data(), {0}).numel() == 0);
    const std::string text = message_of<xg::ShapeError>([&] { xg::from_data(f, {2, 2}); });
    BOOST_TEST((contains(text, "(2, 2)") && contains(text, "4") && contains(text, "6")), text);
    // It is a copy.
    std::vector<float> g = f;
    const Tensor t = xg::from_data(g, {6});
    g[0] = 9;
    BOOST_TEST(t.to_vector()[0] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
