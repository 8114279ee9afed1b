#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::message_of;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

void check(const xg::Tensor& t, const std::vector<double>& expected) {
    const auto found = t.to_vector();
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST((found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i]))),
                   "element " << i << ": " << found[i] << " and not " << expected[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(promotion) {
    const xg::DType all[] = {xg::boolean, xg::int64, xg::float32, xg::float64};
    for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) {
            BOOST_TEST(xg::promote(all[a], all[b]) == all[std::max(a, b)]);
            const xg::Tensor x = xg::ones({2}, {.dtype = all[a]}), y = xg::ones({2}, {.dtype = all[b]});
            BOOST_TEST(xg::where(xg::tensor({true, false}), x, y).dtype() == all[std::max(a, b)]);
            if (a + b == 0) continue;
            BOOST_TEST((x + y).dtype() == all[std::max(a, b)]);
            BOOST_TEST(xg::maximum(x, y).dtype() == all[std::max(a, b)]);
            BOOST_TEST(xg::div(x, y).dtype() == (std::max(a, b) < 2 ? xg::float32 : all[std::max(a, b)]));
            BOOST_TEST((x == y).dtype() == xg::boolean);
            BOOST_TEST(xg::concat({x, y}).dtype() == all[std::max(a, b)]);
        }
}

BOOST_AUTO_TEST_CASE(numbers_are_weak) {
    const xg::Tensor f = xg::ones({2}), d = xg::ones({2}, support::f64), i = xg::tensor({1, 2}),
                     b = xg::tensor({true, false});
    BOOST_TEST((f * 2.5).dtype() == xg::float32);
    BOOST_TEST((d * 2).dtype() == xg::float64);
    BOOST_TEST((i * 2).dtype() == xg::int64);
    BOOST_TEST((i * 2.5).dtype() == xg::float32);
    BOOST_TEST((b * 2).dtype() == xg::int64);
    BOOST_TEST((b + 0.5).dtype() == xg::float32);
    BOOST_TEST((i + true).dtype() == xg::int64);
    BOOST_TEST((2 / i).dtype() == xg::float32);
    BOOST_TEST(xg::pow(i, 2).dtype() == xg::int64);
    BOOST_TEST(xg::pow(i, 2.0).dtype() == xg::float32);
    BOOST_TEST(xg::pow(b, 2).dtype() == xg::int64);
    BOOST_TEST(xg::exp(i).dtype() == xg::float32);
    BOOST_TEST(xg::mean(i).dtype() == xg::float32);
    BOOST_TEST(xg::sum(b).dtype() == xg::int64);
    // The comparison is not done in int64.
    check(i == 1.5, {0, 0});
    check(i < 1.5, {1, 0});
}

BOOST_AUTO_TEST_CASE(integers) {
    const std::int64_t big = std::int64_t{1} << 53;
    BOOST_TEST((xg::full({}, big, {.dtype = xg::int64}) + 1).item_int() == big + 1);
    BOOST_TEST(xg::sum(xg::tensor({big, std::int64_t{1}})).item_int() == big + 1);
    check(xg::tensor({7, -7}) / 2, {3.5, -3.5});
    check(xg::pow(xg::tensor({2, -3, 5}), xg::tensor({10, 3, 0})), {1024, -27, 1});
    check(xg::abs(xg::tensor({-4, 0, 4})), {4, 0, 4});
    check(xg::sign(xg::tensor({-4, 0, 4})), {-1, 0, 1});
    check(xg::relu(xg::tensor({-4, 0, 4})), {0, 0, 4});
    check(xg::max(xg::tensor({{-4, 2}, {3, 1}}), 0), {3, 2});
    check(xg::matmul(xg::tensor({{1, 2}, {3, 4}}), xg::tensor({5, 6})), {17, 39});
    BOOST_TEST(xg::matmul(xg::tensor({1, 2}), xg::tensor({5, 6})).dtype() == xg::int64);
    // Wraps around, as in NumPy.
    const std::int64_t top = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST((xg::full({}, top, {.dtype = xg::int64}) + 1).item_int() == std::numeric_limits<std::int64_t>::min());
}

BOOST_AUTO_TEST_CASE(casts) {
    const xg::Tensor x = xg::tensor({-1.7, 0.0, 2.9, 1e30}, support::f64);
    check(x.to(xg::int64).slice(0, 0, 3), {-1, 0, 2});
    check(x.to(xg::boolean), {1, 0, 1, 1});
    check(xg::tensor({NaN}, support::f64).to(xg::boolean), {1});
    BOOST_TEST(xg::full({}, 1e40, support::f64).to(xg::float32).item() == inf);
    BOOST_TEST(x.to(xg::float64).unsafe_body() == x.unsafe_body());
    // Between floating-point types the gradient comes back in the input's.
    xg::Tensor leaf = xg::tensor({1.0, 2.0}, {.requires_grad = true});
    xg::sum(leaf.to(xg::float64) * xg::tensor({3.0, 4.0}, support::f64)).backward();
    BOOST_TEST(leaf.grad().dtype() == xg::float32);
    check(leaf.grad(), {3, 4});
    BOOST_TEST(!leaf.to(xg::int64).requires_grad());
    xg::Tensor both = xg::tensor({1.0, 2.0}, {.requires_grad = true});
    xg::sum(both * xg::tensor({3.0, 4.0}, support::f64)).backward();
    BOOST_TEST(both.grad().dtype() == xg::float32);
}

BOOST_AUTO_TEST_CASE(nan_and_infinity) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const xg::TensorOptions as{.dtype = dtype};
        const xg::Tensor x = xg::tensor({NaN, inf, -inf, 0.0}, as);
        check(xg::relu(x), {NaN, inf, 0, 0});
        check(xg::maximum(x, 1), {NaN, inf, 1, 1});
        check(xg::minimum(x, 1), {NaN, 1, -inf, 0});
        check(xg::maximum(xg::ones({4}, as), x), {NaN, inf, 1, 1});
        check(xg::minimum(xg::ones({4}, as), x), {NaN, 1, -inf, 0});
        check(xg::tanh(x), {NaN, 1, -1, 0});
        check(xg::sigmoid(x), {NaN, 1, 0, 0.5});
        check(xg::exp(x), {NaN, inf, 0, 1});
        check(xg::log(x), {NaN, inf, NaN, -inf});
        check(xg::sqrt(x), {NaN, inf, NaN, 0});
        check(xg::abs(x), {NaN, inf, inf, 0});
        check(xg::sign(x), {NaN, 1, -1, 0});
        check(xg::square(x), {NaN, inf, inf, 0});
        check(xg::sum(x), {NaN});
        check(xg::max(x), {NaN});
        check(xg::min(x), {NaN});
        check(xg::max(x.slice(0, 1, 4)), {inf});
        check(xg::min(x.slice(0, 1, 4)), {-inf});
        check(x == x, {0, 1, 1, 1});
        check(x != x, {1, 0, 0, 0});
        check(x < 1, {0, 0, 1, 1});
        check(xg::zeros({2}, as) * x.slice(0, 0, 2), {NaN, NaN});
        // A NaN anywhere is found, whatever lane it falls into.
        for (std::int64_t at = 0; at < 70; at += 3) {
            const xg::Tensor many = xg::where(xg::arange(0, 70) == at, NaN, xg::ones({70}, as));
            BOOST_TEST(std::isnan(xg::max(many).item()));
            BOOST_TEST(std::isnan(xg::min(many).item()));
            BOOST_TEST(std::isnan(xg::sum(xg::relu(many)).item()));
        }
    }
}

BOOST_AUTO_TEST_CASE(empty_arrays) {
    const xg::Tensor none = xg::zeros({0, 3});
    BOOST_TEST(xg::sum(none).item() == 0);
    check(xg::sum(none, 0), {0, 0, 0});
    BOOST_TEST(std::isnan(xg::mean(none).item()));
    check(xg::mean(none, 0), {NaN, NaN, NaN});
    BOOST_TEST(xg::max(none, 1).shape() == (xg::Shape{0}));
    BOOST_CHECK_THROW(xg::max(none), xg::ShapeError);
    BOOST_CHECK_THROW(xg::min(none, 0), xg::ShapeError);
    BOOST_TEST((none + xg::ones({3})).shape() == (xg::Shape{0, 3}));
    BOOST_TEST((none + xg::ones({1, 1})).shape() == (xg::Shape{0, 3}));
    check(xg::matmul(xg::zeros({2, 0}), none), {0, 0, 0, 0, 0, 0});
    BOOST_TEST(xg::matmul(none, xg::zeros({3, 2})).shape() == (xg::Shape{0, 2}));
    check(xg::linear(xg::zeros({2, 0}), xg::zeros({1, 0}), xg::tensor({5.0})), {5, 5});
    BOOST_TEST(xg::concat({none, xg::ones({1, 3})}).shape() == (xg::Shape{1, 3}));
    BOOST_TEST(std::isnan(xg::mse_loss(none, none).item()));
    xg::Tensor leaf = xg::zeros({0, 3}, {.requires_grad = true});
    xg::sum(xg::tanh(leaf) * 2).backward();
    BOOST_TEST(leaf.grad().shape() == (xg::Shape{0, 3}));
}

BOOST_AUTO_TEST_CASE(messages_name_the_operation_and_the_shapes) {
    const xg::Tensor a = xg::zeros({2, 3}), b = xg::zeros({4});
    const std::string text = message_of<xg::ShapeError>([&] { static_cast<void>(a + b); });
    BOOST_TEST((contains(text, "add") && contains(text, "(2, 3)") && contains(text, "(4,)")), text);
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::matmul(a, a); }),
                        "matmul: the inner sizes of (2, 3) and (2, 3) differ"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::linear(a, xg::zeros({5, 4})); }), "(..., 4)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::linear(a, xg::zeros({5, 3}), b);
                        }),
                        "expected a bias of shape (5,)"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] {
                            xg::linear(a, xg::zeros({5, 3}, support::f64));
                        }),
                        "float64"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::sum(a, 2); }),
                        "sum: axis 2 is out of range for the shape (2, 3)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::max(a, {0, -2}); }), "given twice"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::mse_loss(a, b); }), "mse_loss"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::concat({a, b}); }), "concat: the shapes (2, 3) and (4,)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::reshape(a, {4, -1}); }), "(2, 3)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::broadcast_to(a, {3}); }), "broadcast_to"));
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::slice(a, 0, 0, 2, 0); }), "step"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { xg::where(a, a, a); }),
                        "where: expected a bool condition, got float32"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { xg::neg(xg::tensor({true})); }), "neg: not defined for bool"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { static_cast<void>(a.data<double>()); }), "float64"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { static_cast<void>(a.item()); }), "item"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { static_cast<void>(xg::zeros({}).item_int()); }), "item_int"));
    BOOST_TEST(contains(message_of<xg::IndexError>([&] { static_cast<void>(a[2]); }), "index 2"));
    BOOST_TEST(contains(message_of<xg::IndexError>([&] { static_cast<void>(xg::zeros({})[0]); }), "rank 0"));
}

BOOST_AUTO_TEST_SUITE_END()
