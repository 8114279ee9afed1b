#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/gradcheck.hpp>

#include "support.hpp"

namespace {

/// The product by its definition, in double precision, for operands of rank 2 or more.
std::vector<double> naive(const xg::Tensor& a, const xg::Tensor& b, const xg::Shape& shape) {
    std::vector<double> result;
    const std::int64_t k = a.size(-1);
    support::each_position(shape, [&](std::vector<std::int64_t> index) {
        std::vector<std::int64_t> p = index, q = index;
        double total = 0;
        for (std::int64_t l = 0; l < k; ++l) {
            p.back() = l;
            q[q.size() - 2] = l;
            total += support::at(a, p) * support::at(b, q);
        }
        result.push_back(total);
    });
    return result;
}

void check(const xg::Tensor& y, const std::vector<double>& expected, double tolerance) {
    const auto found = y.to_vector();
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) worst = std::max(worst, std::abs(found[i] - expected[i]));
    BOOST_TEST(worst <= tolerance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(products)

BOOST_AUTO_TEST_CASE(matmul_of_any_views) {
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            support::Draw draw(seed);
            const xg::DType dtype = draw.coin() ? xg::float32 : xg::float64;
            xg::Shape p = support::random_shape(draw, 3, 4), q = p;
            // Some axes of each are stretched, some missing.
            for (std::int64_t& size : p)
                if (draw.integer(0, 2) == 0) size = 1;
            for (std::int64_t& size : q)
                if (draw.integer(0, 2) == 0) size = 1;
            const auto drop = static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(q.rank())));
            q = xg::Shape(q.data() + drop, q.rank() - drop);
            const auto size = [&] { return draw.integer(0, 3) == 0 ? draw.integer(8, 40) : draw.integer(0, 9); };
            const std::int64_t m = size(), k = size(), n = size();
            p = p.inserted(p.rank(), m).inserted(p.rank() + 1, k);
            q = q.inserted(q.rank(), k).inserted(q.rank() + 1, n);
            xg::Tensor a = support::random_view(draw, p), b = support::random_view(draw, q);
            if (dtype == xg::float32) {
                a = a.to(dtype);
                b = b.to(dtype);
            }
            const bool swapped = draw.coin();
            const xg::Tensor y =
                swapped ? xg::transpose(xg::matmul(xg::transpose(b), xg::transpose(a))) : xg::matmul(a, b);
            check(y, naive(a, b, y.shape()), (dtype == xg::float32 ? 3e-6 : 1e-14) * static_cast<double>(4 * k + 1));
        }
    }
}

/// All the ways in which large products are cut up.
BOOST_AUTO_TEST_CASE(large_products) {
    const std::vector<std::pair<xg::Shape, xg::Shape>> shapes = {
        {{300, 90}, {90, 120}},    // rows
        {{20, 300}, {300, 700}},   // columns
        {{7, 60000}, {60000, 6}},  // the inner axis
        {{1, 70000}, {70000, 5}},       {{700, 700}, {700, 1}},
        {{1, 700}, {700, 700}},         {{3, 150, 130}, {130, 140}},  // one on the right
        {{3, 150, 130}, {3, 130, 140}}, {{150, 130}, {2, 130, 140}},
        {{200, 8, 8}, {200, 8, 8}},     {{50, 2, 4, 4}, {2, 4, 4}}};
    for (const auto& [p, q] : shapes) {
        for (const bool turned : {false, true}) {
            BOOST_TEST_CONTEXT(p.str() << " and " << q.str() << (turned ? ", transposed" : "")) {
                support::Draw draw(5);
                xg::Tensor a = support::uniform(draw, p, -1, 1, xg::float32),
                           b = support::uniform(draw, q, -1, 1, xg::float32);
                if (turned) {
                    a = xg::transpose(xg::transpose(a).contiguous());
                    b = xg::transpose(xg::transpose(b).contiguous());
                }
                const support::Threads one(1);
                const xg::Tensor y = xg::matmul(a, b);
                {
                    const support::Threads many(4);
                    BOOST_TEST(support::same_bits(y, xg::matmul(a, b)));
                }
                // The same sums in double precision, element by element of some rows.
                const xg::Tensor exact = xg::matmul(a.to(xg::float64).contiguous(), b.to(xg::float64).contiguous());
                const double scale = 1e-6 * static_cast<double>(p.back());
                BOOST_TEST(xg::max(xg::abs(y.to(xg::float64) - exact)).item() <= scale);
                if (y.numel() <= 5000) check(exact, naive(a, b, y.shape()), 1e-9);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(gradients_with_one_matrix_for_a_batch) {
    support::Draw draw(6);
    xg::Tensor w = support::uniform(draw, {5, 4}).requires_grad(true);
    const xg::Tensor x = support::uniform(draw, {3, 2, 5});
    const xg::Tensor g = xg::grad(xg::sum(xg::square(xg::matmul(x, w))), w);
    const xg::Tensor stretched = xg::broadcast_to(w, {3, 5, 4});
    const xg::Tensor h = xg::grad(xg::sum(xg::square(xg::matmul(x, stretched))), w);
    check(g, h.to_vector(), 1e-12);
}

/// Sums of no products are 0, and what reaches no result has a gradient of zeros: in every mixture of sizes, of ranks 1
/// to 3.
BOOST_AUTO_TEST_CASE(gradients_where_there_is_nothing) {
    const std::vector<std::int64_t> sizes{0, 1, 3};
    std::vector<xg::Shape> lefts, rights;
    for (const std::int64_t k : sizes) {
        lefts.push_back({k});
        rights.push_back({k});
        for (const std::int64_t m : sizes) {
            lefts.push_back({m, k});
            rights.push_back({k, m});
            for (const std::int64_t batch : sizes) {
                lefts.push_back({batch, m, k});
                rights.push_back({batch, k, m});
            }
        }
    }
    support::Draw draw(3);
    for (const xg::Shape& p : lefts)
        for (const xg::Shape& q : rights) {
            const std::int64_t k = q.rank() == 1 ? q[0] : q[q.rank() - 2];
            if (p.back() != k || (p.rank() == 3 && q.rank() == 3 && p[0] != q[0] && p[0] != 1 && q[0] != 1)) continue;
            BOOST_TEST_CONTEXT(p << " and " << q) {
                const std::vector<xg::Tensor> inputs{support::uniform(draw, p).requires_grad(true),
                                                     support::uniform(draw, q).requires_grad(true)};
                const auto product = [](const std::vector<xg::Tensor>& in) { return xg::matmul(in[0], in[1]); };
                BOOST_TEST(xg::gradcheck(product, inputs).message == "");
                BOOST_TEST(xg::gradgradcheck(product, inputs).message == "");
            }
        }
}

BOOST_AUTO_TEST_CASE(of_vectors) {
    support::Draw draw(9);
    // Sums of many float32 stay exact.
    const xg::Tensor ones = xg::full({1 << 22}, 0.1F);
    BOOST_TEST(std::abs(xg::dot(ones, ones).item() / (static_cast<double>(1 << 22) * 0.1 * 0.1) - 1) < 1e-6);
    BOOST_TEST(xg::dot(xg::zeros({0}), xg::zeros({0})).item() == 0);
    BOOST_TEST(xg::dot(xg::tensor({1, 2}), xg::tensor({3, 4})).item_int() == 11);
    BOOST_TEST(xg::dot(xg::tensor({1, 2}), xg::tensor({3, 4})).dtype() == xg::int64);
    const auto text = [](const xg::Tensor& t) { return t.to_vector(); };
    BOOST_TEST((text(xg::outer(xg::tensor({1, 2}), xg::tensor({3, 4, 5}))) == std::vector<double>{3, 4, 5, 6, 8, 10}));
    BOOST_TEST(xg::outer(xg::tensor({1, 2}), xg::tensor({3.0})).dtype() == xg::float32);
    BOOST_TEST((text(xg::trace(xg::arange(0, 12).reshape({2, 2, 3}))) == std::vector<double>{4, 16}));
    BOOST_TEST((text(xg::cross(xg::tensor({1, 0, 0}), xg::tensor({0, 1, 0}))) == std::vector<double>{0, 0, 1}));
    BOOST_TEST((text(xg::vecdot(xg::tensor({{1, 2}, {3, 4}}), xg::tensor({5, 6}))) == std::vector<double>{17, 39}));
    BOOST_TEST((xg::kron(xg::zeros({2, 3}), xg::zeros({4})).shape() == xg::Shape{2, 12}));
    // NaN is not lost to a 0.
    const double nan = std::nan("");
    BOOST_TEST(std::isnan(xg::matmul(xg::zeros({1, 2}), xg::tensor({{nan}, {1.0}})).item()));
    BOOST_TEST(std::isnan(xg::matmul(xg::zeros({40, 40}), xg::full({40}, nan))[3].item()));
}

BOOST_AUTO_TEST_SUITE_END()
