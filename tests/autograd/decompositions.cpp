#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "reference/decompositions_reference.hpp"
#include "support.hpp"

namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

double epsilon(xg::DType dtype) { return dtype == xg::float32 ? 1.2e-7 : 2.3e-16; }

xg::Tensor t(const xg::Tensor& x) { return xg::transpose(x); }
xg::Tensor row(const xg::Tensor& v) { return v.reshape(v.shape().inserted(v.shape().rank() - 1, 1)); }
xg::Tensor identity_like(const xg::Tensor& x) { return xg::eye(x.size(-1), {.dtype = x.dtype()}); }

/// The largest difference, in units of the dtype's rounding error, scaled by the largest element of `scale` and the
/// sizes.
double errors(const xg::Tensor& a, const xg::Tensor& b, double scale = 1) {
    const xg::Tensor gap = xg::abs(a.to(xg::float64) - b.to(xg::float64));
    if (gap.numel() == 0) return 0;
    return xg::max(gap).item() / (epsilon(a.dtype()) * std::max(scale, 1e-300));
}

double largest(const xg::Tensor& x) { return x.numel() == 0 ? 0 : xg::max(xg::abs(x)).item(); }

void close(const xg::Tensor& a, const xg::Tensor& b, double tolerance = 1e-13) {
    BOOST_REQUIRE_EQUAL(a.shape(), b.shape());
    const auto p = a.to_vector(), q = b.to_vector();
    for (std::size_t i = 0; i < p.size(); ++i)
        BOOST_TEST(std::abs(p[i] - q[i]) <= tolerance * (1 + std::abs(q[i])), i << ": " << p[i] << " and " << q[i]);
}

struct Random {
    explicit Random(std::uint32_t seed) : draw(seed) {}
    support::Draw draw;
    xg::DType dtype = draw.coin() ? xg::float32 : xg::float64;
    xg::Shape batch = support::random_shape(draw, 2, 3);

    xg::Tensor matrices(std::int64_t m, std::int64_t n) {
        return support::random_view(draw, batch.inserted(batch.rank(), m).inserted(batch.rank() + 1, n)).to(dtype);
    }
    /// Of any size up to that where LAPACK works in blocks.
    std::int64_t size() { return draw.integer(0, 9) == 0 ? draw.integer(30, 80) : draw.integer(0, 7); }
};

/// How much larger errors become in a⁻¹.
double condition(const xg::Tensor& a) {
    if (a.numel() == 0) return 1;
    const xg::Tensor s = xg::svd(a.to(xg::float64)).s;
    return xg::max(s.slice(-1, 0, 1) / s.slice(-1, s.size(-1) - 1, s.size(-1))).item();
}

constexpr std::uint32_t seeds = 60;

}  // namespace

BOOST_AUTO_TEST_SUITE(decompositions)

BOOST_AUTO_TEST_CASE(against_numpy) {
    namespace r = reference;
    close(xg::solve(r::a, r::b), r::solve);
    close(xg::inv(r::a), r::inv);
    close(xg::det(r::a), r::det);
    const auto [sign, logabsdet] = xg::slogdet(r::a);
    close(sign, r::sign);
    close(logabsdet, r::logabsdet);
    close(xg::cholesky(r::symmetric), r::cholesky);
    const auto [q, upper] = xg::qr(r::tall);
    close(q, r::q);
    close(upper, r::r);
    close(xg::eigh(r::symmetric).eigenvalues, r::eigenvalues);
    close(xg::svd(r::tall).s, r::singular_values);
    close(xg::pinv(r::tall), r::pinv);
    const xg::LstsqResult fit = xg::lstsq(r::tall, r::c);
    close(fit.solution, r::lstsq);
    close(fit.residuals, r::residuals);
    close(fit.singular_values, r::singular_values);
    BOOST_TEST(fit.rank.item_int() == 2);
    close(xg::matrix_power(r::a, -3), r::power);
    close(xg::kron(r::b, r::tall), r::kron);
    close(xg::cross(r::a, r::symmetric), r::cross);
}

BOOST_AUTO_TEST_CASE(solutions_solve) {
    for (std::uint32_t seed = 0; seed < seeds; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Random random(seed);
            const std::int64_t n = random.size();
            const xg::Tensor a = random.matrices(n, n), b = random.matrices(n, random.draw.integer(0, 4));
            const double k = condition(a), scale = 4.0 * static_cast<double>(n + 1) * k;
            if (k > 1e5) continue;
            const xg::Tensor x = xg::solve(a, b);
            BOOST_TEST(errors(xg::matmul(a, x), b, scale * largest(b)) < 4);
            BOOST_TEST(errors(xg::matmul(xg::inv(a), a), identity_like(a) + xg::zeros_like(a), scale) < 4);
            const xg::Tensor l = xg::cholesky(xg::matmul(a, t(a)) + identity_like(a));
            BOOST_TEST(
                errors(xg::matmul(xg::matmul(l, t(l)), xg::cholesky_solve(b, l)), b, scale * scale * largest(b)) < 4);
            if (b.numel() == 0) continue;
            // One vector of them.
            const xg::Tensor first = b.slice(-1, 0, 1),
                             v = first.reshape(xg::Shape(b.shape().data(), b.shape().rank() - 1));
            if (v.rank() > 0)
                BOOST_TEST(errors(xg::solve(a, v), xg::solve(a, first).reshape(v.shape()), scale * largest(x)) < 4);
        }
    }
}

BOOST_AUTO_TEST_CASE(triangles) {
    for (std::uint32_t seed = 100; seed < 100 + seeds; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Random random(seed);
            const std::int64_t n = random.draw.integer(0, 6), r = random.draw.integer(0, 3);
            const xg::TriangularOptions options{
                .upper = random.draw.coin(), .left = random.draw.coin(), .unitriangular = random.draw.coin()};
            const xg::Tensor given = random.matrices(n, n) * 0.2 +
                                     identity_like(xg::zeros({n, n}, {.dtype = random.dtype})),
                             b = options.left ? random.matrices(n, r) : random.matrices(r, n);
            // What is not to be read is made unusable.
            std::vector<double> kept, spoilt;
            const auto all = given.to_vector();
            for (std::size_t i = 0; i < all.size(); ++i) {
                const auto at = static_cast<std::int64_t>(i), y = at / n % n, x = at % n;
                const bool inside = options.upper ? y < x : y > x, diagonal = x == y;
                kept.push_back(inside ? all[i] : !diagonal ? 0 : options.unitriangular ? 1 : all[i]);
                spoilt.push_back(inside || (diagonal && !options.unitriangular) ? all[i] : NaN);
            }
            const xg::TensorOptions as{.dtype = random.dtype};
            const xg::Tensor a = xg::from_data(kept, given.shape(), as);
            xg::Tensor input = xg::from_data(spoilt, given.shape(), as);
            // A transposed view, too.
            if (random.draw.coin()) input = t(t(input).contiguous());
            const xg::Tensor x = xg::solve_triangular(input, b, options);
            const xg::Tensor product = options.left ? xg::matmul(a, x) : xg::matmul(x, a);
            BOOST_TEST(errors(product, b, 100 * (largest(x) + largest(b))) < 4);
        }
    }
}

BOOST_AUTO_TEST_CASE(determinants_multiply) {
    for (std::uint32_t seed = 200; seed < 200 + seeds; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Random random(seed);
            const std::int64_t n = random.draw.integer(0, 7);
            const xg::Tensor a = random.matrices(n, n), b = random.matrices(n, n);
            const double scale =
                20.0 * static_cast<double>(n + 1) * std::pow(largest(a) * largest(b) * static_cast<double>(n * n), n);
            BOOST_TEST(errors(xg::det(xg::matmul(a, b)), xg::det(a) * xg::det(b), scale) < 4);
            const auto [sign, log] = xg::slogdet(a);
            BOOST_TEST(errors(sign * xg::exp(log), xg::det(a), 100 * (1 + largest(xg::det(a)))) < 4);
        }
    }
    // No overflow, in float32.
    const auto [sign, log] = xg::slogdet(xg::eye(200) * -1e30);
    BOOST_TEST(sign.item() == 1);
    BOOST_TEST(std::abs(log.item() - 200 * std::log(1e30)) < 1e-2);
    const auto [none, least] = xg::slogdet(xg::zeros({2, 3, 3}));
    BOOST_TEST((none.to_vector() == std::vector<double>{0, 0}));
    BOOST_TEST((least.to_vector() == std::vector<double>{-inf, -inf}));
    BOOST_TEST(xg::det(xg::zeros({0, 0})).item() == 1);
    BOOST_TEST(xg::slogdet(xg::zeros({0, 0})).sign.item() == 1);
}

BOOST_AUTO_TEST_CASE(parts_make_the_whole) {
    for (std::uint32_t seed = 300; seed < 300 + seeds; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Random random(seed);
            const std::int64_t m = random.size(), n = random.size(), k = std::min(m, n);
            const xg::Tensor a = random.matrices(m, n);
            const double scale = 4.0 * static_cast<double>(std::max(m, n) + 1) * (1 + largest(a));
            const auto [q, r] = xg::qr(a);
            BOOST_REQUIRE_EQUAL(q.size(-1), k);
            BOOST_TEST(errors(xg::matmul(q, r), a, scale) < 4);
            BOOST_TEST(errors(xg::matmul(t(q), q), identity_like(q) + xg::zeros_like(xg::matmul(t(q), q)), scale) < 4);
            const auto [u, s, vh] = xg::svd(a);
            BOOST_TEST(errors(xg::matmul(u * row(s), vh), a, scale) < 4);
            BOOST_TEST(errors(xg::matmul(t(u), u), identity_like(u) + xg::zeros_like(xg::matmul(t(u), u)), scale) < 4);
            BOOST_TEST(errors(xg::matmul(vh, t(vh)), identity_like(u) + xg::zeros_like(xg::matmul(vh, t(vh))), scale) <
                       4);
            if (k > 0 && s.numel() > 0) {
                BOOST_TEST(xg::min(s).item() >= 0);
                if (k > 1) BOOST_TEST(xg::min(s.slice(-1, 0, k - 1) - s.slice(-1, 1, k)).item() >= 0);
            }
            const xg::Tensor square = xg::matmul(a, t(a)) - identity_like(xg::matmul(a, t(a)));
            const auto [w, v] = xg::eigh(square);
            const double larger = scale * (1 + largest(square));
            BOOST_TEST(errors(xg::matmul(v * row(w), t(v)), square, larger) < 4);
            BOOST_TEST(errors(xg::matmul(t(v), v), identity_like(v) + xg::zeros_like(v), scale) < 4);
            if (m > 1 && w.numel() > 0) BOOST_TEST(xg::min(w.slice(-1, 1, m) - w.slice(-1, 0, m - 1)).item() >= 0);
            const xg::Tensor l = xg::cholesky(square + 2 * identity_like(square));
            BOOST_TEST(errors(xg::matmul(l, t(l)), square + 2 * identity_like(square), larger) < 4);
        }
    }
}

BOOST_AUTO_TEST_CASE(pseudo_inverses) {
    for (std::uint32_t seed = 400; seed < 400 + seeds; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Random random(seed);
            const std::int64_t m = random.draw.integer(0, 6), n = random.draw.integer(0, 6);
            // Some of lower rank.
            const std::int64_t rank = random.draw.integer(1, 6);
            const xg::Tensor a = xg::matmul(random.matrices(m, rank), random.matrices(rank, n)), p = xg::pinv(a);
            const double k = largest(a) * largest(p), scale = 100 * (1 + k) * (1 + k);
            if (k > 1e3) continue;
            BOOST_TEST(errors(xg::matmul(xg::matmul(a, p), a), a, scale * (1 + largest(a))) < 4);
            BOOST_TEST(errors(xg::matmul(xg::matmul(p, a), p), p, scale * (1 + largest(p))) < 4);
            BOOST_TEST(errors(xg::matmul(a, p), t(xg::matmul(a, p)), scale) < 4);
            BOOST_TEST(errors(xg::matmul(p, a), t(xg::matmul(p, a)), scale) < 4);
            // The shortest of the best solutions.
            const xg::Tensor b = random.matrices(m, 2);
            const xg::LstsqResult fit = xg::lstsq(a, b);
            BOOST_TEST(errors(fit.solution, xg::matmul(p, b), scale * (1 + largest(p))) < 4);
            if (m > n && fit.rank.numel() > 0 && xg::min(fit.rank).item_int() == n)
                BOOST_TEST(errors(fit.residuals, xg::sum(xg::square(xg::matmul(a, fit.solution) - b), -2), scale * 10) <
                           4);
            else
                BOOST_TEST((fit.residuals.numel() == 0));
        }
    }
    // What counts as 0.
    const xg::Tensor d = xg::tensor({{1.0, 0.0}, {0.0, 1e-3}}, support::f64);
    close(xg::pinv(d), xg::tensor({{1.0, 0.0}, {0.0, 1e3}}, support::f64));
    close(xg::pinv(d, {.relative = 0.01}), xg::tensor({{1.0, 0.0}, {0.0, 0.0}}, support::f64));
    close(xg::pinv(d, {.absolute = 0.01}), xg::tensor({{1.0, 0.0}, {0.0, 0.0}}, support::f64));
    close(xg::pinv(xg::zeros({2, 3})), xg::zeros({3, 2}));
    BOOST_TEST(xg::lstsq(d, xg::ones({2}, support::f64), 0.01).rank.item_int() == 1);
}

BOOST_AUTO_TEST_CASE(one_triangle_is_read) {
    const xg::Tensor a = xg::tensor({{4.0, NaN, inf}, {1.0, 5.0, NaN}, {0.5, -1.0, 3.0}}, support::f64),
                     full = xg::tensor({{4.0, 1.0, 0.5}, {1.0, 5.0, -1.0}, {0.5, -1.0, 3.0}}, support::f64);
    BOOST_TEST(support::same_bits(xg::cholesky(a), xg::cholesky(full)));
    BOOST_TEST(support::same_bits(xg::eigh(a).eigenvalues, xg::eigh(full).eigenvalues));
    BOOST_TEST(support::same_bits(xg::eigh(a).eigenvectors, xg::eigh(full).eigenvectors));
    // The gradients are those along symmetric changes.
    xg::Tensor leaf = full.clone().requires_grad(true);
    const xg::Tensor g = xg::grad(xg::sum(xg::cholesky(leaf)), leaf),
                     h = xg::grad(xg::sum(xg::eigh(leaf).eigenvalues * xg::arange(0, 3)), leaf);
    close(g, t(g));
    close(h, t(h));
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
    support::Draw draw(7);
    const xg::Tensor a = support::uniform(draw, {40, 12, 12}), b = support::uniform(draw, {40, 12, 3});
    const auto all = [&] {
        const auto [q, r] = xg::qr(a);
        const auto [u, s, vh] = xg::svd(a);
        return std::vector<xg::Tensor>{
            xg::solve(a, b),         xg::inv(a), xg::det(a), q, r, u, s, vh, xg::eigh(a).eigenvectors, xg::pinv(a),
            xg::lstsq(a, b).solution};
    };
    const support::Threads one(1);
    const auto first = all();
    const support::Threads many(4);
    const auto second = all();
    for (std::size_t i = 0; i < first.size(); ++i) BOOST_TEST(support::same_bits(first[i], second[i]), i);
}

BOOST_AUTO_TEST_CASE(gradients_of_float32) {
    support::Draw draw(8);
    const xg::Tensor a = support::uniform(draw, {2, 4, 3}), g = support::uniform(draw, {2, 3, 4});
    const auto gradient = [&](xg::DType dtype) {
        xg::Tensor x = a.to(dtype).clone().requires_grad(true);
        const auto [q, r] = xg::qr(x);
        const auto [u, s, vh] = xg::svd(x);
        const xg::Tensor loss = xg::sum(xg::matmul(q, r) * xg::square(u)) + xg::sum(xg::pinv(x) * g.to(dtype)) +
                                xg::sum(s) + xg::sum(xg::slogdet(xg::matmul(t(x), x)).logabsdet) +
                                xg::sum(xg::cholesky(xg::matmul(t(x), x)));
        return xg::grad(loss, x);
    };
    const xg::Tensor single = gradient(xg::float32), both = gradient(xg::float64);
    BOOST_TEST(single.dtype() == xg::float32);
    BOOST_TEST(largest(single.to(xg::float64) - both) < 1e-4 * (1 + largest(both)) * condition(a) * condition(a));
}

BOOST_AUTO_TEST_SUITE_END()
