#include <xgrad/autograd/softmax.hpp>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/softmax_kernels.hpp>
#include <xgrad/autograd/ops.hpp>

namespace xg {

using detail::body;
using detail::lines_along;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

Tensor forward(const Tensor& x, std::size_t axis, bool logarithm) {
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    detail::softmax_lines(lines_along(x, axis), y, logarithm);
    return y;
}

Tensor backward(const Tensor& g, const Tensor& y, std::size_t axis, bool logarithm) {
    Tensor out = make_tensor(body(y).shape, body(y).dtype);
    detail::softmax_backward_lines(lines_along(g, axis), lines_along(y, axis), out, logarithm);
    return out;
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
