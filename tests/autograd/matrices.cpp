#include <xgrad/autograd/matrices.hpp>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/padding.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;
using Values = std::vector<double>;

BOOST_AUTO_TEST_SUITE(paddings_and_matrices)

BOOST_AUTO_TEST_CASE(paddings) {
    using enum xg::PadMode;
    const Tensor x = xg::tensor({1, 2, 3});
    BOOST_TEST(xg::pad(x, {{2, 1}}).to_vector() == (Values{0, 0, 1, 2, 3, 0}));
    BOOST_TEST(xg::pad(x, {{1, 0}}, {.value = -7}).to_vector() == (Values{-7, 1, 2, 3}));
    BOOST_TEST(xg::pad(x, {{2, 2}}, {.mode = reflect}).to_vector() == (Values{3, 2, 1, 2, 3, 2, 1}));
    BOOST_TEST(xg::pad(x, {{2, 4}}, {.mode = replicate}).to_vector() == (Values{1, 1, 1, 2, 3, 3, 3, 3, 3}));
    BOOST_TEST(xg::pad(x, {{3, 2}}, {.mode = circular}).to_vector() == (Values{1, 2, 3, 1, 2, 3, 1, 2}));
    // Two axes, against one axis after the other.
    Draw draw(85);
    for (int round = 0; round < 100; ++round) {
        const Tensor y = support::random_view(draw, {2, 4, 5, 3});
        const xg::PadWidth a{draw.integer(0, 2), draw.integer(0, 2)}, b{draw.integer(0, 2), draw.integer(0, 2)},
            c{draw.integer(0, 1), draw.integer(0, 1)};
        for (const xg::PadMode mode : {constant, reflect, replicate, circular}) {
            const auto rows = [&](const Tensor& t, std::int64_t axis, const xg::PadWidth& w) {
                return xg::pad(t.transpose(axis, 3), {w}, {.mode = mode, .value = 2}).transpose(axis, 3);
            };
            const Tensor whole = xg::pad(y, {c, a, b}, {.mode = mode, .value = 2});
            BOOST_TEST(whole.to_vector() == rows(rows(rows(y, 1, c), 2, a), 3, b).to_vector());
        }
    }
    const Tensor m = xg::zeros({2, 3});
    BOOST_TEST(support::message_of<xg::ValueError>([&] {
                   static_cast<void>(xg::pad(m, {{0, -1}}));
               }) ==
               "pad: expected widths of at least 0, got {0, -1} for axis 1 of the shape (2, 3); slice() cuts off");
    BOOST_CHECK_THROW(xg::pad(m, {{0, 0}, {0, 0}, {0, 0}}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::pad(m, {{0, 3}}, {.mode = reflect}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::pad(m, {{0, 4}}, {.mode = circular}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::pad(xg::zeros({0}), {{0, 4}}, {.mode = replicate}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::pad(m, {{INT64_MAX, 4}}), xg::ShapeError);
    BOOST_TEST(xg::pad(xg::zeros({2, 0}), {{1, 1}, {0, 2}}).shape() == (Shape{4, 2}));
    BOOST_TEST(xg::pad(xg::zeros({2, 0}), {{1, 1}, {0, 0}}, {.mode = reflect}).shape() == (Shape{4, 0}));
    BOOST_TEST(xg::pad(Tensor(3), {}, {.mode = reflect}).item() == 3);
}

BOOST_AUTO_TEST_CASE(matrices) {
    const Tensor m = xg::arange(1, 7).reshape({2, 3});
    BOOST_TEST(xg::diag(m).to_vector() == (Values{1, 5}));
    BOOST_TEST(xg::diag(m, 1).to_vector() == (Values{2, 6}));
    BOOST_TEST(xg::diag(m, -1).to_vector() == (Values{4}));
    BOOST_TEST(xg::diag(m, 3).shape() == Shape{0});
    BOOST_TEST(xg::diagonal(m, INT64_MIN).shape() == Shape{0});
    BOOST_TEST(xg::diag(xg::tensor({1, 2}), 1).to_vector() == (Values{0, 1, 0, 0, 0, 2, 0, 0, 0}));
    BOOST_TEST(xg::diag(xg::tensor({1, 2}), -1).to_vector() == (Values{0, 0, 0, 1, 0, 0, 0, 2, 0}));
    BOOST_TEST(xg::diag_embed(m).shape() == (Shape{2, 3, 3}));
    BOOST_TEST(xg::diagonal(xg::diag_embed(m, -2), -2, -2, -1).to_vector() == m.to_vector());
    // numpy.diagonal of arange(24).reshape(2, 3, 4)
    BOOST_TEST(xg::diagonal(xg::arange(0, 24).reshape({2, 3, 4}), 1, 2, 0).to_vector() == (Values{12, 16, 20}));
    BOOST_TEST(xg::diagonal(xg::arange(0, 24).reshape({2, 3, 4}), -1, 0, 1).shape() == (Shape{4, 1}));
    BOOST_TEST(xg::tril(m).to_vector() == (Values{1, 0, 0, 4, 5, 0}));
    BOOST_TEST(xg::tril(m, 1).to_vector() == (Values{1, 2, 0, 4, 5, 6}));
    BOOST_TEST(xg::triu(m, 1).to_vector() == (Values{0, 2, 3, 0, 0, 6}));
    BOOST_TEST(xg::triu(m, -9).to_vector() == m.to_vector());
    BOOST_TEST(xg::triu(m, INT64_MAX).to_vector() == Values(6, 0));
    BOOST_TEST(xg::tril(m.transpose()).to_vector() == (Values{1, 0, 2, 5, 3, 6}));
    BOOST_TEST(xg::one_hot(xg::tensor({2, 0})).to_vector() == (Values{0, 0, 1, 1, 0, 0}));
    BOOST_TEST(xg::one_hot(xg::tensor({{1}}), 4, xg::float32).shape() == (Shape{1, 1, 4}));
    BOOST_TEST(xg::one_hot(xg::tensor({{1}}), 4).dtype() == xg::int64);
    BOOST_TEST(xg::one_hot(xg::zeros({0}, {.dtype = xg::int64}), 4).shape() == (Shape{0, 4}));
    const auto ij = xg::meshgrid({xg::tensor({1, 2}), xg::tensor({3, 4, 5})}),
               xy = xg::meshgrid({xg::tensor({1, 2}), xg::tensor({3, 4, 5})}, "xy");
    BOOST_TEST(ij[0].to_vector() == (Values{1, 1, 1, 2, 2, 2}));
    BOOST_TEST(ij[1].to_vector() == (Values{3, 4, 5, 3, 4, 5}));
    BOOST_TEST(xy[0].shape() == (Shape{3, 2}));
    BOOST_TEST(xy[0].to_vector() == (Values{1, 2, 1, 2, 1, 2}));
    BOOST_TEST(xy[1].to_vector() == (Values{3, 3, 4, 4, 5, 5}));
    BOOST_TEST(xg::meshgrid({Tensor(1), xg::tensor({3, 4})})[0].shape() == (Shape{1, 2}));
    BOOST_CHECK_THROW(xg::diag(xg::zeros({1, 1, 1})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::diagonal(m, 0, 1, -1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::diagonal(xg::zeros({3})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::diag_embed(Tensor(1)), xg::ShapeError);
    BOOST_CHECK_THROW(xg::tril(xg::zeros({3})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::one_hot(xg::tensor({3}), 3), xg::IndexError);
    BOOST_CHECK_THROW(xg::one_hot(xg::tensor({-1})), xg::IndexError);
    BOOST_CHECK_THROW(xg::one_hot(xg::tensor({1}), 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::one_hot(xg::zeros({0}, {.dtype = xg::int64})), xg::ValueError);
    BOOST_CHECK_THROW(xg::one_hot(xg::zeros({2})), xg::DTypeError);
    BOOST_CHECK_THROW(xg::meshgrid({m}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::meshgrid({Tensor(1)}, "ji"), xg::ValueError);
    BOOST_CHECK_THROW(xg::meshgrid({}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
