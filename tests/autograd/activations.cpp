#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::f64;
using support::message_of;
using xg::Tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

using Values = std::vector<double>;

struct Case {
    const char* name;
    Tensor (*f)(const Tensor&);
    Values values, slopes;
};

const Values kPoints = {0, 3, -3, 6, 1, -1, 100, inf, NaN, 20, 25};

/// What PyTorch 2.13 gives at these points.
const Case kCases[] = {
    {"leaky_relu",
     [](const Tensor& x) { return xg::leaky_relu(x, 0.1); },
     {0, 3, -0.30000000000000004, 6, 1, -0.1, 100, inf, NaN, 20, 25},
     {0.1, 1, 0.1, 1, 1, 0.1, 1, 1, 0.1, 1, 1}},
    {"elu",
     [](const Tensor& x) { return xg::elu(x, 2); },
     {0, 3, -1.900425863264272, 6, 1, -1.2642411176571153, 100, inf, NaN, 20, 25},
     {2, 1, 0.09957413673572789, 1, 1, 0.7357588823428847, 1, 1, 1, 1, 1}},
    {"selu",
     xg::selu,
     {0, 3.1521029620664414, -1.6705687287671118, 6.304205924132883, 1.0507009873554805, -1.1113307378125625,
      105.07009873554805, inf, NaN, 21.014019747109607, 26.26752468388701},
     {1.7580993408473766, 1.0507009873554805, 0.08753061208026487, 1.0507009873554805, 1.0507009873554805,
      0.646768603034814, 1.0507009873554805, 1.0507009873554805, 1.0507009873554805, 1.0507009873554805,
      1.0507009873554805}},
    {"celu",
     [](const Tensor& x) { return xg::celu(x, 2); },
     {0, 3, -1.5537396797031404, 6, 1, -0.7869386805747332, 100, inf, NaN, 20, 25},
     {1, 1, 0.22313016014842982, 1, 1, 0.6065306597126334, 1, 1, 1, 1, 1}},
    {"gelu",
     [](const Tensor& x) { return xg::gelu(x); },
     {0, 2.99595030590511, -0.00404969409489031, 5.999999994080474, 0.841344746068543, -0.15865525393145702, 100, inf,
      NaN, 20, 25},
     {0.5, 1.011945647204184, -0.01194564720418392, 1.0000000354687093, 1.0833154705876864, -0.08331547058768635, 1,
      NaN, NaN, 1, 1}},
    {"gelu by tanh",
     [](const Tensor& x) { return xg::gelu(x, xg::GeluApproximation::tanh); },
     {0, 2.996362607918227, -0.0036373920817729943, 5.9999999999156035, 0.8411919906082768, -0.15880800939172324, 100,
      inf, NaN, 20, 25},
     {0.5, 1.0115841666309695, -0.011584166630969648, 1.0000000007709977, 1.0829640838457826, -0.08296408384578252, 1,
      1, NaN, 1, 1}},
    {"silu",
     xg::silu,
     {0, 2.8577223804672998, -0.14227761953270035, 5.985164261060192, 0.7310585786300049, -0.2689414213699951, 100, inf,
      NaN, 19.999999958776925, 24.9999999996528},
     {0.5, 1.0881041060151693, -0.08810410601516962, 1.0123264325915249, 0.9276705118714869, 0.07232948812851325, 1,
      NaN, NaN, 1.0000000391619202, 1.000000000333312}},
    {"mish",
     xg::mish,
     {0, 2.9865350049679575, -0.1456474612756246, 5.999926634065252, 0.8650983882673103, -0.30340146137410895, 100, inf,
      NaN, 20, 25},
     {0.6, 1.0211069109294435, -0.09339311453232084, 1.00013414050621, 1.0490362200997922, 0.059216755877395014, 1, NaN,
      NaN, 1, 1}},
    {"softplus",
     [](const Tensor& x) { return xg::softplus(x); },
     {0.6931471805599453, 3.048587351573742, 0.04858735157374206, 6.00247568513773, 1.3132616875182228,
      0.31326168751822286, 100, inf, NaN, 20.000000002061153, 25},
     {0.5, 0.9525741268224333, 0.04742587317756679, 0.9975273768433652, 0.7310585786300049, 0.2689414213699951, 1, 1,
      NaN, 0.9999999979388464, 1}},
    {"softplus with beta",
     [](const Tensor& x) { return xg::softplus(x, 2, 3); },
     {0.34657359027997264, 3, 0.0012378425688652247, 6, 1.0634640055214863, 0.06346400552148625, 100, inf, NaN, 20, 25},
     {0.5, 1, 0.0024726231566347748, 1, 0.8807970779778824, 0.11920292202211755, 1, 1, NaN, 1, 1}},
    {"softsign",
     xg::softsign,
     {0, 0.75, -0.75, 0.8571428571428571, 0.5, -0.5, 0.9900990099009901, NaN, NaN, 0.9523809523809523,
      0.9615384615384616},
     {1, 0.0625, 0.0625, 0.020408163265306117, 0.25, 0.25, 9.80296049406925e-05, 0, NaN, 0.0022675736961451226,
      0.001479289940828403}},
    {"hardtanh",
     [](const Tensor& x) { return xg::hardtanh(x); },
     {0, 1, -1, 1, 1, -1, 1, 1, NaN, 1, 1},
     {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}},
    {"relu6", xg::relu6, {0, 3, 0, 6, 1, 0, 6, 6, NaN, 6, 6}, {0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0}},
    {"hardsigmoid",
     xg::hardsigmoid,
     {0.5, 1, 0, 1, 0.6666666666666666, 0.3333333333333333, 1, 1, NaN, 1, 1},
     {1.0 / 6, 0, 0, 0, 1.0 / 6, 1.0 / 6, 0, 0, 0, 0, 0}},
    {"hardswish",
     xg::hardswish,
     {0, 3, 0, 6, 0.6666666666666666, -0.3333333333333333, 100, inf, NaN, 20, 25},
     {0.5, 1, 0, 1, 0.8333333333333333, 0.16666666666666669, 1, 1, 1, 1, 1}},
    {"logsigmoid",
     xg::logsigmoid,
     {-0.6931471805599453, -0.04858735157374206, -3.048587351573742, -0.0024756851377304495, -0.31326168751822286,
      -1.3132616875182228, -3.720075976020836e-44, 0, NaN, -2.061153620314381e-09, -1.3887943864867583e-11},
     {0.5, 0.04742587317756679, 0.9525741268224333, 0.0024726231566347748, 0.2689414213699951, 0.7310585786300049,
      3.720075976020836e-44, 0, NaN, 2.0611536181902033e-09, 1.3887943864771146e-11}},
};

void check(const Tensor& found, const Values& expected, double relative) {
    const auto v = found.to_vector();
    BOOST_REQUIRE_EQUAL(v.size(), expected.size());
    for (std::size_t i = 0; i < v.size(); ++i)
        BOOST_TEST((v[i] == expected[i] || (std::isnan(v[i]) && std::isnan(expected[i])) ||
                    std::abs(v[i] - expected[i]) <= relative * std::abs(expected[i])),
                   "at " << kPoints[i] << ": " << v[i] << " and not " << expected[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activations)

BOOST_AUTO_TEST_CASE(values_and_slopes) {
    const auto n = static_cast<std::int64_t>(kPoints.size());
    for (const Case& c : kCases) BOOST_TEST_CONTEXT(c.name) {
            const Tensor x = xg::from_data(kPoints, {n}, support::f64_leaf), y = c.f(x);
            check(y, c.values, 2e-14);
            check(xg::grad(xg::sum(y), x), c.slopes, 1e-14);
            // Lanes and single elements, float32 and float64.
            Tensor single = x.detach().to(xg::float32).requires_grad(true);
            const Tensor narrow = c.f(single);
            const Values wide = c.f(single.detach().to(xg::float64)).to_vector();
            BOOST_TEST(narrow.dtype() == xg::float32);
            check(narrow.slice(0, 0, 6), Values(wide.begin(), wide.begin() + 6), 6e-7);
            for (std::int64_t i = 0; i < n; ++i) BOOST_TEST(support::same_bits(c.f(single[i]), narrow[i]), i);
            BOOST_TEST(c.f(xg::zeros({0, 2})).shape() == (xg::Shape{0, 2}));
            BOOST_TEST(c.f(xg::tensor({2, -2})).dtype() == xg::float32);
        }
}

BOOST_AUTO_TEST_CASE(tails) {
    // Where exp and the normal distribution's tail leave float32's normal numbers.
    const Tensor x = xg::tensor({-88.0, -95.0, -102.0});
    for (auto* f : {xg::silu, xg::mish})
        for (std::int64_t i = 0; i < 3; ++i)
            BOOST_TEST(std::abs(f(x)[i].item() - f(x.to(xg::float64))[i].item()) < 2e-43);
    const Tensor far = xg::tensor({-5.0, -8.0, -12.5});
    for (std::int64_t i = 0; i < 3; ++i) {
        const double exact = xg::gelu(far.to(xg::float64))[i].item();
        BOOST_TEST(std::abs(xg::gelu(far)[i].item() / exact - 1) < 1e-6);
    }
    BOOST_TEST(xg::gelu(xg::tensor({-20.0})).item() == 0);
    BOOST_TEST(xg::gelu(xg::tensor({1e30, -1e30}), xg::GeluApproximation::tanh).to_vector()[0] == 1e30F);
    BOOST_TEST(xg::softplus(xg::tensor({-100.0})).item() > 0);
    // The second derivative where 1 - tanh² is small and its factor great, by mpmath.
    const Tensor steep = xg::tensor({7.0, -7.0}, support::f64_leaf);
    const Tensor y = xg::gelu(steep, xg::GeluApproximation::tanh);
    const Tensor second = xg::grad(xg::sum(xg::grad(xg::sum(y), steep, {.create_graph = true})), steep);
    for (const double found : second.to_vector()) BOOST_TEST(std::abs(found / -3.2322584067057344e-13 - 1) < 1e-12);
}

BOOST_AUTO_TEST_CASE(prelu) {
    const Tensor x = xg::tensor({{0.0, -1.0, 2.0}}, support::f64_leaf),
                 w = xg::tensor({0.1, 0.2, 0.3}, support::f64_leaf);
    const Tensor y = xg::prelu(x, w);
    BOOST_TEST((y.to_vector() == Values{0, -0.2, 2}));
    const auto g = xg::grad({xg::sum(y)}, {x, w});
    BOOST_TEST((g[0].to_vector() == Values{0.1, 0.2, 1}));
    BOOST_TEST((g[1].to_vector() == Values{0, -1, 0}));
    const Tensor image = xg::full({2, 2, 3}, -1);
    BOOST_TEST(
        (xg::prelu(image, xg::tensor({0.5, 0.25})).slice(2, 0, 1).to_vector() == Values{-0.5, -0.25, -0.5, -0.25}));
    BOOST_TEST(
        contains(message_of<xg::ShapeError>([] {
                     xg::prelu(xg::ones({2, 3}), xg::ones({2}));
                 }),
                 "prelu: expected a weight of one element or of shape (3,), one for each channel of the shape (2, 3)"));
    BOOST_CHECK_THROW(xg::prelu(xg::ones({3}), xg::ones({3})), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(glu) {
    support::Draw draw(3);
    const Tensor x = support::uniform(draw, {3, 4, 5}).requires_grad(true);
    for (const std::int64_t axis : {1, -2}) {
        const Tensor plain = x.slice(1, 0, 2) * xg::sigmoid(x.slice(1, 2, 4));
        BOOST_TEST(xg::allclose(xg::glu(x, axis), plain, {.rtol = 1e-15}));
        BOOST_TEST(xg::allclose(xg::grad(xg::sum(xg::square(xg::glu(x, axis))), x),
                                xg::grad(xg::sum(xg::square(plain)), x), {.rtol = 1e-14}));
    }
    // More than one task, in both ways to cut them.
    for (const xg::Shape& shape : {xg::Shape{2, 100'000}, xg::Shape{40'000, 6}}) {
        const Tensor wide = support::uniform(draw, shape, -3, 3, xg::float32);
        const std::int64_t half = shape[1] / 2;
        BOOST_TEST(xg::allclose(xg::glu(wide), wide.slice(1, 0, half) * xg::sigmoid(wide.slice(1, half, 2 * half))));
    }
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::glu(xg::ones({2, 3}));
                        }),
                        "glu: expected an even size along axis -1, got the shape (2, 3)"));
    BOOST_CHECK_THROW(xg::glu(xg::ones({2}), 1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::glu(xg::ones({})), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(options) {
    BOOST_CHECK_THROW(xg::celu(xg::ones({1}), 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::softplus(xg::ones({1}), 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::hardtanh(xg::ones({1}), 1, -1), xg::ValueError);
    BOOST_CHECK_THROW(xg::silu(Tensor()), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
