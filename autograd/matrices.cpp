#include <xgrad/autograd/matrices.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/index_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::checked_axis;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::wrt;

namespace {

/// Where the diagonal of two axes lies in an array of `shape` with `strides`.
struct Diagonal {
    Shape shape, strides;
    std::int64_t offset = 0;

    Diagonal(const Shape& full, const Shape& steps, std::int64_t k, std::size_t a, std::size_t b) {
        const std::int64_t down = k < 0 ? std::min(-(k + 1), full[a]) + (-(k + 1) < full[a] ? 1 : 0) : 0,
                           right = k > 0 ? std::min(k, full[b]) : 0;
        const std::int64_t n = std::max<std::int64_t>(0, std::min(full[a] - down, full[b] - right));
        shape = full.erased(std::max(a, b)).erased(std::min(a, b));
        strides = steps.erased(std::max(a, b)).erased(std::min(a, b));
        shape = shape.inserted(shape.rank(), n);
        strides = strides.inserted(strides.rank(), steps[a] + steps[b]);
        if (n > 0) offset = down * steps[a] + right * steps[b];
    }
};

Tensor on_diagonal(const Tensor& g, const Shape& shape, std::int64_t k, std::size_t a, std::size_t b);

Tensor diagonal_of(const Tensor& x, std::int64_t k, std::size_t a, std::size_t b) {
    const Shape& shape = body(x).shape;
    const Diagonal d(shape, body(x).strides, k, a, b);
    return record("diagonal", detail::make_view(x, d.shape, d.strides, body(x).numel == 0 ? 0 : d.offset),
                  wrt(x, [shape, k, a, b](const Tensor& g) { return on_diagonal(g, shape, k, a, b); }));
}

/// Zeros of `shape` with g on the diagonal: the gradient of `diagonal_of`.
Tensor on_diagonal(const Tensor& g, const Shape& shape, std::int64_t k, std::size_t a, std::size_t b) {
    Tensor y = zeros(shape, {.dtype = body(g).dtype});
    const Diagonal d(shape, body(y).strides, k, a, b);
    detail::copy_strided(d.shape, body(y).dtype, body(y).data + d.offset * item_size(body(y).dtype), d.strides,
                         body(g).data, body(g).strides);
    return record("diag_embed", std::move(y), wrt(g, [k, a, b](const Tensor& gg) { return diagonal_of(gg, k, a, b); }));
}

}  // namespace

Tensor diagonal(const Tensor& x, std::int64_t offset, std::int64_t axis1, std::int64_t axis2) {
    check_defined(x, "diagonal");
    const Shape& shape = body(x).shape;
    const std::size_t a = checked_axis(axis1, shape, "diagonal"), b = checked_axis(axis2, shape, "diagonal");
    if (a == b)
        throw ShapeError("diagonal: expected two different axes, got " + std::to_string(axis1) + " and " +
                         std::to_string(axis2) + " for the shape " + shape.str());
    return diagonal_of(x, offset, a, b);
}

namespace {

/// The matrices with the last axis of x on a diagonal.
Tensor embedded(const char* operation, const Tensor& x, std::int64_t offset) {
    Shape shape = body(x).shape;
    const std::size_t last = shape.rank() - 1;
    std::int64_t size = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, offset, &size) ||
        __builtin_add_overflow(shape[last], std::max(offset, size), &size))
        throw ShapeError(std::string(operation) + ": diagonal " + std::to_string(offset) +
                         " is too far out for the shape " + shape.str());
    shape[last] = size;
    shape = shape.inserted(last, size);
    detail::checked_elements(shape, body(x).dtype, operation);
    return on_diagonal(x, shape, offset, last, last + 1);
}

}  // namespace

Tensor diag_embed(const Tensor& x, std::int64_t offset) {
    check_defined(x, "diag_embed");
    if (body(x).shape.empty()) throw ShapeError("diag_embed: expected a rank of at least 1, got the shape ()");
    return embedded("diag_embed", x, offset);
}

Tensor diag(const Tensor& x, std::int64_t offset) {
    check_defined(x, "diag");
    const Shape& shape = body(x).shape;
    if (shape.rank() == 1) return embedded("diag", x, offset);
    if (shape.rank() != 2) throw ShapeError("diag: expected a vector or a matrix, got the shape " + shape.str());
    return diagonal_of(x, offset, 0, 1);
}

namespace {

Tensor triangle(const char* operation, const Tensor& x, std::int64_t k, bool lower) {
    check_defined(x, operation);
    const Shape& shape = body(x).shape;
    if (shape.rank() < 2)
        throw ShapeError(std::string(operation) + ": expected a matrix or several, got the shape " + shape.str());
    Tensor y = make_tensor(shape, body(x).dtype);
    const Tensor from = detail::dense(x);
    const std::int64_t columns = shape.back(), m = shape[shape.rank() - 2], item = item_size(body(x).dtype),
                       rows = body(x).numel == 0 ? 0 : body(x).numel / columns,
                       per_task = std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(1, columns));
    // Beyond these all diagonals are alike.
    const std::int64_t offset = std::clamp(k, -m - 1, columns + 1);
    parallel_for((rows + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t r = task * per_task; r < std::min(rows, (task + 1) * per_task); ++r) {
            // The columns [0, cut) are those of the lower triangle, or those below the upper one.
            const std::int64_t cut = std::clamp<std::int64_t>(r % m + offset + (lower ? 1 : 0), 0, columns);
            const std::int64_t begin = lower ? 0 : cut, end = lower ? cut : columns;
            char* const to = body(y).data + r * columns * item;
            std::memset(to, 0, static_cast<std::size_t>(begin * item));
            std::memcpy(to + begin * item, body(from).data + (r * columns + begin) * item,
                        static_cast<std::size_t>((end - begin) * item));
            std::memset(to + end * item, 0, static_cast<std::size_t>((columns - end) * item));
        }
    });
    return record(operation, std::move(y),
                  wrt(x, [operation, k, lower](const Tensor& g) { return triangle(operation, g, k, lower); }));
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t offset) { return triangle("tril", x, offset, true); }
Tensor triu(const Tensor& x, std::int64_t offset) { return triangle("triu", x, offset, false); }

Tensor one_hot(const Tensor& indices, std::int64_t num_classes, DType dtype) {
    detail::check_indices(indices, "one_hot");
    const Tensor index = detail::dense(indices);
    const std::int64_t* const i = data_as<std::int64_t>(index);
    const std::int64_t n = body(index).numel;
    std::int64_t least = 0, greatest = -1;
    for (std::int64_t k = 0; k < n; ++k) {
        least = std::min(least, i[k]);
        greatest = std::max(greatest, i[k]);
    }
    if (num_classes < 1 && (num_classes != -1 || n == 0))
        throw ValueError("one_hot: expected at least 1 class" +
                         std::string(n == 0 ? ", told where there are no indices" : "") + ", got " +
                         std::to_string(num_classes));
    if (least < 0 || (num_classes != -1 && greatest >= num_classes) || greatest == INT64_MAX)
        throw IndexError("one_hot: index " + std::to_string(least < 0 ? least : greatest) + " is out of range for " +
                         (num_classes == -1 ? "any number of" : std::to_string(num_classes)) +
                         " classes; the indices have the shape " + body(index).shape.str());
    const std::int64_t classes = num_classes == -1 ? greatest + 1 : num_classes;
    const Shape rows = body(index).shape.inserted(body(index).shape.rank(), classes);
    detail::checked_elements(rows, dtype, "one_hot");
    Tensor y = zeros(rows, {.dtype = dtype});
    detail::dispatch(dtype, [&]<class T>(T*) {
        T* const to = data_as<T>(y);
        for (std::int64_t k = 0; k < n; ++k) to[k * classes + i[k]] = static_cast<T>(1);
    });
    return y;
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, std::string_view indexing) {
    if (indexing != "ij" && indexing != "xy")
        throw ValueError("meshgrid: expected the indexing \"ij\" or \"xy\", got \"" + std::string(indexing) + "\"");
    if (vectors.empty()) throw ValueError("meshgrid: expected at least one vector, got none");
    const bool swapped = indexing == "xy" && vectors.size() > 1;
    Shape shape = Shape::filled(vectors.size(), 1);
    const auto axis = [swapped](std::size_t k) { return swapped && k < 2 ? 1 - k : k; };
    for (std::size_t k = 0; k < vectors.size(); ++k) {
        check_defined(vectors[k], "meshgrid");
        if (body(vectors[k]).shape.rank() > 1)
            throw ShapeError("meshgrid: expected vectors, got the shape " + body(vectors[k]).shape.str());
        shape[axis(k)] = body(vectors[k]).numel;
    }
    for (const Tensor& v : vectors) detail::checked_elements(shape, body(v).dtype, "meshgrid");
    std::vector<Tensor> grids;
    for (std::size_t k = 0; k < vectors.size(); ++k) {
        Shape along = Shape::filled(vectors.size(), 1);
        along[axis(k)] = body(vectors[k]).numel;
        grids.push_back(broadcast_to(vectors[k].reshape(along), shape));
    }
    return grids;
}

}  // namespace xg
