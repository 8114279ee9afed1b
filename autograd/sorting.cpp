#include <xgrad/autograd/sorting.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/detail/sort_kernels.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::line_axis;
using detail::lines_along;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// Values that were taken from `indices` along an axis of x.
SortResult taken(const char* operation, const Tensor& x, std::size_t axis, Tensor values, const Tensor& indices) {
    const std::int64_t n = body(x).shape.empty() ? 1 : body(x).shape[axis];
    values =
        record(operation, std::move(values),
               wrt(x, [=, at = saved(indices)](const Tensor& g) { return detail::put_along(g, axis, at.get(), n); }));
    return {values, indices};
}

/// x's shape with `size` along the axis.
Shape resized(const Tensor& x, std::size_t axis, std::int64_t size) {
    Shape shape = body(x).shape;
    if (!shape.empty()) shape[axis] = size;
    return shape;
}

/// Element k of each line in order, the axis going away unless `keepdims`.
SortResult picked(const char* operation, const Tensor& x, std::size_t axis, std::int64_t k, bool nan_wins,
                  bool keepdims) {
    const Shape shape = resized(x, axis, 1);
    Tensor indices = make_tensor(shape, int64, operation), values = make_tensor(shape, body(x).dtype);
    detail::pick_lines(lines_along(x, axis), k, values, indices, nan_wins);
    const SortResult kept = taken(operation, x, axis, std::move(values), indices);
    if (keepdims || shape.empty()) return kept;
    return {kept.values.reshape(shape.erased(axis)), kept.indices.reshape(shape.erased(axis))};
}

SortResult sorted(const char* operation, const Tensor& x, std::int64_t given, bool descending) {
    const std::size_t axis = line_axis(x, given, operation);
    Tensor indices = make_tensor(body(x).shape, int64, operation), values = make_tensor(body(x).shape, body(x).dtype);
    detail::sort_lines(lines_along(x, axis), values, indices, descending);
    return taken(operation, x, axis, std::move(values), indices);
}

std::string of_axis(std::size_t axis, const Shape& shape) {
    return "axis " + std::to_string(axis) + " of the shape " + shape.str();
}

}  // namespace

SortResult sort(const Tensor& x, std::int64_t axis, bool descending) { return sorted("sort", x, axis, descending); }

Tensor argsort(const Tensor& x, std::int64_t axis, bool descending) {
    detail::check_defined(x, "argsort");
    return sorted("argsort", x.detach(), axis, descending).indices;
}

SortResult topk(const Tensor& x, std::int64_t k, std::int64_t given, const TopkOptions& options) {
    const std::size_t axis = line_axis(x, given, "topk");
    const std::int64_t n = body(x).shape.empty() ? 1 : body(x).shape[axis];
    // A rank of 0 has no axis that could become one of size 0.
    const int least = body(x).shape.empty() ? 1 : 0;
    if (k < least || k > n)
        throw ValueError("topk: expected k from " + std::to_string(least) + " to " + std::to_string(n) + " for " +
                         of_axis(axis, body(x).shape) + ", got " + std::to_string(k));
    const Shape shape = resized(x, axis, k);
    Tensor indices = make_tensor(shape, int64, "topk"), values = make_tensor(shape, body(x).dtype);
    detail::select_lines(lines_along(x, axis), k, values, indices, options.largest, options.sorted);
    return taken("topk", x, axis, std::move(values), indices);
}

SortResult kthvalue(const Tensor& x, std::int64_t k, std::int64_t given, bool keepdims) {
    const std::size_t axis = line_axis(x, given, "kthvalue");
    const std::int64_t n = body(x).shape.empty() ? 1 : body(x).shape[axis];
    if (k < 1 || k > n)
        throw ValueError("kthvalue: expected k from 1 to " + std::to_string(n) + " for " +
                         of_axis(axis, body(x).shape) + ", got " + std::to_string(k));
    return picked("kthvalue", x, axis, k - 1, false, keepdims);
}

Tensor median(const Tensor& x) {
    detail::check_defined(x, "median");
    const std::int64_t n = body(x).numel;
    Tensor y = make_tensor({}, body(x).dtype);
    if (n == 0) {
        if (!is_floating(body(x).dtype)) throw ShapeError("median: no elements in the shape " + body(x).shape.str());
        return full({}, std::numeric_limits<double>::quiet_NaN(), {.dtype = body(x).dtype});
    }
    const Tensor position = make_tensor({}, int64), flat = detail::make_alias(x).reshape({n});
    detail::pick_lines(lines_along(flat, 0), (n - 1) / 2, y, position, true);
    return record("median", std::move(y), wrt(x, [x = saved(x)](const Tensor& g, const Tensor& y) {
                      const Tensor v = x.get();
                      return g * detail::tie_shares(v, y.detach(), Shape::filled(body(v).shape.rank(), 1));
                  }));
}

SortResult median(const Tensor& x, std::int64_t given, bool keepdims) {
    const std::size_t axis = line_axis(x, given, "median");
    const std::int64_t n = body(x).shape.empty() ? 1 : body(x).shape[axis];
    if (n == 0) throw ShapeError("median: no elements along " + of_axis(axis, body(x).shape));
    return picked("median", x, axis, (n - 1) / 2, true, keepdims);
}

}  // namespace xg
