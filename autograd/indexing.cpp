#include <xgrad/autograd/indexing.hpp>

#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/index_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/parts.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::Along;
using detail::body;
using detail::check_defined;
using detail::check_indices;
using detail::checked_axis;
using detail::data_as;
using detail::dense;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// How `indices` pick rows along axis `at` of an array of `shape`.
detail::Rows rows_of(const Shape& shape, std::size_t at, std::int64_t n) {
    return {Shape(shape.data(), at).elements(), shape[at],
            Shape(shape.data() + at + 1, shape.rank() - at - 1).elements(), n};
}

Tensor add_taken(const Tensor& g, const Tensor& indices, std::size_t at, const Shape& shape);

Tensor taken(const char* operation, const Tensor& x, const Tensor& indices, std::size_t at) {
    return detail::take_entries(operation, x, indices, at, {operation, at, body(x).shape});
}

}  // namespace

Tensor detail::take_entries(const char* operation, const Tensor& x, const Tensor& indices, std::size_t at,
                            const IndexedAxis& what) {
    const Shape &shape = body(x).shape, &by = body(indices).shape;
    Shape result = Shape::filled(shape.rank() - 1 + by.rank(), 0);
    for (std::size_t i = 0; i < result.rank(); ++i)
        result[i] = i < at ? shape[i] : i < at + by.rank() ? by[i - at] : shape[i - by.rank() + 1];
    Tensor y = make_tensor(result, body(x).dtype, operation);
    const Tensor from = dense(x), index = dense(indices);
    detail::take_rows(rows_of(shape, at, body(index).numel), body(x).dtype, body(from).data,
                      data_as<std::int64_t>(index), body(y).data, what);
    return record(operation, std::move(y), wrt(x, [indices = saved(indices), at, shape](const Tensor& g) {
                      return add_taken(g, indices.get(), at, shape);
                  }));
}

namespace {

/// Zeros of `shape` with g's entries added where they were taken from: the gradient of `taken`.
Tensor add_taken(const Tensor& g, const Tensor& indices, std::size_t at, const Shape& shape) {
    Tensor y = zeros(shape, {.dtype = body(g).dtype});
    const Tensor from = dense(g), index = dense(indices);
    detail::add_rows(rows_of(shape, at, body(index).numel), body(g).dtype, body(y).data, data_as<std::int64_t>(index),
                     body(from).data, {"take_backward", at, shape});
    return record("take_backward", std::move(y), wrt(g, [indices = saved(indices), at](const Tensor& gg) {
                      return taken("take", gg, indices.get(), at);
                  }));
}

void check_same_dtype(const Tensor& x, const Tensor& src, const char* operation) {
    check_defined(x, operation);
    check_defined(src, operation);
    if (body(x).dtype != body(src).dtype)
        throw DTypeError(std::string(operation) + ": expected both of one dtype, got " + name(body(x).dtype) + " and " +
                         name(body(src).dtype));
}

}  // namespace

Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis) {
    check_defined(x, "take");
    check_indices(indices, "take");
    return taken("take", x, indices, checked_axis(axis, body(x).shape, "take"));
}

Tensor take(const Tensor& x, const Tensor& indices) {
    check_defined(x, "take");
    check_indices(indices, "take");
    return taken("take", x.reshape({body(x).numel}), indices, 0);
}

Tensor index_select(const Tensor& x, std::int64_t axis, const Tensor& index) {
    check_defined(x, "index_select");
    check_indices(index, "index_select");
    if (body(index).shape.rank() > 1)
        throw ShapeError("index_select: expected a vector of indices, got the shape " + body(index).shape.str());
    const std::size_t at = checked_axis(axis, body(x).shape, "index_select");
    return taken("index_select", x, body(index).shape.empty() ? index.reshape({1}) : index, at);
}

Tensor index_add(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src) {
    check_same_dtype(x, src, "index_add");
    check_indices(index, "index_add");
    const Shape& shape = body(x).shape;
    const std::size_t at = checked_axis(axis, shape, "index_add");
    Shape expected = shape;
    expected[at] = body(index).numel;
    if (body(index).shape.rank() > 1)
        throw ShapeError("index_add: expected a vector of indices, got the shape " + body(index).shape.str());
    if (!(body(src).shape == expected))
        throw ShapeError("index_add: expected a source of shape " + expected.str() + " for the shape " + shape.str() +
                         " and " + std::to_string(expected[at]) + " indices along axis " + std::to_string(axis) +
                         ", got " + body(src).shape.str());
    Tensor y = dense(x, true);
    const Tensor from = dense(src), by = dense(index);
    detail::add_rows(rows_of(shape, at, expected[at]), body(x).dtype, body(y).data, data_as<std::int64_t>(by),
                     body(from).data, {"index_add", at, shape});
    return record("index_add", std::move(y), wrt(x, [](const Tensor& g) { return g; }),
                  wrt(src, [index = saved(index), at](const Tensor& g) {
                      const Tensor by_index = index.get();
                      return taken("index_select", g, by_index.reshape({body(by_index).numel}), at);
                  }));
}

namespace {

/// Throws unless `index` fits beside x: of its rank, and no larger along axes other than `at`.
void check_beside(const Shape& x, const Shape& index, std::size_t at, const char* operation) {
    bool fits = x.rank() == index.rank();
    for (std::size_t i = 0; fits && i < x.rank(); ++i) fits = i == at || index[i] <= x[i];
    if (!fits)
        throw ShapeError(std::string(operation) + ": expected indices of the rank of the shape " + x.str() +
                         " and no larger except along axis " + std::to_string(at) + ", got the shape " + index.str());
}

Tensor add_gathered(const Tensor& g, const Tensor& index, std::size_t at, const Shape& shape);

Tensor gathered(const Tensor& x, const Tensor& index, std::size_t at, const char* operation) {
    const Shape& shape = body(x).shape;
    Tensor y = make_tensor(body(index).shape, body(x).dtype, operation);
    const Tensor by = dense(index);
    if (body(y).numel > 0)
        detail::gather_along({body(index).shape, at, body(x).strides, shape[at]}, body(x).dtype, body(x).data,
                             data_as<std::int64_t>(by), body(y).data, {operation, at, shape});
    return record(operation, std::move(y), wrt(x, [index = saved(index), at, shape](const Tensor& g) {
                      return add_gathered(g, index.get(), at, shape);
                  }));
}

/// y, which is new, with g's elements added where `index` says, and the same for storing.
void write_along(decltype(detail::add_along)* write, const Tensor& y, std::size_t at, const Tensor& index,
                 const Tensor& g, const char* operation) {
    if (body(index).numel == 0) return;
    const Tensor by = dense(index), from = dense(g);
    write({body(index).shape, at, body(y).strides, body(y).shape[at]}, body(y).dtype, body(y).data,
          data_as<std::int64_t>(by), body(from).data, {operation, at, body(y).shape});
}

/// Zeros of `shape` with g's elements added where they were gathered: the gradient of `gathered`.
Tensor add_gathered(const Tensor& g, const Tensor& index, std::size_t at, const Shape& shape) {
    Tensor y = zeros(shape, {.dtype = body(g).dtype});
    write_along(detail::add_along, y, at, index, g, "gather_backward");
    return record("gather_backward", std::move(y), wrt(g, [index = saved(index), at](const Tensor& gg) {
                      return gathered(gg, index.get(), at, "gather");
                  }));
}

/// The elements of src that `index` has a place for.
Tensor beside_index(const Tensor& src, const Tensor& index, const char* operation) {
    const Shape &shape = body(src).shape, &by = body(index).shape;
    bool fits = shape.rank() == by.rank();
    for (std::size_t i = 0; fits && i < by.rank(); ++i) fits = by[i] <= shape[i];
    if (!fits)
        throw ShapeError(std::string(operation) + ": expected a source at least as large as the indices, of shape " +
                         by.str() + ", got " + shape.str());
    if (shape == by) return src;
    detail::Part part(shape);
    part.count = by;
    return detail::take_part("slice", src, part);
}

/// Where elements of `index` are the last ones for their place in an array of `shape`.
Tensor last_ones(const Tensor& index, std::size_t at, const Shape& shape) {
    const Tensor number = arange(0, body(index).numel).reshape(body(index).shape),
                 last = zeros(shape, {.dtype = int64});
    write_along(detail::put_along, last, at, index, number, "scatter");
    return gathered(last, index, at, "scatter") == number;
}

Tensor scattered(const Tensor& x, std::size_t at, const Tensor& index, const Tensor& src) {
    Tensor y = dense(x, true);
    write_along(detail::put_along, y, at, index, src, "scatter");
    return record("scatter", std::move(y),
                  wrt(x,
                      [index = saved(index), at](const Tensor& g) {
                          const Tensor by = index.get();
                          return scattered(g, at, by,
                                           broadcast_to(zeros({}, {.dtype = body(g).dtype}), body(by).shape));
                      }),
                  wrt(src, [index = saved(index), at](const Tensor& g) {
                      const Tensor by = index.get();
                      return where(last_ones(by, at, body(g).shape), gathered(g, by, at, "gather"), 0);
                  }));
}

}  // namespace

Tensor gather(const Tensor& x, std::int64_t axis, const Tensor& index) {
    check_defined(x, "gather");
    check_indices(index, "gather");
    const std::size_t at = checked_axis(axis, body(x).shape, "gather");
    check_beside(body(x).shape, body(index).shape, at, "gather");
    return gathered(x, index, at, "gather");
}

Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::int64_t axis) {
    check_defined(x, "take_along_axis");
    check_indices(indices, "take_along_axis");
    Shape shape = body(x).shape, by = body(indices).shape;
    const std::size_t at = checked_axis(axis, shape, "take_along_axis");
    if (shape.rank() != by.rank())
        throw ShapeError("take_along_axis: expected indices of the rank of the shape " + shape.str() + ", got " +
                         by.str());
    const std::int64_t size = shape[at], n = by[at];
    Shape common = shape;
    for (std::size_t i = 0; i < shape.rank(); ++i) {
        if (i != at && shape[i] != by[i] && shape[i] != 1 && by[i] != 1)
            throw ShapeError("take_along_axis: the shapes " + shape.str() + " and " + by.str() +
                             " do not broadcast; expected sizes that are equal or 1 except along axis " +
                             std::to_string(at));
        common[i] = shape[i] == 1 ? by[i] : shape[i];
    }
    common[at] = size;
    detail::checked_elements(common, body(x).dtype, "take_along_axis");
    const Tensor wide = broadcast_to(x, common);
    common[at] = n;
    detail::checked_elements(common, int64, "take_along_axis");
    return gathered(wide, broadcast_to(indices, common), at, "take_along_axis");
}

Tensor scatter_add(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src) {
    check_same_dtype(x, src, "scatter_add");
    check_indices(index, "scatter_add");
    const std::size_t at = checked_axis(axis, body(x).shape, "scatter_add");
    check_beside(body(x).shape, body(index).shape, at, "scatter_add");
    const Tensor from = beside_index(src, index, "scatter_add");
    Tensor y = dense(x, true);
    write_along(detail::add_along, y, at, index, from, "scatter_add");
    return record(
        "scatter_add", std::move(y), wrt(x, [](const Tensor& g) { return g; }),
        wrt(from, [index = saved(index), at](const Tensor& g) { return gathered(g, index.get(), at, "gather"); }));
}

Tensor scatter(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src) {
    check_same_dtype(x, src, "scatter");
    check_indices(index, "scatter");
    const std::size_t at = checked_axis(axis, body(x).shape, "scatter");
    check_beside(body(x).shape, body(index).shape, at, "scatter");
    return scattered(x, at, index, beside_index(src, index, "scatter"));
}

Tensor scatter(const Tensor& x, std::int64_t axis, const Tensor& index, Scalar value) {
    check_defined(x, "scatter");
    check_defined(index, "scatter");
    return scatter(x, axis, index, broadcast_to(full({}, value, {.dtype = body(x).dtype}), body(index).shape));
}

}  // namespace xg
