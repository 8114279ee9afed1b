#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/data/folds.hpp>
#include <xgrad/data/split.hpp>

#include "reference/generators.hpp"
#include "reference_table.hpp"

using namespace xg::data;
using reference::Digest, reference::Line, reference::says;

namespace {

/// The labels that the script makes.
xg::Tensor labels(std::int64_t n, std::int64_t classes, std::uint32_t seed) {
    std::vector<std::int64_t> y;
    for (std::int64_t i = 0; i < n; ++i) y.push_back((i * i * 7 + i * 3 + seed) % 97 % classes - 1);
    return xg::from_data(y, {n});
}

xg::Tensor numbered(std::int64_t n) { return xg::arange(0, n, 1, {.dtype = xg::int64}); }

void read_size(Line& line, std::optional<double>& share, std::optional<std::int64_t>& count) {
    const std::string kind = line.word();
    if (kind == "share") share = line.number();
    if (kind == "count") count = line.integer();
}

std::string digest(const std::vector<Fold>& folds) {
    Digest digest;
    for (const auto& [train, test] : folds) digest.add(train).add(test);
    return digest.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(folds)

BOOST_AUTO_TEST_CASE(stratified_splits_are_scikit_learns) {
    reference::each_line(reference::stratified_splits, 200, [](Line& line) {
        const std::int64_t n = line.integer(), classes = line.integer();
        SplitOptions options;
        options.random_state = line.seed();
        read_size(line, options.test_size, options.n_test);
        read_size(line, options.train_size, options.n_train);
        options.stratify = labels(n, classes, options.random_state);
        line.bar();
        const std::string expected = line.word();
        if (expected == "refused") {
            BOOST_CHECK_THROW(train_test_split(numbered(n), options.stratify, options), xg::ValueError);
            return;
        }
        const auto [x_train, x_test, y_train, y_test] = train_test_split(numbered(n), options.stratify, options);
        BOOST_TEST(std::to_string(x_train.size(0)) == expected);
        BOOST_TEST(Digest().add(x_train).add(x_test).str() == line.word());
        BOOST_TEST((y_train.size(0) == x_train.size(0) && y_test.size(0) == x_test.size(0)));
    });
}

BOOST_AUTO_TEST_CASE(rows_of_labels_are_classes) {
    reference::each_line(reference::stratified_rows, 10, [](Line& line) {
        const std::int64_t n = line.integer();
        const std::uint32_t seed = line.seed();
        line.bar();
        const std::vector<double> first = labels(n, 2, seed).to_vector();
        std::vector<std::int64_t> both;
        for (std::int64_t i = 0; i < n; ++i) {
            both.push_back(static_cast<std::int64_t>(first[static_cast<std::size_t>(i)]));
            both.push_back(i % 2 * 11);
        }
        const auto parts =
            train_test_split(numbered(n), numbered(n), {.random_state = seed, .stratify = xg::from_data(both, {n, 2})});
        BOOST_TEST(Digest().add(parts.x_train).add(parts.x_test).str() == line.word());
    });
}

BOOST_AUTO_TEST_CASE(folds_are_scikit_learns) {
    reference::each_line(reference::folds, 90, [](Line& line) {
        const std::int64_t n = line.integer();
        KFoldOptions options;
        options.n_splits = line.integer();
        options.random_state = line.seed();
        options.shuffle = line.flag();
        line.bar();
        BOOST_TEST(digest(KFold(options).split(xg::zeros({n, 3}))) == line.word());
    });
}

BOOST_AUTO_TEST_CASE(stratified_folds_are_scikit_learns) {
    reference::each_line(reference::stratified_folds, 400, [](Line& line) {
        const std::int64_t n = line.integer(), classes = line.integer();
        KFoldOptions options;
        options.n_splits = line.integer();
        options.random_state = line.seed();
        options.shuffle = line.flag();
        line.bar();
        const xg::Tensor y = labels(n, classes, options.random_state);
        const std::string expected = line.word();
        if (expected == "refused") {
            BOOST_CHECK_THROW(StratifiedKFold(options).split(y), xg::ValueError);
            return;
        }
        BOOST_TEST(digest(StratifiedKFold(options).split(y)) == expected);
        BOOST_TEST(digest(StratifiedKFold(options).split(y.to(xg::float64).reshape({n, 1}))) == expected);
    });
}

BOOST_AUTO_TEST_CASE(each_sample_is_tested_once) {
    for (const std::int64_t n : {2, 7, 40})
        for (const std::int64_t n_splits : {2, 7})
            if (n_splits <= n) {
                std::vector<int> tested(static_cast<std::size_t>(n), 0);
                const auto folds = KFold({.n_splits = n_splits, .shuffle = true, .random_state = 9}).split(n);
                BOOST_TEST(static_cast<std::int64_t>(folds.size()) == n_splits);
                for (const auto& [train, test] : folds) {
                    BOOST_TEST(train.size(0) + test.size(0) == n);
                    for (const double row : test.to_vector()) ++tested[static_cast<std::size_t>(row)];
                }
                for (const int times : tested) BOOST_TEST(times == 1);
            }
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const xg::Tensor y = labels(12, 3, 1);
    BOOST_CHECK_EXCEPTION(KFold({.n_splits = 1}), xg::ValueError, says("KFold: n_splits is 1, expected at least 2"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold({.n_splits = 0}), xg::ValueError, says("StratifiedKFold: n_splits is 0"));
    BOOST_CHECK_EXCEPTION(KFold().split(4), xg::ValueError, says("n_splits is 5, expected no more than the 4 samples"));
    BOOST_CHECK_EXCEPTION(KFold({.n_splits = INT64_MAX / 2}).split(INT64_MAX), xg::ValueError, says("ask for"));
    BOOST_CHECK_EXCEPTION(KFold().split(xg::Tensor(1.0)), xg::ShapeError, says("x has shape ()"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold({.n_splits = 9}).split(y), xg::ValueError, says("of the largest class"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold().split(xg::Tensor()), xg::ValueError, says("y is undefined"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold().split(xg::tensor({0.0, 0.5, 1.0})), xg::ValueError,
                          says("y holds 0.5 in row 1, expected whole numbers"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold().split(xg::ones({6, 2})), xg::ShapeError, says("y has shape (6, 2)"));
    BOOST_CHECK_EXCEPTION(StratifiedKFold().split(xg::ones({6, 2}), y), xg::ShapeError, says("x has shape (6, 2)"));

    const auto refuses = [&](const SplitOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(train_test_split(y, y, options), xg::ValueError, says("train_test_split: " + part));
    };
    refuses({.shuffle = false, .stratify = y}, "stratify is given and shuffle is false");
    refuses({.stratify = xg::tensor({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2})},
            "classes of stratify with only 1 sample: 1, 2");
    refuses({.n_test = 1, .stratify = y}, "11 samples for training and 1 for testing, expected at least");
    refuses({.stratify = xg::full({12}, std::nan(""))}, "stratify holds nan in row 0");
    BOOST_CHECK_EXCEPTION(train_test_split(y, y, {.stratify = xg::ones({12, 2})}), xg::ShapeError,
                          says("stratify has shape (12, 2) and dtype float32"));
    BOOST_CHECK_THROW(train_test_split(y, y, {.stratify = labels(11, 2, 0)}), xg::ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
