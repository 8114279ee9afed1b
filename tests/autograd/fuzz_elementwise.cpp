#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::Draw;
using xg::Shape;
using xg::Tensor;

namespace {

/// A shape that broadcasts to `shape`: some axes are 1, some in front are missing.
Shape narrowed(Draw& draw, const Shape& shape) {
    Shape out = shape;
    for (std::int64_t& size : out)
        if (draw.integer(0, 3) == 0) size = 1;
    const auto skip =
        static_cast<std::size_t>(draw.integer(0, 3) == 0 ? draw.integer(0, static_cast<std::int64_t>(out.rank())) : 0);
    return Shape(out.data() + skip, out.rank() - skip);
}

struct Binary {
    const char* name;
    Tensor (*f)(const Tensor&, const Tensor&);
    double (*plain)(double, double);
};

struct Unary {
    const char* name;
    Tensor (*f)(const Tensor&);
    double (*plain)(double);
};

const Binary kBinary[] = {
    {"add", xg::add, [](double a, double b) { return a + b; }},
    {"sub", xg::sub, [](double a, double b) { return a - b; }},
    {"mul", xg::mul, [](double a, double b) { return a * b; }},
    {"div", xg::div, [](double a, double b) { return a / b; }},
    {"minimum", xg::minimum, [](double a, double b) { return b < a ? b : a; }},
    {"maximum", xg::maximum, [](double a, double b) { return a < b ? b : a; }},
    {"less", xg::less, [](double a, double b) { return a < b ? 1.0 : 0.0; }},
    {"less_equal", xg::less_equal, [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
    {"greater", xg::greater, [](double a, double b) { return a > b ? 1.0 : 0.0; }},
    {"greater_equal", xg::greater_equal, [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
    {"equal", xg::equal, [](double a, double b) { return a == b ? 1.0 : 0.0; }},
    {"not_equal", xg::not_equal, [](double a, double b) { return a != b ? 1.0 : 0.0; }},
};

const Unary kUnary[] = {
    {"neg", xg::neg, [](double x) { return -x; }},
    {"abs", xg::abs, [](double x) { return std::abs(x); }},
    {"square", xg::square, [](double x) { return x * x; }},
    {"relu", xg::relu, [](double x) { return x > 0 ? x : 0; }},
    {"sign", xg::sign, [](double x) { return x > 0   ? 1.0
                                             : x < 0 ? -1.0
                                                     : 0.0; }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_elementwise)

BOOST_AUTO_TEST_CASE(two_strided_views) {
    Draw draw(1);
    for (int round = 0; round < 400; ++round) {
        const Shape shape = support::random_shape(draw, 5, 5);
        // Whole numbers now and then, so that ties and equals come up.
        Tensor a = support::random_view(draw, narrowed(draw, shape)),
               b = support::random_view(draw, narrowed(draw, shape));
        if (draw.coin()) a = a.to(xg::int64).to(xg::float64), b = b.to(xg::int64).to(xg::float64);
        const Binary& op = kBinary[draw.integer(0, std::size(kBinary) - 1)];
        const Tensor y = op.f(a, b);
        bool right = true;
        support::each_position(y.shape(), [&](const auto& i) {
            const double expected = op.plain(support::at(a, i), support::at(b, i)), found = support::at(y, i);
            right = right && (found == expected || (std::isnan(found) && std::isnan(expected)));
        });
        BOOST_TEST(right, op.name << " of " << a.shape() << " with strides " << a.strides() << " and " << b.shape()
                                  << " with " << b.strides());
        Shape expected = a.shape().rank() >= b.shape().rank() ? a.shape() : b.shape();
        const Shape& other = a.shape().rank() >= b.shape().rank() ? b.shape() : a.shape();
        for (std::size_t k = 0; k < other.rank(); ++k) {
            std::int64_t& size = expected[expected.rank() - 1 - k];
            if (size == 1) size = other[other.rank() - 1 - k];
        }
        BOOST_TEST(y.shape() == expected);
    }
}

BOOST_AUTO_TEST_CASE(one_strided_view) {
    Draw draw(2);
    for (int round = 0; round < 300; ++round) {
        const Tensor x = support::random_view(draw, support::random_shape(draw, 5, 6));
        const Unary& op = kUnary[draw.integer(0, std::size(kUnary) - 1)];
        for (const bool single : {false, true}) {
            const Tensor v = single ? x.to(xg::float32) : x, y = op.f(v);
            bool right = true;
            support::each_position(x.shape(), [&](const auto& i) {
                const double expected = op.plain(support::at(v, i));
                right = right &&
                        support::at(y, i) == (single ? static_cast<double>(static_cast<float>(expected)) : expected);
            });
            BOOST_TEST(right, op.name << " of " << v.shape() << " with strides " << v.strides());
        }
    }
}

BOOST_AUTO_TEST_CASE(choices_and_casts) {
    Draw draw(3);
    for (int round = 0; round < 200; ++round) {
        const Shape shape = support::random_shape(draw, 4, 5);
        const Tensor c = support::random_view(draw, narrowed(draw, shape)) > 0,
                     a = support::random_view(draw, narrowed(draw, shape)),
                     b = support::random_view(draw, narrowed(draw, shape));
        const Tensor y = xg::where(c, a, b), whole = a.to(xg::int64), mask = whole.to(xg::boolean);
        bool right = true;
        support::each_position(y.shape(), [&](const auto& i) {
            right = right && support::at(y, i) == (support::at(c, i) != 0 ? support::at(a, i) : support::at(b, i));
        });
        support::each_position(a.shape(), [&](const auto& i) {
            right = right && support::at(whole, i) == std::trunc(support::at(a, i)) &&
                    support::at(mask, i) == (support::at(whole, i) != 0 ? 1 : 0);
        });
        BOOST_TEST(right, c.shape() << " " << a.shape() << " " << b.shape());
    }
}

BOOST_AUTO_TEST_CASE(large_ones_in_blocks) {
    Draw draw(4);
    for (const auto& [p, q] : {std::pair{Shape{70'001}, Shape{1}}, std::pair{Shape{300, 301}, Shape{301}},
                               std::pair{Shape{300, 301}, Shape{300, 1}}, std::pair{Shape{3, 40'000}, Shape{3, 1}},
                               std::pair{Shape{40'000, 3}, Shape{3}}, std::pair{Shape{7, 1, 5000}, Shape{9, 1}}}) {
        const Tensor a = support::uniform(draw, p), b = support::uniform(draw, q), y = a - b;
        bool right = true;
        support::each_position(y.shape(), [&](const auto& i) {
            right = right && support::at(y, i) == support::at(a, i) - support::at(b, i);
        });
        BOOST_TEST(right, p << " and " << q);
    }
    const Tensor wide = support::uniform(draw, {300, 301}), turned = wide.transpose(),
                 y = turned * turned.slice(1, 0, 1);
    bool right = true;
    support::each_position(y.shape(), [&](const auto& i) {
        right = right && support::at(y, i) == support::at(wide, {i[1], i[0]}) * support::at(wide, {0, i[0]});
    });
    BOOST_TEST(right);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_broadcast) {
    for (const auto& [p, q] : {std::pair{Shape{2}, Shape{3}}, std::pair{Shape{2, 3}, Shape{2}},
                               std::pair{Shape{0}, Shape{2}}, std::pair{Shape{4, 1, 3}, Shape{2, 2}}}) {
        const Tensor a = xg::zeros(p), b = xg::zeros(q);
        for (const Binary& op : kBinary) BOOST_CHECK_THROW(op.f(a, b), xg::ShapeError);
        BOOST_CHECK_THROW(xg::where(a == 0, a, b), xg::ShapeError);
    }
}

BOOST_AUTO_TEST_SUITE_END()
