#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/indexing.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

// Arrays put together of others, or of themselves many times.

namespace xg {

using detail::body;
using detail::check_defined;
using detail::checked_axis;
using detail::make_tensor;

namespace {

/// Writes t, which has the shape `shape`, to positions `start` on of axis `at` of y.
void write_piece(const Tensor& y, std::size_t at, std::int64_t start, const Tensor& t, const Shape& shape,
                 const Shape& strides) {
    char* const to = body(y).data + start * body(y).strides[at] * item_size(body(y).dtype);
    detail::copy_strided(shape, body(y).dtype, to, body(y).strides, body(t).data, strides);
}

DType common_dtype(const std::vector<Tensor>& tensors, const char* operation) {
    if (tensors.empty()) throw ValueError(std::string(operation) + ": expected at least one tensor, got none");
    for (const Tensor& t : tensors) check_defined(t, operation);
    DType dtype = body(tensors[0]).dtype;
    for (const Tensor& t : tensors) dtype = promote(dtype, body(t).dtype);
    return dtype;
}

/// t's values in `dtype`, outside of the graph.
Tensor converted(const Tensor& t, DType dtype) { return body(t).dtype == dtype ? t : detail::make_alias(t).to(dtype); }

std::vector<const Tensor*> pointers(const std::vector<Tensor>& tensors) {
    std::vector<const Tensor*> inputs;
    for (const Tensor& t : tensors) inputs.push_back(&t);
    return inputs;
}

}  // namespace

Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis) {
    const DType dtype = common_dtype(tensors, "concat");
    Shape shape = body(tensors[0]).shape;
    const std::size_t at = checked_axis(axis, shape, "concat");
    std::vector<std::int64_t> starts = {0};
    for (const Tensor& t : tensors) {
        Shape other = body(t).shape;
        if (other.rank() == shape.rank()) {
            starts.push_back(starts.back() + other[at]);
            other[at] = shape[at];
        }
        if (!(other == shape))
            throw ShapeError("concat: the shapes " + body(tensors[0]).shape.str() + " and " + body(t).shape.str() +
                             " differ in more than axis " + std::to_string(axis));
    }
    shape[at] = starts.back();
    Tensor y = make_tensor(shape, dtype, "concat");
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const Tensor t = converted(tensors[i], dtype);
        write_piece(y, at, starts[i], t, body(t).shape, body(t).strides);
    }
    const std::vector<const Tensor*> inputs = pointers(tensors);
    if (!detail::would_record(inputs)) return y;
    Tensor* const output = &y;
    detail::record_joint("concat", {&output, 1}, inputs,
                         [starts, at = static_cast<std::int64_t>(at)](detail::Gradients& gradients) {
                             for (std::uint32_t i = 0; i + 1 < starts.size(); ++i)
                                 if (gradients.needs(i))
                                     gradients.set(i, slice(gradients.of_output(), at, starts[i], starts[i + 1]));
                         });
    return y;
}

Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis) {
    const DType dtype = common_dtype(tensors, "stack");
    const Shape& each = body(tensors[0]).shape;
    for (const Tensor& t : tensors)
        if (!(body(t).shape == each))
            throw ShapeError("stack: expected tensors of one shape, got " + each.str() + " and " + body(t).shape.str());
    const auto n = static_cast<std::int64_t>(tensors.size());
    const std::size_t at = checked_axis(axis, each.inserted(0, n), "stack");
    Tensor y = make_tensor(each.inserted(at, n), dtype, "stack");
    const Shape shape = each.inserted(at, 1);
    for (std::int64_t i = 0; i < n; ++i) {
        const Tensor t = converted(tensors[static_cast<std::size_t>(i)], dtype);
        write_piece(y, at, i, t, shape, body(t).strides.inserted(at, 1));
    }
    const std::vector<const Tensor*> inputs = pointers(tensors);
    if (!detail::would_record(inputs)) return y;
    Tensor* const output = &y;
    detail::record_joint("stack", {&output, 1}, inputs,
                         [n, at = static_cast<std::int64_t>(at)](detail::Gradients& gradients) {
                             for (std::uint32_t i = 0; i < n; ++i)
                                 if (gradients.needs(i)) gradients.set(i, select(gradients.of_output(), at, i));
                         });
    return y;
}

namespace {

/// x rolled along each axis by what `shifts` says of it, from 0 to below the size.
Tensor rolled(const Tensor& x, const Shape& shifts) {
    const Shape &shape = body(x).shape, &strides = body(x).strides;
    Tensor y = make_tensor(shape, body(x).dtype);
    // Each axis falls into two parts that change places; each combination of them is copied.
    Shape back = shifts;
    std::vector<std::size_t> moved;
    for (std::size_t i = 0; i < shape.rank(); ++i) {
        if (shifts[i] == 0) continue;
        back[i] = shape[i] - shifts[i];
        moved.push_back(i);
    }
    if (body(x).numel == 0) moved.clear();
    for (std::uint64_t part = 0; part < std::uint64_t{1} << moved.size(); ++part) {
        Shape size = shape;
        std::int64_t from = 0, to = 0;
        for (std::size_t k = 0; k < moved.size(); ++k) {
            const std::size_t i = moved[k];
            const bool wraps = (part >> k & 1) != 0;
            size[i] = wraps ? shifts[i] : back[i];
            (wraps ? from : to) += wraps ? back[i] * strides[i] : shifts[i] * body(y).strides[i];
        }
        const std::int64_t item = item_size(body(x).dtype);
        detail::copy_strided(size, body(x).dtype, body(y).data + to * item, body(y).strides, body(x).data + from * item,
                             strides);
    }
    return detail::record("roll", std::move(y), detail::wrt(x, [back](const Tensor& g) { return rolled(g, back); }));
}

}  // namespace

Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes) {
    check_defined(x, "roll");
    const Shape& shape = body(x).shape;
    if (shifts.size() != axes.size())
        throw ShapeError("roll: expected a shift for each axis, got the shifts " + Shape(shifts).str() +
                         " and the axes " + Shape(axes).str() + " for the shape " + shape.str());
    Shape total = Shape::filled(shape.rank(), 0);
    for (std::size_t k = 0; k < axes.size(); ++k) {
        const std::size_t at = checked_axis(axes[k], shape, "roll");
        if (shape[at] == 0) continue;
        const std::int64_t shift = shifts[k] % shape[at];
        total[at] = (total[at] + shift + shape[at]) % shape[at];
    }
    return rolled(x, total);
}

Tensor roll(const Tensor& x, std::int64_t shift, std::int64_t axis) {
    return roll(x, std::vector<std::int64_t>{shift}, std::vector<std::int64_t>{axis});
}

Tensor roll(const Tensor& x, std::int64_t shift) {
    check_defined(x, "roll");
    const Shape shape = body(x).shape;
    return roll(x.reshape({body(x).numel}), shift, 0).reshape(shape);
}

namespace {

Shape padded(const Shape& shape, std::size_t rank) {
    Shape result = shape;
    while (result.rank() < rank) result = result.inserted(0, 1);
    return result;
}

/// x that often along each of its axes; more numbers than axes make new ones in front.
Tensor repeated(const Tensor& x, const Shape& repeats, const char* operation) {
    const Shape& given = body(x).shape;
    const Shape shape = padded(given, repeats.rank());
    Shape split, wide, joined = shape;
    for (std::size_t i = 0; i < shape.rank(); ++i) {
        if (repeats[i] < 0)
            throw ValueError(std::string(operation) + ": expected numbers of at least 0, got " + repeats.str() +
                             " for the shape " + given.str());
        if (repeats[i] != 1) {
            split = split.inserted(split.rank(), 1);
            wide = wide.inserted(wide.rank(), repeats[i]);
        }
        split = split.inserted(split.rank(), shape[i]);
        wide = wide.inserted(wide.rank(), shape[i]);
        if (__builtin_mul_overflow(shape[i], repeats[i], &joined[i]))
            throw ShapeError(std::string(operation) + ": the shape " + given.str() + " repeated " + repeats.str() +
                             " times has too many elements");
    }
    detail::checked_elements(joined, body(x).dtype, operation);
    const Tensor y = broadcast_to(x.reshape(split), wide).reshape(joined);
    // New elements where nothing was repeated, too.
    return body(y).storage.get() == body(x).storage.get() ? y.clone() : y;
}

}  // namespace

Tensor repeat(const Tensor& x, const Shape& repeats) {
    check_defined(x, "repeat");
    if (repeats.rank() < body(x).shape.rank())
        throw ShapeError("repeat: expected a number for each axis of the shape " + body(x).shape.str() + ", got " +
                         repeats.str());
    return repeated(x, repeats, "repeat");
}

Tensor tile(const Tensor& x, const Shape& repeats) {
    check_defined(x, "tile");
    return repeated(x, padded(repeats, body(x).shape.rank()), "tile");
}

Tensor repeat_interleave(const Tensor& x, std::int64_t n, std::int64_t axis) {
    check_defined(x, "repeat_interleave");
    Shape shape = body(x).shape;
    const std::size_t at = checked_axis(axis, shape, "repeat_interleave");
    if (n < 0) throw ValueError("repeat_interleave: expected a number of at least 0, got " + std::to_string(n));
    const Tensor column = x.reshape(shape.inserted(at + 1, 1));
    const Shape wide = shape.inserted(at + 1, n);
    detail::checked_elements(wide, body(x).dtype, "repeat_interleave");
    shape[at] *= n;
    const Tensor y = broadcast_to(column, wide).reshape(shape);
    return body(y).storage.get() == body(x).storage.get() ? y.clone() : y;
}

Tensor repeat_interleave(const Tensor& x, std::int64_t n) {
    check_defined(x, "repeat_interleave");
    return repeat_interleave(x.reshape({body(x).numel}), n, 0);
}

Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::int64_t axis) {
    check_defined(x, "repeat_interleave");
    check_defined(repeats, "repeat_interleave");
    const Shape& shape = body(x).shape;
    const std::size_t at = checked_axis(axis, shape, "repeat_interleave");
    if (body(repeats).dtype != int64)
        throw DTypeError(std::string("repeat_interleave: expected int64 numbers, got ") + name(body(repeats).dtype));
    if (!(body(repeats).shape == Shape{shape[at]}))
        throw ShapeError("repeat_interleave: expected numbers of shape " + Shape{shape[at]}.str() + " for axis " +
                         std::to_string(axis) + " of the shape " + shape.str() + ", got " + body(repeats).shape.str());
    const Tensor counts = detail::dense(repeats);
    const std::int64_t* const count = detail::data_as<std::int64_t>(counts);
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < shape[at]; ++i) {
        if (count[i] < 0)
            throw ValueError("repeat_interleave: expected numbers of at least 0, got " + std::to_string(count[i]) +
                             " at position " + std::to_string(i));
        if (__builtin_add_overflow(total, count[i], &total))
            throw ShapeError("repeat_interleave: the shape " + shape.str() + " has too many elements when axis " +
                             std::to_string(axis) + " is repeated as given");
    }
    Shape result = shape;
    result[at] = total;
    detail::checked_elements(result, body(x).dtype, "repeat_interleave");
    const Tensor rows = make_tensor({total}, int64, "repeat_interleave");
    std::int64_t* to = detail::data_as<std::int64_t>(rows);
    for (std::int64_t i = 0; i < shape[at]; to += count[i], ++i) std::fill(to, to + count[i], i);
    return take(x, rows, static_cast<std::int64_t>(at));
}

}  // namespace xg
