#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "reference/print_reference.hpp"

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(as_numpy_prints) {
    for (const PrintCase& c : print_cases) {
        BOOST_TEST_CONTEXT(c.expression) { BOOST_TEST(c.tensor.str() == c.printed); }
    }
}

BOOST_AUTO_TEST_CASE(streams_undefined_and_recorded_tensors) {
    std::ostringstream out;
    const xg::Tensor x = xg::ones({2}, {.requires_grad = true});
    out << xg::Tensor() << ' ' << x << ' ' << x * 2 << ' ' << xg::broadcast_to(xg::tensor({1, 2}), {2, 2});
    BOOST_TEST(out.str() == "undefined [1. 1.] [2. 2.] [[1 2]\n [1 2]]");
}

BOOST_AUTO_TEST_SUITE_END()
