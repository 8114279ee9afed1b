#include <xgrad/autograd/indexing.hpp>

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;

namespace {

Tensor I(const xg::NestedValues& values) { return xg::tensor(values, {.dtype = xg::int64}); }
Tensor B(const xg::NestedValues& values) { return xg::tensor(values, {.dtype = xg::boolean}); }

const Tensor x = xg::arange(0, 24).reshape({2, 3, 4});

std::vector<std::int64_t> random_indices(Draw& draw, std::int64_t n, std::int64_t size) {
    std::vector<std::int64_t> index(static_cast<std::size_t>(n));
    for (std::int64_t& i : index) i = draw.integer(-size, size - 1);
    return index;
}

std::size_t from_front(double i, std::int64_t size) {
    return static_cast<std::size_t>(i < 0 ? i + static_cast<double>(size) : i);
}

/// Adds v to an element of a contiguous float64 tensor.
void add_at(Tensor& t, const std::vector<std::int64_t>& at, double v, bool store = false) {
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < at.size(); ++i) offset += at[i] * t.strides()[i];
    double& place = t.mutable_data<double>()[offset];
    place = store ? v : place + v;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(indexing)

BOOST_AUTO_TEST_CASE(takes) {
    Draw draw(71);
    for (int round = 0; round < 200; ++round) {
        Shape shape = support::random_shape(draw, 3, 6, false).inserted(0, draw.integer(1, 5));
        const Tensor v = support::random_view(draw, shape);
        const auto axis = static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(shape.rank()) - 1));
        const Shape by = support::random_shape(draw, 2, 5);
        const Tensor index = xg::from_data(random_indices(draw, by.elements(), shape[axis]), by);
        const Tensor y = xg::take(v, index, static_cast<std::int64_t>(axis) - (draw.coin() ? v.rank() : 0));
        bool right = y.rank() == v.rank() - 1 + index.rank();
        support::each_position(y.shape(), [&](const auto& at) {
            std::vector<std::int64_t> where(at.begin() + static_cast<std::ptrdiff_t>(axis),
                                            at.begin() + static_cast<std::ptrdiff_t>(axis + by.rank()));
            std::vector<std::int64_t> from(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(axis));
            from.push_back(static_cast<std::int64_t>(from_front(support::at(index, where), shape[axis])));
            from.insert(from.end(), at.begin() + static_cast<std::ptrdiff_t>(axis + by.rank()), at.end());
            right = right && support::at(y, at) == support::at(v, from);
        });
        BOOST_TEST(right, v.shape() << " by " << by << " along " << axis);
        if (by.rank() == 1)
            BOOST_TEST(support::same_bits(y, xg::index_select(v, static_cast<std::int64_t>(axis), index)));
    }
    BOOST_TEST(xg::take(x, I({0, -1, 13})).to_vector() == (std::vector<double>{0, 23, 13}));
    BOOST_TEST(xg::index_select(x, 1, Tensor(2)).shape() == (Shape{2, 1, 4}));
    BOOST_TEST(xg::take(x > 3, I({0, 5})).to_vector() == (std::vector<double>{0, 1}));
}

BOOST_AUTO_TEST_CASE(gathers_and_scatters) {
    Draw draw(72);
    for (int round = 0; round < 300; ++round) {
        const Shape shape = support::random_shape(draw, 3, 6, false).inserted(0, draw.integer(1, 6));
        const Tensor v = support::random_view(draw, shape);
        const auto axis = static_cast<std::size_t>(draw.integer(0, v.rank() - 1));
        Shape by = shape;
        for (std::int64_t& size : by) size = draw.integer(draw.integer(0, 9) == 0 ? 0 : 1, size);
        by[axis] = draw.integer(0, 8);
        Tensor index = xg::from_data(random_indices(draw, by.elements(), shape[axis]), by);
        if (draw.coin() && by.rank() > 1) index = index.transpose(0, 1).clone().transpose(0, 1);
        const auto at_axis = static_cast<std::int64_t>(axis);
        const Tensor y = xg::gather(v, at_axis, index);
        Shape large = by;
        for (std::int64_t& size : large) size += draw.integer(0, 1);
        const Tensor src = support::random_view(draw, large);
        Tensor sums = v.clone(), stored = v.clone();
        bool right = y.shape() == by;
        support::each_position(by, [&](const auto& at) {
            auto from = at;
            from[axis] = static_cast<std::int64_t>(from_front(support::at(index, at), shape[axis]));
            right = right && support::at(y, at) == support::at(v, from);
            add_at(sums, from, support::at(src, at));
            add_at(stored, from, support::at(src, at), true);
        });
        BOOST_TEST(right, shape << " by " << by << " along " << axis);
        BOOST_TEST(xg::scatter_add(v, at_axis, index, src).to_vector() == sums.to_vector());
        BOOST_TEST(xg::scatter(v, at_axis, index, src).to_vector() == stored.to_vector());
    }
    const Tensor wide = xg::take_along_axis(x, I({{{1}}, {{0}}}), 1);
    BOOST_TEST(wide.to_vector() == (std::vector<double>{4, 5, 6, 7, 12, 13, 14, 15}));
    BOOST_TEST(xg::scatter(xg::zeros({3}), 0, I({2}), 7).to_vector() == (std::vector<double>{0, 0, 7}));
}

BOOST_AUTO_TEST_CASE(large_arrays_in_blocks) {
    Draw draw(73);
    const support::Threads four(4);
    // Rows and columns, few and many targets; each in one way to tell tasks apart.
    for (const auto& [outer, size, inner, n] :
         {std::tuple{1, 1000, 1, 100'000}, std::tuple{1, 7, 1, 100'000}, std::tuple{40, 50, 3, 700},
          std::tuple{2, 90, 200, 300}, std::tuple{1, 5000, 8, 9000}, std::tuple{1, 30, 65, 5000},
          std::tuple{1, 600'000, 1, 100'000}, std::tuple{2, 100'000, 6, 9000}}) {
        const Tensor v = support::uniform(draw, {outer, size, inner}),
                     index = xg::from_data(random_indices(draw, n, size), {n});
        const Tensor src = support::uniform(draw, {outer, n, inner});
        const Tensor y = xg::take(v, index, 1), sums = xg::index_add(v, 1, index, src);
        const std::vector<double> given = v.to_vector(), added = src.to_vector(), got = y.to_vector();
        const std::int64_t* const i = index.data<std::int64_t>();
        std::vector<double> expected = given;
        bool right = true;
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t k = 0; k < n; ++k)
                for (std::int64_t j = 0; j < inner; ++j) {
                    const auto at = static_cast<std::size_t>((o * size + (i[k] < 0 ? i[k] + size : i[k])) * inner + j),
                               from = static_cast<std::size_t>((o * n + k) * inner + j);
                    right = right && got[from] == given[at];
                    expected[at] += added[from];
                }
        BOOST_TEST(right);
        BOOST_TEST((sums.to_vector() == expected), "sums of " << n << " of " << inner);
        const Tensor wide = xg::broadcast_to(index.reshape({1, n, 1}), {outer, n, inner});
        BOOST_TEST(support::same_bits(xg::gather(v, 1, wide), y));
        BOOST_TEST((xg::scatter_add(v, 1, wide, src).to_vector() == expected),
                   "scattered sums of " << n << " of " << inner);
        const support::Threads one(1);
        BOOST_TEST(support::same_bits(xg::index_add(v.to(xg::float32), 1, index, src.to(xg::float32)), [&] {
            const support::Threads three(3);
            return xg::index_add(v.to(xg::float32), 1, index, src.to(xg::float32));
        }()));
    }
    const Tensor bad = xg::index_put(xg::zeros({100'000}, {.dtype = xg::int64}), {77'777}, Tensor(9));
    BOOST_TEST(support::message_of<xg::IndexError>([&] { static_cast<void>(xg::take(xg::zeros({9}), bad)); }) ==
               "take: index 9 is out of range for axis 0 of the shape (9,)");
    BOOST_CHECK_THROW(xg::index_add(xg::zeros({9}), 0, bad, xg::zeros({100'000})), xg::IndexError);
}

BOOST_AUTO_TEST_CASE(long_sums_stay_exact) {
    // 2^24 ones in float32 would stop at 2^24 - 1 + 1, were they added one to another.
    const std::int64_t n = (1 << 24) + 4096;
    const Tensor sums = xg::index_add(xg::zeros({2}), 0, xg::zeros({n}, {.dtype = xg::int64}), xg::ones({n}));
    BOOST_TEST(sums.to_vector()[0] == static_cast<double>(n));
}

BOOST_AUTO_TEST_CASE(masks) {
    const double NaN = std::nan("");
    const Tensor v = xg::tensor({{0.0, 2.0, NaN}, {-0.0, 0.0, 5.0}}, support::f64);
    BOOST_TEST(xg::nonzero(v).shape() == (Shape{3, 2}));
    BOOST_TEST(xg::nonzero(v).to_vector() == (std::vector<double>{0, 1, 0, 2, 1, 2}));
    BOOST_TEST(xg::nonzero(v.transpose()).to_vector() == (std::vector<double>{1, 0, 2, 0, 2, 1}));
    BOOST_TEST(xg::nonzero(Tensor(3)).shape() == (Shape{1, 0}));
    BOOST_TEST(xg::nonzero(Tensor(0)).shape() == (Shape{0, 0}));
    BOOST_TEST(xg::nonzero(xg::zeros({0, 2})).shape() == (Shape{0, 2}));
    BOOST_TEST(xg::masked_select(v, v == 0).to_vector() == (std::vector<double>{0, 0, 0}));
    BOOST_TEST(xg::masked_select(v, B({false, true, false})).to_vector() == (std::vector<double>{2, 0}));
    BOOST_TEST(xg::masked_select(xg::tensor({1, 2}), B({{true}, {true}})).to_vector() ==
               (std::vector<double>{1, 2, 1, 2}));
    BOOST_TEST(xg::masked_fill(xg::tensor({1, 2}), B({true, false}), 7).to_vector() == (std::vector<double>{7, 2}));
    BOOST_TEST(xg::masked_fill(xg::tensor({1, 2}), B({true, false}), 7).dtype() == xg::int64);
    BOOST_TEST(xg::masked_fill(xg::ones({2}), B({true, false}), xg::full({}, 0.5, support::f64)).dtype() ==
               xg::float32);
    BOOST_CHECK_THROW(xg::masked_fill(xg::tensor({1, 2}), B({true, false}), 0.5), xg::DTypeError);
    BOOST_CHECK_THROW(xg::masked_fill(xg::tensor({1, 2}), B({true, false}), Tensor(0.5)), xg::DTypeError);
    BOOST_CHECK_THROW(xg::masked_fill(v, xg::tensor({1, 0, 1}), 0.5), xg::DTypeError);
    BOOST_CHECK_THROW(xg::masked_fill(v, v > 0, xg::ones({3})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::masked_select(v, B({true, false})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::masked_select(v, v), xg::DTypeError);
    // Many blocks.
    const Tensor many = xg::arange(0, 200'000), third = xg::masked_select(many, many - many / 3 * 3 > -1);
    BOOST_TEST(third.numel() == 200'000);
    Draw draw(74);
    const Tensor noise = support::uniform(draw, {100'003});
    std::vector<double> expected;
    for (const double value : noise.to_vector())
        if (value > 0.3) expected.push_back(value);
    BOOST_TEST((xg::masked_select(noise, noise > 0.3).to_vector() == expected));
    // A gradient stops at the mask, whatever stands there.
    const Tensor leaf = xg::tensor({1.0, NaN}, support::f64_leaf);
    BOOST_TEST(xg::grad(xg::sum(xg::masked_fill(leaf, B({false, true}), 0)), leaf).to_vector() ==
               (std::vector<double>{1, 0}));
}

BOOST_AUTO_TEST_CASE(wrong_arguments) {
    const Tensor v = xg::zeros({2, 3}), i = I({{0, 1, 0}});
    BOOST_TEST(support::message_of<xg::IndexError>([&] {
                   static_cast<void>(xg::take(v, I({0, 7}), 1));
               }) == "take: index 7 is out of range for axis 1 of the shape (2, 3)");
    BOOST_TEST(support::contains(support::message_of<xg::IndexError>([&] {
                                     static_cast<void>(xg::gather(v, 0, I({{0, -3, 1}})));
                                 }),
                                 "gather: index -3 is out of range for axis 0 of the shape (2, 3)"));
    BOOST_CHECK_THROW(xg::take(v, xg::zeros({1})), xg::DTypeError);
    BOOST_CHECK_THROW(xg::take(v, I({0}), 2), xg::ShapeError);
    BOOST_CHECK_THROW(xg::take(xg::zeros({0}), I({0})), xg::IndexError);
    BOOST_CHECK_THROW(xg::index_select(v, 0, i), xg::ShapeError);
    BOOST_CHECK_THROW(xg::index_add(v, 0, I({0}), v), xg::ShapeError);
    BOOST_CHECK_THROW(xg::index_add(v, 0, I({0}), xg::zeros({1, 3}, support::f64)), xg::DTypeError);
    BOOST_CHECK_THROW(xg::gather(v, 1, I({0})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::gather(v, 1, I({{0}, {0}, {0}})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::scatter_add(v, 0, i, xg::zeros({1, 2})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::scatter(v, 0, I({{5}}), 1), xg::IndexError);
    BOOST_CHECK_THROW(xg::take_along_axis(v, I({0}), 0), xg::ShapeError);
    BOOST_CHECK_THROW(xg::take(Tensor(), I({0})), xg::ValueError);
    BOOST_CHECK_THROW(xg::take(v, Tensor()), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
