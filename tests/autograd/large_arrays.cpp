#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>

#include "support.hpp"

using xg::Tensor;

namespace {

/// Whole numbers, each of its own, in any dtype.
Tensor numbered(const xg::Shape& shape, xg::DType dtype) {
    return xg::remainder(xg::arange(0, shape.elements()), 8191).to(dtype).reshape(shape);
}

/// Whether x * 2 + y is right everywhere, by the tensors' own strides.
bool right(const Tensor& x, const Tensor& y) {
    const Tensor z = xg::where(x == -1, x, x * 2 + y), copy = x.clone();
    bool ok = copy.is_contiguous();
    support::each_position(z.shape(), [&](const std::vector<std::int64_t>& at) {
        ok = ok && support::at(z, at) == 2 * support::at(x, at) + support::at(y, at);
        ok = ok && support::at(copy, at) == support::at(x, at);
    });
    return ok;
}

}  // namespace

// Arrays that are worked on in tiles, in several tasks.
BOOST_AUTO_TEST_SUITE(large_arrays)

BOOST_AUTO_TEST_CASE(transposed) {
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::int64})
        for (const xg::Shape& shape : {xg::Shape{33, 131}, xg::Shape{8, 4500}, xg::Shape{4500, 8}, xg::Shape{3, 37, 50},
                                       xg::Shape{70, 3, 9}, xg::Shape{5, 9, 2, 40}})
            BOOST_TEST_CONTEXT(shape << " of " << dtype) {
                const Tensor x = numbered(shape, dtype);
                const auto rank = x.rank();
                for (std::int64_t a = 0; a < rank; ++a)
                    for (std::int64_t b = a + 1; b < rank; ++b) {
                        const Tensor t = x.transpose(a, b);
                        BOOST_TEST(right(t, t.contiguous()));
                        BOOST_TEST(right(t.contiguous(), t));
                        BOOST_TEST(right(t, numbered({t.size(-1)}, dtype)));
                        BOOST_TEST(right(
                            t, xg::broadcast_to(numbered({t.size(0)}, dtype).reshape({-1, 1}), {t.size(0), t.size(-1)})
                                   .reshape(rank == 2   ? xg::Shape{t.size(0), t.size(1)}
                                            : rank == 3 ? xg::Shape{t.size(0), 1, t.size(2)}
                                                        : xg::Shape{t.size(0), 1, 1, t.size(3)})));
                        BOOST_TEST(right(t.slice(-1, 1, t.size(-1), 2), t.slice(-1, 0, t.size(-1) - 1, 2)));
                    }
            }
}

BOOST_AUTO_TEST_CASE(masks) {
    const Tensor mask = numbered({40, 60}, xg::int64) < 900, x = numbered({60, 40}, xg::float32);
    const Tensor y = xg::where(mask.transpose(), x, -x);
    bool ok = true;
    support::each_position(y.shape(), [&](const std::vector<std::int64_t>& at) {
        const double v = support::at(x, at);
        ok = ok && support::at(y, at) == (at[1] * 60 + at[0] < 900 ? v : -v);
    });
    BOOST_TEST(ok);
}

BOOST_AUTO_TEST_CASE(few_long_rows) {
    const Tensor x = numbered({2, 70'001}, xg::float32), wide = numbered({2, 1}, xg::float32);
    BOOST_TEST(right(x, wide));
    BOOST_TEST(right(x.slice(1, 0, 70'001, 2), wide));
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
    const Tensor x = numbered({301, 407}, xg::float32) * 0.01, column = numbered({407, 1}, xg::float32);
    std::vector<Tensor> first;
    for (const int n : {1, 2, 5}) {
        const support::Threads threads(n);
        const std::vector<Tensor> found = {xg::silu(x.transpose()) + column, xg::erfc(x.transpose()),
                                           xg::glu(x.slice(1, 0, 406))};
        if (first.empty()) first = found;
        for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(support::same_bits(found[i], first[i]), i);
    }
}

BOOST_AUTO_TEST_SUITE_END()
