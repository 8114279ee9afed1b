#pragma once

#include <functional>
#include <initializer_list>
#include <limits>
#include <string>

#include <xgrad/core/error.hpp>

#include "bad_row_makers.hpp"

/// One operation with arguments of its own kind, and what it says to each of them.
namespace bad_rows {

using Unary = std::function<xg::Tensor(const xg::Tensor&)>;
using AlongAxis = std::function<xg::Tensor(const xg::Tensor&, std::int64_t axis)>;

inline constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// What is to be thrown, told to `refuses` by its first argument.
inline constexpr xg::ShapeError* shape_error = nullptr;
inline constexpr xg::DTypeError* dtype_error = nullptr;
inline constexpr xg::ValueError* value_error = nullptr;
inline constexpr xg::IndexError* index_error = nullptr;

/// Ones in a shape of any size, which take no memory.
inline xg::Tensor wide(const xg::Shape& sizes, xg::DType type = xg::float32) {
    return xg::broadcast_to(xg::ones({}, {.dtype = type}), sizes);
}

using bad::of;

/// The rows of one operation.
class Operation {
public:
    Operation(BadInputs& rows, std::string name) : rows_(rows), name_(std::move(name)) {}

    template <class E>
    void refuses(E*, const std::string& about, BadInputs::Call call, std::initializer_list<std::string> parts) const {
        rows_.throws<E>(name_, about, std::move(call), parts);
    }
    void gives(const std::string& about, BadInputs::Call call, const xg::Shape& sizes,
               const std::vector<double>& values) const {
        rows_.gives(name_, about, std::move(call), sizes, values);
    }

    /// An undefined tensor in one place, which `which` names.
    void refuses_undefined(const Unary& f, const std::string& which = "tensor") const {
        refuses(value_error, "an undefined " + which, [f] { return f({}); }, {"undefined"});
    }
    /// Each of the shapes, with a message that names it and says what was expected.
    void refuses_shapes(const Unary& f, std::initializer_list<xg::Shape> shapes, const std::string& expected) const {
        for (const xg::Shape& sizes : shapes)
            refuses(shape_error, "the shape " + sizes.str(), [f, sizes] { return f(xg::ones(sizes)); },
                    {sizes.str(), expected});
    }
    void refuses_dtypes(const Unary& f, const xg::Shape& sizes, std::initializer_list<xg::DType> types) const {
        for (const xg::DType type : types)
            refuses(dtype_error, std::string("a tensor of ") + xg::name(type),
                    [f, sizes, type] { return f(xg::ones(sizes, {.dtype = type})); }, {xg::name(type), "expected"});
    }
    /// Axes of a (2, 3) that are out of range, and any of a tensor of rank 0.
    void refuses_axes(const AlongAxis& f) const {
        for (const std::int64_t axis : {std::int64_t{2}, std::int64_t{-3}, kLeast, kMost})
            refuses(shape_error, "axis " + std::to_string(axis),
                    [f, axis] {
                        return f(xg::ones({2, 3}), axis);
                    },
                    {"axis " + std::to_string(axis), "(2, 3)"});
        for (const std::int64_t axis : {0, -1})
            refuses(shape_error, "an axis of a tensor of rank 0", [f, axis] { return f(xg::ones({}), axis); },
                    {"axis " + std::to_string(axis), "()"});
    }
    /// Indices of the wrong dtype, undefined, and, in the shape `sizes`, out of the range of an axis of `n` elements;
    /// the message has `first` and `second` in it besides the index.
    void refuses_indices(const Unary& f, const xg::Shape& sizes, std::int64_t n, const std::string& first,
                         const std::string& second) const {
        refuses_undefined(f, "index");
        refuses_dtypes(f, sizes, {xg::float32, xg::float64});
        for (const std::int64_t bad : {n, -n - 1, kLeast, kMost}) {
            const std::string text = "index " + std::to_string(bad);
            refuses(index_error, text, [f, sizes, bad] { return f(xg::full(sizes, bad, {.dtype = xg::int64})); },
                    {text, first, second});
        }
    }

private:
    BadInputs& rows_;
    std::string name_;
};

}  // namespace bad_rows
