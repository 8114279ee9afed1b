#include <xgrad/autograd/xtensor.hpp>

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>
#endif

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using xg::Tensor;
using Values = std::vector<double>;

BOOST_AUTO_TEST_SUITE(xtensor)

BOOST_AUTO_TEST_CASE(of_expressions) {
    const xt::xarray<double> a = {{1, 2, 3}, {4, 5, 6}};
    const xt::xtensor<float, 1> row = {10, 20, 30};
    const Tensor sum = xg::from_xtensor(a + row);
    BOOST_TEST(sum.shape() == (xg::Shape{2, 3}));
    BOOST_TEST(sum.dtype() == xg::float64);
    BOOST_TEST(sum.to_vector() == (Values{11, 22, 33, 14, 25, 36}));
    BOOST_TEST(xg::from_xtensor(row * 2.0F).dtype() == xg::float32);
    BOOST_TEST(xg::from_xtensor(a > 3.0).dtype() == xg::boolean);
    BOOST_TEST(xg::from_xtensor(a > 3.0).to_vector() == (Values{0, 0, 0, 1, 1, 1}));
    BOOST_TEST(xg::from_xtensor(xt::cast<int>(a)).dtype() == xg::int64);
    BOOST_TEST(xg::from_xtensor(xt::xarray<std::uint8_t>{200, 7}).to_vector() == (Values{200, 7}));
    BOOST_TEST(xg::from_xtensor(xt::transpose(a)).to_vector() == (Values{1, 4, 2, 5, 3, 6}));
    BOOST_TEST(xg::from_xtensor(xt::view(a, xt::all(), 1)).to_vector() == (Values{2, 5}));
    BOOST_TEST(xg::from_xtensor(xt::sum(a)).shape() == xg::Shape());
    BOOST_TEST(xg::from_xtensor(xt::sum(a)).item() == 21);
    BOOST_TEST(xg::from_xtensor(xt::xarray<double>::from_shape({0, 3})).shape() == (xg::Shape{0, 3}));
    xt::xarray<double, xt::layout_type::column_major> columns = a;
    BOOST_TEST(xg::from_xtensor(columns).to_vector() == (Values{1, 2, 3, 4, 5, 6}));
}

BOOST_AUTO_TEST_CASE(adopts_without_a_copy) {
    xt::xarray<double> a = {{1, 2, 3}, {4, 5, 6}};
    const double* const data = a.data();
    Tensor t = xg::adopt(std::move(a));
    BOOST_TEST(t.data<double>() == data);
    BOOST_TEST(t.shape() == (xg::Shape{2, 3}));
    BOOST_TEST(t.to_vector() == (Values{1, 2, 3, 4, 5, 6}));
    // Views keep it alive; it is a tensor like any other.
    const Tensor last = t[1];
    t.requires_grad(true);
    xg::sum(xg::square(t)).backward();
    BOOST_TEST(t.grad().to_vector() == (Values{2, 4, 6, 8, 10, 12}));
    t = Tensor();
    BOOST_TEST(last.to_vector() == (Values{4, 5, 6}));

    xt::xtensor<std::int64_t, 1> ids = {3, 1, 2};
    const std::int64_t* const first = ids.data();
    const Tensor i = xg::adopt(std::move(ids));
    BOOST_TEST(i.data<std::int64_t>() == first);
    BOOST_TEST(xg::adopt(xt::xarray<float>{1, 2}).dtype() == xg::float32);
    BOOST_TEST(xg::adopt(xt::xarray<bool>{true, false}).to_vector() == (Values{1, 0}));
    BOOST_TEST(xg::adopt(xt::xarray<double>(4.0)).item() == 4);
    BOOST_TEST(xg::adopt(xt::xarray<double>::from_shape({2, 0})).shape() == (xg::Shape{2, 0}));
    xt::xarray<double, xt::layout_type::column_major> columns = {{1, 2}, {3, 4}};
    BOOST_TEST(xg::adopt(std::move(columns)).to_vector() == (Values{1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(memory_is_given_back_once) {
    int released = 0;
    std::vector<float> memory = {1, 2, 3, 4};
    {
        Tensor t = xg::adopt(memory.data(), {2, 2}, xg::float32, [&] { ++released; });
        const Tensor view = t.transpose();
        t.mutable_data<float>()[1] = 7;
        t = Tensor();
        BOOST_TEST(released == 0);
        BOOST_TEST(view.to_vector() == (Values{1, 3, 7, 4}));
    }
    BOOST_TEST(released == 1);
    BOOST_TEST(memory[1] == 7);
    // A leaf over memory of somebody else never hands it over to another.
    const Tensor leaf = xg::ones({2}, {.requires_grad = true});
    std::vector<float> seed = {1, 1};
    (leaf * 1).backward({.gradient = xg::adopt(seed.data(), {2}, xg::float32, {})});
    xg::sum(leaf).backward();
    BOOST_TEST(leaf.grad().to_vector() == (Values{2, 2}));
    BOOST_TEST(seed == (std::vector<float>{1, 1}));
}

BOOST_AUTO_TEST_CASE(views_of_tensors) {
    const Tensor x = xg::arange(0, 12, 1, support::f64).reshape({3, 4});
    const auto a = xg::as_xtensor<double>(x);
    BOOST_TEST(a.data() == x.data<double>());
    BOOST_TEST(a.dimension() == 2u);
    BOOST_TEST(a(1, 2) == 6);
    BOOST_TEST(xt::sum(a)() == 66);
    const auto turned = xg::as_xtensor<double>(x.transpose());
    BOOST_TEST(turned.data() == x.data<double>());
    BOOST_TEST(turned(2, 1) == 6);
    BOOST_TEST((turned == xt::transpose(a)));
    const Tensor part = x.slice(1, 1, 4, 2).slice(0, 1, 3);
    const xt::xarray<double> expected = {{5, 7}, {9, 11}};
    BOOST_TEST((xg::as_xtensor<double>(part) == expected));
    const xt::xarray<double> sums = xt::sum(xg::as_xtensor<double>(part), {0});
    BOOST_TEST((sums == xt::xarray<double>{14, 18}));
    const xt::xarray<double> doubled = xg::as_xtensor<double>(part) * 2 + xt::view(a, xt::range(0, 2), xt::range(0, 2));
    BOOST_TEST((doubled == xt::xarray<double>{{10, 15}, {22, 27}}));
    // Axes of size 1 broadcast in xtensor too, and so do stretched tensors.
    const xt::xarray<double> column =
        xg::as_xtensor<double>(x.slice(1, 1, 2)) + xg::as_xtensor<double>(x.slice(0, 0, 1));
    BOOST_TEST((xt::row(column, 2) == xt::xarray<double>{9, 10, 11, 12}));
    BOOST_TEST(xt::sum(xg::as_xtensor<double>(xg::broadcast_to(x.slice(0, 1, 2), {5, 4})))() == 5 * 22);
    BOOST_TEST(xg::as_xtensor<double>(xg::full({}, 3, support::f64))() == 3);
    BOOST_TEST(xg::as_xtensor<float>(xg::zeros({0, 2})).size() == 0u);
    BOOST_TEST(xg::as_xtensor<bool>(xg::tensor({true, false}))(0));
    BOOST_TEST(xg::as_xtensor<std::int64_t>(xg::tensor({4, 5}))(1) == 5);
    BOOST_CHECK_THROW(xg::as_xtensor<float>(x), xg::DTypeError);
    BOOST_CHECK_THROW(xg::as_xtensor<float>(Tensor()), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(round_trips) {
    support::Draw draw(31);
    for (int round = 0; round < 100; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 5, 4));
        BOOST_TEST(support::same_bits(xg::from_xtensor(xg::as_xtensor<double>(x)), x),
                   x.shape() << " with strides " << x.strides());
    }
}

BOOST_AUTO_TEST_CASE(a_view_keeps_its_tensor) {
    const auto a = xg::as_xtensor<double>(xg::full({1000}, 3, support::f64) * 2);
    for (int i = 0; i < 10; ++i) static_cast<void>(xg::zeros({1000}, support::f64));  // would take the memory over
    const auto copy = a;
    BOOST_TEST(xt::sum(copy)() == 6000);
}

BOOST_AUTO_TEST_CASE(writes) {
    Tensor x = xg::zeros({2, 3}, support::f64);
    {
        auto a = xg::as_mutable_xtensor<double>(x);
        BOOST_TEST(a.data() == x.data<double>());
        a(1, 2) = 5;
        xt::view(a, 0, xt::all()) = xt::xarray<double>{1, 2, 3};
        a += 1;
    }
    BOOST_TEST(x.to_vector() == (Values{2, 3, 4, 1, 1, 6}));
    BOOST_TEST(x.version() == 1u);
    Tensor part = x.slice(1, 0, 2);
    BOOST_CHECK_THROW(xg::as_mutable_xtensor<double>(part), xg::GradError);
    BOOST_CHECK_THROW(xg::as_mutable_xtensor<float>(x), xg::DTypeError);
    x.requires_grad(true);
    BOOST_CHECK_THROW(xg::as_mutable_xtensor<double>(x), xg::GradError);
    const Tensor y = xg::square(x);
    {
        const xg::NoGrad no_grad;
        auto a = xg::as_mutable_xtensor<double>(x);
        a *= 2;
    }
    BOOST_CHECK_THROW(xg::sum(y).backward(), xg::GradError);
}

BOOST_AUTO_TEST_SUITE_END()
