#include <xgrad/autograd/detail/along.hpp>

#include <algorithm>
#include <vector>

#include <xgrad/autograd/detail/lines.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/scan_kernels.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// Calls f(first element in x, first in the indices, how many lines) for lines that lie side by side, in parallel.
template <class F>
void each_bundle(const Lines& x, const Lines& at, F&& f) {
    const std::int64_t width = std::min<std::int64_t>(x.inner, 64);
    if (width == 0) return;
    const std::int64_t pieces = (x.inner + width - 1) / width, units = x.outer * pieces,
                       per_task = pieces_per_task((x.size + at.size) * width);
    parallel_for((units + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t u = task * per_task; u < std::min(units, (task + 1) * per_task); ++u) {
            const std::int64_t o = u / pieces, column = u % pieces * width;
            f(o * x.size * x.inner + column, o * at.size * at.inner + column, std::min(width, x.inner - column));
        }
    });
}

}  // namespace

Tensor pick_along(const Tensor& x, std::size_t axis, const Tensor& indices) {
    const Lines from = lines_along(x, axis), at = lines_along(indices, axis);
    Tensor y = make_tensor(body(indices).shape, body(x).dtype);
    const auto* const index = data_as<std::int64_t>(at.x);
    dispatch(body(x).dtype, [&]<class T>(T*) {
        const T* const source = data_as<T>(from.x);
        T* const to = data_as<T>(y);
        const std::int64_t step = from.inner;
        each_bundle(from, at, [&](std::int64_t p, std::int64_t q, std::int64_t width) {
            for (std::int64_t k = 0; k < at.size * step; k += step)
                for (std::int64_t j = 0; j < width; ++j) to[q + k + j] = source[p + index[q + k + j] * step + j];
        });
    });
    return record("pick_along", std::move(y), wrt(x, [axis, at = saved(indices), n = from.size](const Tensor& g) {
                      return put_along(g, axis, at.get(), n);
                  }));
}

Tensor put_along(const Tensor& g, std::size_t axis, const Tensor& indices, std::int64_t size) {
    const Lines from = lines_along(g, axis), at = lines_along(indices, axis);
    Shape shape = body(g).shape;
    if (!shape.empty()) shape[axis] = size;
    Tensor y = make_tensor(shape, body(g).dtype);
    const Lines to{y, from.outer, size, from.inner};
    const auto* const index = data_as<std::int64_t>(at.x);
    dispatch_floating(body(g).dtype, [&]<class T>(T*) {
        const T* const source = data_as<T>(from.x);
        T* const target = data_as<T>(y);
        const std::int64_t step = to.inner;
        each_bundle(to, at, [&](std::int64_t p, std::int64_t q, std::int64_t width) {
            if (step == 1) {
                std::fill_n(target + p, size, T(0));
                for (std::int64_t k = 0; k < at.size; ++k) target[p + index[q + k]] += source[q + k];
                return;
            }
            for (std::int64_t k = 0; k < size; ++k) std::fill_n(target + p + k * step, width, T(0));
            for (std::int64_t k = 0; k < at.size * step; k += step)
                for (std::int64_t j = 0; j < width; ++j) target[p + index[q + k + j] * step + j] += source[q + k + j];
        });
    });
    return record("put_along", std::move(y),
                  wrt(g, [axis, at = saved(indices)](const Tensor& gg) { return pick_along(gg, axis, at.get()); }));
}

Tensor running_sum(const Tensor& x, std::size_t axis, Direction direction) {
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    scan_sums(lines_along(x, axis), y, direction == Direction::backward);
    return record("cumsum", std::move(y), wrt(x, [=](const Tensor& g) {
                      return running_sum(g, axis,
                                         direction == Direction::forward ? Direction::backward : Direction::forward);
                  }));
}

Tensor recurrence(const Tensor& g, const Tensor& a, std::size_t axis, Direction direction) {
    Tensor y = make_tensor(body(g).shape, body(g).dtype);
    const bool backward = direction == Direction::backward;
    scan_recurrence(lines_along(g, axis), lines_along(a, axis), y, backward);
    const Direction other = backward ? Direction::forward : Direction::backward;
    return record("recurrence", std::move(y),
                  wrt(g, [=, a = saved(a)](const Tensor& gg) { return recurrence(gg, a.get(), axis, other); }),
                  wrt(a, [=, a = saved(a)](const Tensor& gg, const Tensor& y) {
                      const Tensor adjoint = recurrence(gg, a.get(), axis, other);
                      return backward ? shifted(adjoint, axis, 0) * y : adjoint * shifted(y, axis, 0);
                  }));
}

Tensor shifted(const Tensor& x, std::size_t axis, double first) {
    Shape shape = body(x).shape;
    if (shape.empty()) return full({}, first, {.dtype = body(x).dtype});
    const auto along = static_cast<std::int64_t>(axis);
    const std::int64_t n = shape[axis];
    if (n == 0) return x;
    shape[axis] = 1;
    return concat({full(shape, first, {.dtype = body(x).dtype}), slice(x, along, 0, n - 1)}, along);
}

Tensor gathered_axes(const Tensor& x, const Shape& reduced, std::int64_t count) {
    const auto rank = static_cast<std::int64_t>(body(x).shape.rank());
    // Axes that are kept come to the front one by one; those that are reduced need no order but their own.
    std::vector<std::int64_t> order, kept;
    for (const std::int64_t mark : {0, 1})
        for (std::int64_t i = 0; i < rank; ++i)
            if ((reduced[static_cast<std::size_t>(i)] != 0 ? 1 : 0) == mark) order.push_back(i);
    Tensor y = x;
    std::vector<std::int64_t> now(static_cast<std::size_t>(rank));
    for (std::size_t i = 0; i < now.size(); ++i) now[i] = static_cast<std::int64_t>(i);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto at = static_cast<std::size_t>(std::find(now.begin(), now.end(), order[i]) - now.begin());
        if (at == i) continue;
        y = transpose(y, static_cast<std::int64_t>(i), static_cast<std::int64_t>(at));
        std::swap(now[i], now[at]);
    }
    for (std::int64_t i = 0; i < rank; ++i)
        if (reduced[static_cast<std::size_t>(i)] == 0) kept.push_back(body(x).shape[static_cast<std::size_t>(i)]);
    kept.push_back(count);
    return reshape(y, Shape(kept));
}

}  // namespace xg::detail
