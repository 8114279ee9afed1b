#include <cmath>
#include <functional>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using support::same_bits;
using xg::Tensor;

namespace {

/// Runs f on 1, 2 and 4 threads and compares the bits of what it returns.
void same_on_all(const char* what, const std::function<std::vector<Tensor>()>& f) {
    std::vector<Tensor> first;
    for (const int n : {1, 2, 4}) {
        const support::Threads threads(n);
        for (int again = 0; again < 2; ++again) {
            const std::vector<Tensor> found = f();
            if (first.empty()) first = found;
            for (std::size_t i = 0; i < found.size(); ++i)
                BOOST_TEST(same_bits(found[i], first[i]), what << ": result " << i << " on " << n << " threads");
        }
    }
}

Tensor normal(const xg::Shape& shape, std::uint64_t seed, xg::DType dtype = xg::float32) {
    xg::manual_seed(seed);
    return xg::randn(shape, {.dtype = dtype});
}

}  // namespace

// All of it is larger than what one thread does alone.
BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(elementwise_bits) {
    const Tensor x = normal({301, 400}, 1), y = normal({400}, 2), column = normal({301, 1}, 3);
    same_on_all("plain", [&] {
        return std::vector<Tensor>{xg::exp(x), xg::tanh(x), x * x + x, x.to(xg::float64), xg::pow(xg::abs(x), 1.5)};
    });
    same_on_all("broadcast", [&] {
        return std::vector<Tensor>{x * y, xg::maximum(x, column), xg::where(x > 0, x, y),
                                   x.transpose() + column.transpose()};
    });
    same_on_all("strided", [&] {
        return std::vector<Tensor>{xg::sigmoid(x.transpose()), x.slice(1, 1, 400, 3).clone(),
                                   xg::concat({x, x.transpose().reshape({301, 400})}, 1)};
    });
}

BOOST_AUTO_TEST_CASE(reduction_bits) {
    const Tensor x = normal({300, 4, 250}, 4), long_one = normal({1'000'003}, 5);
    same_on_all("sums", [&] {
        std::vector<Tensor> all = {xg::sum(long_one), xg::max(long_one), xg::mean(long_one.slice(0, 1, 1'000'000, 3))};
        for (const xg::Axes& axes :
             {xg::Axes(0), xg::Axes(1), xg::Axes(2), xg::Axes{0, 1}, xg::Axes{0, 2}, xg::Axes{1, 2}, xg::Axes()})
            for (const Tensor& v : {x, x.transpose(0, 2)}) {
                all.push_back(xg::sum(v, axes));
                all.push_back(xg::min(v, axes));
            }
        return all;
    });
}

BOOST_AUTO_TEST_CASE(product_bits) {
    const Tensor a = normal({500, 130}, 6), b = normal({130, 170}, 7), batch = normal({40, 50, 60}, 8),
                 right = normal({60, 30}, 9);
    same_on_all("matmul", [&] {
        return std::vector<Tensor>{xg::matmul(a, b), xg::matmul(b.transpose(), a.transpose()), xg::matmul(batch, right),
                                   xg::matmul(a, normal({130}, 10))};
    });
}

BOOST_AUTO_TEST_CASE(linear_bits) {
    // Small weights are cut by rows, large ones by outputs.
    for (const auto& [rows, in, out] :
         {std::tuple{5000, 64, 64}, std::tuple{700, 300, 400}, std::tuple{20'000, 3, 2}, std::tuple{2049, 64, 1}}) {
        Tensor x = normal({rows, in}, 11), w = normal({out, in}, 12), b = normal({out}, 13);
        for (Tensor* t : {&x, &w, &b}) t->requires_grad(true);
        for (const xg::Activation activation : {xg::Activation::none, xg::Activation::relu})
            same_on_all("linear", [&] {
                const Tensor y = xg::linear(x, w, b, activation);
                std::vector<Tensor> all = xg::grad({xg::sum(xg::square(y))}, {x, w, b});
                all.push_back(y.detach());
                return all;
            });
    }
}

BOOST_AUTO_TEST_CASE(random_bits) {
    const auto draw = [] {
        xg::manual_seed(42);
        return std::vector<Tensor>{xg::rand({100'003}), xg::randn({100'001}), xg::rand({99'999}, support::f64),
                                   xg::randn({3, 33'333}, support::f64)};
    };
    same_on_all("random", draw);
    const std::vector<Tensor> a = draw();
    xg::manual_seed(43);
    BOOST_TEST(!same_bits(xg::rand({100'003}), a[0]));
    BOOST_TEST(!same_bits(xg::rand({100'003}), xg::rand({100'003})));
    // A shorter draw is the beginning of a longer one.
    xg::manual_seed(42);
    BOOST_TEST(same_bits(xg::rand({10}), a[0].slice(0, 0, 10)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(random_numbers)

BOOST_AUTO_TEST_CASE(uniform_moments) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        xg::manual_seed(1);
        const Tensor u = xg::rand({400'000}, {.dtype = dtype}).to(xg::float64);
        BOOST_TEST(xg::min(u).item() >= 0);
        BOOST_TEST(xg::max(u).item() < 1);
        BOOST_TEST(xg::min(u).item() < 1e-4);
        BOOST_TEST(xg::max(u).item() > 1 - 1e-4);
        // Five standard errors of each moment.
        BOOST_TEST(std::abs(xg::mean(u).item() - 0.5) < 5 * 0.2887 / 632);
        BOOST_TEST(std::abs(xg::mean(xg::square(u)).item() - 1.0 / 3) < 5 * 0.2981 / 632);
        BOOST_TEST(std::abs(xg::mean(u.slice(0, 0, 399'999) * u.slice(0, 1, 400'000)).item() - 0.25) <
                   5 * 0.2205 / 632 * 1.5);
    }
}

BOOST_AUTO_TEST_CASE(normal_moments) {
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        xg::manual_seed(1);
        const Tensor z = xg::randn({400'000}, {.dtype = dtype}).to(xg::float64);
        BOOST_TEST(std::abs(xg::mean(z).item()) < 5.0 / 632);
        BOOST_TEST(std::abs(xg::mean(xg::square(z)).item() - 1) < 5 * 1.414 / 632);
        BOOST_TEST(std::abs(xg::mean(xg::pow(z, 3)).item()) < 5 * 3.873 / 632);
        BOOST_TEST(std::abs(xg::mean(xg::pow(z, 4)).item() - 3) < 5 * 9.798 / 632);
        BOOST_TEST(std::abs(xg::mean((xg::abs(z) < 1).to(xg::float64)).item() - 0.68269) < 5 * 0.4654 / 632);
        BOOST_TEST(std::abs(xg::mean(z.slice(0, 0, 399'999) * z.slice(0, 1, 400'000)).item()) < 5.0 / 632);
    }
}

BOOST_AUTO_TEST_CASE(integers_are_refused) {
    BOOST_CHECK_THROW(xg::rand({2}, {.dtype = xg::int64}), xg::DTypeError);
    BOOST_CHECK_THROW(xg::randn({2}, {.dtype = xg::boolean}), xg::DTypeError);
    BOOST_TEST(xg::rand({2, 0}).shape() == (xg::Shape{2, 0}));
    BOOST_TEST(xg::rand({2}, {.requires_grad = true}).requires_grad());
}

BOOST_AUTO_TEST_SUITE_END()
