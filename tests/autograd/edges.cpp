// Where values, dtypes and sizes come to an end.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>

#include "support.hpp"

using xg::Tensor;

BOOST_AUTO_TEST_SUITE(edges)

BOOST_AUTO_TEST_CASE(a_leaf_that_was_converted_after_its_use) {
    Tensor p = xg::ones({4000});
    p.requires_grad(true);
    const Tensor used = xg::sum(p + 1.0);  // saves nothing that would notice
    p.set_data(xg::ones({4000}, support::f64));
    xg::sum(p * 2).backward();
    used.backward();
    BOOST_TEST((p.grad().dtype() == xg::float64));
    BOOST_TEST(p.grad().to_vector() == std::vector<double>(4000, 3.0));
}

BOOST_AUTO_TEST_CASE(set_data_copies) {
    Tensor p = xg::zeros({2}), best = xg::ones({2});
    p.set_data(best);
    p.mutable_data<float>()[0] = 5;
    BOOST_TEST(best.to_vector() == std::vector<double>({1, 1}));
}

BOOST_AUTO_TEST_CASE(a_gradient_for_an_intermediate_leaves_what_is_below_it) {
    Tensor x = xg::ones({3}, support::f64_leaf);
    const Tensor h = xg::exp(x), first = xg::sum(h * h), second = xg::sum(h);
    xg::grad(first, h);
    second.backward();
    BOOST_TEST(x.grad()[0].item() == std::exp(1.0), boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_bias_sums_long_batches_exactly) {
    for (const std::int64_t width : {2, 300}) {  // both ways to cut the work
        const std::int64_t rows = 600'000 / width;
        const Tensor x = xg::zeros({rows, width}), w = xg::zeros({width, width});
        Tensor b = xg::zeros({width});
        b.requires_grad(true);
        xg::linear(x, w, b).backward({.gradient = xg::full({rows, width}, 0.1)});
        const double exact = static_cast<double>(rows) * static_cast<double>(0.1F);
        BOOST_TEST(b.grad()[0].item() == exact, boost::test_tools::tolerance(1e-6));
    }
}

template <class T>
void check_tails(xg::DType dtype, const std::vector<double>& at) {
    for (const double v : at) {
        const T x = static_cast<T>(v);
        const Tensor t = xg::from_data(std::vector<double>(40, static_cast<double>(x)), {40}, {.dtype = dtype});
        const auto agrees = [&](const char* what, const Tensor& got, T expected) {
            const double near =
                std::abs(static_cast<double>(expected)) * 4 * static_cast<double>(std::numeric_limits<T>::epsilon());
            const double least = static_cast<double>(std::numeric_limits<T>::denorm_min());
            for (const double g : got.to_vector())
                BOOST_TEST((g == static_cast<double>(expected) ||
                            std::abs(g - static_cast<double>(expected)) <= std::max(near, least)),
                           what << " at " << v << ": " << g << ", expected " << expected);
        };
        agrees("exp", xg::exp(t), std::exp(x));
        agrees("sigmoid", xg::sigmoid(t),
               T(1) / (T(1) + std::exp(-x)) > T(0) ? T(1) / (T(1) + std::exp(-x)) : std::exp(x));
        if (v > 0) agrees("log", xg::log(t), std::log(x));
    }
}

BOOST_AUTO_TEST_CASE(functions_near_the_ends_of_their_range) {
    check_tails<float>(xg::float32, {-104, -103, -95, -88, -87.5, 86, 88, 88.6, 89, 1e-38, 1e-40, 1e-45, 3e38});
    check_tails<double>(xg::float64, {-745, -740, -710, -708.2, 707, 709.7, 710, 1e-307, 1e-310, 5e-324, 1e308});
}

BOOST_AUTO_TEST_CASE(arange_counts_exactly) {
    const std::int64_t big = (std::int64_t{1} << 53) + 1;
    const Tensor t = xg::arange(big, big + 3);
    BOOST_TEST(t.numel() == 3);
    BOOST_TEST(t[2].item_int() == big + 2);
    BOOST_TEST(xg::arange(5, 0, -2).to_vector() == std::vector<double>({5, 3, 1}));
    BOOST_TEST(xg::arange(0, 5, -1).numel() == 0);
    BOOST_TEST(xg::arange(0, 6, 4).to_vector() == std::vector<double>({0, 4}));
}

BOOST_AUTO_TEST_CASE(rows_longer_than_a_buffer_with_gaps) {
    const Tensor x = xg::arange(0.0, 4500, 1, support::f64).reshape({1500, 3}), y = xg::neg(x.transpose());
    for (std::int64_t i = 0; i < 3; ++i)
        for (const std::int64_t j : {0, 1, 1023, 1024, 1025, 1499})
            BOOST_TEST(y[i][j].item() == -static_cast<double>(3 * j + i));
    const Tensor wide = xg::arange(0.0, 15'000, 1, support::f64).reshape({3, 5000});
    const Tensor odd = wide.slice(1, 1, 5000, 2) + xg::ones({3, 1}, support::f64);
    for (const std::int64_t j : {0, 1023, 1024, 2048, 2499})
        BOOST_TEST(odd[2][j].item() == static_cast<double>(10'000 + 2 * j + 2));
}

BOOST_AUTO_TEST_CASE(where_of_two_numbers) {
    const Tensor c = xg::tensor({true, false});
    BOOST_TEST((xg::where(c, 1, 0).dtype() == xg::int64));
    BOOST_TEST((xg::where(c, 1.5, 0).dtype() == xg::float32));
    BOOST_TEST(xg::where(c, 1.5, 0).to_vector() == std::vector<double>({1.5, 0}));
}

BOOST_AUTO_TEST_CASE(a_product_names_the_shapes_that_were_given) {
    try {
        xg::matmul(xg::ones({3}), xg::ones({4}));
        BOOST_ERROR("nothing was thrown");
    } catch (const xg::ShapeError& error) {
        BOOST_TEST(std::string(error.what()).find("(3,) and (4,)") != std::string::npos, error.what());
    }
}

BOOST_AUTO_TEST_CASE(memory_goes_back_and_comes_again) {
    for (int i = 0; i < 3; ++i) {
        for (const std::int64_t n : {1, 100, 10'000, 1'000'000})
            BOOST_TEST(xg::sum(xg::ones({n})).item() == static_cast<double>(n));
        xg::release_memory();
    }
}

BOOST_AUTO_TEST_SUITE_END()
