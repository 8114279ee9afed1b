#include <xgrad/autograd/detail/parts.hpp>

#include <algorithm>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/node.hpp>

namespace xg::detail {

Part::Part(const Shape& shape)
    : start(Shape::filled(shape.rank(), 0)),
      step(Shape::filled(shape.rank(), 1)),
      count(shape),
      shown(Shape::filled(shape.rank(), 0)) {
    for (std::size_t i = 0; i < shape.rank(); ++i) shown[i] = static_cast<std::int64_t>(i);
}

void Part::slice(std::size_t axis, std::int64_t from, std::int64_t to, std::int64_t by) {
    const std::int64_t size = count[axis];
    const auto position = [size](std::int64_t p, std::int64_t open, std::int64_t low, std::int64_t high) {
        if (p == kOpen) return open;
        return std::clamp(p < 0 ? p + size : p, low, high);
    };
    step[axis] = by;
    if (by > 0) {
        const std::int64_t first = position(from, 0, 0, size), end = position(to, size, 0, size);
        start[axis] = first;
        count[axis] = end > first ? (end - first - 1) / by + 1 : 0;
    } else {
        const std::int64_t first = position(from, size - 1, -1, size - 1), end = position(to, -1, -1, size - 1);
        start[axis] = first;
        // Negated as an unsigned number, since -by does not exist for the least one.
        const std::uint64_t down = 0 - static_cast<std::uint64_t>(by);
        count[axis] =
            first > end ? static_cast<std::int64_t>(static_cast<std::uint64_t>(first - end - 1) / down) + 1 : 0;
    }
    // So that no offset leaves the array, nor overflows.
    if (count[axis] == 0) start[axis] = 0;
    if (count[axis] <= 1) step[axis] = 1;
}

Shape Part::shape() const {
    Shape result = shown;
    for (std::int64_t& axis : result) axis = axis < 0 ? 1 : count[static_cast<std::size_t>(axis)];
    return result;
}

Shape Part::strides(const Shape& strides) const {
    Shape result = shown;
    for (std::int64_t& axis : result)
        axis = axis < 0 ? 1 : strides[static_cast<std::size_t>(axis)] * step[static_cast<std::size_t>(axis)];
    return result;
}

std::int64_t Part::offset(const Shape& strides) const {
    std::int64_t at = 0;
    for (std::size_t i = 0; i < start.rank(); ++i) {
        if (count[i] == 0) return 0;
        at += start[i] * strides[i];
    }
    return at;
}

Tensor take_part(const char* operation, const Tensor& x, const Part& part) {
    const Body& b = body(x);
    Tensor y = make_view(x, part.shape(), part.strides(b.strides), part.offset(b.strides));
    // Nobody else has to expect negative strides.
    if (std::any_of(part.step.begin(), part.step.end(), [](std::int64_t step) { return step < 0; })) y = dense(y, true);
    return record(operation, std::move(y),
                  wrt(x, [part, shape = b.shape](const Tensor& g) { return put_part(g, part, shape); }));
}

Tensor put_part(const Tensor& g, const Part& part, const Shape& shape) {
    const Body& b = body(g);
    Tensor y = zeros(shape, {.dtype = b.dtype});
    const Shape strides = body(y).strides;
    copy_strided(b.shape, b.dtype, body(y).data + part.offset(strides) * item_size(b.dtype), part.strides(strides),
                 b.data, b.strides);
    return record("put_part", std::move(y),
                  wrt(g, [part](const Tensor& gg) { return take_part("take_part", gg, part); }));
}

}  // namespace xg::detail
