#include <xgrad/autograd/shaping.hpp>

#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::checked_axis;
using detail::make_tensor;
using detail::make_view;
using detail::record;
using detail::wrt;

namespace {

/// `shape` with a -1 filled in, for `n` elements.
Shape completed(Shape shape, const Shape& from, std::int64_t n) {
    std::int64_t known = 1;
    std::int64_t* open = nullptr;
    for (std::int64_t& size : shape) {
        if (size == -1 && open == nullptr)
            open = &size;
        else if (size < 0)
            throw ShapeError("reshape: expected sizes >= 0, and -1 at most once, got " + shape.str());
        else if (__builtin_mul_overflow(known, size, &known))
            throw ShapeError("reshape: the shape " + shape.str() + " has too many elements");
    }
    if (open != nullptr && known != 0 && n % known == 0) *open = n / known;
    if (open != nullptr ? *open < 0 : known != n)
        throw ShapeError("reshape: the shape " + from.str() + " has " + std::to_string(n) +
                         " elements and does not fit into " + shape.str());
    return shape;
}

/// Strides with which an array of `strides` shows its elements in the shape `to`; false if only a copy can.
bool reshaped_strides(const Shape& shape, const Shape& strides, const Shape& to, Shape& result) {
    result = detail::contiguous_strides(to);
    if (detail::is_row_major(shape, strides)) return true;
    std::size_t i = 0, j = 0;
    while (i < shape.rank() && j < to.rank()) {
        // The shortest groups of axes from here on that have equally many elements.
        const std::size_t first = i, target = j;
        std::int64_t p = shape[i++], q = to[j++];
        while (p != q) {
            if (p < q)
                p *= shape[i++];
            else
                q *= to[j++];
        }
        // The group of x must be stepped through evenly, from its last axis outwards.
        std::int64_t step = 1, expected = 0;
        bool any = false;
        for (std::size_t k = i; k-- > first;) {
            if (shape[k] == 1) continue;
            if (any && strides[k] != expected) return false;
            if (!any) step = strides[k];
            any = true;
            expected = strides[k] * shape[k];
        }
        for (std::size_t k = j; k-- > target; step *= to[k]) result[k] = step;
    }
    return true;
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& wanted) {
    check_defined(x, "reshape");
    const Shape& from = body(x).shape;
    if (from == wanted) return x;
    const Shape shape = completed(wanted, from, body(x).numel);
    detail::checked_elements(shape, body(x).dtype, "reshape");
    Shape strides;
    Tensor y;
    if (body(x).numel == 0 || reshaped_strides(from, body(x).strides, shape, strides)) {
        y = make_view(x, shape, body(x).numel == 0 ? detail::contiguous_strides(shape) : strides, 0);
    } else {
        y = detail::dense(x, true);
        y = make_view(y, shape, detail::contiguous_strides(shape), 0);
    }
    return record("reshape", std::move(y), wrt(x, [from](const Tensor& g) { return reshape(g, from); }));
}

Tensor transpose(const Tensor& x, std::int64_t a, std::int64_t b) {
    check_defined(x, "transpose");
    Shape shape = body(x).shape, strides = body(x).strides;
    const std::size_t p = checked_axis(a, shape, "transpose"), q = checked_axis(b, shape, "transpose");
    std::swap(shape[p], shape[q]);
    std::swap(strides[p], strides[q]);
    return record("transpose", make_view(x, shape, strides, 0),
                  wrt(x, [a, b](const Tensor& g) { return transpose(g, a, b); }));
}

Tensor flatten(const Tensor& x, std::int64_t first, std::int64_t last) {
    check_defined(x, "flatten");
    const Shape& shape = body(x).shape;
    if (shape.empty()) {
        for (const std::int64_t axis : {first, last}) static_cast<void>(detail::line_axis(x, axis, "flatten"));
        return reshape(x, {1});
    }
    const std::size_t p = checked_axis(first, shape, "flatten"), q = checked_axis(last, shape, "flatten");
    if (p > q)
        throw ShapeError("flatten: expected a first axis before the last, got " + std::to_string(first) + " and " +
                         std::to_string(last) + " for the shape " + shape.str());
    Shape to = shape;
    for (std::size_t i = q; i > p; --i) {
        to[i - 1] *= to[i];
        to = to.erased(i);
    }
    return reshape(x, to);
}

Tensor unflatten(const Tensor& x, std::int64_t axis, const Shape& sizes) {
    check_defined(x, "unflatten");
    const Shape& shape = body(x).shape;
    const std::size_t at = checked_axis(axis, shape, "unflatten");
    Shape parts = sizes;
    std::int64_t known = 1;
    std::size_t open = 0;
    bool valid = !sizes.empty();
    for (const std::int64_t size : sizes) {
        open += size == -1 ? 1 : 0;
        valid = valid && size >= -1 && (size == -1 || !__builtin_mul_overflow(known, size, &known));
    }
    valid = valid && (open == 0 ? known == shape[at] : open == 1 && known > 0 && shape[at] % known == 0);
    if (!valid)
        throw ShapeError("unflatten: axis " + std::to_string(axis) + " of the shape " + shape.str() +
                         " does not fit into " + sizes.str());
    for (std::int64_t& size : parts)
        if (size == -1) size = shape[at] / known;
    Shape to = shape.erased(at);
    for (std::size_t i = 0; i < parts.rank(); ++i) to = to.inserted(at + i, parts[i]);
    detail::checked_elements(to, body(x).dtype, "unflatten");
    return reshape(x, to);
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
    const detail::Plan plan(x, axes, "squeeze");
    Shape shape = body(x).shape;
    for (std::size_t i = shape.rank(); i-- > 0;)
        if (plan.reduced[i] != 0 && shape[i] == 1) shape = shape.erased(i);
    return reshape(x, shape);
}

Tensor unsqueeze(const Tensor& x, std::int64_t axis) {
    check_defined(x, "unsqueeze");
    const Shape& shape = body(x).shape;
    const auto rank = static_cast<std::int64_t>(shape.rank());
    if (axis < -rank - 1 || axis > rank)
        throw ShapeError("unsqueeze: axis " + std::to_string(axis) + " is out of range for a new axis of the shape " +
                         shape.str());
    return reshape(x, shape.inserted(static_cast<std::size_t>(axis < 0 ? axis + rank + 1 : axis), 1));
}

Tensor atleast_1d(const Tensor& x) {
    check_defined(x, "atleast_1d");
    return body(x).shape.empty() ? reshape(x, {1}) : x;
}

Tensor atleast_2d(const Tensor& x) {
    check_defined(x, "atleast_2d");
    return body(x).shape.rank() < 2 ? reshape(x, {1, body(x).numel}) : x;
}

Tensor atleast_3d(const Tensor& x) {
    check_defined(x, "atleast_3d");
    const Shape& shape = body(x).shape;
    if (shape.rank() < 2) return reshape(x, {1, body(x).numel, 1});
    return shape.rank() == 2 ? reshape(x, {shape[0], shape[1], 1}) : x;
}

Tensor swapaxes(const Tensor& x, std::int64_t a, std::int64_t b) {
    check_defined(x, "swapaxes");
    for (const std::int64_t axis : {a, b}) static_cast<void>(checked_axis(axis, body(x).shape, "swapaxes"));
    return transpose(x, a, b);
}

namespace {

/// x with axis order[i] as its axis i; every axis is there once.
Tensor permuted(const Tensor& x, const Shape& order) {
    Shape shape = order, strides = order, back = order;
    bool same = true;
    for (std::size_t i = 0; i < order.rank(); ++i) {
        const auto axis = static_cast<std::size_t>(order[i]);
        shape[i] = body(x).shape[axis];
        strides[i] = body(x).strides[axis];
        back[axis] = static_cast<std::int64_t>(i);
        same = same && axis == i;
    }
    if (same) return x;
    return record("permute", make_view(x, shape, strides, 0),
                  wrt(x, [back](const Tensor& g) { return permuted(g, back); }));
}

}  // namespace

Tensor permute(const Tensor& x, const Shape& axes) {
    check_defined(x, "permute");
    const Shape& shape = body(x).shape;
    Shape order = axes, seen = Shape::filled(shape.rank(), 0);
    bool valid = axes.rank() == shape.rank();
    for (std::size_t i = 0; valid && i < axes.rank(); ++i) {
        const std::size_t axis = checked_axis(axes[i], shape, "permute");
        order[i] = static_cast<std::int64_t>(axis);
        valid = std::exchange(seen[axis], 1) == 0;
    }
    if (!valid)
        throw ShapeError("permute: expected each axis of the shape " + shape.str() + " once, got the axes " +
                         axes.str());
    return permuted(x, order);
}

Tensor moveaxis(const Tensor& x, const Axes& source, const Axes& destination) {
    check_defined(x, "moveaxis");
    const Shape& shape = body(x).shape;
    const Shape &from = source.list(), &to = destination.list();
    Shape order = Shape::filled(shape.rank(), -1), moved = Shape::filled(shape.rank(), 0);
    bool valid = from.rank() == to.rank();
    for (std::size_t i = 0; valid && i < from.rank(); ++i) {
        const std::size_t p = checked_axis(from[i], shape, "moveaxis"), q = checked_axis(to[i], shape, "moveaxis");
        valid = std::exchange(moved[p], 1) == 0 && std::exchange(order[q], static_cast<std::int64_t>(p)) == -1;
    }
    if (!valid)
        throw ShapeError("moveaxis: expected as many different axes on both sides, got " + from.str() + " and " +
                         to.str() + " for the shape " + shape.str());
    std::size_t next = 0;
    for (std::int64_t& axis : order) {
        if (axis >= 0) continue;
        while (moved[next] != 0) ++next;
        axis = static_cast<std::int64_t>(next++);
    }
    return permuted(x, order);
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
    check_defined(x, "broadcast_to");
    if (body(x).shape == shape) return x;
    bool fits = body(x).shape.rank() <= shape.rank();
    for (std::size_t i = 0; fits && i < body(x).shape.rank(); ++i) {
        const std::int64_t from = body(x).shape[body(x).shape.rank() - 1 - i];
        fits = from == 1 || from == shape[shape.rank() - 1 - i];
    }
    for (const std::int64_t size : shape) fits = fits && size >= 0;
    if (fits) detail::checked_elements(shape, body(x).dtype, "broadcast_to");
    if (!fits)
        throw ShapeError("broadcast_to: the shape " + body(x).shape.str() + " does not broadcast to " + shape.str());
    return record("broadcast_to", make_view(x, shape, detail::broadcast_strides(x, shape), 0),
                  wrt(x, [](const Tensor& g) { return g; }));
}

Tensor Tensor::reshape(const Shape& shape) const { return xg::reshape(*this, shape); }
Tensor Tensor::transpose(std::int64_t a, std::int64_t b) const { return xg::transpose(*this, a, b); }
Tensor Tensor::to(DType dtype) const {
    check_defined(*this, "to");
    if (body(*this).dtype == dtype) return *this;
    Tensor y = make_tensor(body(*this).shape, dtype);
    detail::copy_elements(y, *this);
    if (!is_floating(dtype) || !is_floating(body(*this).dtype)) return y;
    return record("to", std::move(y), wrt(*this, [from = body(*this).dtype](const Tensor& g) { return g.to(from); }));
}

Tensor Tensor::contiguous() const {
    check_defined(*this, "contiguous");
    return body(*this).contiguous ? *this : clone();
}

Tensor Tensor::clone() const {
    check_defined(*this, "clone");
    return record("clone", detail::dense(*this, true), wrt(*this, [](const Tensor& g) { return g; }));
}

Tensor Tensor::detach() const {
    check_defined(*this, "detach");
    return detail::make_alias(*this);
}

}  // namespace xg
