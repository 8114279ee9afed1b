#include <xgrad/data/encoders.hpp>

#include <cmath>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/categories.hpp>
#include <xgrad/data/detail/columns.hpp>
#include <xgrad/data/detail/drawn.hpp>

namespace xg::data {

namespace {

using detail::Categories, detail::Gaps, detail::IntegerColumns, detail::Matrix;
using Fitted = std::shared_ptr<const Categories>;

const std::vector<std::string> kDrop = {"none", "first", "if_binary"};
const std::vector<std::string> kUnknown = {"error", "ignore", "encoded_value"};
const std::vector<std::string> kDTypes = {"float32", "float64", "int64"};
const DType kDTypeOf[] = {float32, float64, int64};

void check_one_kind(const char* encoder, bool integers, bool strings) {
    if (integers && strings)
        throw ValueError(fmt::format("{}: categories and string_categories are both given, expected one", encoder));
}

Fitted fit_categories(const std::string& operation, const Tensor& x, const IntegerColumns& given,
                      const StringColumns& other, bool strict) {
    if (!other.empty()) throw ValueError(operation + ": x holds integers, expected strings as in string_categories");
    Categories found;
    found.integers = detail::find_categories(operation, detail::integer_columns(operation, x), given, strict);
    return std::make_shared<const Categories>(std::move(found));
}

Fitted fit_categories(const std::string& operation, const StringColumns& x, const StringColumns& given,
                      const IntegerColumns& other, bool strict) {
    if (!other.empty()) throw ValueError(operation + ": x holds strings, expected integers as in categories");
    Categories found;
    found.strings = detail::find_categories(operation, x, given, strict);
    return std::make_shared<const Categories>(std::move(found));
}

const Categories& fitted(const std::string& operation, const Fitted& categories) {
    detail::check_fitted(operation, categories != nullptr);
    return *categories;
}

void check_kind(const std::string& operation, const Categories& categories, bool strings) {
    if (categories.of_strings() != strings)
        throw ValueError(fmt::format("{}: the categories are {}, expected {}", operation,
                                     strings ? "integers" : "strings",
                                     strings ? "strings (inverse_transform gives integers)"
                                             : "integers (inverse_transform_strings gives strings)"));
}

/// The category of column `j` that has no column of its own; -1 if each has.
std::int64_t dropped(const Categories& categories, std::int64_t j, DropCategory drop) {
    return drop == DropCategory::first || (drop == DropCategory::if_binary && categories.size(j) == 2) ? 0 : -1;
}

/// How many columns come of column `j`.
std::int64_t width(const Categories& categories, std::int64_t j, DropCategory drop) {
    return categories.size(j) - (dropped(categories, j, drop) == 0 ? 1 : 0);
}

std::int64_t total_width(const Categories& categories, DropCategory drop) {
    std::int64_t total = 0;
    for (std::int64_t j = 0; j < categories.columns(); ++j) total += width(categories, j, drop);
    return total;
}

template <class X>
Tensor one_hot(const std::string& operation, const Categories& categories, const X& x,
               const OneHotEncoderOptions& options) {
    const bool strict = options.handle_unknown == UnknownCategory::error;
    const IntegerColumns codes = detail::encode(operation, categories, x, strict);
    const auto rows = static_cast<std::int64_t>(codes.front().size());
    const std::int64_t columns = total_width(categories, options.drop);
    detail::check_addressable("OneHotEncoder: transform", "the samples and categories", rows, columns);
    Tensor result = zeros({rows, columns}, {.dtype = options.dtype});
    const auto fill = [&]<class T>(T* to) {
        std::int64_t start = 0;
        for (std::int64_t j = 0; j < categories.columns(); ++j) {
            const std::int64_t skipped = dropped(categories, j, options.drop) == 0 ? 1 : 0;
            for (std::int64_t i = 0; i < rows; ++i) {
                const std::int64_t code = codes[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)] - skipped;
                if (code >= 0) to[i * columns + start + code] = T{1};
            }
            start += width(categories, j, options.drop);
        }
    };
    if (options.dtype == float32)
        fill(result.mutable_data<float>());
    else
        fill(result.mutable_data<double>());
    return result;
}

IntegerColumns from_one_hot(const std::string& operation, const Categories& categories, const Tensor& encoded,
                            DropCategory drop) {
    const Matrix matrix = detail::matrix_of(operation, encoded, total_width(categories, drop), Gaps::none);
    IntegerColumns codes(static_cast<std::size_t>(categories.columns()));
    std::int64_t start = 0;
    for (std::int64_t j = 0; j < categories.columns(); ++j) {
        const std::int64_t n = width(categories, j, drop), gone = dropped(categories, j, drop);
        for (std::int64_t i = 0; i < matrix.rows; ++i) {
            std::int64_t best = 0;
            double sum = 0.0;
            for (std::int64_t k = 0; k < n; ++k) {
                sum += matrix.at(i, start + k);
                if (matrix.at(i, start + k) > matrix.at(i, start + best)) best = k;
            }
            const bool nothing = sum == 0.0;
            if (nothing && gone < 0)
                throw ValueError(fmt::format("{}: row {} has no category for column {}: columns {} to {} add up to 0",
                                             operation, i, j, start, start + n - 1));
            codes[static_cast<std::size_t>(j)].push_back(nothing ? gone : best + (gone == 0 ? 1 : 0));
        }
        start += n;
    }
    return codes;
}

/// Throws unless no category has the number that stands for unknown ones.
void check_unknown_value(const std::string& operation, const OrdinalEncoderOptions& options,
                         const Categories& categories) {
    if (options.handle_unknown != UnknownCategory::encoded_value) return;
    for (std::int64_t j = 0; j < categories.columns(); ++j)
        if (options.unknown_value >= 0.0 && options.unknown_value < static_cast<double>(categories.size(j)))
            throw ValueError(
                fmt::format("{}: unknown_value is {}, which may be the number of a category of column {}, "
                            "expected none of 0 to {}",
                            operation, options.unknown_value, j, categories.size(j) - 1));
}

template <class X>
Tensor ordinal(const std::string& operation, const Categories& categories, const X& x,
               const OrdinalEncoderOptions& options) {
    const bool strict = options.handle_unknown == UnknownCategory::error;
    const IntegerColumns codes = detail::encode(operation, categories, x, strict);
    const std::size_t rows = codes.front().size();
    Tensor result =
        empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(codes.size())}, {.dtype = options.dtype});
    const auto fill = [&]<class T>(T* to) {
        for (std::size_t i = 0; i < rows; ++i)
            for (const std::vector<std::int64_t>& column : codes)
                *to++ = column[i] >= 0 ? static_cast<T>(column[i]) : static_cast<T>(options.unknown_value);
    };
    if (options.dtype == float32)
        fill(result.mutable_data<float>());
    else if (options.dtype == float64)
        fill(result.mutable_data<double>());
    else
        fill(result.mutable_data<std::int64_t>());
    return result;
}

IntegerColumns from_ordinal(const std::string& operation, const Categories& categories, const Tensor& encoded) {
    const Matrix matrix = detail::matrix_of(operation, encoded, categories.columns(), Gaps::nan);
    IntegerColumns codes(static_cast<std::size_t>(categories.columns()));
    for (std::int64_t j = 0; j < matrix.columns; ++j)
        for (std::int64_t i = 0; i < matrix.rows; ++i) {
            const double code = matrix.at(i, j);
            if (!(code >= 0.0 && code < static_cast<double>(categories.size(j)) && code == std::floor(code)))
                throw ValueError(
                    fmt::format("{}: column {} holds {} in row {}, expected the number of one of {} "
                                "categories",
                                operation, j, code, i, categories.size(j)));
            codes[static_cast<std::size_t>(j)].push_back(static_cast<std::int64_t>(code));
        }
    return codes;
}

}  // namespace

OneHotEncoder::OneHotEncoder(const OneHotEncoderOptions& options) : options_(options) {
    check_one_kind("OneHotEncoder", !options.categories.empty(), !options.string_categories.empty());
    if (options.handle_unknown != UnknownCategory::error && options.handle_unknown != UnknownCategory::ignore)
        throw ValueError("OneHotEncoder: handle_unknown is encoded_value, expected error or ignore");
    detail::check_floating("OneHotEncoder", options.dtype);
}

OneHotEncoder& OneHotEncoder::fit(const Tensor& x) {
    categories_ = fit_categories("OneHotEncoder: fit", x, options_.categories, options_.string_categories,
                                 options_.handle_unknown == UnknownCategory::error);
    return *this;
}

OneHotEncoder& OneHotEncoder::fit(const StringColumns& x) {
    categories_ = fit_categories("OneHotEncoder: fit", x, options_.string_categories, options_.categories,
                                 options_.handle_unknown == UnknownCategory::error);
    return *this;
}

Tensor OneHotEncoder::transform(const Tensor& x) const {
    constexpr const char* operation = "OneHotEncoder: transform";
    return one_hot(operation, fitted(operation, categories_), detail::integer_columns(operation, x), options_);
}

Tensor OneHotEncoder::transform(const StringColumns& x) const {
    constexpr const char* operation = "OneHotEncoder: transform";
    return one_hot(operation, fitted(operation, categories_), x, options_);
}

Tensor OneHotEncoder::inverse_transform(const Tensor& encoded) const {
    constexpr const char* operation = "OneHotEncoder: inverse_transform";
    const Categories& known = fitted(operation, categories_);
    check_kind(operation, known, false);
    return detail::decode_integers(known, from_one_hot(operation, known, encoded, options_.drop));
}

StringColumns OneHotEncoder::inverse_transform_strings(const Tensor& encoded) const {
    constexpr const char* operation = "OneHotEncoder: inverse_transform_strings";
    const Categories& known = fitted(operation, categories_);
    check_kind(operation, known, true);
    return detail::decode_strings(known, from_one_hot(operation, known, encoded, options_.drop));
}

void OneHotEncoder::save(const std::string& path) const {
    const Categories& known = fitted("OneHotEncoder: save", categories_);
    detail::SavedWriter file("OneHotEncoder");
    file.word("drop", kDrop[static_cast<std::size_t>(options_.drop)]);
    file.word("handle_unknown", kUnknown[static_cast<std::size_t>(options_.handle_unknown)]);
    file.word("dtype", std::string(name(options_.dtype)));
    detail::save_categories(file, known);
    file.write(path);
}

OneHotEncoder OneHotEncoder::load(const std::string& path) {
    detail::SavedReader file(path, "OneHotEncoder");
    OneHotEncoder result;
    result.options_.drop = static_cast<DropCategory>(file.choice("drop", kDrop));
    result.options_.handle_unknown =
        static_cast<UnknownCategory>(file.choice("handle_unknown", {kUnknown[0], kUnknown[1]}));
    result.options_.dtype = kDTypeOf[file.choice("dtype", {kDTypes[0], kDTypes[1]})];
    result.categories_ = std::make_shared<const Categories>(detail::load_categories(file));
    file.finish();
    return result;
}

const std::vector<std::vector<std::int64_t>>& OneHotEncoder::categories() const {
    return fitted("OneHotEncoder: categories", categories_).integers;
}

const StringColumns& OneHotEncoder::string_categories() const {
    return fitted("OneHotEncoder: string_categories", categories_).strings;
}

OrdinalEncoder::OrdinalEncoder(const OrdinalEncoderOptions& options) : options_(options) {
    check_one_kind("OrdinalEncoder", !options.categories.empty(), !options.string_categories.empty());
    if (options.dtype == boolean) throw DTypeError("OrdinalEncoder: dtype is bool, expected float32, float64 or int64");
    if (options.handle_unknown == UnknownCategory::error) {
        if (!std::isnan(options.unknown_value))
            throw ValueError(
                fmt::format("OrdinalEncoder: unknown_value is {} and handle_unknown is error, expected "
                            "encoded_value with it",
                            options.unknown_value));
        return;
    }
    if (options.handle_unknown != UnknownCategory::encoded_value)
        throw ValueError("OrdinalEncoder: handle_unknown is ignore, expected error or encoded_value");
    // Beyond 2^53 float64 holds no odd numbers, and beyond 2^63 a cast is undefined.
    const bool whole =
        std::abs(options.unknown_value) <= 0x1p53 && options.unknown_value == std::floor(options.unknown_value);
    if (!whole && !(std::isnan(options.unknown_value) && options.dtype != int64))
        throw ValueError(
            fmt::format("OrdinalEncoder: unknown_value is {}, expected a whole number, or NaN with a "
                        "floating-point dtype",
                        options.unknown_value));
}

OrdinalEncoder& OrdinalEncoder::fit(const Tensor& x) {
    const Fitted found = fit_categories("OrdinalEncoder: fit", x, options_.categories, options_.string_categories,
                                        options_.handle_unknown == UnknownCategory::error);
    check_unknown_value("OrdinalEncoder: fit", options_, *found);
    categories_ = found;
    return *this;
}

OrdinalEncoder& OrdinalEncoder::fit(const StringColumns& x) {
    const Fitted found = fit_categories("OrdinalEncoder: fit", x, options_.string_categories, options_.categories,
                                        options_.handle_unknown == UnknownCategory::error);
    check_unknown_value("OrdinalEncoder: fit", options_, *found);
    categories_ = found;
    return *this;
}

Tensor OrdinalEncoder::transform(const Tensor& x) const {
    constexpr const char* operation = "OrdinalEncoder: transform";
    return ordinal(operation, fitted(operation, categories_), detail::integer_columns(operation, x), options_);
}

Tensor OrdinalEncoder::transform(const StringColumns& x) const {
    constexpr const char* operation = "OrdinalEncoder: transform";
    return ordinal(operation, fitted(operation, categories_), x, options_);
}

Tensor OrdinalEncoder::inverse_transform(const Tensor& encoded) const {
    constexpr const char* operation = "OrdinalEncoder: inverse_transform";
    const Categories& known = fitted(operation, categories_);
    check_kind(operation, known, false);
    return detail::decode_integers(known, from_ordinal(operation, known, encoded));
}

StringColumns OrdinalEncoder::inverse_transform_strings(const Tensor& encoded) const {
    constexpr const char* operation = "OrdinalEncoder: inverse_transform_strings";
    const Categories& known = fitted(operation, categories_);
    check_kind(operation, known, true);
    return detail::decode_strings(known, from_ordinal(operation, known, encoded));
}

void OrdinalEncoder::save(const std::string& path) const {
    const Categories& known = fitted("OrdinalEncoder: save", categories_);
    detail::SavedWriter file("OrdinalEncoder");
    file.word("handle_unknown", kUnknown[static_cast<std::size_t>(options_.handle_unknown)]);
    file.number("unknown_value", options_.unknown_value);
    file.word("dtype", std::string(name(options_.dtype)));
    detail::save_categories(file, known);
    file.write(path);
}

OrdinalEncoder OrdinalEncoder::load(const std::string& path) {
    detail::SavedReader file(path, "OrdinalEncoder");
    const UnknownCategory unknown = file.choice("handle_unknown", {kUnknown[0], kUnknown[2]}) == 0
                                        ? UnknownCategory::error
                                        : UnknownCategory::encoded_value;
    const double unknown_value = file.number("unknown_value");
    const DType dtype = kDTypeOf[file.choice("dtype", kDTypes)];
    OrdinalEncoder result;
    try {
        result = OrdinalEncoder({.handle_unknown = unknown, .unknown_value = unknown_value, .dtype = dtype});
        result.categories_ = std::make_shared<const Categories>(detail::load_categories(file));
        check_unknown_value("OrdinalEncoder: load", result.options_, *result.categories_);
    } catch (const ValueError& error) {
        file.fail(error.what());
    }
    file.finish();
    return result;
}

const std::vector<std::vector<std::int64_t>>& OrdinalEncoder::categories() const {
    return fitted("OrdinalEncoder: categories", categories_).integers;
}

const StringColumns& OrdinalEncoder::string_categories() const {
    return fitted("OrdinalEncoder: string_categories", categories_).strings;
}

}  // namespace xg::data
