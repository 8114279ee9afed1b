#include <xgrad/data/table.hpp>

#include <unordered_set>
#include <utility>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data {

namespace {

void check_categories(const Column& column) {
    const Tensor values = column.values.contiguous();
    if (!values.defined() || values.dtype() != int64)
        throw ValueError(fmt::format("Table: the categories of column '{}' have {}, expected int64 numbers",
                                     column.name, values.defined() ? xg::name(values.dtype()) : "none"));
    const auto n = static_cast<std::int64_t>(column.categories->size());
    const auto* numbers = values.data<std::int64_t>();
    for (std::int64_t i = 0; i < values.numel(); ++i)
        if (numbers[i] < -1 || numbers[i] >= n)
            throw ValueError(fmt::format("Table: category {} of row {} of column '{}' is not one of {}", numbers[i], i,
                                         column.name, n));
}

template <class From, class To>
void spread(const From* from, To* to, std::int64_t n, std::int64_t stride) {
    for (std::int64_t i = 0; i < n; ++i) to[i * stride] = static_cast<To>(from[i]);
}

/// Writes a column of a matrix whose rows are `stride` apart.
template <class To>
void spread(const Tensor& from, To* to, std::int64_t stride) {
    const std::int64_t n = from.numel();
    switch (from.dtype()) {
        case DType::float32: return spread(from.data<float>(), to, n, stride);
        case DType::float64: return spread(from.data<double>(), to, n, stride);
        case DType::int64: return spread(from.data<std::int64_t>(), to, n, stride);
        case DType::boolean: return spread(from.data<bool>(), to, n, stride);
    }
}

}  // namespace

const char* name(ColumnType type) noexcept {
    switch (type) {
        case ColumnType::float64: return "float64";
        case ColumnType::int64: return "int64";
        case ColumnType::boolean: return "bool";
        case ColumnType::string: return "string";
        case ColumnType::category: return "category";
    }
    __builtin_unreachable();
}

ColumnType Column::type() const {
    if (categories) return ColumnType::category;
    if (!values.defined()) return ColumnType::string;
    if (values.dtype() == boolean) return ColumnType::boolean;
    return values.dtype() == int64 ? ColumnType::int64 : ColumnType::float64;
}

std::int64_t Column::size() const {
    return values.defined() ? values.numel() : static_cast<std::int64_t>(strings.size());
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    std::unordered_set<std::string> seen;
    for (const Column& column : columns_) {
        if (!seen.insert(column.name).second)
            throw ValueError(fmt::format("Table: two columns are called '{}', expected one", column.name));
        if (column.values.defined() && column.values.rank() != 1)
            throw ShapeError(fmt::format("Table: column '{}' has shape {}, expected one axis", column.name,
                                         column.values.shape().str()));
        if (column.values.defined() && !column.strings.empty())
            throw ValueError(
                fmt::format("Table: column '{}' has values and strings, expected one of them", column.name));
        if (column.size() != columns_[0].size())
            throw ShapeError(fmt::format("Table: column '{}' has {} rows and '{}' {}, expected as many",
                                         columns_[0].name, columns_[0].size(), column.name, column.size()));
        if (column.categories) check_categories(column);
    }
    if (!columns_.empty()) rows_ = columns_[0].size();
}

std::vector<std::string> Table::names() const {
    std::vector<std::string> result;
    for (const Column& column : columns_) result.push_back(column.name);
    return result;
}

const Column& Table::operator[](const std::string& name) const {
    std::string all;
    for (const Column& column : columns_) {
        if (column.name == name) return column;
        all += (all.empty() ? "" : ", ") + column.name;
    }
    throw ValueError(fmt::format("Table: there is no column '{}', but: {}", name, all));
}

Tensor Table::tensor(const std::vector<std::string>& names, DType dtype) const {
    const std::vector<std::string> chosen = names.empty() ? this->names() : names;
    const auto n = static_cast<std::int64_t>(chosen.size());
    Tensor result = empty({rows_, n}, {.dtype = dtype});
    for (std::int64_t i = 0; i < n; ++i) {
        const Column& column = (*this)[chosen[static_cast<std::size_t>(i)]];
        if (!column.values.defined())
            throw DTypeError(fmt::format("Table::tensor: column '{}' holds texts, expected numbers", column.name));
        if (rows_ == 0) continue;
        const Tensor values = column.values.contiguous();
        switch (dtype) {
            case DType::float32: spread(values, result.mutable_data<float>() + i, n); break;
            case DType::float64: spread(values, result.mutable_data<double>() + i, n); break;
            case DType::int64: spread(values, result.mutable_data<std::int64_t>() + i, n); break;
            case DType::boolean: spread(values, result.mutable_data<bool>() + i, n); break;
        }
    }
    return result;
}

}  // namespace xg::data
