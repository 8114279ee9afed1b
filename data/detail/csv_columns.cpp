#include <xgrad/data/detail/csv_columns.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/data/detail/csv_numbers.hpp>

namespace xg::data::detail {

namespace {

/// A tensor of a vector's elements, which it takes over.
template <class T>
Tensor taken(std::vector<T>& values, DType dtype) {
    const auto n = static_cast<std::int64_t>(values.size());
    if (n == 0) return empty({0}, {.dtype = dtype});
    const auto kept = std::make_shared<std::vector<T>>(std::exchange(values, {}));
    return adopt(kept->data(), {n}, dtype, [kept] {});
}

}  // namespace

void Guess::see(std::string_view text, const TextSet& missing) {
    if (missing.contains(text) || missing.contains(trimmed(text))) {
        missing_ = true;
        return;
    }
    bool flag;
    double real;
    std::int64_t integer;
    const Kind kind = parse_bool(text, flag)              ? Kind::boolean
                      : parse_int(trimmed(text), integer) ? Kind::integer
                      : parse_float(trimmed(text), real)  ? Kind::real
                                                          : Kind::text;
    const auto number = [](Kind k) { return k == Kind::integer || k == Kind::real; };
    if (kind_ == Kind::nothing)
        kind_ = kind;
    else if (kind_ != kind)
        kind_ = number(kind_) && number(kind) ? Kind::real : Kind::text;
}

ColumnType Guess::type() const noexcept {
    switch (kind_) {
        case Kind::nothing:
        case Kind::real: return ColumnType::float64;
        case Kind::integer: return missing_ ? ColumnType::float64 : ColumnType::int64;
        case Kind::boolean: return missing_ ? ColumnType::string : ColumnType::boolean;
        case Kind::text: return ColumnType::string;
    }
    __builtin_unreachable();
}

bool ColumnBuilder::add(std::string_view text, const TextSet& missing) {
    if (sampling || type == ColumnType::string) {
        texts_.emplace_back(text);
        return true;
    }
    const std::string_view trim = trimmed(text);
    const bool absent = missing.contains(trim) || missing.contains(text);
    switch (type) {
        case ColumnType::float64: {
            double value = std::numeric_limits<double>::quiet_NaN();
            if (!absent && !parse_float(trim, value)) return false;
            reals_.push_back(value);
            return true;
        }
        case ColumnType::int64: {
            std::int64_t value;
            if (absent || !parse_int(trim, value)) return false;
            integers_.push_back(value);
            return true;
        }
        case ColumnType::boolean: {
            bool value;
            if (absent) return false;
            if (!parse_bool(trim, value)) {
                if (automatic || (trim != "0" && trim != "1")) return false;
                value = trim == "1";
            }
            flags_.push_back(value ? 1 : 0);
            return true;
        }
        default: {
            const std::int64_t number = absent ? -1 : number_of(text);
            if (number < 0 && !absent) return false;
            integers_.push_back(number);
            return true;
        }
    }
}

std::int64_t ColumnBuilder::number_of(std::string_view category) {
    if (const auto found = numbers_.find(category); found != numbers_.end()) return found->second;
    if (fixed) return -1;
    const auto number = static_cast<std::int64_t>(categories_.size());
    categories_.emplace_back(category);
    numbers_.emplace(category, number);
    return number;
}

void ColumnBuilder::set_categories(const std::vector<std::string>& texts) {
    fixed = true;
    categories_ = texts;
    for (const std::string& text : texts) numbers_.emplace(text, static_cast<std::int64_t>(numbers_.size()));
}

void ColumnBuilder::widen(std::string_view text, const TextSet& missing) {
    double value;
    const std::string_view trim = trimmed(text);
    const bool number = missing.contains(trim) || missing.contains(text) || parse_float(trim, value);
    type = type == ColumnType::int64 && number ? ColumnType::float64 : ColumnType::string;
    surprised = true;
}

void ColumnBuilder::end_sampling(const TextSet& missing) {
    Guess guess;
    for (const std::string& text : texts_) guess.see(text, missing);
    type = guess.type();
    sampling = false;
    if (type == ColumnType::string) return;
    for (const std::string& text : std::exchange(texts_, {})) add(text, missing);
}

void ColumnBuilder::truncate(std::size_t rows) {
    const auto cut = [rows](auto& values) {
        if (values.size() > rows) values.resize(rows);
    };
    cut(reals_);
    cut(integers_);
    cut(flags_);
    cut(texts_);
}

Column ColumnBuilder::take(bool sorted) {
    Column column{.name = name};
    switch (type) {
        case ColumnType::float64: column.values = taken(reals_, xg::float64); break;
        case ColumnType::int64: column.values = taken(integers_, xg::int64); break;
        case ColumnType::boolean: {
            column.values = empty({static_cast<std::int64_t>(flags_.size())}, {.dtype = xg::boolean});
            if (flags_.empty()) break;
            std::transform(flags_.begin(), flags_.end(), column.values.mutable_data<bool>(),
                           [](char flag) { return flag != 0; });
            flags_.clear();
            break;
        }
        case ColumnType::string: column.strings = std::exchange(texts_, {}); break;
        case ColumnType::category: {
            column.categories = categories_;
            if (sorted && !fixed) {
                std::vector<std::size_t> order(categories_.size());
                std::iota(order.begin(), order.end(), std::size_t{0});
                std::sort(order.begin(), order.end(),
                          [this](std::size_t a, std::size_t b) { return categories_[a] < categories_[b]; });
                std::vector<std::int64_t> place(order.size());
                for (std::size_t i = 0; i < order.size(); ++i) {
                    place[order[i]] = static_cast<std::int64_t>(i);
                    (*column.categories)[i] = categories_[order[i]];
                }
                for (std::int64_t& number : integers_)
                    if (number >= 0) number = place[static_cast<std::size_t>(number)];
            }
            column.values = taken(integers_, xg::int64);
            break;
        }
    }
    return column;
}

}  // namespace xg::data::detail
