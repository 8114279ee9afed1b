#include <xgrad/data/imputer.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/columns.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/saved.hpp>

namespace xg::data {

namespace {

using detail::Gaps, detail::Matrix;

const std::vector<std::string> kStrategies = {"mean", "median", "most_frequent", "constant"};

/// Of sorted numbers; the least of several.
double most_frequent(const std::vector<double>& sorted) {
    double result = sorted.front();
    std::size_t best = 0, run = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > best) {
            best = run;
            result = sorted[i];
        }
    }
    return result;
}

double statistic_of(std::vector<double> known, const SimpleImputerOptions& options) {
    const bool constant = options.strategy == ImputeStrategy::constant;
    if (known.empty() && !options.keep_empty_features) return std::numeric_limits<double>::quiet_NaN();
    if (constant) return options.fill_value;
    if (known.empty()) return 0.0;
    if (options.strategy == ImputeStrategy::mean) {
        long double sum = 0.0L;
        for (const double value : known) sum += value;
        return static_cast<double>(sum / static_cast<long double>(known.size()));
    }
    std::sort(known.begin(), known.end());
    return options.strategy == ImputeStrategy::median ? detail::median(known) : most_frequent(known);
}

}  // namespace

SimpleImputer::SimpleImputer(const SimpleImputerOptions& options) : options_(options) {
    if (std::isinf(options.missing_values))
        throw ValueError(fmt::format("SimpleImputer: missing_values is {}, expected NaN or a finite number",
                                     options.missing_values));
    detail::check_finite("SimpleImputer", "fill_value", options.fill_value);
    const auto strategy = static_cast<std::size_t>(options.strategy);
    if (strategy >= kStrategies.size())
        throw ValueError(fmt::format("SimpleImputer: strategy is {}, expected an ImputeStrategy", strategy));
}

bool SimpleImputer::is_missing(double value) const {
    return std::isnan(options_.missing_values) ? std::isnan(value) : value == options_.missing_values;
}

SimpleImputer& SimpleImputer::fit(const Tensor& x) {
    const Gaps gaps = std::isnan(options_.missing_values) ? Gaps::nan : Gaps::none;
    const Matrix matrix = detail::matrix_of("SimpleImputer: fit", x, -1, gaps);
    statistics_.clear();
    indicated_.clear();
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
        std::vector<double> known;
        for (std::int64_t i = 0; i < matrix.rows; ++i)
            if (!is_missing(matrix.at(i, j))) known.push_back(matrix.at(i, j));
        indicated_.push_back(static_cast<std::int64_t>(known.size()) < matrix.rows);
        statistics_.push_back(statistic_of(std::move(known), options_));
    }
    return *this;
}

Tensor SimpleImputer::transform(const Tensor& x) const {
    detail::check_fitted("SimpleImputer: transform", !statistics_.empty());
    const Gaps gaps = std::isnan(options_.missing_values) ? Gaps::nan : Gaps::none;
    const auto features = static_cast<std::int64_t>(statistics_.size());
    const Matrix matrix = detail::matrix_of("SimpleImputer: transform", x, features, gaps);
    Matrix result{matrix.rows, 0};
    for (std::size_t j = 0; j < statistics_.size(); ++j)
        result.columns += (std::isnan(statistics_[j]) ? 0 : 1) + (options_.add_indicator && indicated_[j] != 0 ? 1 : 0);
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        for (std::int64_t j = 0; j < features; ++j) {
            const double value = matrix.at(i, j), filler = statistics_[static_cast<std::size_t>(j)];
            if (!std::isnan(filler)) result.values.push_back(is_missing(value) ? filler : value);
        }
        for (std::int64_t j = 0; options_.add_indicator && j < features; ++j)
            if (indicated_[static_cast<std::size_t>(j)] != 0)
                result.values.push_back(is_missing(matrix.at(i, j)) ? 1.0 : 0.0);
    }
    return detail::tensor_of(result, x.dtype());
}

Tensor SimpleImputer::inverse_transform(const Tensor& x) const {
    detail::check_fitted("SimpleImputer: inverse_transform", !statistics_.empty());
    if (!options_.add_indicator)
        throw ValueError(
            "SimpleImputer: inverse_transform: add_indicator is false, expected true: nothing else says "
            "what was missing");
    const auto features = static_cast<std::int64_t>(statistics_.size());
    std::int64_t kept = 0, indicators = 0;
    for (std::size_t j = 0; j < statistics_.size(); ++j) {
        kept += std::isnan(statistics_[j]) ? 0 : 1;
        indicators += indicated_[j] != 0 ? 1 : 0;
    }
    const Matrix matrix = detail::matrix_of("SimpleImputer: inverse_transform", x, kept + indicators, Gaps::none);
    Matrix result{matrix.rows, features};
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        std::int64_t value = 0, indicator = kept;
        for (std::size_t j = 0; j < statistics_.size(); ++j) {
            const bool left_out = std::isnan(statistics_[j]);
            const double number = left_out ? options_.missing_values : matrix.at(i, value++);
            const bool missing = indicated_[j] != 0 && matrix.at(i, indicator++) != 0.0;
            result.values.push_back(missing ? options_.missing_values : number);
        }
    }
    return detail::tensor_of(result, x.dtype());
}

Tensor SimpleImputer::statistics() const {
    detail::check_fitted("SimpleImputer: statistics", !statistics_.empty());
    return detail::tensor_of(statistics_);
}

void SimpleImputer::save(const std::string& path) const {
    detail::check_fitted("SimpleImputer: save", !statistics_.empty());
    detail::SavedWriter file("SimpleImputer");
    file.number("missing_values", options_.missing_values);
    file.word("strategy", kStrategies[static_cast<std::size_t>(options_.strategy)]);
    file.number("fill_value", options_.fill_value);
    file.flag("add_indicator", options_.add_indicator);
    file.flag("keep_empty_features", options_.keep_empty_features);
    file.numbers("statistics", statistics_);
    file.numbers("indicated", {indicated_.begin(), indicated_.end()});
    file.write(path);
}

SimpleImputer SimpleImputer::load(const std::string& path) {
    detail::SavedReader file(path, "SimpleImputer");
    SimpleImputer result;
    SimpleImputerOptions& options = result.options_;
    options.missing_values = file.number("missing_values");
    options.strategy = static_cast<ImputeStrategy>(file.choice("strategy", kStrategies));
    options.fill_value = file.number("fill_value");
    if (std::isnan(options.fill_value)) file.fail("\"fill_value\" is null");
    options.add_indicator = file.flag("add_indicator");
    options.keep_empty_features = file.flag("keep_empty_features");
    result.statistics_ = file.numbers("statistics");
    if (result.statistics_.empty()) file.fail("\"statistics\" is empty");
    for (const double flag : file.numbers("indicated", static_cast<std::int64_t>(result.statistics_.size()))) {
        if (flag != 0.0 && flag != 1.0) file.fail("\"indicated\" holds other numbers than 0 and 1");
        result.indicated_.push_back(flag != 0.0);
    }
    file.finish();
    return result;
}

}  // namespace xg::data
