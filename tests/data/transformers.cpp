#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>

#include <unistd.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/encoders.hpp>
#include <xgrad/data/imputer.hpp>
#include <xgrad/data/scalers.hpp>

#include "reference/transformers.hpp"
#include "reference_table.hpp"

using namespace xg::data;
using reference::Line, reference::says;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

xg::Tensor read_matrix(Line& line) {
    const std::int64_t rows = line.integer(), columns = line.integer();
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows * columns; ++i) values.push_back(line.number());
    return xg::from_data(values, {rows, columns}, {.dtype = xg::float64});
}

xg::Tensor read_integers(Line& line) {
    const std::int64_t rows = line.integer(), columns = line.integer();
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < rows * columns; ++i) values.push_back(line.integer());
    return xg::from_data(values, {rows, columns});
}

/// To 1e-12 relative, or of `floor` where the terms of a difference cancel.
void check_near(const char* what, const xg::Tensor& tensor, const xg::Tensor& expected, double floor = 0.0) {
    const std::vector<double> a = tensor.to_vector(), b = expected.to_vector();
    BOOST_TEST_CONTEXT(what) {
        BOOST_TEST_REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            BOOST_TEST(
                ((std::isnan(a[i]) && std::isnan(b[i])) || std::abs(a[i] - b[i]) <= 1e-12 * std::abs(b[i]) + floor),
                "element " << i << " is " << a[i] << ", expected " << b[i]);
    }
}

/// A file that goes away again.
class Scratch {
public:
    Scratch()
        : path_(std::filesystem::temp_directory_path() / ("xgrad_saved_" + std::to_string(::getpid()) + ".json")) {}
    ~Scratch() { std::filesystem::remove(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// What was saved and loaded again does the same, bit for bit, and saves the same file.
template <class T>
T reloaded(const T& transformer) {
    const Scratch file;
    transformer.save(file.path());
    const std::string text = xg::read_file(file.path());
    const T again = T::load(file.path());
    again.save(file.path());
    BOOST_TEST(xg::read_file(file.path()) == text);
    return again;
}

template <class T>
void check_scaler(T& scaler, const xg::Tensor& fit, const xg::Tensor& x, Line& line, double floor) {
    const xg::Tensor expected = read_matrix(line), inverse = read_matrix(line);
    check_near("transform", scaler.transform(x), expected, floor);
    check_near("inverse_transform", scaler.inverse_transform(x), inverse, floor);
    check_near("saved", reloaded(scaler).transform(x), scaler.transform(x));
    check_near("fit_transform", T(scaler).fit_transform(fit), scaler.transform(fit));
    BOOST_TEST((scaler.transform(x.to(xg::float32)).dtype() == xg::float32));
}

StringColumns strings(const xg::Tensor& x) {
    const auto* values = x.data<std::int64_t>();
    StringColumns columns(static_cast<std::size_t>(x.size(1)));
    for (std::int64_t i = 0; i < x.numel(); ++i)
        columns[static_cast<std::size_t>(i % x.size(1))].push_back("k" + std::to_string(values[i]));
    return columns;
}

/// The encoder of one line, for integers or strings, and all that holds for both.
template <class Encoder>
void check_encoder(Encoder encoder, const std::string& kind, Line& line) {
    const xg::Tensor fit = read_integers(line), x = read_integers(line);
    line.bar();
    const xg::Tensor expected = read_matrix(line);
    const bool text = kind == "strings";
    const auto transform = [&](const Encoder& e, const xg::Tensor& t) {
        return text ? e.transform(strings(t)) : e.transform(t);
    };
    const xg::Tensor encoded = text ? encoder.fit_transform(strings(fit)) : encoder.fit_transform(fit);
    check_near("fit_transform", encoded, expected);
    const Encoder again = reloaded(encoder);
    check_near("saved", transform(again, fit), expected);
    if (text) {
        BOOST_TEST((again.inverse_transform_strings(encoded) == strings(fit)));
        BOOST_CHECK_THROW(encoder.inverse_transform(encoded), xg::ValueError);
        BOOST_CHECK_THROW(encoder.transform(fit), xg::ValueError);
    } else {
        BOOST_TEST(again.inverse_transform(encoded).to_vector() == fit.to_vector(), boost::test_tools::per_element());
        BOOST_CHECK_THROW(encoder.inverse_transform_strings(encoded), xg::ValueError);
        BOOST_CHECK_THROW(encoder.transform(strings(fit)), xg::ValueError);
    }
    if (line.text().ends_with("refused"))
        BOOST_CHECK_THROW(transform(encoder, x), xg::ValueError);
    else
        check_near("transform", transform(encoder, x), read_matrix(line));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transformers)

BOOST_AUTO_TEST_CASE(standard_scalers_are_scikit_learns) {
    reference::each_line(reference::standard, 24, [](Line& line) {
        const bool with_mean = line.flag(), with_std = line.flag();
        StandardScaler scaler({.with_mean = with_mean, .with_std = with_std});
        const xg::Tensor fit = read_matrix(line), x = read_matrix(line);
        line.bar();
        scaler.fit(fit);
        check_near("mean", scaler.mean(), read_matrix(line));
        check_near("scale", scaler.scale(), read_matrix(line));
        check_scaler(scaler, fit, x, line, 1e-13);
    });
}

BOOST_AUTO_TEST_CASE(min_max_scalers_are_scikit_learns) {
    reference::each_line(reference::min_max, 24, [](Line& line) {
        MinMaxScalerOptions options;
        options.feature_range.first = line.number();
        options.feature_range.second = line.number();
        options.clip = line.flag();
        MinMaxScaler scaler(options);
        const xg::Tensor fit = read_matrix(line), x = read_matrix(line);
        line.bar();
        scaler.fit(fit);
        check_near("data_min", scaler.data_min(), read_matrix(line));
        check_near("data_max", scaler.data_max(), read_matrix(line));
        check_near("min", scaler.min(), read_matrix(line));
        check_near("scale", scaler.scale(), read_matrix(line));
        check_scaler(scaler, fit, x, line, 1e-14);
    });
}

BOOST_AUTO_TEST_CASE(robust_scalers_are_scikit_learns) {
    reference::each_line(reference::robust, 36, [](Line& line) {
        RobustScalerOptions options;
        options.with_centering = line.flag();
        options.with_scaling = line.flag();
        options.quantile_range.first = line.number();
        options.quantile_range.second = line.number();
        options.unit_variance = line.flag();
        RobustScaler scaler(options);
        const xg::Tensor fit = read_matrix(line), x = read_matrix(line);
        line.bar();
        scaler.fit(fit);
        check_near("center", scaler.center(), read_matrix(line));
        check_near("scale", scaler.scale(), read_matrix(line));
        check_scaler(scaler, fit, x, line, 1e-14);
    });
}

BOOST_AUTO_TEST_CASE(imputers_are_scikit_learns) {
    reference::each_line(reference::imputer, 64, [](Line& line) {
        SimpleImputerOptions options;
        options.missing_values = line.number();
        const std::string strategy = line.word();
        options.strategy = strategy == "mean"            ? ImputeStrategy::mean
                           : strategy == "median"        ? ImputeStrategy::median
                           : strategy == "most_frequent" ? ImputeStrategy::most_frequent
                                                         : ImputeStrategy::constant;
        options.fill_value = line.number();
        options.add_indicator = line.flag();
        options.keep_empty_features = line.flag();
        SimpleImputer imputer(options);
        const xg::Tensor fit = read_matrix(line), x = read_matrix(line);
        line.bar();
        imputer.fit(fit);
        check_near("statistics", imputer.statistics(), read_matrix(line));
        const xg::Tensor filled = imputer.transform(x);
        check_near("transform", filled, read_matrix(line));
        check_near("saved", reloaded(imputer).transform(x), filled);
        if (options.add_indicator)
            check_near("inverse_transform", imputer.inverse_transform(filled), read_matrix(line));
        else
            BOOST_CHECK_EXCEPTION(imputer.inverse_transform(filled), xg::ValueError, says("add_indicator is false"));
    });
}

BOOST_AUTO_TEST_CASE(one_hot_encoders_are_scikit_learns) {
    reference::each_line(reference::one_hot, 36, [](Line& line) {
        const std::string kind = line.word(), drop = line.word(), unknown = line.word();
        check_encoder(
            OneHotEncoder({.drop = drop == "none"    ? DropCategory::none
                                   : drop == "first" ? DropCategory::first
                                                     : DropCategory::if_binary,
                           .handle_unknown = unknown == "error" ? UnknownCategory::error : UnknownCategory::ignore,
                           .dtype = xg::float64}),
            kind, line);
    });
}

BOOST_AUTO_TEST_CASE(ordinal_encoders_are_scikit_learns) {
    reference::each_line(reference::ordinal, 18, [](Line& line) {
        const std::string kind = line.word(), unknown = line.word();
        const double value = line.number();
        check_encoder(OrdinalEncoder({.handle_unknown =
                                          unknown == "error" ? UnknownCategory::error : UnknownCategory::encoded_value,
                                      .unknown_value = value,
                                      .dtype = xg::float64}),
                      kind, line);
    });
}

BOOST_AUTO_TEST_CASE(dtypes_and_empty_parts) {
    const xg::Tensor x = xg::tensor({{1, 2}, {3, 6}});
    BOOST_TEST((StandardScaler().fit_transform(x).dtype() == xg::float64));
    BOOST_TEST(StandardScaler().fit_transform(x).to_vector() == (std::vector<double>{-1, -1, 1, 1}),
               boost::test_tools::per_element());
    StandardScaler scaler;
    BOOST_TEST((scaler.fit(x).transform(x.slice(0, 0, 0)).shape() == xg::Shape{0, 2}));
    OrdinalEncoder codes({.handle_unknown = UnknownCategory::encoded_value, .unknown_value = -1, .dtype = xg::int64});
    BOOST_TEST((codes.fit_transform(x).dtype() == xg::int64));
    BOOST_TEST(codes.transform(xg::tensor({{3, 3}})).to_vector() == (std::vector<double>{1, -1}),
               boost::test_tools::per_element());
    OneHotEncoder given({.string_categories = {{"b", "a", "c"}}});
    BOOST_TEST(given.fit_transform(StringColumns{{"a", "b"}}).to_vector() == (std::vector<double>{0, 1, 0, 1, 0, 0}),
               boost::test_tools::per_element());
    BOOST_TEST((given.string_categories()[0] == std::vector<std::string>{"b", "a", "c"} && given.categories().empty()));
}

BOOST_AUTO_TEST_CASE(bad_numbers_are_named) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const xg::Tensor good = xg::ones({4, 2});
    const xg::Tensor bad = xg::tensor({{1.0, 2.0}, {1.0, 2.0}, {1.0, inf}, {1.0, inf}});
    const xg::Tensor gap = xg::tensor({{1.0, 2.0}, {kNaN, 2.0}});
    const auto refuses = [](auto&& call, const std::string& part) {
        BOOST_CHECK_EXCEPTION(call(), xg::ValueError, says(part));
    };
    refuses([&] { StandardScaler().fit(bad); }, "StandardScaler: fit: column 1 holds inf in row 2, expected finite");
    refuses([&] { StandardScaler().fit(good).transform(bad); },
            "StandardScaler: transform: column 1 holds inf in row 2");
    refuses([&] { MinMaxScaler().fit(bad); }, "MinMaxScaler: fit: column 1");
    refuses([&] { RobustScaler().fit(bad); }, "RobustScaler: fit: column 1");
    refuses([&] { SimpleImputer().fit(bad); }, "SimpleImputer: fit: column 1 holds inf in row 2");
    refuses([&] { SimpleImputer({.missing_values = -1}).fit(gap); }, "column 0 holds nan in row 1");
    refuses([&] { OneHotEncoder().fit(xg::tensor({{1}, {0}})).inverse_transform(gap); }, "column 0 holds nan in row 1");
    refuses([&] { OrdinalEncoder().fit(xg::tensor({{1, 2}})).inverse_transform(gap); }, "column 0 holds 1 in row 0");
    refuses([&] { OrdinalEncoder().fit(xg::tensor({{1, 2}})).inverse_transform(xg::full({1, 2}, 0.5)); }, "holds 0.5");
    refuses(
        [&] {
            OneHotEncoder().fit(xg::tensor({{1}, {0}})).inverse_transform(xg::zeros({1, 2}));
        },
        "row 0 has no category for column 0: columns 0 to 1 add up to 0");
    refuses(
        [&] {
            OneHotEncoder().fit(xg::tensor({{1}, {0}})).transform(xg::tensor({{1}, {3}, {3}}));
        },
        "OneHotEncoder: transform: column 0 holds 3 in row 1, expected one of its 2 categories");
    refuses([&] { OrdinalEncoder().fit(StringColumns{{"a"}}).transform(StringColumns{{"b"}}); },
            "OrdinalEncoder: transform: column 0 holds \"b\" in row 0");

    refuses([&] { StandardScaler().transform(good); }, "StandardScaler: transform: nothing was fitted yet");
    refuses([&] { MinMaxScaler().save("x"); }, "MinMaxScaler: save: nothing was fitted yet");
    refuses([&] { RobustScaler().center(); }, "nothing was fitted yet");
    refuses([&] { OneHotEncoder().categories(); }, "nothing was fitted yet");
    refuses([&] { SimpleImputer().statistics(); }, "nothing was fitted yet");
    refuses([&] { StandardScaler().fit({}); }, "x is undefined");
    BOOST_CHECK_EXCEPTION(StandardScaler().fit(xg::ones({0, 2})), xg::ShapeError, says("x has shape (0, 2)"));
    BOOST_CHECK_EXCEPTION(StandardScaler().fit(xg::ones({2})), xg::ShapeError, says("x has shape (2,)"));
    BOOST_CHECK_EXCEPTION(StandardScaler().fit(good).transform(xg::ones({1, 3})), xg::ShapeError,
                          says("x has shape (1, 3), expected (n, 2)"));
    BOOST_CHECK_EXCEPTION(OneHotEncoder().fit(good), xg::DTypeError, says("x is of float32, expected int64"));
    BOOST_CHECK_EXCEPTION(OneHotEncoder().fit(StringColumns{{"a", "b"}, {"c"}}), xg::ShapeError,
                          says("column 0 has 2 rows and column 1 has 1"));
    BOOST_CHECK_EXCEPTION(OneHotEncoder().fit(StringColumns{}), xg::ShapeError, says("x has 0 columns"));
}

BOOST_AUTO_TEST_CASE(bad_options_are_named) {
    const auto refuses = [](auto&& call, const std::string& part) {
        BOOST_CHECK_EXCEPTION(call(), xg::ValueError, says(part));
    };
    refuses([] { MinMaxScaler({.feature_range = {1.0, 1.0}}); }, "feature_range is (1, 1)");
    refuses([] { MinMaxScaler({.feature_range = {kNaN, 1.0}}); }, "feature_range is (nan, 1)");
    refuses([] { RobustScaler({.quantile_range = {75.0, 25.0}}); }, "quantile_range is (75, 25)");
    refuses([] { RobustScaler({.quantile_range = {-1.0, 25.0}}); }, "quantile_range is (-1, 25)");
    refuses([] { RobustScaler({.quantile_range = {0.0, 25.0}, .unit_variance = true}); }, "with unit_variance");
    refuses([] { SimpleImputer({.missing_values = -std::numeric_limits<double>::infinity()}); },
            "missing_values is -inf");
    refuses([] { SimpleImputer({.fill_value = kNaN}); }, "fill_value is nan");
    refuses([] { OneHotEncoder({.handle_unknown = UnknownCategory::encoded_value}); },
            "handle_unknown is encoded_value");
    refuses([] { OneHotEncoder({.categories = {{1}}, .string_categories = {{"a"}}}); }, "are both given");
    refuses([] { OneHotEncoder({.categories = {{2, 1}}}).fit(xg::tensor({{1}})); }, "column 0 are unsorted");
    refuses([] { OneHotEncoder({.categories = {{1, 1}}}).fit(xg::tensor({{1}})); }, "column 0 hold one twice");
    refuses([] { OneHotEncoder({.categories = {{}}}).fit(xg::tensor({{1}})); }, "column 0 are none");
    refuses([] { OneHotEncoder({.categories = {{1, 2}}}).fit(xg::tensor({{1}, {3}})); }, "column 0 holds 3 in row 1");
    refuses([] { OneHotEncoder({.categories = {{1}}}).fit(StringColumns{{"a"}}); }, "x holds strings");
    refuses([] { OrdinalEncoder({.handle_unknown = UnknownCategory::ignore}); }, "handle_unknown is ignore");
    refuses([] { OrdinalEncoder({.unknown_value = -1}); }, "unknown_value is -1 and handle_unknown is error");
    refuses([] { OrdinalEncoder({.handle_unknown = UnknownCategory::encoded_value, .unknown_value = 0.5}); }, "is 0.5");
    refuses([] { OrdinalEncoder({.handle_unknown = UnknownCategory::encoded_value, .dtype = xg::int64}); }, "is nan");
    refuses(
        [] {
            OrdinalEncoder({.handle_unknown = UnknownCategory::encoded_value, .unknown_value = 0})
                .fit(xg::tensor({{1}}));
        },
        "unknown_value is 0, which may be the number of a category of column 0");
    BOOST_CHECK_THROW(OneHotEncoder({.dtype = xg::int64}), xg::DTypeError);
    BOOST_CHECK_THROW(OrdinalEncoder({.dtype = xg::boolean}), xg::DTypeError);
    BOOST_CHECK_THROW(OneHotEncoder({.categories = {{1}, {2}}}).fit(xg::tensor({{1}})), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(junk_is_refused_by_name) {
    const Scratch file;
    const auto refuses = [&](auto load, const std::string& text, const std::string& part) {
        xg::write_file(file.path(), text);
        BOOST_CHECK_EXCEPTION(load(file.path()), xg::FileError, [&](const xg::FileError& error) {
            return says(part)(error) && says(file.path())(error);
        });
    };
    StandardScaler().fit(xg::ones({2, 2})).save(file.path());
    const std::string good = xg::read_file(file.path());
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        BOOST_TEST_REQUIRE(at != std::string::npos);
        return text.replace(at, from.size(), to);
    };
    refuses(StandardScaler::load, "", "it is no JSON object");
    refuses(StandardScaler::load, "[1]", "it is no JSON object");
    refuses(StandardScaler::load, good.substr(0, good.size() / 2), "it is no JSON object");
    refuses(StandardScaler::load, good + "x", "it is no JSON object");
    refuses(StandardScaler::load, "{}", "\"format\" is missing");
    refuses(MinMaxScaler::load, good, "expected a saved MinMaxScaler: \"format\" is \"xgrad.StandardScaler\"");
    refuses(StandardScaler::load, with("\"version\": 1", "\"version\": 2"), "\"version\" is 2");
    refuses(StandardScaler::load, with("\"with_mean\": true", "\"with_mean\": 1"),
            "\"with_mean\" is not true or false");
    refuses(StandardScaler::load, with("\"var\"", "\"vars\""), "\"var\" is missing");
    refuses(StandardScaler::load, with("\"var\": [", "\"more\": 1, \"var\": ["), "\"more\" is unknown");
    refuses(StandardScaler::load, with("\"var\": [", "\"var\": [5,"), "\"var\" has 3 entries, expected 2");
    refuses(StandardScaler::load, with("\"mean\": [", "\"mean\": [\"a\","), "entry 0 of \"mean\" is no number");
    refuses(StandardScaler::load, with("\"scale\": [\n  1.0", "\"scale\": [\n  0.0"), "\"scale\" holds 0");
    BOOST_CHECK_THROW(StandardScaler::load(file.path() + ".none"), xg::FileError);

    const std::string one_hot =
        "{\"format\": \"xgrad.OneHotEncoder\", \"version\": 1, \"drop\": \"first\", "
        "\"handle_unknown\": \"error\", \"dtype\": \"float32\", \"categories\": ";
    refuses(OneHotEncoder::load, one_hot + "[]}", "\"categories\" is no list of lists");
    refuses(OneHotEncoder::load, one_hot + "[[]]}", "entry 0 of \"categories\" is no list of categories");
    refuses(OneHotEncoder::load, one_hot + "[[1, \"a\"]]}", "entry 0 of \"categories\" holds \"a\"");
    refuses(OneHotEncoder::load, one_hot + "[[1], [\"a\"]]}", "entry 1 of \"categories\" holds \"a\"");
    refuses(OneHotEncoder::load, one_hot + "[[1.5]]}", "holds 1.5");
    refuses(OneHotEncoder::load, one_hot + "[[18446744073709551615]]}", "holds 18446744073709551615");
    refuses(OneHotEncoder::load, one_hot + "[[1, 1]]}", "holds one twice");
    BOOST_CHECK_EXCEPTION(OneHotEncoder().fit(StringColumns{{"\xff"}}).save(file.path()), xg::ValueError,
                          says("is not UTF-8"));
}

BOOST_AUTO_TEST_SUITE_END()
