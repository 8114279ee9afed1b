#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;

namespace {

using Values = std::vector<double>;

/// Whether y[at] = x[from(at)] everywhere.
template <class F>
bool moved(const Tensor& y, const Tensor& x, F&& from) {
    bool right = true;
    support::each_position(y.shape(), [&](auto at) {
        const double found = support::at(y, at);
        from(at);
        right = right && found == support::at(x, at);
    });
    return right;
}

std::int64_t modulo(std::int64_t a, std::int64_t n) { return ((a % n) + n) % n; }

}  // namespace

// Operations that move elements about, beside those of fuzz_shaping.cpp.
BOOST_AUTO_TEST_SUITE(moving)

BOOST_AUTO_TEST_CASE(slices_downwards) {
    Draw draw(81);
    for (int round = 0; round < 400; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 3, 7).inserted(0, 3));
        const std::int64_t axis = draw.integer(0, x.rank() - 1), size = x.size(axis);
        std::int64_t start = draw.integer(-size - 2, size + 2), stop = draw.integer(-size - 2, size + 2);
        const std::int64_t step = -draw.integer(1, 4);
        const Tensor y = x.slice(axis, start, stop, step);
        // Python's rules.
        start = start < 0 ? std::max<std::int64_t>(-1, start + size) : std::min(start, size - 1);
        stop = stop < 0 ? std::max<std::int64_t>(-1, stop + size) : std::min(stop, size - 1);
        std::int64_t n = 0;
        for (std::int64_t i = start; i > stop; i += step) ++n;
        BOOST_TEST(y.size(axis) == n);
        BOOST_TEST(moved(y, x, [&](auto& at) {
            auto& i = at[static_cast<std::size_t>(axis)];
            i = start + i * step;
        }));
        BOOST_TEST(y.to_vector() == y.clone().to_vector());
    }
    const Tensor x = xg::arange(0, 5);
    BOOST_TEST(x.slice(0, -1, -6, -1).to_vector() == (Values{4, 3, 2, 1, 0}));
    BOOST_TEST(x.slice(0, INT64_MAX, INT64_MIN + 1, INT64_MIN).to_vector() == (Values{4}));
    BOOST_TEST(x.slice(0, 0, INT64_MAX, INT64_MAX).to_vector() == (Values{0}));
    BOOST_CHECK_THROW(x.slice(0, 0, 1, 0), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(flips_and_rolls) {
    Draw draw(82);
    for (int round = 0; round < 200; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 3, 6).inserted(0, draw.integer(1, 5)));
        const std::int64_t a = draw.integer(0, x.rank() - 1), b = draw.integer(0, x.rank() - 1),
                           p = draw.integer(-9, 9), q = draw.integer(-9, 9);
        const auto ia = static_cast<std::size_t>(a), ib = static_cast<std::size_t>(b);
        BOOST_TEST(moved(xg::flip(x, a), x, [&](auto& at) { at[ia] = x.size(a) - 1 - at[ia]; }));
        BOOST_TEST(moved(xg::flip(x), x, [&](auto& at) {
            for (std::size_t i = 0; i < at.size(); ++i) at[i] = x.shape()[i] - 1 - at[i];
        }));
        BOOST_TEST(moved(xg::roll(x, {p, q}, {a, b - x.rank()}), x, [&](auto& at) {
            at[ia] = modulo(at[ia] - p, x.size(a));
            at[ib] = modulo(at[ib] - q, x.size(b));
        }));
        BOOST_TEST(xg::roll(xg::roll(x, p), -p).to_vector() == x.to_vector());
    }
    BOOST_TEST(xg::roll(xg::arange(0, 5), 2).to_vector() == (Values{3, 4, 0, 1, 2}));
    BOOST_TEST(xg::roll(xg::tensor({{0, 1, 2}, {3, 4, 5}}), 1).to_vector() == (Values{5, 0, 1, 2, 3, 4}));
    BOOST_TEST(xg::flip(Tensor(3)).item() == 3);
    BOOST_CHECK_THROW(xg::roll(xg::zeros({2}), {1, 2}, {0}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::flip(xg::zeros({2}), {0, 0}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::flip(xg::zeros({2}), 1), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(axes) {
    Draw draw(83);
    for (int round = 0; round < 100; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 2, 5).inserted(0, 2).inserted(0, 3));
        Shape order = x.shape();
        for (std::size_t i = 0; i < order.rank(); ++i) {
            order[i] = static_cast<std::int64_t>(i);
            std::swap(order[i], order[static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(i)))]);
        }
        const Tensor y = xg::permute(x, order);
        BOOST_TEST(y.data<double>() == x.data<double>());
        BOOST_TEST(moved(y, x, [&](auto& at) {
            auto from = at;
            for (std::size_t i = 0; i < at.size(); ++i) from[static_cast<std::size_t>(order[i])] = at[i];
            at = from;
        }));
        // A copy of it in order, by tiles and by rows.
        BOOST_TEST(y.contiguous().to_vector() == y.to_vector());
    }
    const Tensor x = xg::zeros({2, 1, 3, 1});
    BOOST_TEST(xg::squeeze(x).shape() == (Shape{2, 3}));
    BOOST_TEST(xg::squeeze(x, -1).shape() == (Shape{2, 1, 3}));
    BOOST_TEST(xg::squeeze(x, {0, 1}).shape() == (Shape{2, 3, 1}));
    BOOST_TEST(xg::squeeze(xg::zeros({1, 1})).shape() == Shape());
    BOOST_TEST(xg::unsqueeze(x, 0).shape() == (Shape{1, 2, 1, 3, 1}));
    BOOST_TEST(xg::unsqueeze(x, -1).shape() == (Shape{2, 1, 3, 1, 1}));
    BOOST_TEST(xg::unsqueeze(Tensor(1), 0).shape() == Shape{1});
    BOOST_TEST(xg::flatten(x).shape() == Shape{6});
    BOOST_TEST(xg::flatten(x, 1).shape() == (Shape{2, 3}));
    BOOST_TEST(xg::flatten(x, 0, 2).shape() == (Shape{6, 1}));
    BOOST_TEST(xg::flatten(Tensor(1)).shape() == Shape{1});
    BOOST_TEST(xg::unflatten(x, 2, {3, -1}).shape() == (Shape{2, 1, 3, 1, 1}));
    BOOST_TEST(xg::unflatten(xg::zeros({12, 2}), 0, {2, 3, 2}).shape() == (Shape{2, 3, 2, 2}));
    BOOST_TEST(xg::swapaxes(x, 0, 2).shape() == (Shape{3, 1, 2, 1}));
    BOOST_TEST(xg::moveaxis(x, 0, -1).shape() == (Shape{1, 3, 1, 2}));
    BOOST_TEST(xg::moveaxis(xg::zeros({2, 3, 4, 5}), {3, 0}, {0, 1}).shape() == (Shape{5, 2, 3, 4}));
    BOOST_TEST(xg::atleast_1d(Tensor(1)).shape() == Shape{1});
    BOOST_TEST(xg::atleast_2d(xg::zeros({3})).shape() == (Shape{1, 3}));
    BOOST_TEST(xg::atleast_3d(xg::zeros({3})).shape() == (Shape{1, 3, 1}));
    BOOST_TEST(xg::atleast_3d(xg::zeros({3, 2})).shape() == (Shape{3, 2, 1}));
    BOOST_TEST(xg::atleast_3d(x).shape() == x.shape());
    BOOST_CHECK_THROW(xg::squeeze(x, 4), xg::ShapeError);
    BOOST_CHECK_THROW(xg::unsqueeze(x, 5), xg::ShapeError);
    BOOST_CHECK_THROW(xg::unsqueeze(x, -6), xg::ShapeError);
    BOOST_CHECK_THROW(xg::flatten(x, 2, 1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::unflatten(x, 2, {2, -1}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::unflatten(x, 2, {-1, -1}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::unflatten(x, 2, {}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::permute(x, {0, 1, 2}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::permute(x, {0, 1, 2, 2}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::permute(x, {0, 1, 2, 4}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::moveaxis(x, {0, 1}, 0), xg::ShapeError);
    BOOST_CHECK_THROW(xg::moveaxis(x, {0, 1}, {2, 2}), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(large_copies) {
    Draw draw(84);
    for (const Shape& shape : {Shape{300, 700}, Shape{33, 65, 90}, Shape{5, 40, 3, 200}, Shape{100'000, 2}}) {
        const Tensor x = support::uniform(draw, shape);
        for (std::int64_t a = 0; a < x.rank(); ++a)
            for (std::int64_t b = 0; b < a; ++b) {
                const Tensor y = x.transpose(a, b), copy = y.clone();
                BOOST_TEST(copy.is_contiguous());
                bool right = true;
                for (int k = 0; k < 2000; ++k) {
                    std::vector<std::int64_t> at;
                    for (const std::int64_t size : y.shape()) at.push_back(draw.integer(0, size - 1));
                    right = right && support::at(y, at) == support::at(copy, at);
                }
                BOOST_TEST(right, shape << " with axes " << a << " and " << b << " exchanged");
                BOOST_TEST(support::same_bits(copy.transpose(a, b).clone(), x));
            }
    }
}

BOOST_AUTO_TEST_CASE(pieces) {
    const Tensor x = xg::arange(0, 14).reshape({7, 2});
    const auto sizes = [](const std::vector<Tensor>& parts, std::int64_t axis) {
        std::vector<std::int64_t> found;
        for (const Tensor& part : parts) found.push_back(part.size(axis));
        return found;
    };
    using Sizes = std::vector<std::int64_t>;
    BOOST_TEST(sizes(xg::split(x, 3), 0) == (Sizes{3, 3, 1}));
    BOOST_TEST(sizes(xg::split(x, 7), 0) == (Sizes{7}));
    BOOST_TEST(sizes(xg::split(x, INT64_MAX), 0) == (Sizes{7}));
    BOOST_TEST(sizes(xg::split(x, {0, 2, 5}), 0) == (Sizes{0, 2, 5}));
    BOOST_TEST(sizes(xg::split(x, {2}, 1), 1) == (Sizes{2}));
    BOOST_TEST(sizes(xg::chunk(x, 3), 0) == (Sizes{3, 3, 1}));
    BOOST_TEST(sizes(xg::chunk(x, 5), 0) == (Sizes{2, 2, 2, 1}));  // four, as PyTorch
    BOOST_TEST(sizes(xg::chunk(xg::zeros({0}), 3), 0) == (Sizes{0, 0, 0}));
    BOOST_TEST(xg::split(x, 3)[1].to_vector() == (Values{6, 7, 8, 9, 10, 11}));
    BOOST_TEST(xg::split(x, 1, -1)[1].to_vector() == (Values{1, 3, 5, 7, 9, 11, 13}));
    BOOST_TEST(xg::unbind(x, 1)[1].to_vector() == (Values{1, 3, 5, 7, 9, 11, 13}));
    BOOST_TEST(xg::unbind(x).size() == 7u);
    BOOST_TEST(xg::unbind(xg::zeros({0, 2})).empty());
    BOOST_TEST(xg::concat(xg::split(x, 2)).to_vector() == x.to_vector());
    BOOST_TEST(xg::stack(xg::unbind(x, 1), 1).to_vector() == x.to_vector());
    BOOST_TEST(xg::select(x, 1, -1).shape() == Shape{7});
    BOOST_CHECK_THROW(xg::split(x, 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::split(x, {2}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::split(x, {8, -1}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::split(x, {INT64_MAX, 8}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::chunk(x, 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::select(x, 0, 7), xg::IndexError);
    // Pieces without a gradient count as zeros.
    const Tensor leaf = xg::ones({5}, support::f64_leaf);
    BOOST_TEST(xg::grad(xg::sum(xg::split(leaf, 2)[1] * 3), leaf).to_vector() == (Values{0, 0, 3, 3, 0}));
}

BOOST_AUTO_TEST_CASE(stacks_and_repetitions) {
    const Tensor x = xg::tensor({{1, 2}, {3, 4}});
    BOOST_TEST(xg::stack({x, x * 10}).shape() == (Shape{2, 2, 2}));
    BOOST_TEST(xg::stack({x, x * 10}, -1).to_vector() == (Values{1, 10, 2, 20, 3, 30, 4, 40}));
    BOOST_TEST(xg::stack({Tensor(1), Tensor(2.5)}).dtype() == xg::float32);
    BOOST_TEST(xg::stack({Tensor(1), Tensor(2.5)}).to_vector() == (Values{1, 2.5}));
    BOOST_CHECK_THROW(xg::stack({}), xg::ValueError);
    BOOST_CHECK_THROW(xg::stack({x, xg::ones({2})}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::stack({x}, 3), xg::ShapeError);
    // As torch.Tensor.repeat and numpy.tile.
    BOOST_TEST(xg::repeat(x, {1, 2}).to_vector() == (Values{1, 2, 1, 2, 3, 4, 3, 4}));
    BOOST_TEST(xg::repeat(x, {2, 1, 1}).shape() == (Shape{2, 2, 2}));
    BOOST_TEST(xg::repeat(x, {0, 1}).shape() == (Shape{0, 2}));
    BOOST_TEST(xg::tile(x, {2}).to_vector() == (Values{1, 2, 1, 2, 3, 4, 3, 4}));
    BOOST_TEST(xg::tile(x, {}).to_vector() == x.to_vector());
    BOOST_CHECK_THROW(xg::repeat(x, {2}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::repeat(x, {1, -2}), xg::ValueError);
    BOOST_CHECK_THROW(xg::repeat(x, {INT64_MAX, 2}), xg::ShapeError);
    // As numpy.repeat.
    BOOST_TEST(xg::repeat_interleave(x, 2).to_vector() == (Values{1, 1, 2, 2, 3, 3, 4, 4}));
    BOOST_TEST(xg::repeat_interleave(x, 2, 0).to_vector() == (Values{1, 2, 1, 2, 3, 4, 3, 4}));
    BOOST_TEST(xg::repeat_interleave(x, xg::tensor({0, 3}), 1).to_vector() == (Values{2, 2, 2, 4, 4, 4}));
    BOOST_TEST(xg::repeat_interleave(x, 1, 1).data<std::int64_t>() != x.data<std::int64_t>());
    BOOST_CHECK_THROW(xg::repeat_interleave(x, -1), xg::ValueError);
    BOOST_CHECK_THROW(xg::repeat_interleave(x, xg::tensor({0, -3}), 1), xg::ValueError);
    BOOST_CHECK_THROW(xg::repeat_interleave(x, xg::tensor({1}), 1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::repeat_interleave(x, xg::tensor({1.0, 2.0}), 1), xg::DTypeError);
}

BOOST_AUTO_TEST_SUITE_END()
