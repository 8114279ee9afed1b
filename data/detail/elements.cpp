#include <xgrad/data/detail/elements.hpp>

#include <bit>
#include <concepts>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data::detail {

namespace {

/// Bits of an IEEE half: 1 of sign, 5 of exponent, 10 of fraction.
struct Half {
    std::uint16_t bits;
    explicit operator float() const noexcept {
        const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16, rest = bits & 0x7fffU;
        if (rest >= 0x7c00U) return std::bit_cast<float>(sign | 0x7f800000U | (rest & 0x3ffU) << 13);
        if (rest >= 0x400U) return std::bit_cast<float>(sign | ((rest << 13) + (112U << 23)));
        const float denormal = static_cast<float>(rest) * 0x1p-24F;
        return sign != 0 ? -denormal : denormal;
    }
};

template <class T>
T load(const char* from, bool swapped) noexcept {
    char bytes[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = from[swapped ? sizeof(T) - 1 - i : i];
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

template <class T, class To>
void convert(const char* from, To* to, std::int64_t n, bool swapped, const std::string& where) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T value = load<T>(from + static_cast<std::size_t>(i) * sizeof(T), swapped);
        if constexpr (std::same_as<To, bool>) {
            to[i] = value != T{};
        } else {
            if constexpr (std::same_as<T, std::uint64_t> && std::same_as<To, std::int64_t>)
                if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                    throw ValueError(
                        fmt::format("{}: element {} is {}, which int64 does not hold; dtype float64 does, rounded",
                                    where, i, value));
            to[i] = static_cast<To>(value);
        }
    }
}

/// From the type T to the one that was asked for, without another between.
template <class T>
Tensor convert_integers(const char* from, const Shape& shape, bool swapped, DType dtype, const std::string& where) {
    Tensor result = empty(shape, {.dtype = dtype});
    const std::int64_t n = result.numel();
    if (n == 0) return result;
    switch (dtype) {
        case DType::float32: convert<T>(from, result.mutable_data<float>(), n, swapped, where); break;
        case DType::float64: convert<T>(from, result.mutable_data<double>(), n, swapped, where); break;
        case DType::int64: convert<T>(from, result.mutable_data<std::int64_t>(), n, swapped, where); break;
        case DType::boolean: convert<T>(from, result.mutable_data<bool>(), n, swapped, where); break;
    }
    return result;
}

/// Elements of a type that xgrad has, T, or that only becomes it.
template <class From, class T>
Tensor copy_elements(const char* from, const Shape& shape, bool swapped, DType dtype) {
    Tensor result = empty(shape, {.dtype = dtype});
    const std::int64_t n = result.numel();
    if (n == 0) return result;
    T* to = result.mutable_data<T>();
    if (std::same_as<From, T> && !swapped) {
        std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
    } else {
        for (std::int64_t i = 0; i < n; ++i)
            to[i] = static_cast<T>(load<From>(from + static_cast<std::size_t>(i) * sizeof(From), swapped));
    }
    return result;
}

/// Whether the bytes are an array of xgrad's as they are.
std::optional<DType> as_they_are(const ElementType& type) {
    if (type.swapped) return {};
    if (type.kind == 'f' && type.size == 4) return float32;
    if (type.kind == 'f' && type.size == 8) return float64;
    if (type.kind == 'i' && type.size == 8) return int64;
    return {};
}

Tensor decode(const char* from, const Shape& shape, const ElementType& type, std::optional<DType> dtype,
              const std::string& where) {
    const DType integers = dtype.value_or(int64);
    switch (type.kind) {
        case 'f':
            if (type.size == 2) return copy_elements<Half, float>(from, shape, type.swapped, float32);
            if (type.size == 4) return copy_elements<float, float>(from, shape, type.swapped, float32);
            return copy_elements<double, double>(from, shape, type.swapped, float64);
        case 'b': return convert_integers<std::uint8_t>(from, shape, false, dtype.value_or(boolean), where);
        case 'i':
            if (type.size == 1) return convert_integers<std::int8_t>(from, shape, false, integers, where);
            if (type.size == 2) return convert_integers<std::int16_t>(from, shape, type.swapped, integers, where);
            if (type.size == 4) return convert_integers<std::int32_t>(from, shape, type.swapped, integers, where);
            return convert_integers<std::int64_t>(from, shape, type.swapped, integers, where);
        default:
            if (type.size == 1) return convert_integers<std::uint8_t>(from, shape, false, integers, where);
            if (type.size == 2) return convert_integers<std::uint16_t>(from, shape, type.swapped, integers, where);
            if (type.size == 4) return convert_integers<std::uint32_t>(from, shape, type.swapped, integers, where);
            return convert_integers<std::uint64_t>(from, shape, type.swapped, integers, where);
    }
}

}  // namespace

std::uint64_t checked_bytes(const ArrayHeader& header, const std::string& where) {
    // An axis of size 0 must not hide the others: strides would overflow.
    std::int64_t elements = 1, bytes = 0;
    bool none = false;
    for (const std::int64_t size : header.shape) {
        if (size == 0)
            none = true;
        else if (size < 0 || __builtin_mul_overflow(elements, size, &elements) ||
                 __builtin_mul_overflow(elements, std::int64_t{8}, &bytes))
            throw FileError(fmt::format("{}: its header says shape {}, expected what memory can address", where,
                                        header.shape.str()));
    }
    return none ? 0 : static_cast<std::uint64_t>(elements) * static_cast<std::uint64_t>(header.type.size);
}

void check_size(const ArrayHeader& header, std::uint64_t bytes, const std::string& where) {
    const std::uint64_t expected = checked_bytes(header, where);
    if (bytes != expected)
        throw FileError(fmt::format("{}: {} bytes follow the header, expected {} for shape {} with {} bytes an element",
                                    where, bytes, expected, header.shape.str(), header.type.size));
}

Tensor take_elements(std::string&& content, std::size_t offset, const ArrayHeader& header, std::optional<DType> dtype,
                     const std::string& where) {
    check_size(header, content.size() - offset, where);
    // A Fortran array is the transpose of one in row-major order.
    Shape shape = header.shape;
    if (header.fortran)
        for (std::size_t i = 0; i < shape.rank(); ++i) shape[i] = header.shape[shape.rank() - 1 - i];

    Tensor result;
    const auto address = reinterpret_cast<std::uintptr_t>(content.data() + offset);
    if (const auto same = as_they_are(header.type);
        same && content.size() >= 4096 && address % static_cast<std::uintptr_t>(header.type.size) == 0) {
        const auto kept = std::make_shared<std::string>(std::move(content));
        result = adopt(kept->data() + offset, shape, *same, [kept] {});
    } else {
        result = decode(content.data() + offset, shape, header.type, dtype, where);
    }
    if (header.fortran && shape.rank() > 1) {
        const auto rank = static_cast<std::int64_t>(shape.rank());
        for (std::int64_t i = 0; i < rank / 2; ++i) result = result.transpose(i, rank - 1 - i);
        result = result.contiguous();
    }
    return dtype ? result.to(*dtype) : result;
}

}  // namespace xg::data::detail
