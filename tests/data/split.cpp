#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/split.hpp>

#include "reference/reference.hpp"

using xg::data::SplitOptions;
using xg::data::train_test_split;

namespace {

std::vector<std::int64_t> integers(const xg::Tensor& t) {
    const xg::Tensor whole = t.contiguous();
    const auto* values = whole.data<std::int64_t>();
    return {values, values + whole.numel()};
}

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split)

BOOST_AUTO_TEST_CASE(rows_are_scikit_learns) {
    for (const reference::Split& expected : reference::splits) {
        BOOST_TEST_CONTEXT("n " << expected.n << ", random_state " << expected.random_state << ", shuffle "
                                << expected.shuffle << ", test_size " << expected.test_size.value_or(0)
                                << ", train_size " << expected.train_size.value_or(0)) {
            const xg::Tensor rows = xg::arange(0, expected.n, 1, {.dtype = xg::int64});
            const auto [x_train, x_test, y_train, y_test] = train_test_split(rows, rows.reshape({-1, 1}),
                                                                             {.test_size = expected.test_size,
                                                                              .train_size = expected.train_size,
                                                                              .n_test = expected.n_test,
                                                                              .n_train = expected.n_train,
                                                                              .random_state = expected.random_state,
                                                                              .shuffle = expected.shuffle});
            BOOST_TEST(integers(x_train) == expected.train, boost::test_tools::per_element());
            BOOST_TEST(integers(x_test) == expected.test, boost::test_tools::per_element());
            BOOST_TEST(integers(y_train) == expected.train, boost::test_tools::per_element());
            BOOST_TEST(integers(y_test) == expected.test, boost::test_tools::per_element());
            BOOST_TEST((y_test.shape() == xg::Shape{static_cast<std::int64_t>(expected.test.size()), 1}));
        }
    }
}

BOOST_AUTO_TEST_CASE(rows_of_any_dtype_and_rank_stay_together) {
    constexpr std::int64_t n = 12;
    const xg::Tensor number = xg::arange(0, n, 1, {.dtype = xg::int64});
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::int64, xg::boolean})
        for (const xg::Shape& shape : {xg::Shape{n}, xg::Shape{n, 3}, xg::Shape{n, 2, 5}, xg::Shape{n, 0}}) {
            BOOST_TEST_CONTEXT(xg::name(dtype) << " " << shape.str()) {
                const xg::Tensor x = xg::arange(0, shape.elements(), 1, {.dtype = xg::int64}).reshape(shape).to(dtype);
                const auto [x_train, x_test, row_train, row_test] = train_test_split(x, number, {.random_state = 3});
                for (const auto& [part, rows] : {std::pair{x_train, row_train}, std::pair{x_test, row_test}}) {
                    BOOST_TEST((part.dtype() == dtype && part.rank() == x.rank() && part.size(0) == rows.size(0)));
                    for (std::int64_t i = 0; i < part.size(0); ++i)
                        BOOST_TEST(part[i].to_vector() == x[rows[i].item_int()].to_vector(),
                                   boost::test_tools::per_element());
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(strided_tensors_and_large_ones, *boost::unit_test::label("threads")) {
    // Several blocks of a megabyte, and rows that do not lie together.
    const xg::Tensor x = xg::arange(0, 600'000, 1, {.dtype = xg::int64}).reshape({2, 300'000}).transpose();
    const xg::Tensor y = xg::arange(0, 300'000, 1, {.dtype = xg::int64});
    const auto [x_train, x_test, y_train, y_test] = train_test_split(x, y, {.test_size = 0.1});
    BOOST_TEST((x_train.shape() == xg::Shape{270'000, 2} && x_test.shape() == xg::Shape{30'000, 2}));
    const std::vector<std::int64_t> rows = integers(x_train), labels = integers(y_train);
    bool together = true;
    for (std::size_t i = 0; i < labels.size(); ++i)
        together = together && rows[2 * i] == labels[i] && rows[2 * i + 1] == labels[i] + 300'000;
    BOOST_TEST(together);
}

BOOST_AUTO_TEST_CASE(parts_carry_no_graph) {
    xg::Tensor x = xg::ones({8, 2});
    x.requires_grad(true);
    for (const bool shuffle : {true, false}) {
        const auto parts = train_test_split(x, xg::ones({8}), {.shuffle = shuffle});
        BOOST_TEST((!parts.x_train.requires_grad() && !parts.x_test.requires_grad()));
    }
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const xg::Tensor x = xg::ones({10, 2}), y = xg::ones({10, 1});
    const auto refuses = [&](const SplitOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(train_test_split(x, y, options), xg::ValueError, says(part));
    };
    refuses({.test_size = 0.0}, "test_size is 0, expected a share");
    refuses({.test_size = 1.0}, "test_size is 1, expected a share");
    refuses({.test_size = 3.0}, "n_test takes a count");
    refuses({.train_size = -0.5}, "train_size is -0.5");
    refuses({.n_test = 0}, "n_test is 0, expected at least 1 and less than the 10 samples");
    refuses({.n_train = 10}, "n_train is 10");
    refuses({.test_size = 0.5, .n_test = 5}, "both given");
    refuses({.test_size = 0.5, .train_size = 0.75}, "expected at most 1 together");
    refuses({.n_test = 6, .n_train = 5}, "expected no more than there are");
    refuses({.test_size = 0.95}, "0 for training and 10 for testing");
    BOOST_CHECK_EXCEPTION(train_test_split(x.slice(0, 0, 1), y.slice(0, 0, 1)), xg::ValueError, says("of 1 samples"));
    BOOST_CHECK_EXCEPTION(train_test_split(x.slice(0, 0, 0), y.slice(0, 0, 0)), xg::ValueError, says("of 0 samples"));
    BOOST_CHECK_EXCEPTION(train_test_split(x, xg::ones({9})), xg::ShapeError, says("x has shape (10, 2) and y (9,)"));
    BOOST_CHECK_EXCEPTION(train_test_split(xg::Tensor(1.0), y), xg::ShapeError, says("x has shape () and y (10, 1)"));
    BOOST_CHECK_EXCEPTION(train_test_split(x, {}), xg::ValueError, says("y is undefined"));
}

BOOST_AUTO_TEST_SUITE_END()
