#include <boost/test/unit_test.hpp>

#include <limits>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/data/make_blobs.hpp>
#include <xgrad/data/make_circles.hpp>
#include <xgrad/data/make_classification.hpp>

#include "reference/generators.hpp"
#include "reference_table.hpp"

using namespace xg::data;
using reference::Digest, reference::Line, reference::says;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Element by element as floats of the doubles, with the same labels.
template <class Make, class Options>
void check_default_dtype(Make&& make, Options options) {
    const auto [x, y] = make(options);
    options.dtype = xg::float64;
    const auto [exact, labels] = make(options);
    BOOST_TEST((x.dtype() == xg::float32 && exact.dtype() == xg::float64 && y.dtype() == xg::int64));
    BOOST_TEST((y.shape() == xg::Shape{x.size(0)} && !x.requires_grad() && x.is_contiguous()));
    BOOST_TEST(x.to_vector() == exact.to(xg::float32).to_vector(), boost::test_tools::per_element());
    BOOST_TEST(y.to_vector() == labels.to_vector(), boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generators)

BOOST_AUTO_TEST_CASE(classifications_are_scikit_learns) {
    reference::each_line(reference::classifications, 90, [](Line& line) {
        ClassificationOptions options;
        options.random_state = line.seed();
        options.n_samples = line.integer();
        options.n_features = line.integer();
        options.n_informative = line.integer();
        options.n_redundant = line.integer();
        options.n_repeated = line.integer();
        options.n_classes = line.integer();
        options.n_clusters_per_class = line.integer();
        options.flip_y = line.number();
        options.class_sep = line.number();
        options.hypercube = line.flag();
        options.shuffle = line.flag();
        options.weights = line.numbers();
        options.shift = line.one_or_each<double>();
        options.scale = line.one_or_each<double>();
        options.dtype = xg::float64;
        line.bar();
        const auto [x, y] = make_classification(options);
        BOOST_TEST_REQUIRE((x.shape() == xg::Shape{options.n_samples, options.n_features}));
        BOOST_TEST_REQUIRE((y.shape() == xg::Shape{options.n_samples}));
        BOOST_TEST(Digest().add(y).str() == line.word());
        check_matrix(x, line, 1e-15);
    });
}

BOOST_AUTO_TEST_CASE(blobs_are_scikit_learns) {
    reference::each_line(reference::blobs, 56, [](Line& line) {
        BlobsOptions options;
        options.random_state = line.seed();
        options.n_samples = line.one_or_each<std::int64_t>();
        options.n_features = line.integer();
        const std::string kind = line.word();
        if (kind == "number") options.centers = line.integer();
        if (kind == "matrix") {
            const std::int64_t columns = line.integer();
            const std::vector<double> values = line.numbers();
            options.centers = xg::from_data(values, {static_cast<std::int64_t>(values.size()) / columns, columns},
                                            {.dtype = xg::float64});
        }
        options.cluster_std = line.one_or_each<double>();
        options.center_box.first = line.number();
        options.center_box.second = line.number();
        options.shuffle = line.flag();
        options.dtype = xg::float64;
        line.bar();
        const auto [x, y, centers] = make_blobs_with_centers(options);
        BOOST_TEST(Digest().add(y).str() == line.word());
        check_matrix(x, line, 0.0);
        check_matrix(centers, line, 0.0);
    });
}

BOOST_AUTO_TEST_CASE(circles_are_scikit_learns) {
    reference::each_line(reference::circles, 80, [](Line& line) {
        CirclesOptions options;
        options.random_state = line.seed();
        options.n_samples = line.one_or_each<std::int64_t>();
        options.factor = line.number();
        options.noise = line.number();
        options.shuffle = line.flag();
        options.dtype = xg::float64;
        line.bar();
        const auto [x, y] = make_circles(options);
        BOOST_TEST(Digest().add(y).str() == line.word());
        check_matrix(x, line, 1e-15);
    });
}

BOOST_AUTO_TEST_CASE(moons_are_scikit_learns) {
    reference::each_line(reference::moons, 100, [](Line& line) {
        MoonsOptions options;
        options.random_state = line.seed();
        options.n_samples = line.one_or_each<std::int64_t>();
        options.noise = line.number();
        options.shuffle = line.flag();
        options.dtype = xg::float64;
        line.bar();
        const auto [x, y] = make_moons(options);
        BOOST_TEST(Digest().add(y).str() == line.word());
        check_matrix(x, line, 1e-15);
    });
}

BOOST_AUTO_TEST_CASE(defaults_are_in_float32) {
    check_default_dtype(make_classification, ClassificationOptions{});
    check_default_dtype(make_blobs, BlobsOptions{});
    check_default_dtype(make_circles, CirclesOptions{});
    check_default_dtype(make_moons, MoonsOptions{});
    BOOST_TEST((make_classification().x.shape() == xg::Shape{100, 20}));
    BOOST_TEST((make_blobs_with_centers().centers.shape() == xg::Shape{3, 2}));
    BOOST_TEST((make_moons({.n_samples = {3, 4}}).x.shape() == xg::Shape{7, 2}));
}

BOOST_AUTO_TEST_CASE(bad_classifications_are_named) {
    const auto refuses = [](const ClassificationOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(make_classification(options), xg::ValueError, says("make_classification: " + part));
    };
    refuses({.n_samples = 0}, "n_samples is 0, expected at least 1");
    refuses({.n_features = 0}, "n_features is 0");
    refuses({.n_informative = 0}, "n_informative is 0");
    refuses({.n_redundant = -1}, "n_redundant is -1");
    refuses({.n_repeated = -1}, "n_repeated is -1");
    refuses({.n_classes = 0}, "n_classes is 0");
    refuses({.n_clusters_per_class = 0}, "n_clusters_per_class is 0");
    refuses({.n_features = 3}, "n_informative is 2, n_redundant 2 and n_repeated 0, expected no more");
    refuses({.n_redundant = INT64_MAX}, "n_informative is 2, n_redundant 9223372036854775807");
    refuses({.n_classes = 3}, "n_classes is 3 and n_clusters_per_class 2, expected a product of at most");
    refuses({.n_classes = INT64_MAX, .n_clusters_per_class = 3}, "n_classes is 9223372036854775807");
    refuses({.weights = {0.1, 0.2, 0.3}}, "weights has 3 entries");
    refuses({.weights = {-0.1}}, "weights holds -0.1");
    refuses({.weights = {kNan}}, "weights holds nan");
    refuses({.weights = {0.5, 0.75}}, "weights add up to 1.25");
    refuses({.flip_y = 1.5}, "flip_y is 1.5");
    refuses({.flip_y = kNan}, "flip_y is nan");
    refuses({.class_sep = -1.0}, "class_sep is -1");
    refuses({.shift = kInf}, "shift is inf");
    refuses({.shift = {1.0, 2.0}}, "shift has 2 entries");
    refuses({.scale = {1.0}}, "scale has 1 entries");
    refuses({.n_samples = INT64_MAX / 4}, "n_samples and n_features ask for");
    BOOST_CHECK_EXCEPTION(make_classification({.dtype = xg::int64}), xg::DTypeError, says("dtype is int64"));
}

BOOST_AUTO_TEST_CASE(bad_blobs_are_named) {
    const auto refuses = [](const BlobsOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(make_blobs(options), xg::ValueError, says("make_blobs: " + part));
    };
    refuses({.n_samples = 0}, "n_samples is 0, expected at least 1");
    refuses({.n_samples = {3, -1}}, "n_samples is -1, expected at least 0");
    refuses({.n_samples = {}}, "n_samples is an empty list");
    refuses({.n_samples = {0, 0}}, "the sum of n_samples is 0");
    refuses({.n_samples = {INT64_MAX, 1}}, "the entries of n_samples add up to more");
    refuses({.n_samples = INT64_MAX}, "n_samples and n_features ask for");
    refuses({.n_features = 0}, "n_features is 0");
    refuses({.centers = 0}, "centers is 0");
    refuses({.n_samples = {1, 2}, .centers = 3}, "n_samples lists 2 centres and centers is 3");
    refuses({.n_samples = {1, 2}, .centers = xg::ones({3, 2})}, "n_samples lists 2 entries and there are 3 centres");
    refuses({.centers = xg::Tensor()}, "centers is undefined");
    refuses({.centers = xg::full({1, 2}, kInf)}, "an entry of centers is inf");
    refuses({.cluster_std = -1.0}, "cluster_std is -1");
    refuses({.cluster_std = {1.0, 2.0}}, "cluster_std lists 2 entries and there are 3 centres");
    refuses({.cluster_std = {}}, "cluster_std lists 0 entries");
    refuses({.center_box = {1.0, 0.0}}, "center_box is (1, 0), expected the lower bound first");
    refuses({.center_box = {kNan, 0.0}}, "center_box is nan");
    refuses({.center_box = {-1.7e308, 1.7e308}}, "the width of center_box is inf");
    BOOST_CHECK_EXCEPTION(make_blobs({.centers = xg::ones({3})}), xg::ShapeError, says("centers has shape (3,)"));
    BOOST_CHECK_EXCEPTION(make_blobs({.dtype = xg::boolean}), xg::DTypeError, says("dtype is bool"));
}

BOOST_AUTO_TEST_CASE(bad_circles_and_moons_are_named) {
    const auto refuses = [](auto make, const auto& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(make(options), xg::ValueError, says(part));
    };
    refuses(make_circles, CirclesOptions{.n_samples = 0}, "make_circles: n_samples is 0");
    refuses(make_circles, CirclesOptions{.n_samples = {1, 2, 3}}, "n_samples lists 3 entries");
    refuses(make_circles, CirclesOptions{.n_samples = {0, 0}}, "the sum of n_samples is 0");
    refuses(make_circles, CirclesOptions{.n_samples = {4, -1}}, "n_samples is -1");
    refuses(make_circles, CirclesOptions{.factor = 1.0}, "factor is 1");
    refuses(make_circles, CirclesOptions{.factor = kNan}, "factor is nan");
    refuses(make_circles, CirclesOptions{.noise = -0.5}, "noise is -0.5");
    refuses(make_moons, MoonsOptions{.n_samples = -3}, "make_moons: n_samples is -3");
    refuses(make_moons, MoonsOptions{.n_samples = {INT64_MAX, 2}}, "add up to more");
    refuses(make_moons, MoonsOptions{.n_samples = INT64_MAX}, "n_samples ask for");
    refuses(make_moons, MoonsOptions{.noise = kNan}, "noise is nan");
    BOOST_CHECK_EXCEPTION(make_moons({.dtype = xg::int64}), xg::DTypeError, says("dtype is int64"));
    BOOST_CHECK_EXCEPTION(make_circles({.dtype = xg::int64}), xg::DTypeError, says("dtype is int64"));
}

BOOST_AUTO_TEST_SUITE_END()
