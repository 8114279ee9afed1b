#include <xgrad/autograd/softmax.hpp>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/softmax_kernels.hpp>
#include <xgrad/autograd/ops.hpp>

namespace xg {

using detail::body;
using detail::Lines;
using detail::lines_along;
using detail::make_alias;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// Whether lines are better moved, so that their elements lie side by side: too few columns for vectors, or for all cores.
bool few_columns(const Shape& shape, std::size_t axis) {
    std::int64_t outer = 1, inner = 1;
    for (std::size_t i = 0; i < shape.rank(); ++i)
        if (i != axis) (i < axis ? outer : inner) *= shape[i];
    if (inner == 1 || shape.empty()) return false;
    return inner < 16 || (outer * ((inner + 63) / 64) < 8 && shape[axis] * inner > 4 * detail::kLineBlock);
}

/// Calls f with the tensors, or copies of them in which `axis` is the last one.
template <class F>
Tensor with_rows(const Tensor& a, const Tensor& b, std::size_t axis, F&& f) {
    if (!few_columns(body(a).shape, axis)) return f(a, b, axis);
    const auto moved = [&](const Tensor& t) {
        return make_alias(t).transpose(static_cast<std::int64_t>(axis), -1).contiguous();
    };
    return f(moved(a), moved(b), body(a).shape.rank() - 1).transpose(static_cast<std::int64_t>(axis), -1).contiguous();
}

Tensor forward(const Tensor& x, std::size_t axis, bool logarithm) {
    const auto run = [&](const Tensor& v, const Tensor&, std::size_t along) {
        Tensor y = make_tensor(body(v).shape, body(v).dtype);
        detail::softmax_lines(lines_along(v, along), y, logarithm);
        return y;
    };
    return with_rows(x, x, axis, run);
}

Tensor backward(const Tensor& g, const Tensor& y, std::size_t axis, bool logarithm) {
    const auto run = [&](const Tensor& p, const Tensor& q, std::size_t along) {
        Tensor out = make_tensor(body(q).shape, body(q).dtype);
        detail::softmax_backward_lines(lines_along(p, along), lines_along(q, along), out, logarithm);
        return out;
    };
    return with_rows(g, y, axis, run);
}

/// The sum along `axis`, which stays.
Tensor total(const Tensor& x, std::size_t axis) {
    return body(x).shape.empty() ? x : sum(x, static_cast<std::int64_t>(axis), true);
}

Tensor softmax_backward(const Tensor& g, const Tensor& y, std::size_t axis) {
    return record("softmax_backward", backward(g, y, axis, false),
                  wrt(g, [axis, y = saved(y)](const Tensor& gg) { return softmax_backward(gg, y.get(), axis); }),
                  wrt(y, [axis, g = saved(g), y = saved(y)](const Tensor& gg) {
                      const Tensor v = g.get(), p = y.get();
                      return gg * (v - total(v * p, axis)) - v * total(gg * p, axis);
                  }));
}

Tensor log_softmax_backward(const Tensor& g, const Tensor& y, std::size_t axis) {
    return record("log_softmax_backward", backward(g, y, axis, true),
                  wrt(g, [axis, y = saved(y)](const Tensor& gg) { return gg - total(gg * exp(y.get()), axis); }),
                  wrt(y, [axis, g = saved(g), y = saved(y)](const Tensor& gg) {
                      return -gg * exp(y.get()) * total(g.get(), axis);
                  }));
}

}  // namespace

Tensor softmax(const Tensor& v, std::int64_t given) {
    const std::size_t axis = detail::line_axis(v, given, "softmax");
    const Tensor x = detail::floating(v, "softmax");
    return record("softmax", forward(x, axis, false),
                  wrt(x, [axis](const Tensor& g, const Tensor& y) { return softmax_backward(g, y, axis); }));
}

Tensor log_softmax(const Tensor& v, std::int64_t given) {
    const std::size_t axis = detail::line_axis(v, given, "log_softmax");
    const Tensor x = detail::floating(v, "log_softmax");
    return record("log_softmax", forward(x, axis, true),
                  wrt(x, [axis](const Tensor& g, const Tensor& y) { return log_softmax_backward(g, y, axis); }));
}

Tensor softmin(const Tensor& x, std::int64_t axis) {
    detail::line_axis(x, axis, "softmin");
    return softmax(-detail::floating(x, "softmin"), axis);
}

}  // namespace xg
