#include <xgrad/data/detail/drawn.hpp>

#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data::detail {

namespace {

template <class T>
void write_ordered(const Drawn& from, const Order& rows, const Order& columns, T* to) {
    for (const std::int64_t i : rows) {
        const double* row = from.row(i);
        for (const std::int64_t j : columns) *to++ = static_cast<T>(row[j]);
    }
}

}  // namespace

Tensor ordered(const Drawn& from, const Order& rows, const Order& columns, DType dtype) {
    Tensor result = empty({static_cast<std::int64_t>(rows.size()), from.columns}, {.dtype = dtype});
    if (dtype == float32)
        write_ordered(from, rows, columns, result.mutable_data<float>());
    else
        write_ordered(from, rows, columns, result.mutable_data<double>());
    return result;
}

Tensor ordered(const std::vector<std::int64_t>& labels, const Order& rows) {
    Tensor result = empty({static_cast<std::int64_t>(rows.size())}, {.dtype = int64});
    auto* to = result.mutable_data<std::int64_t>();
    for (const std::int64_t i : rows) *to++ = labels[static_cast<std::size_t>(i)];
    return result;
}

Order in_sequence(std::int64_t n) {
    Order order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    return order;
}

void check_at_least(const char* operation, const char* option, std::int64_t value, std::int64_t least) {
    if (value < least)
        throw ValueError(fmt::format("{}: {} is {}, expected at least {}", operation, option, value, least));
}

void check_finite(const char* operation, const char* option, double value) {
    if (!std::isfinite(value))
        throw ValueError(fmt::format("{}: {} is {}, expected a finite number", operation, option, value));
}

void check_not_negative(const char* operation, const char* option, double value) {
    if (!(value >= 0.0) || !std::isfinite(value))
        throw ValueError(fmt::format("{}: {} is {}, expected a finite number, at least 0", operation, option, value));
}

void check_floating(const char* operation, DType dtype) {
    if (!is_floating(dtype))
        throw DTypeError(fmt::format("{}: dtype is {}, expected float32 or float64", operation, name(dtype)));
}

void check_addressable(const char* operation, const char* what, std::int64_t rows, std::int64_t columns) {
    std::int64_t bytes;
    if (__builtin_mul_overflow(rows, columns, &bytes) ||
        __builtin_mul_overflow(bytes, std::int64_t{sizeof(double)}, &bytes))
        throw ValueError(fmt::format("{}: {} ask for {} x {} numbers, expected what memory can address", operation,
                                     what, rows, columns));
}

std::int64_t checked_sum(const char* operation, const char* what, std::int64_t a, std::int64_t b) {
    std::int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        throw ValueError(
            fmt::format("{}: {} add up to more than an int64, expected what memory can address", operation, what));
    return sum;
}

}  // namespace xg::data::detail
