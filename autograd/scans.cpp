#include <xgrad/autograd/scans.hpp>

#include <cmath>
#include <string>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/scan_kernels.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::Direction;
using detail::line_axis;
using detail::lines_along;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// x as what can be summed.
Tensor counted(const Tensor& x, const char* operation) {
    return body(x).dtype == boolean ? detail::cast(x, int64, operation) : x;
}

CumulativeResult extremes(const char* operation, bool least, const Tensor& x, std::int64_t given) {
    const std::size_t axis = line_axis(x, given, operation);
    Tensor indices = make_tensor(body(x).shape, int64, operation), values = make_tensor(body(x).shape, body(x).dtype);
    const detail::Lines lines = lines_along(x, axis);
    detail::scan_extremes(lines, values, indices, least);
    values = record(operation, std::move(values), wrt(x, [=, n = lines.size, at = saved(indices)](const Tensor& g) {
                        return detail::put_along(g, axis, at.get(), n);
                    }));
    return {values, indices};
}

}  // namespace

Tensor cumsum(const Tensor& x, std::int64_t axis) {
    const std::size_t along = line_axis(x, axis, "cumsum");
    return detail::running_sum(counted(x, "cumsum"), along, Direction::forward);
}

Tensor cumprod(const Tensor& v, std::int64_t given) {
    const std::size_t axis = line_axis(v, given, "cumprod");
    const Tensor x = counted(v, "cumprod");
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    detail::scan_products(lines_along(x, axis), y);
    // dy[k]/dx[i] is the product before i times that from behind i up to k: no division, so that zeros do no harm.
    return record("cumprod", std::move(y), wrt(x, [=, x = saved(x)](const Tensor& g, const Tensor& y) {
                      return detail::shifted(y, axis, 1) * detail::recurrence(g, x.get(), axis, Direction::backward);
                  }));
}

Tensor logcumsumexp(const Tensor& v, std::int64_t given) {
    const std::size_t axis = line_axis(v, given, "logcumsumexp");
    const Tensor x = detail::floating(v, "logcumsumexp");
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    detail::scan_logsumexp(lines_along(x, axis), y);
    // Σ over k ≥ i of g[k] · exp(x[i] - y[k]), with factors of at most 1 from each y to the next.
    return record("logcumsumexp", std::move(y), wrt(x, [=, x = saved(x)](const Tensor& g, const Tensor& y) {
                      const Tensor factors = exp(detail::shifted(y, axis, -HUGE_VAL) - y);
                      return exp(x.get() - y) * detail::recurrence(g, factors, axis, Direction::backward);
                  }));
}

CumulativeResult cummax(const Tensor& x, std::int64_t axis) { return extremes("cummax", false, x, axis); }
CumulativeResult cummin(const Tensor& x, std::int64_t axis) { return extremes("cummin", true, x, axis); }

Tensor diff(const Tensor& x, std::int64_t n, std::int64_t given) {
    detail::check_defined(x, "diff");
    const auto axis = static_cast<std::int64_t>(detail::checked_axis(given, body(x).shape, "diff"));
    if (n < 0) throw ValueError("diff: expected n >= 0, got " + std::to_string(n));
    Tensor y = x;
    for (; n > 0 && y.size(axis) > 0; --n) {
        const std::int64_t size = y.size(axis);
        const Tensor later = slice(y, axis, 1, size), earlier = slice(y, axis, 0, size - 1);
        y = body(x).dtype == boolean ? not_equal(later, earlier) : later - earlier;
    }
    return y;
}

}  // namespace xg
