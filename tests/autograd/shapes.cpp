#include <xgrad/autograd/shape.hpp>

#include <new>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/gradcheck.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(of_many_axes) {
    const xg::Shape eight{1, 2, 1, 3, 1, 2, 1, 2}, two{2, 3};
    xg::Shape copy = eight, other = two;
    BOOST_TEST(copy == eight);
    copy = two;
    BOOST_TEST(copy == two);
    other = eight;
    BOOST_TEST(other == eight);
    xg::Shape moved = std::move(other);
    BOOST_TEST(moved == eight);
    moved = xg::Shape(two);
    BOOST_TEST(moved == two);
    moved = xg::Shape(eight);
    const xg::Shape& itself = moved;
    moved = itself;
    BOOST_TEST(moved == eight);
    BOOST_TEST(eight.str() == "(1, 2, 1, 3, 1, 2, 1, 2)");
    BOOST_TEST(eight.erased(0).erased(0).erased(0).str() == "(3, 1, 2, 1, 2)");
    BOOST_TEST((xg::Shape{1, 2, 3, 4, 5, 6}).inserted(6, 7).str() == "(1, 2, 3, 4, 5, 6, 7)");
    BOOST_TEST((xg::Shape{2, 3, 4, 5, 6, 7}).inserted(0, 1).str() == "(1, 2, 3, 4, 5, 6, 7)");
    BOOST_TEST(xg::Shape().str() == "()");
    BOOST_TEST(xg::Shape{4}.str() == "(4,)");
    BOOST_TEST(eight.elements() == 24);
}

BOOST_AUTO_TEST_CASE(tensors_of_many_axes) {
    const xg::Tensor x = xg::arange(0, 48, 1, support::f64).reshape({2, 1, 2, 3, 1, 2, 1, 2});
    BOOST_TEST(x.rank() == 8);
    const xg::Tensor y = xg::sum(x.transpose(0, 3) + xg::ones({2, 1, 1, 1}, support::f64), {0, 2, -1});
    BOOST_TEST(y.shape() == (xg::Shape{1, 2, 2, 2, 1}));
    BOOST_TEST(xg::sum(y).item() == 2 * (48 * 47 / 2) + 2 * 48);
    const auto result = xg::gradgradcheck(
        [](const std::vector<xg::Tensor>& in) {
            return xg::mean(xg::square(in[0].transpose(1, 6)), {0, 3});
        },
        {x});
    BOOST_TEST(result.ok, result.message);
}

BOOST_AUTO_TEST_CASE(impossible_sizes_throw) {
    const std::int64_t huge = std::int64_t{1} << 40;
    BOOST_CHECK_THROW(xg::zeros({-1}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::empty({huge, huge}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::rand({huge, huge, 0, huge}), xg::ShapeError);
    const xg::Tensor one = xg::ones({1, 1});
    BOOST_CHECK_THROW(xg::broadcast_to(one, {huge, huge}), xg::ShapeError);
    BOOST_CHECK_THROW(one.reshape({huge, huge}), xg::ShapeError);
    BOOST_CHECK_THROW(one.reshape({-1, -1}), xg::ShapeError);
    BOOST_CHECK_THROW(one.reshape({-2}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::zeros({0}).reshape({huge, huge, 0}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::zeros({0}).reshape({0, huge, huge}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::zeros({0}).reshape({0, -1}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::from_data(std::vector<float>{1}, {huge, huge}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::from_data(std::vector<float>{1}, {-1, -1}), xg::ShapeError);
    // Addressable, but not to be had. Sums of stretched views take no memory.
    const xg::Tensor wide = xg::broadcast_to(xg::ones({1, 1}), {1 << 20, std::int64_t{1} << 38});
    BOOST_TEST(wide.numel() == std::int64_t{1} << 58);
#ifndef __SANITIZE_ADDRESS__  // which ends the program where malloc returns null
#ifndef __SANITIZE_THREAD__
    BOOST_CHECK_THROW(static_cast<void>(wide + 1), xg::OutOfMemoryError);
    BOOST_CHECK_THROW(xg::empty({std::int64_t{1} << 58}), xg::OutOfMemoryError);
#endif
#endif
    BOOST_TEST((xg::ones({2}) + 1).to_vector() == (std::vector<double>{2, 2}));
}

BOOST_AUTO_TEST_CASE(undefined_tensors_throw) {
    const xg::Tensor none, x = xg::ones({2});
    xg::Tensor target;
    BOOST_TEST(!none.defined());
    BOOST_TEST(!none.requires_grad());
    BOOST_TEST(none.is_leaf());
    BOOST_TEST(none.str() == "undefined");
#define THROWS(expression) BOOST_CHECK_THROW(static_cast<void>(expression), xg::ValueError)
    THROWS(none.shape());
    THROWS(none.rank());
    THROWS(none.size(0));
    THROWS(none.numel());
    THROWS(none.dtype());
    THROWS(none.strides());
    THROWS(none.is_contiguous());
    THROWS(none.item());
    THROWS(none.to_vector());
    THROWS(none.data<float>());
    THROWS(target.mutable_data<float>());
    THROWS(none.reshape({1}));
    THROWS(none.transpose());
    THROWS(none.slice(0, 0, 1));
    THROWS(none[0]);
    THROWS(none.to(xg::float64));
    THROWS(none.contiguous());
    THROWS(none.clone());
    THROWS(none.detach());
    THROWS(target.requires_grad(true));
    THROWS(none.grad());
    THROWS(target.set_grad(x));
    THROWS(none.operation());
    THROWS(none.backward());
    THROWS(none.register_hook([](const xg::Tensor& g) { return g; }));
    THROWS(none.version());
    THROWS(xg::zeros_like(none));
    THROWS(none + x);
    THROWS(x * none);
    THROWS(none + 1);
    THROWS(2 - none);
    THROWS(none == x);
    THROWS(x < none);
    THROWS(none == 1);
    THROWS(-none);
    THROWS(xg::exp(none));
    THROWS(xg::pow(none, 2));
    THROWS(xg::where(none, x, x));
    THROWS(xg::where(x > 0, none, x));
    THROWS(xg::sum(none));
    THROWS(xg::max(none));
    THROWS(xg::mean(none));
    THROWS(xg::matmul(x, none));
    THROWS(xg::linear(none, x));
    THROWS(xg::linear(x, none));
    THROWS(xg::concat({x, none}));
    THROWS(xg::concat({}));
    THROWS(xg::broadcast_to(none, {1}));
    THROWS(xg::mse_loss(none, x));
    THROWS(xg::grad(none, x));
    THROWS(xg::grad(xg::ones({}, {.requires_grad = true}) * 2, none));
    const std::string text = support::message_of<xg::ValueError>([&] { static_cast<void>(none == x); });
    BOOST_TEST(support::contains(text, "equal"), text);
}

BOOST_AUTO_TEST_SUITE_END()
