#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/parts.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

// Regular parts of arrays.

namespace xg {

using detail::body;
using detail::check_defined;
using detail::checked_axis;
using detail::Part;

Tensor slice(const Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
    check_defined(x, "slice");
    const std::size_t at = checked_axis(axis, body(x).shape, "slice");
    if (step == 0) throw ValueError("slice: expected a step other than 0");
    Part part(body(x).shape);
    part.slice(at, start, stop, step);
    return detail::take_part("slice", x, part);
}

namespace {

Tensor entry(const char* operation, const Tensor& x, std::size_t at, std::int64_t i) {
    const Shape& shape = body(x).shape;
    const std::int64_t n = shape[at];
    if (i < -n || i >= n)
        throw IndexError(std::string(operation) + ": index " + std::to_string(i) + " is out of range for axis " +
                         std::to_string(at) + " of the shape " + shape.str());
    Part part(shape);
    part.start[at] = i < 0 ? i + n : i;
    part.count[at] = 1;
    part.shown = part.shown.erased(at);
    return detail::take_part(operation, x, part);
}

/// Views of x that share their backward: positions starts[i] up to starts[i + 1] along an axis; or with `drop` single
/// ones, without that axis.
std::vector<Tensor> pieces(const char* operation, const Tensor& x, std::size_t at,
                           const std::vector<std::int64_t>& starts, bool drop) {
    const auto n = static_cast<std::uint32_t>(starts.size() - 1);
    std::vector<Tensor> views(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        Shape shape = body(x).shape, strides = body(x).strides;
        shape[at] = starts[i + 1] - starts[i];
        const std::int64_t offset = body(x).numel == 0 ? 0 : starts[i] * strides[at];
        views[i] = drop ? detail::make_view(x, shape.erased(at), strides.erased(at), offset)
                        : detail::make_view(x, shape, strides, shape[at] == 0 ? 0 : offset);
    }
    const Tensor* const input = &x;
    if (!detail::would_record({&input, 1})) return views;
    std::vector<Tensor*> outputs;
    std::vector<Shape> shapes;
    for (Tensor& view : views) {
        outputs.push_back(&view);
        shapes.push_back(body(view).shape);
    }
    detail::record_joint(operation, outputs, {&input, 1},
                         [shapes = std::move(shapes), axis = static_cast<std::int64_t>(at), dtype = body(x).dtype,
                          drop](detail::Gradients& gradients) {
                             std::vector<Tensor> parts;
                             for (std::uint32_t i = 0; i < shapes.size(); ++i) {
                                 const Tensor& g = gradients.of_output(i);
                                 parts.push_back(g.defined() ? g : zeros(shapes[i], {.dtype = dtype}));
                             }
                             gradients.set(0, drop ? stack(parts, axis) : concat(parts, axis));
                         });
    return views;
}

/// Positions 0, size, 2 size, … and n.
std::vector<std::int64_t> steps(std::int64_t n, std::int64_t size) {
    std::vector<std::int64_t> starts;
    for (std::int64_t i = 0; i < n; i += size) {
        starts.push_back(i);
        if (n - i < size) break;
    }
    if (starts.empty()) starts.push_back(0);
    starts.push_back(n);
    return starts;
}

}  // namespace

Tensor select(const Tensor& x, std::int64_t axis, std::int64_t i) {
    check_defined(x, "select");
    return entry("select", x, checked_axis(axis, body(x).shape, "select"), i);
}

Tensor flip(const Tensor& x, const Axes& axes) {
    const detail::Plan plan(x, axes, "flip");
    Part part(body(x).shape);
    bool any = false;
    for (std::size_t i = 0; i < plan.reduced.rank(); ++i) {
        if (plan.reduced[i] == 0) continue;
        part.slice(i, Part::kOpen, Part::kOpen, -1);
        any = any || part.step[i] < 0;
    }
    return any ? detail::take_part("flip", x, part) : x.clone();
}

std::vector<Tensor> split(const Tensor& x, std::int64_t size, std::int64_t axis) {
    check_defined(x, "split");
    const std::size_t at = checked_axis(axis, body(x).shape, "split");
    if (size < 1) throw ValueError("split: expected pieces of at least 1, got " + std::to_string(size));
    return pieces("split", x, at, steps(body(x).shape[at], size), false);
}

std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes, std::int64_t axis) {
    check_defined(x, "split");
    const Shape& shape = body(x).shape;
    const std::size_t at = checked_axis(axis, shape, "split");
    std::vector<std::int64_t> starts = {0};
    for (const std::int64_t size : sizes) {
        // Compared by what is left, since sums may overflow.
        if (size < 0 || size > shape[at] - starts.back()) {
            starts.back() = -1;
            break;
        }
        starts.push_back(starts.back() + size);
    }
    if (starts.back() != shape[at])
        throw ShapeError("split: the sizes " + Shape(sizes).str() + " do not add up to axis " + std::to_string(axis) +
                         " of the shape " + shape.str());
    return pieces("split", x, at, starts, false);
}

std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, std::int64_t axis) {
    return split(x, std::vector<std::int64_t>(sizes), axis);
}

std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, std::int64_t axis) {
    check_defined(x, "chunk");
    const std::size_t at = checked_axis(axis, body(x).shape, "chunk");
    if (chunks < 1) throw ValueError("chunk: expected at least 1 piece, got " + std::to_string(chunks));
    const std::int64_t n = body(x).shape[at];
    if (n == 0 && chunks > INT32_MAX)
        throw ValueError("chunk: " + std::to_string(chunks) + " pieces of no elements are too many for the shape " +
                         body(x).shape.str());
    if (n == 0)
        return pieces("chunk", x, at, std::vector<std::int64_t>(static_cast<std::size_t>(chunks) + 1, 0), false);
    return pieces("chunk", x, at, steps(n, n / chunks + (n % chunks != 0 ? 1 : 0)), false);
}

std::vector<Tensor> unbind(const Tensor& x, std::int64_t axis) {
    check_defined(x, "unbind");
    const std::size_t at = checked_axis(axis, body(x).shape, "unbind");
    if (body(x).shape[at] == 0) return {};
    return pieces("unbind", x, at, steps(body(x).shape[at], 1), true);
}

Tensor Tensor::slice(std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) const {
    return xg::slice(*this, axis, start, stop, step);
}

Tensor Tensor::operator[](std::int64_t i) const {
    check_defined(*this, "operator[]");
    if (rank() == 0) throw IndexError("operator[]: a tensor of rank 0 cannot be indexed; item() is its value");
    return entry("operator[]", *this, 0, i);
}

}  // namespace xg
