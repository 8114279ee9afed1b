#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <type_traits>

#include <xgrad/core/export.hpp>

namespace xg {

/// The type of a Tensor's elements, known at run time.
enum class DType : std::uint8_t { float32, float64, int64, boolean };

inline constexpr DType float32 = DType::float32;  ///< IEEE single precision, the default.
inline constexpr DType float64 = DType::float64;  ///< IEEE double precision, for gradient checks.
inline constexpr DType int64 = DType::int64;      ///< Labels and indices.
inline constexpr DType boolean = DType::boolean;  ///< Masks, one byte an element.

/// Bytes an element takes.
XG_EXPORT std::int64_t item_size(DType dtype) noexcept;

/// `float32`, `float64`, `int64` or `bool`.
XG_EXPORT const char* name(DType dtype) noexcept;

/// Prints the name.
XG_EXPORT std::ostream& operator<<(std::ostream& out, DType dtype);

/// Whether `dtype` is float32 or float64: what can have a gradient.
constexpr bool is_floating(DType dtype) noexcept { return dtype == DType::float32 || dtype == DType::float64; }

/// The type of the result of an operation on `a` and `b`: the later in bool, int64, float32, float64 (PyTorch's table).
XG_EXPORT DType promote(DType a, DType b) noexcept;

/// Any of C++'s types of numbers, bool included.
template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

/// A number in an expression with Tensors, such as the 2 in `2 * x`.
///
/// It is weak, as in PyTorch: it takes the tensor's dtype unless it is of a higher kind (bool, integer, floating
/// point), so that `2.5 * x` stays float32 for a float32 `x`, and is float32 for an int64 `x`.
class XG_EXPORT Scalar {
public:
    template <Arithmetic T>
    Scalar(T value) noexcept
        : floating_(static_cast<double>(value)),
          integer_(std::is_floating_point_v<T> ? 0 : static_cast<std::int64_t>(value)),
          kind_(std::is_floating_point_v<T> ? DType::float64
                : std::is_same_v<T, bool>   ? DType::boolean
                                            : DType::int64) {}

    double to_double() const noexcept { return floating_; }
    std::int64_t to_int64() const noexcept {
        return kind_ == DType::float64 ? static_cast<std::int64_t>(floating_) : integer_;
    }
    /// float64, int64 or boolean: the kind of C++ number that it was made of.
    DType kind() const noexcept { return kind_; }

    /// The dtype of an operation between this number and a tensor of type `tensor`.
    DType promoted_with(DType tensor) const noexcept;

private:
    double floating_;
    std::int64_t integer_;
    DType kind_;
};

}  // namespace xg
