#include <xgrad/autograd/shaping.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/axes.hpp>
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
        y = make_tensor(from, body(x).dtype);
        detail::copy_elements(y, x);
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

namespace {

/// Zeros of `shape` with g at the positions that a slice took: the gradient of `slice`.
Tensor slice_backward(const Tensor& g, const Shape& shape, std::int64_t axis, std::int64_t start, std::int64_t stop,
                      std::int64_t step) {
    Tensor y = zeros(shape, {.dtype = body(g).dtype});
    const auto at = static_cast<std::size_t>(axis);
    // Rows of the sliced axis and what lies inside it, copied one position at a time.
    Shape outer(shape.data(), at), inner(shape.data() + at + 1, shape.rank() - at - 1);
    const std::int64_t bytes = inner.elements() * item_size(body(g).dtype), count = body(g).shape[at];
    const Tensor dense = g.contiguous();
    const char* from = body(dense).data;
    for (std::int64_t o = 0; bytes > 0 && o < outer.elements(); ++o) {
        char* to = body(y).data + (o * shape[at] + start) * bytes;
        if (step == 1) {
            std::memcpy(to, from, static_cast<std::size_t>(count * bytes));
            from += count * bytes;
        } else {
            for (std::int64_t i = 0; i < count; ++i, from += bytes)
                std::memcpy(to + i * step * bytes, from, static_cast<std::size_t>(bytes));
        }
    }
    return record("slice_backward", std::move(y),
                  wrt(g, [=](const Tensor& gg) { return slice(gg, axis, start, stop, step); }));
}

}  // namespace

Tensor slice(const Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
    check_defined(x, "slice");
    Shape shape = body(x).shape, strides = body(x).strides;
    const std::size_t at = checked_axis(axis, shape, "slice");
    if (step < 1) throw ValueError("slice: expected a step of at least 1, got " + std::to_string(step));
    const std::int64_t size = shape[at];
    start = std::clamp<std::int64_t>(start < 0 ? start + size : start, 0, size);
    stop = std::clamp<std::int64_t>(stop < 0 ? stop + size : stop, start, size);
    shape[at] = stop == start ? 0 : (stop - start - 1) / step + 1;
    const std::int64_t offset = shape[at] == 0 ? 0 : start * strides[at];
    if (shape[at] > 1) strides[at] *= step;
    return record("slice", make_view(x, shape, strides, offset),
                  wrt(x, [from = body(x).shape, at = static_cast<std::int64_t>(at), start, stop,
                          step](const Tensor& g) { return slice_backward(g, from, at, start, stop, step); }));
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

Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis) {
    if (tensors.empty()) throw ValueError("concat: expected at least one tensor, got none");
    for (const Tensor& t : tensors) check_defined(t, "concat");
    Shape shape = body(tensors[0]).shape;
    const std::size_t at = checked_axis(axis, shape, "concat");
    DType dtype = body(tensors[0]).dtype;
    std::int64_t total = 0;
    for (const Tensor& t : tensors) {
        Shape other = body(t).shape;
        dtype = promote(dtype, body(t).dtype);
        if (other.rank() == shape.rank()) {
            total += other[at];
            other[at] = shape[at];
        }
        if (!(other == shape))
            throw ShapeError("concat: the shapes " + body(tensors[0]).shape.str() + " and " + body(t).shape.str() +
                             " differ in more than axis " + std::to_string(axis));
    }
    shape[at] = total;
    Tensor y = make_tensor(shape, dtype, "concat");
    const std::int64_t outer = Shape(shape.data(), at).elements();
    const std::int64_t inner = Shape(shape.data() + at + 1, shape.rank() - at - 1).elements() * item_size(dtype);
    std::int64_t start = 0;
    std::vector<const Tensor*> inputs;
    std::vector<std::int64_t> starts;
    for (const Tensor& t : tensors) {
        inputs.push_back(&t);
        starts.push_back(start);
        Tensor dense = make_tensor(body(t).shape, dtype);
        detail::copy_elements(dense, t);
        const std::int64_t rows = body(t).shape[at], bytes = rows * inner;
        for (std::int64_t o = 0; bytes > 0 && o < outer; ++o)
            std::memcpy(body(y).data + (o * total + start) * inner, body(dense).data + o * bytes,
                        static_cast<std::size_t>(bytes));
        start += rows;
    }
    starts.push_back(start);
    Tensor* const output = &y;
    detail::record_joint("concat", {&output, 1}, inputs,
                         [starts, at = static_cast<std::int64_t>(at)](detail::Gradients& gradients) {
                             for (std::uint32_t i = 0; i + 1 < starts.size(); ++i)
                                 if (gradients.needs(i))
                                     gradients.set(i, slice(gradients.of_output(), at, starts[i], starts[i + 1]));
                         });
    return y;
}

Tensor Tensor::reshape(const Shape& shape) const { return xg::reshape(*this, shape); }
Tensor Tensor::transpose(std::int64_t a, std::int64_t b) const { return xg::transpose(*this, a, b); }
Tensor Tensor::slice(std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) const {
    return xg::slice(*this, axis, start, stop, step);
}

Tensor Tensor::operator[](std::int64_t i) const {
    check_defined(*this, "operator[]");
    if (rank() == 0) throw IndexError("operator[]: a tensor of rank 0 cannot be indexed; item() is its value");
    const std::int64_t n = size(0), at = i < 0 ? i + n : i;
    if (at < 0 || at >= n)
        throw IndexError("operator[]: index " + std::to_string(i) + " is out of range for the shape " + shape().str());
    const Shape inner(shape().data() + 1, shape().rank() - 1);
    return slice(0, at, at + 1).reshape(inner);
}

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
    Tensor y = make_tensor(body(*this).shape, body(*this).dtype);
    detail::copy_elements(y, *this);
    return record("clone", std::move(y), wrt(*this, [](const Tensor& g) { return g; }));
}

Tensor Tensor::detach() const {
    check_defined(*this, "detach");
    return detail::make_alias(*this);
}

}  // namespace xg
