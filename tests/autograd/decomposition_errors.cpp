#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

// What decompositions do where there is no result, or no derivative.

using support::contains;
using support::message_of;

namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

xg::Tensor t(const xg::Tensor& x) { return xg::transpose(x); }

void close(const xg::Tensor& a, const xg::Tensor& b, double tolerance = 1e-13) {
    BOOST_REQUIRE_EQUAL(a.shape(), b.shape());
    const auto p = a.to_vector(), q = b.to_vector();
    for (std::size_t i = 0; i < p.size(); ++i)
        BOOST_TEST(std::abs(p[i] - q[i]) <= tolerance * (1 + std::abs(q[i])), i << ": " << p[i] << " and " << q[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decomposition_errors)

BOOST_AUTO_TEST_CASE(nan_and_infinity) {
    const xg::Tensor bad = xg::tensor({{{1.0, 2.0}, {3.0, 4.0}}, {{1.0, NaN}, {3.0, 4.0}}}, support::f64);
    for (const xg::Tensor& y :
         {xg::inv(bad), xg::solve(bad, xg::ones({2, 2}, support::f64)), xg::det(bad), xg::slogdet(bad).logabsdet}) {
        const auto v = y.reshape({2, -1}).to_vector();
        for (std::size_t i = 0; i < v.size(); ++i) BOOST_TEST(std::isfinite(v[i]) == (i < v.size() / 2));
    }
    BOOST_TEST(!std::isfinite(xg::sum(xg::solve(xg::eye(2), xg::tensor({1.0, NaN}))).item()));
    for (const char* name : {"eigh", "svd", "pinv", "lstsq"}) {
        const std::string op = name;
        const std::string text = message_of<xg::ValueError>([&] {
            const xg::Tensor low = t(bad);
            if (op == "eigh") xg::eigh(low);
            if (op == "svd") xg::svd(low);
            if (op == "pinv") xg::pinv(low);
            if (op == "lstsq") xg::lstsq(low, low);
        });
        BOOST_TEST(contains(text, ": the matrix (1,) of the batch has elements that are NaN or infinite"), text);
    }
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::cholesky(xg::full({2, 2}, NaN)); }), "order 1"));
}

BOOST_AUTO_TEST_CASE(gradients_of_singular_matrices) {
    // The adjugate.
    xg::Tensor a = xg::tensor({{1.0, 2.0}, {2.0, 4.0}}, support::f64_leaf);
    close(xg::grad(xg::det(a), a), xg::tensor({{4.0, -2.0}, {-2.0, 1.0}}, support::f64));
    xg::Tensor batch = xg::tensor({{{0.0, 0.0}, {0.0, 0.0}}, {{3.0, 1.0}, {0.5, 2.0}}}, support::f64_leaf);
    const xg::Tensor g = xg::grad(xg::sum(xg::det(batch)), batch, {.create_graph = true});
    close(g.detach(), xg::tensor({{{0.0, 0.0}, {0.0, 0.0}}, {{2.0, -0.5}, {-1.0, 3.0}}}, support::f64));
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(xg::sum(g), batch); }), "rank is below n - 1"));
    xg::Tensor low = xg::matmul(xg::ones({3, 1}, support::f64), xg::tensor({{1.0, 2.0, 3.0}}, support::f64));
    low = low.clone().requires_grad(true);
    close(xg::grad(xg::det(low), low), xg::zeros({3, 3}, support::f64));
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(xg::slogdet(a * 0).logabsdet, a); }),
                        "backward of slogdet: the matrix is singular"));
}

BOOST_AUTO_TEST_CASE(where_there_is_no_derivative) {
    xg::Tensor a = xg::eye(3, support::f64_leaf);
    const auto weights = xg::arange(0, 9, 1, support::f64).reshape({3, 3});
    // The values alone have one.
    close(xg::grad(xg::sum(xg::eigh(a).eigenvalues), a), xg::eye(3, support::f64));
    close(xg::grad(xg::sum(xg::svd(a).s), a), xg::eye(3, support::f64));
    const std::string text =
        message_of<xg::GradError>([&] { xg::grad(xg::sum(xg::eigh(a).eigenvectors * weights), a); });
    BOOST_TEST(contains(text, "backward of eigh: eigenvalues 0 and 1 of the matrix are equal"), text);
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(xg::sum(xg::svd(a).u * weights), a); }),
                        "backward of svd: singular values 0 and 1"));
    // A vector that is determined has one, though others are not.
    xg::Tensor d = xg::tensor({{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 2.0}}, support::f64_leaf);
    close(xg::grad(xg::sum(xg::square(xg::eigh(d).eigenvectors.slice(1, 2, 3)) * xg::tensor({{1.0}, {2.0}, {3.0}})), d),
          xg::zeros({3, 3}, support::f64));
    xg::Tensor tall = xg::tensor({{2.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}}, support::f64_leaf);
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(xg::sum(xg::svd(tall).u), tall); }),
                        "a singular value of the matrix is 0"));
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(xg::sum(xg::qr(tall).q), tall); }),
                        "backward of qr: column 1 of the matrix depends"));
    BOOST_TEST(contains(message_of<xg::GradError>(
                            [&] { xg::grad(xg::sum(xg::lstsq(tall, xg::ones({3}, support::f64)).solution), tall); }),
                        "backward of lstsq: the matrix has rank 1, less than 2"));
}

BOOST_AUTO_TEST_CASE(messages) {
    const xg::Tensor singular = xg::tensor({{{1.0, 0.0}, {0.0, 1.0}}, {{1.0, 2.0}, {2.0, 4.0}}});
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::inv(singular); }),
                        "inv: the matrix (1,) of the batch is singular: pivot 2 of 2 is 0"));
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::solve(singular[1], xg::ones({2})); }),
                        "solve: the matrix is singular"));
    BOOST_TEST(
        contains(message_of<xg::ValueError>([&] { xg::matrix_power(singular, -1); }), "matrix_power: the matrix (1,)"));
    BOOST_TEST(
        contains(message_of<xg::ValueError>([&] { xg::cholesky(singular * -1); }),
                 "cholesky: the matrix (0,) of the batch is not positive definite: its leading part of order 1"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::inv(xg::zeros({2, 3}));
                        }),
                        "inv: expected square matrices of shape (..., n, n), got (2, 3)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::svd(xg::zeros({3})); }),
                        "svd: expected matrices of shape (..., m, n), got (3,)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::solve(xg::eye(2), xg::zeros({3})); }),
                        "solve: expected right-hand sides of shape (..., 2, r) or (..., 2)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::solve(singular, xg::zeros({3, 2, 2}));
                        }),
                        "(2,) and (3,) do not broadcast"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::lstsq(xg::zeros({3, 2}), xg::zeros({2, 1}));
                        }),
                        "lstsq: expected right-hand sides of shape (..., 3, r)"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::solve_triangular(xg::eye(2), xg::zeros({2, 3}), {.left = false});
                        }),
                        "(..., r, 2)"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] {
                            xg::det(xg::tensor({{1, 2}, {3, 4}}));
                        }),
                        "det: expected matrices of a floating-point type, got int64"));
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::qr({}); }), "qr"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::dot(xg::zeros({2}), xg::zeros({3})); }),
                        "dot: expected vectors of one size"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::outer(xg::zeros({2, 2}), xg::zeros({3}));
                        }),
                        "outer: expected vectors"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::cross(xg::zeros({2}), xg::zeros({2})); }),
                        "cross: expected 3 elements"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::trace(xg::zeros({2})); }), "trace"));
}

BOOST_AUTO_TEST_SUITE_END()
