#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::message_of;
using xg::Tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(logic)

BOOST_AUTO_TEST_CASE(truth_tables) {
    const Tensor a = xg::tensor({true, true, false, false}), b = xg::tensor({true, false, true, false});
    BOOST_TEST((xg::logical_and(a, b).to_vector() == Values{1, 0, 0, 0}));
    BOOST_TEST((xg::logical_or(a, b).to_vector() == Values{1, 1, 1, 0}));
    BOOST_TEST((xg::logical_xor(a, b).to_vector() == Values{0, 1, 1, 0}));
    BOOST_TEST((xg::logical_not(a).to_vector() == Values{0, 0, 1, 1}));
    BOOST_TEST((((a & b) | !a).to_vector() == Values{1, 0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(of_any_dtype) {
    const Tensor x = xg::tensor({0.0, -0.0, 0.5, NaN}), n = xg::tensor({0, 3, 0, -1});
    BOOST_TEST((xg::logical_and(x, n).to_vector() == Values{0, 0, 0, 1}));
    BOOST_TEST((xg::logical_or(x, n).to_vector() == Values{0, 1, 1, 1}));
    BOOST_TEST((xg::logical_not(n).to_vector() == Values{1, 0, 1, 0}));
    BOOST_TEST((xg::logical_xor(x, Tensor(true)).dtype() == xg::boolean));
    BOOST_TEST(xg::logical_and(xg::ones({2, 1}), xg::ones({3})).shape() == (xg::Shape{2, 3}));
    BOOST_TEST(xg::logical_not(xg::ones({0, 2})).shape() == (xg::Shape{0, 2}));
    BOOST_TEST(!xg::logical_and(xg::ones({2}, {.requires_grad = true}), x[0]).requires_grad());
    BOOST_TEST(
        contains(message_of<xg::ShapeError>([] { xg::logical_or(xg::ones({2}), xg::ones({3})); }), "logical_or"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { static_cast<void>(x & n); }), "operator&: expected bool"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { static_cast<void>(!n); }), "int64"));
}

BOOST_AUTO_TEST_CASE(tests_of_elements) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const Tensor x = xg::tensor({0.0, NaN, inf, -inf, 1e30}, {.dtype = dtype});
        BOOST_TEST((xg::isnan(x).to_vector() == Values{0, 1, 0, 0, 0}));
        BOOST_TEST((xg::isinf(x).to_vector() == Values{0, 0, 1, 1, 0}));
        BOOST_TEST((xg::isfinite(x).to_vector() == Values{1, 0, 0, 0, 1}));
    }
    BOOST_TEST((xg::isnan(xg::tensor({1, 2})).to_vector() == Values{0, 0}));
    BOOST_TEST((xg::isfinite(xg::tensor({true})).to_vector() == Values{1}));
}

BOOST_AUTO_TEST_CASE(closeness) {
    const Tensor a = xg::tensor({1.0, 1.0, inf, inf, NaN, 0.0}, support::f64),
                 b = xg::tensor({1 + 9e-6, 1 + 2e-5, inf, -inf, NaN, 1e-8}, support::f64);
    BOOST_TEST((xg::isclose(a, b).to_vector() == Values{1, 0, 1, 0, 0, 1}));
    BOOST_TEST((xg::isclose(a, b, {.equal_nan = true}).to_vector() == Values{1, 0, 1, 0, 1, 1}));
    BOOST_TEST((xg::isclose(a, b, {.rtol = 0, .atol = 1}).to_vector() == Values{1, 1, 1, 0, 0, 1}));
    // By the second operand, as NumPy and PyTorch.
    BOOST_TEST(xg::isclose(Tensor(10.0), Tensor(11.0), {.rtol = 0.095}).item() == 1);
    BOOST_TEST(xg::isclose(Tensor(11.0), Tensor(10.0), {.rtol = 0.095}).item() == 0);
    BOOST_TEST(xg::isclose(xg::tensor({5}), xg::tensor({5.00001})).item() == 1);
    BOOST_TEST((xg::isclose(xg::tensor({100'000'000, 3}), xg::tensor({100'000'001, 4})).to_vector() == Values{1, 0}));
    BOOST_TEST(xg::isclose(xg::ones({2, 1}), xg::ones({3})).shape() == (xg::Shape{2, 3}));
    BOOST_TEST(xg::allclose(xg::ones({2, 1}), xg::ones({3})));
    BOOST_TEST(!xg::allclose(a, b));
    BOOST_TEST(xg::allclose(a.slice(0, 5, 6), b.slice(0, 5, 6)));
    BOOST_TEST(xg::allclose(xg::zeros({0}), xg::ones({1})));
    BOOST_CHECK_THROW(xg::isclose(a, b, {.rtol = -1}), xg::ValueError);
    BOOST_CHECK_THROW(xg::allclose(a, xg::ones({5})), xg::ShapeError);
    BOOST_TEST(support::contains(support::message_of<xg::ValueError>([&] { xg::allclose(a, {}); }), "allclose: "));
}

BOOST_AUTO_TEST_SUITE_END()
