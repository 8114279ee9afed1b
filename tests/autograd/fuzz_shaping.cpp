#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;

namespace {

/// What Python's x[start:stop:step] takes of `size` elements.
std::vector<std::int64_t> python_slice(std::int64_t size, std::int64_t start, std::int64_t stop, std::int64_t step) {
    if (start < 0) start = std::max<std::int64_t>(0, start + size);
    if (stop < 0) stop = std::max<std::int64_t>(0, stop + size);
    std::vector<std::int64_t> taken;
    for (std::int64_t i = start; i < std::min(stop, size); i += step) taken.push_back(i);
    return taken;
}

/// A random way to write n as a product.
Shape factors(Draw& draw, std::int64_t n) {
    Shape shape;
    for (std::int64_t rest = n; rest > 1;) {
        std::int64_t f = draw.integer(2, rest);
        while (rest % f != 0) --f;
        if (f == 1) f = rest;
        shape = shape.inserted(static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(shape.rank()))), f);
        rest /= f;
        if (draw.integer(0, 4) == 0) shape = shape.inserted(shape.rank(), 1);
    }
    return shape;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_shaping)

BOOST_AUTO_TEST_CASE(reshapes) {
    Draw draw(21);
    int views = 0;
    for (int round = 0; round < 500; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 5, 5));
        const Shape to = x.numel() == 0 ? Shape{0, 3} : factors(draw, x.numel());
        const Tensor y = x.reshape(to);
        BOOST_TEST(y.shape() == to);
        BOOST_TEST(y.to_vector() == x.to_vector(), x.shape() << " with strides " << x.strides() << " to " << to);
        views += y.numel() > 0 && y.data<double>() == x.data<double>() ? 1 : 0;
        if (x.is_contiguous() && x.numel() > 0) BOOST_TEST(y.data<double>() == x.data<double>());
        if (to.rank() > 0 && x.numel() > 0) {
            Shape open = to;
            open[static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(to.rank()) - 1))] = -1;
            BOOST_TEST(x.reshape(open).shape() == to);
        }
    }
    BOOST_TEST(views > 150);
    BOOST_TEST(views < 500);
    // To more axes and back, both views of a transposed array.
    const Tensor t = xg::arange(0, 24, 1, support::f64).reshape({4, 6}).transpose();
    BOOST_TEST(t.reshape({2, 3, 4}).data<double>() == t.data<double>());
    BOOST_TEST(t.reshape({2, 3, 4}).reshape({6, 4}).data<double>() == t.data<double>());
    BOOST_TEST(t.reshape({24}).data<double>() != t.data<double>());
}

BOOST_AUTO_TEST_CASE(slices) {
    Draw draw(22);
    for (int round = 0; round < 500; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 4, 7));
        if (x.rank() == 0) continue;
        const std::int64_t axis = draw.integer(0, x.rank() - 1), size = x.size(axis);
        const std::int64_t start = draw.integer(-size - 2, size + 2), stop = draw.integer(-size - 2, size + 2),
                           step = draw.integer(1, 4);
        const Tensor y = x.slice(draw.coin() ? axis : axis - x.rank(), start, stop, step);
        const auto taken = python_slice(size, start, stop, step);
        Shape expected = x.shape();
        expected[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(taken.size());
        BOOST_TEST(y.shape() == expected);
        bool right = true;
        support::each_position(expected, [&](auto index) {
            const double found = support::at(y, index);
            index[static_cast<std::size_t>(axis)] =
                taken[static_cast<std::size_t>(index[static_cast<std::size_t>(axis)])];
            right = right && found == support::at(x, index);
        });
        BOOST_TEST(right, x.shape() << "[" << start << ":" << stop << ":" << step << "] along " << axis);
        BOOST_TEST(y.to_vector() == y.clone().to_vector());
        BOOST_TEST(y.clone().is_contiguous());
    }
}

BOOST_AUTO_TEST_CASE(transposes_and_broadcasts) {
    Draw draw(23);
    for (int round = 0; round < 200; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 4, 5));
        Shape to = x.shape();
        for (std::int64_t& size : to)
            if (size == 1) size = draw.integer(0, 3);
        if (draw.coin()) to = to.inserted(0, 2);
        const Tensor wide = xg::broadcast_to(x, to);
        bool right = wide.shape() == to;
        support::each_position(to, [&](const auto& i) { right = right && support::at(wide, i) == support::at(x, i); });
        if (x.rank() > 0) {
            const std::int64_t a = draw.integer(0, x.rank() - 1), b = draw.integer(0, x.rank() - 1);
            const Tensor y = x.transpose(a, b - x.rank());
            support::each_position(y.shape(), [&](auto i) {
                const double found = support::at(y, i);
                std::swap(i[static_cast<std::size_t>(a)], i[static_cast<std::size_t>(b)]);
                right = right && found == support::at(x, i);
            });
        }
        BOOST_TEST(right, x.shape() << " to " << to);
    }
}

BOOST_AUTO_TEST_CASE(concatenations) {
    Draw draw(24);
    for (int round = 0; round < 200; ++round) {
        Shape shape = support::random_shape(draw, 4, 4);
        if (shape.empty()) continue;
        const auto axis = static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(shape.rank()) - 1));
        std::vector<Tensor> parts;
        std::int64_t total = 0;
        for (std::int64_t k = draw.integer(1, 4); k > 0; --k) {
            shape[axis] = draw.integer(0, 3);
            total += shape[axis];
            parts.push_back(support::random_view(draw, shape));
        }
        const Tensor y = xg::concat(
            parts, static_cast<std::int64_t>(axis) - (draw.coin() ? static_cast<std::int64_t>(shape.rank()) : 0));
        bool right = y.size(static_cast<std::int64_t>(axis)) == total;
        support::each_position(y.shape(), [&](auto i) {
            const double found = support::at(y, i);
            std::size_t part = 0;
            while (i[axis] >= parts[part].shape()[axis]) i[axis] -= parts[part++].shape()[axis];
            right = right && found == support::at(parts[part], i);
        });
        BOOST_TEST(right, parts.size() << " along " << axis << " to " << y.shape());
    }
}

BOOST_AUTO_TEST_CASE(products) {
    Draw draw(25);
    for (int round = 0; round < 300; ++round) {
        const std::int64_t size = round < 260 ? 6 : 40, m = draw.integer(1, size), n = draw.integer(1, size),
                           k = draw.integer(0, size);
        Shape batch = support::random_shape(draw, 2, 3, false), p = batch, q = batch;
        for (Shape* side : {&p, &q})
            for (std::int64_t& axis : *side)
                if (draw.integer(0, 2) == 0) axis = 1;
        if (draw.coin() && p.rank() > 0) p = p.erased(0);
        p = p.inserted(p.rank(), m).inserted(p.rank() + 1, k);
        q = q.inserted(q.rank(), k).inserted(q.rank() + 1, n);
        const Tensor a = support::random_view(draw, p), b = support::random_view(draw, q), y = xg::matmul(a, b);
        const bool left = p.rank() == 2 && m == 1 && draw.coin();
        bool right = y.size(-2) == m && y.size(-1) == n;
        support::each_position(y.shape(), [&](const auto& at) {
            auto i = at, j = at;
            double total = 0, scale = 1;
            for (std::int64_t l = 0; l < k; ++l) {
                i[i.size() - 1] = l;
                j[j.size() - 2] = l;
                const double term = support::at(a, i) * support::at(b, j);
                total += term;
                scale += std::abs(term);
            }
            right = right && std::abs(support::at(y, at) - total) <= 1e-14 * scale;
        });
        BOOST_TEST(right,
                   a.shape() << " with strides " << a.strides() << " times " << b.shape() << " with " << b.strides());
        if (left) BOOST_TEST(xg::matmul(a.reshape({k}), b).to_vector() == y.to_vector());
    }
}

BOOST_AUTO_TEST_CASE(linear_layers) {
    Draw draw(26);
    for (int round = 0; round < 150; ++round) {
        const std::int64_t in = draw.integer(0, 20), out = draw.integer(1, 20);
        const Shape shape = support::random_shape(draw, 3, 6).inserted(0, 2), rows(shape.data(), shape.rank() - 1);
        const Tensor x = support::random_view(draw, rows.inserted(rows.rank(), in)),
                     w = support::random_view(draw, {out, in});
        const Tensor b = draw.coin() ? support::random_view(draw, {out}) : Tensor();
        const bool relu = draw.coin();
        const Tensor y = xg::linear(x, w, b, relu ? xg::Activation::relu : xg::Activation::none);
        bool right = y.shape() == rows.inserted(rows.rank(), out);
        support::each_position(y.shape(), [&](const auto& at) {
            auto i = at;
            double total = b.defined() ? support::at(b, {at.back()}) : 0;
            for (std::int64_t l = 0; l < in; ++l) {
                i.back() = l;
                total += support::at(x, i) * support::at(w, {at.back(), l});
            }
            right = right && std::abs(support::at(y, at) - (relu ? std::max(total, 0.0) : total)) <= 1e-12;
        });
        BOOST_TEST(right, x.shape() << " and " << w.shape());
    }
}

BOOST_AUTO_TEST_CASE(large_products_in_blocks) {
    Draw draw(27);
    const auto near = [](const Tensor& a, const Tensor& b) {
        return a.shape() == b.shape() && xg::max(xg::abs(a - b)).item() <= 1e-10 * (1 + xg::max(xg::abs(b)).item());
    };
    const Tensor a = support::uniform(draw, {500, 130}), b = support::uniform(draw, {130, 170}), y = xg::matmul(a, b);
    for (std::int64_t row = 0; row < 500; row += 7) BOOST_TEST(near(y[row], xg::sum(a[row].reshape({130, 1}) * b, 0)));
    // The gradients of the fused layer beside those of its parts.
    for (const auto& [rows, in, out] :
         {std::tuple{5000, 64, 64}, std::tuple{700, 300, 400}, std::tuple{20'001, 3, 2}, std::tuple{2049, 64, 1}}) {
        std::vector<Tensor> leaves = {support::uniform(draw, {rows, in}), support::uniform(draw, {out, in}),
                                      support::uniform(draw, {out})};
        for (Tensor& t : leaves) t.requires_grad(true);
        const Tensor weights = support::uniform(draw, {rows, out});
        for (const bool relu : {false, true}) {
            const Tensor fused =
                xg::linear(leaves[0], leaves[1], leaves[2], relu ? xg::Activation::relu : xg::Activation::none);
            const Tensor sum = xg::matmul(leaves[0], leaves[1].transpose()) + leaves[2],
                         parts = relu ? xg::relu(sum) : sum;
            BOOST_TEST(near(fused.detach(), parts.detach()));
            const auto found = xg::grad({xg::sum(fused * weights)}, leaves),
                       expected = xg::grad({xg::sum(parts * weights)}, leaves);
            for (std::size_t i = 0; i < leaves.size(); ++i)
                BOOST_TEST(near(found[i], expected[i]), "input " << i << " of " << rows << ", " << in << ", " << out);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
