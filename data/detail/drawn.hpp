#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::data::detail {

/// An order of rows or columns.
using Order = std::vector<std::int64_t>;

/// A matrix whose rows and columns are still to be put in their final order.
struct Drawn {
    std::int64_t columns;
    std::vector<double> values;

    Drawn(std::int64_t rows_, std::int64_t columns_)
        : columns(columns_), values(static_cast<std::size_t>(rows_ * columns_)) {}
    double* row(std::int64_t i) { return values.data() + i * columns; }
    const double* row(std::int64_t i) const { return values.data() + i * columns; }
};

/// The rows and columns of `from` in these orders, cast to float32 or float64.
Tensor ordered(const Drawn& from, const Order& rows, const Order& columns, DType dtype);

/// The labels in this order: int64, (n,).
Tensor ordered(const std::vector<std::int64_t>& labels, const Order& rows);

/// 0, …, n - 1.
Order in_sequence(std::int64_t n);

// What the generators check of their options; messages begin with the operation's name.

/// Throws ValueError unless value >= least.
void check_at_least(const char* operation, const char* option, std::int64_t value, std::int64_t least);
/// Throws ValueError unless `value` is finite.
void check_finite(const char* operation, const char* option, double value);
/// Throws ValueError unless `value` is finite and at least 0.
void check_not_negative(const char* operation, const char* option, double value);
/// Throws DTypeError unless it is float32 or float64.
void check_floating(const char* operation, DType dtype);
/// Throws ValueError unless memory can address rows * columns numbers of float64; `what` says where they come from.
void check_addressable(const char* operation, const char* what, std::int64_t rows, std::int64_t columns);
/// a + b. Throws ValueError where that overflows.
std::int64_t checked_sum(const char* operation, const char* what, std::int64_t a, std::int64_t b);

}  // namespace xg::data::detail
