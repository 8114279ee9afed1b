#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/autograd/functional.hpp>
#include <xgrad/autograd/gradcheck.hpp>

#include "gradient_table.hpp"
#include "support.hpp"

// Derivatives of functions of which they are known in closed form, or can be had in another way.

using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

Tensor values(std::uint32_t seed, const xg::Shape& shape, double low = -1, double high = 1) {
    support::Draw draw(seed);
    return support::uniform(draw, shape, low, high);
}

void check_close(const Tensor& found, const Tensor& expected, double tolerance = 1e-12) {
    BOOST_REQUIRE_EQUAL(found.shape(), expected.shape());
    if (found.numel() == 0) return;
    const double scale = 1 + xg::max(xg::abs(expected)).item(), off = xg::max(xg::abs(found - expected)).item();
    BOOST_TEST(off <= tolerance * scale, "off by " << off << " at a scale of " << scale);
}

Tensor rosenbrock(const Tensor& x) { return xg::square(1 - x[0]) + 100 * xg::square(x[1] - xg::square(x[0])); }
Tensor himmelblau(const Tensor& x) {
    return xg::square(xg::square(x[0]) + x[1] - 11) + xg::square(x[0] + xg::square(x[1]) - 7);
}

Tensor gradient(const xg::UnaryFunction& f, const Tensor& x) {
    return xg::value_and_grad([&](const Tensors& in) { return f(in[0]); }, {x}).gradients[0];
}

/// The Jacobian by central differences, in the shape of f(x) and then of x. Only the sums (v + vᵀ) / 2 of x are moved
/// where it is `symmetric`.
Tensor differences(const xg::UnaryFunction& f, const Tensor& x, bool symmetric = false) {
    constexpr double h = 1e-5;
    Tensors columns;
    for (std::int64_t k = 0; k < x.numel(); ++k) {
        const auto at = [&](double by) {
            Tensor e = xg::zeros(x.shape(), support::f64);
            e.mutable_data<double>()[k] = by;
            return f(x + (symmetric ? (e + e.transpose()) / 2 : e));
        };
        columns.push_back(((at(h) - at(-h)) / (2 * h)).reshape({-1}));
    }
    xg::Shape shape = f(x).shape();
    for (const std::int64_t size : x.shape()) shape = shape.inserted(shape.rank(), size);
    return xg::stack(columns, 1).reshape(shape);
}

void check_jacobian(const xg::UnaryFunction& f, const Tensor& x, bool symmetric = false) {
    const Tensor expected = differences(f, x, symmetric);
    check_close(xg::jacobian(f, x, xg::JacobianMode::reverse), expected, 1e-8);
    check_close(xg::jacobian(f, x, xg::JacobianMode::forward), expected, 1e-8);
}

Tensor spread(std::uint32_t seed, std::int64_t n) {
    return values(seed, {n, n}) * 0.4 + xg::eye(n, support::f64) * xg::linspace(1.5, 4, n, support::f64);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(known_answers)

BOOST_AUTO_TEST_CASE(rosenbrock_and_himmelblau) {
    support::Draw draw(1);
    for (int i = 0; i < 20; ++i) {
        const double x = draw.uniform(-2, 2), y = draw.uniform(-2, 2), p = x * x + y - 11, q = x + y * y - 7;
        const Tensor at = xg::tensor({x, y}, support::f64);
        check_close(gradient(rosenbrock, at),
                    xg::tensor({-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)}, support::f64));
        check_close(xg::hessian(rosenbrock, at),
                    xg::tensor({{2 - 400 * (y - 3 * x * x), -400 * x}, {-400 * x, 200.0}}, support::f64));
        check_close(gradient(himmelblau, at), xg::tensor({4 * x * p + 2 * q, 2 * p + 4 * y * q}, support::f64));
        check_close(
            xg::hessian(himmelblau, at),
            xg::tensor({{12 * x * x + 4 * y - 42, 4 * (x + y)}, {4 * (x + y), 4 * x + 12 * y * y - 26}}, support::f64));
    }
}

BOOST_AUTO_TEST_CASE(newtons_method_takes_few_steps) {
    const auto steps_to = [](const xg::UnaryFunction& f, Tensor x, const Tensor& goal) {
        for (int step = 0; step < 10; ++step) {
            if (xg::max(xg::abs(x - goal)).item() < 1e-12) return step;
            x = x - xg::solve(xg::hessian(f, x), gradient(f, x));
        }
        return 10;
    };
    const Tensor valley = xg::tensor({1.0, 1.0}, support::f64), hill = xg::tensor({3.0, 2.0}, support::f64);
    BOOST_TEST(steps_to(rosenbrock, xg::tensor({-1.2, 1.0}, support::f64), valley) <= 7);
    BOOST_TEST(steps_to(himmelblau, xg::tensor({3.4, 2.3}, support::f64), hill) <= 6);
}

// z = tanh(W z + b), where the iterations leave no trace: the gradient comes from (1 - J)ᵀ u = g alone.
BOOST_AUTO_TEST_CASE(a_fixed_point_is_differentiated_implicitly) {
    const auto body = [](const Tensor& z, const Tensor& w, const Tensor& b) { return xg::tanh(xg::matmul(w, z) + b); };
    const auto iterate = [&](const Tensor& w, const Tensor& b) {
        Tensor z = xg::zeros_like(b);
        for (int i = 0; i < 200; ++i) z = body(z, w, b);
        return z;
    };
    const xg::Function fixed_point(
        "fixed_point",
        [&](xg::FunctionContext& context, const Tensors& in) {
            const Tensor z = iterate(in[0], in[1]);
            context.save({z, in[0], in[1]});
            return Tensors{z};
        },
        [&](xg::FunctionContext& context, const Tensors& g) {
            const Tensors saved = context.saved();
            const Tensor z = saved[0].detach(), w = saved[1].detach(), b = saved[2].detach();
            const Tensor j = xg::jacobian([&](const Tensor& v) { return body(v, w, b); }, z);
            const Tensor u = xg::solve((xg::eye(b.numel(), support::f64) - j).transpose(), g[0]);
            return xg::vjp([&](const Tensors& in) { return Tensors{body(z, in[0], in[1])}; }, {w, b}, {u}).gradients;
        });
    const Tensor w = values(4, {4, 4}, -0.4, 0.4), b = values(5, {4});
    const xg::GradcheckResult result = xg::gradcheck(
        [&](const Tensors& in) {
            return fixed_point({in[0], in[1]})[0];
        },
        {w, b});
    BOOST_TEST(result.ok, result.message);
    // The same as through all iterations.
    const Tensor weights = values(6, {4});
    const auto through =
        xg::value_and_grad([&](const Tensors& in) { return xg::sum(iterate(in[0], in[1]) * weights); }, {w, b});
    const auto implicit = xg::value_and_grad(
        [&](const Tensors& in) {
            return xg::sum(fixed_point({in[0], in[1]})[0] * weights);
        },
        {w, b});
    check_close(implicit.gradients[0], through.gradients[0]);
    check_close(implicit.gradients[1], through.gradients[1]);
}

BOOST_AUTO_TEST_CASE(jacobians_of_softmax_and_matrix_functions) {
    const Tensor x = values(1, {5});
    const Tensor p = xg::softmax(x, 0);
    const xg::UnaryFunction softmax = [](const Tensor& v) { return xg::softmax(v, 0); };
    const Tensor closed = xg::eye(5, support::f64) * p - xg::outer(p, p);
    check_close(xg::jacobian(softmax, x, xg::JacobianMode::forward), closed);
    check_close(xg::jacobian(softmax, x, xg::JacobianMode::reverse), closed);

    const Tensor a = spread(2, 3), b = values(3, {3, 2}), inverse = xg::inv(a);
    check_jacobian([&](const Tensor& v) { return xg::solve(v, b); }, a);
    check_jacobian([&](const Tensor& v) { return xg::solve(a, v); }, b);
    // d(A⁻¹b) / db = A⁻¹.
    check_close(xg::jacobian([&](const Tensor& v) { return xg::solve(a, v); }, b.slice(1, 0, 1).reshape({3})), inverse);
    check_jacobian([](const Tensor& v) { return xg::inv(v); }, a);
    check_jacobian([](const Tensor& v) { return xg::slogdet(v).logabsdet; }, a);
    check_close(gradient([](const Tensor& v) { return xg::slogdet(v).logabsdet; }, a), inverse.transpose());

    const Tensor s = xg::matmul(a, a.transpose());
    check_jacobian([](const Tensor& v) { return xg::cholesky(v); }, s, true);
    check_jacobian([](const Tensor& v) { return xg::eigh(v).eigenvalues; }, s, true);
    // Vectors are free in their signs, their squares are not.
    check_jacobian([](const Tensor& v) { return xg::square(xg::eigh(v).eigenvectors); }, s, true);
    const Tensor tall = values(7, {4, 3}) + xg::concat({spread(8, 3), xg::zeros({1, 3}, support::f64)});
    check_jacobian([](const Tensor& v) { return xg::svd(v).s; }, tall);
    check_jacobian([](const Tensor& v) { return xg::square(xg::svd(v).u); }, tall);
    check_jacobian([](const Tensor& v) { return xg::square(xg::svd(v).vh); }, tall);
    // dλᵢ = vᵢ · dS · vᵢ.
    const xg::EighResult e = xg::eigh(s);
    const Tensor slopes = xg::jacobian([](const Tensor& v) { return xg::eigh(v).eigenvalues; }, s);
    for (std::int64_t i = 0; i < 3; ++i) {
        const Tensor v = xg::select(e.eigenvectors, 1, i);
        check_close(slopes[i], xg::outer(v, v), 1e-10);
    }
}

// E[vᵀHv] is the trace of H for any v of independent signs.
BOOST_AUTO_TEST_CASE(hutchinsons_trace) {
    const Tensor a = values(1, {8, 6}), x = values(2, {6});
    const auto f = [&](const Tensors& in) {
        return xg::sum(xg::logaddexp(xg::matmul(a, in[0]), xg::zeros({}, support::f64)) +
                       xg::square(xg::square(xg::matmul(a, in[0]))));
    };
    const Tensor h = xg::hessian([&](const Tensor& v) { return f({v}); }, x);
    const double exact = xg::trace(h).item();
    const auto estimate = [&](const Tensor& v) { return xg::sum(v * xg::hvp(f, {x}, {v}).products[0]).item(); };
    support::Draw draw(3);
    double sum = 0, squares = 0;
    constexpr int n = 400;
    for (int i = 0; i < n; ++i) {
        Tensor v = xg::zeros({6}, support::f64);
        for (std::int64_t k = 0; k < 6; ++k) v.mutable_data<double>()[k] = draw.coin() ? 1 : -1;
        const double t = estimate(v);
        sum += t;
        squares += t * t;
    }
    const double average = sum / n, error = std::sqrt((squares / n - average * average) / n);
    BOOST_TEST(std::abs(average - exact) < 3 * error);
    BOOST_TEST(error < 0.1 * exact);
    // All signs there are: no error is left.
    double all = 0;
    for (int bits = 0; bits < 64; ++bits) {
        Tensor v = xg::zeros({6}, support::f64);
        for (std::int64_t k = 0; k < 6; ++k) v.mutable_data<double>()[k] = bits >> k & 1 ? 1 : -1;
        all += estimate(v);
    }
    BOOST_TEST(std::abs(all / 64 - exact) < 1e-11 * exact);
}

BOOST_AUTO_TEST_CASE(third_derivatives_of_polynomials) {
    // p(x, y) = 2x³y² - x⁴ + 3xy³: all mixed derivatives of the third order, by nesting Hessians in Jacobians.
    const auto p = [](const Tensor& v) {
        const Tensor x = v[0], y = v[1];
        return 2 * xg::pow(x, 3) * xg::square(y) - xg::pow(x, 4) + 3 * x * xg::pow(y, 3);
    };
    const auto second = [&](const Tensor& v) { return xg::hessian(p, v); };
    const double x = 0.7, y = -1.3;
    const Tensor at = xg::tensor({x, y}, support::f64);
    const double xxx = 12 * y * y - 24 * x, xxy = 24 * x * y, xyy = 12 * x * x + 18 * y, yyy = 18 * x;
    const Tensor expected = xg::tensor({{{xxx, xxy}, {xxy, xyy}}, {{xxy, xyy}, {xyy, yyy}}}, support::f64);
    check_close(xg::jacobian(second, at, xg::JacobianMode::reverse), expected);
    check_close(xg::jacobian(second, at, xg::JacobianMode::forward), expected);
    // tanh''' = (1 - t²)(6t² - 2), on the diagonal alone.
    const Tensor z = values(4, {3}), t = xg::tanh(z);
    const Tensor third = xg::jacobian(
        [](const Tensor& v) { return xg::hessian([](const Tensor& w) { return xg::sum(xg::tanh(w)); }, v); }, z);
    const Tensor closed = (1 - xg::square(t)) * (6 * xg::square(t) - 2);
    for (std::int64_t i = 0; i < 3; ++i)
        for (std::int64_t j = 0; j < 3; ++j)
            for (std::int64_t k = 0; k < 3; ++k)
                BOOST_TEST(std::abs(third[i][j][k].item() - (i == j && j == k ? closed[i].item() : 0)) < 1e-12);
}

// uᵀHv = vᵀHu for a function made of each operation of the gradient-check table.
BOOST_AUTO_TEST_CASE(hessians_are_symmetric) {
    int compared = 0;
    for (const Row& row : gradient_table()) {
        BOOST_TEST_CONTEXT(row.operation << ": " << row.about) {
            const auto f = [&](const Tensors& in) {
                const Tensor y = row.f(in);
                return xg::sum(xg::sin(y.to(xg::float64))) + xg::sum(y.to(xg::float64));
            };
            Tensors u, v;
            std::uint32_t seed = 1;
            for (const Tensor& x : row.inputs) {
                u.push_back(xg::is_floating(x.dtype()) ? values(seed++, x.shape()) : Tensor());
                v.push_back(xg::is_floating(x.dtype()) ? values(seed++, x.shape()) : Tensor());
            }
            const Tensors along_u = xg::hvp(f, row.inputs, u).products, along_v = xg::hvp(f, row.inputs, v).products;
            double p = 0, q = 0;
            for (std::size_t i = 0; i < u.size(); ++i)
                if (u[i].defined()) {
                    p += xg::sum(v[i] * along_u[i]).item();
                    q += xg::sum(u[i] * along_v[i]).item();
                }
            compared += p != 0;
            BOOST_TEST((std::abs(p - q) <= 1e-9 * (1 + std::abs(p)) || (std::isnan(p) && std::isnan(q))),
                       p << " and " << q);
        }
    }
    BOOST_TEST(compared > 300);
}

BOOST_AUTO_TEST_SUITE_END()
