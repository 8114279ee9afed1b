#include <xgrad/data/sets.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/set_file.hpp>
#include <xgrad/data/scalers.hpp>

namespace xg::data {

namespace {

/// The next piece of `text` up to one of `ends`; takes both away.
std::string_view next(std::string_view& text, std::string_view ends) {
    const std::size_t at = text.find_first_of(ends);
    const std::string_view word = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return word;
}

double number(std::string_view word) {
    double value = 0.0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

/// Rows of numbers; the last of each is the target.
struct Shipped {
    std::vector<double> x, targets;
};

Shipped read_rows(std::string_view text, std::int64_t features) {
    Shipped table;
    while (!text.empty()) {
        for (std::int64_t j = 0; j < features; ++j) table.x.push_back(number(next(text, ", ")));
        std::string_view target = next(text, "\n");
        table.targets.push_back(number(target));
    }
    return table;
}

Tensor matrix(const std::vector<double>& values, std::int64_t columns, DType dtype) {
    return from_data(values, {static_cast<std::int64_t>(values.size()) / columns, columns}, {.dtype = dtype});
}

/// A file as scikit-learn has them: its first line holds the numbers of samples and features, and the classes' names.
LoadedSet read_classes(const char* operation, const char* file, std::vector<std::string> features, DType dtype) {
    detail::check_floating(operation, dtype);
    std::string_view text = detail::set_file(file);
    std::string_view head = next(text, "\n");
    next(head, ",");
    next(head, ",");
    LoadedSet set;
    while (!head.empty()) {
        std::string_view name = next(head, ",");
        if (name.ends_with('\r')) name.remove_suffix(1);
        set.names.classes.emplace_back(name);
    }
    const auto columns = static_cast<std::int64_t>(features.size());
    const Shipped table = read_rows(text, columns);
    set.x = matrix(table.x, columns, dtype);
    set.y = from_data(table.targets, {set.x.size(0)}, {.dtype = int64});
    set.names.features = std::move(features);
    return set;
}

}  // namespace

LoadedSet load_iris(const LoadOptions& options) {
    return read_classes("load_iris", "iris.csv",
                        {"sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"},
                        options.dtype);
}

LoadedSet load_wine(const LoadOptions& options) {
    return read_classes("load_wine", "wine_data.csv",
                        {"alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
                         "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
                         "od280/od315_of_diluted_wines", "proline"},
                        options.dtype);
}

LoadedSet load_digits(const DigitsOptions& options) {
    if (options.n_class < 1 || options.n_class > 10)
        throw ValueError(fmt::format("load_digits: n_class is {}, expected 1 to 10", options.n_class));
    detail::check_floating("load_digits", options.dtype);
    // Words of 15 digits to the base 17, the lowest first.
    const std::string_view bytes = detail::set_file("digits.bin");
    std::vector<std::int64_t> digits;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        for (std::size_t k = 8; k-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[at + k]);
        for (int k = 0; k < 15; ++k, word /= 17) digits.push_back(static_cast<std::int64_t>(word % 17));
    }
    constexpr std::size_t pixels = 64;
    const std::size_t n = digits.size() / (pixels + 1);
    std::vector<double> x;
    std::vector<std::int64_t> y;
    for (std::size_t i = 0; i < n; ++i) {
        if (digits[n * pixels + i] >= options.n_class) continue;
        y.push_back(digits[n * pixels + i]);
        for (std::size_t k = 0; k < pixels; ++k) x.push_back(static_cast<double>(digits[i * pixels + k]));
    }
    LoadedSet set{matrix(x, pixels, options.dtype), from_data(y, {static_cast<std::int64_t>(y.size())}), {}};
    for (int row = 0; row < 8; ++row)
        for (int column = 0; column < 8; ++column)
            set.names.features.push_back(fmt::format("pixel_{}_{}", row, column));
    for (std::int64_t digit = 0; digit < 10; ++digit) set.names.classes.push_back(std::to_string(digit));
    return set;
}

LoadedSet load_diabetes(const DiabetesOptions& options) {
    detail::check_floating("load_diabetes", options.dtype);
    std::vector<std::string> features = {"age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"};
    const auto columns = static_cast<std::int64_t>(features.size());
    Shipped table = read_rows(detail::set_file("diabetes.txt"), columns);
    if (options.scaled) {
        const double root = std::sqrt(static_cast<double>(table.targets.size()));
        table.x = StandardScaler().fit_transform(matrix(table.x, columns, float64)).to_vector();
        for (double& value : table.x) value /= root;
    }
    return {matrix(table.x, columns, options.dtype),
            matrix(table.targets, 1, options.dtype),
            {.features = std::move(features), .classes = {}}};
}

}  // namespace xg::data
