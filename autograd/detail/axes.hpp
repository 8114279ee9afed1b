#pragma once

#include <string>
#include <utility>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {

/// The axis counted from the front. Throws ShapeError, naming `operation`, where there is none.
inline std::size_t checked_axis(std::int64_t axis, const Shape& shape, const char* operation) {
    const auto rank = static_cast<std::int64_t>(shape.rank());
    if (axis < -rank || axis >= rank)
        throw ShapeError(std::string(operation) + ": axis " + std::to_string(axis) + " is out of range for the shape " +
                         shape.str());
    return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

/// The same for operations along lines, to which a tensor of rank 0 is one element of axis 0 or -1.
inline std::size_t line_axis(const Tensor& x, std::int64_t axis, const char* operation) {
    check_defined(x, operation);
    if (body(x).shape.empty() && (axis == 0 || axis == -1)) return 0;
    return checked_axis(axis, body(x).shape, operation);
}

/// What a reduction over `axes` does to a shape: a 1 for each axis that is reduced, and the shapes with those axes of
/// size 1 and without them.
struct Plan {
    Shape reduced, kept_shape, dropped_shape;
    std::int64_t count = 1;  // elements that make one result

    Plan(const Tensor& x, const Axes& axes, const char* operation) {
        check_defined(x, operation);
        const Shape& shape = body(x).shape;
        const auto rank = static_cast<std::int64_t>(shape.rank());
        reduced = Shape::filled(shape.rank(), axes.all() ? 1 : 0);
        for (const std::int64_t given : axes.list()) {
            const std::int64_t axis = given < 0 ? given + rank : given;
            if (axis < 0 || axis >= rank)
                throw ShapeError(std::string(operation) + ": axis " + std::to_string(given) +
                                 " is out of range for the shape " + shape.str());
            if (std::exchange(reduced[static_cast<std::size_t>(axis)], 1) != 0)
                throw ShapeError(std::string(operation) + ": axis " + std::to_string(given) +
                                 " was given twice for the shape " + shape.str());
        }
        kept_shape = shape;
        dropped_shape = Shape::filled(shape.rank(), 0);
        std::size_t n = 0;
        for (std::size_t i = 0; i < shape.rank(); ++i) {
            if (reduced[i] != 0) {
                count *= shape[i];
                kept_shape[i] = 1;
            } else {
                dropped_shape[n++] = shape[i];
            }
        }
        dropped_shape = Shape(dropped_shape.data(), n);
    }
};

/// y without the reduced axes, unless they are kept.
inline Tensor drop(const Tensor& y, const Plan& plan, bool keepdims) {
    return keepdims ? y : y.reshape(plan.dropped_shape);
}

}  // namespace xg::detail
