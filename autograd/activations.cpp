#include <xgrad/autograd/activations.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/functions.hpp>
#include <xgrad/autograd/logic.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::floating;
using detail::make_tensor;
using detail::map;
using detail::Numbers;
using detail::NumbersFn;
using detail::Operands;
using detail::pointwise;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// An activation's kernels, and its second derivative; none where that is 0 everywhere.
struct Rule {
    const char* name;
    const char* backward_name;
    NumbersFn forward, backward;
    Tensor (*second)(const Numbers& numbers, const Tensor& x);
};

Tensor activation_backward(const Rule& rule, const Numbers& numbers, const Tensor& g, const Tensor& x) {
    const Tensor dx = map(rule.backward_name, rule.backward, numbers, g, x);
    const auto of_gradient = [rule, numbers, x = saved(x)](const Tensor& gg) {
        return activation_backward(rule, numbers, gg, x.get());
    };
    if (rule.second == nullptr) return record(pointwise(rule.backward_name), dx, wrt(g, of_gradient));
    return record(pointwise(rule.backward_name), dx, wrt(g, of_gradient),
                  wrt(x, [rule, numbers, g = saved(g), x = saved(x)](const Tensor& gg) {
                      return gg * g.get() * rule.second(numbers, x.get());
                  }));
}

Tensor activation(const Rule& rule, const Numbers& numbers, const Tensor& v) {
    const Tensor x = floating(v, rule.name);
    return record(pointwise(rule.name), map(rule.name, rule.forward, numbers, x),
                  wrt(x, [rule, numbers, x = saved(x)](const Tensor& g) {
                      return activation_backward(rule, numbers, g, x.get());
                  }));
}

Tensor elu_second(const Numbers& p, const Tensor& x) {
    const Tensor below = x <= 0;
    return where(below, exp(where(below, x, 0) * p.c) * (p.a * p.c * p.c), 0);
}

Tensor gelu_second(const Numbers&, const Tensor& x) {
    const Tensor square_of_x = square(x);
    return exp(square_of_x * -0.5) * (2 - square_of_x) * 0.39894228040143268;
}

Tensor gelu_tanh_second(const Numbers&, const Tensor& v) {
    constexpr double k = 0.79788456080286536, c = 0.044715;
    const Tensor x = clip(v, -100, 100);  // beyond, it is 0, but its factors would overflow
    const Tensor u = (x + c * pow(x, 3)) * k, du = (1 + 3 * c * square(x)) * k, ddu = x * (6 * k * c);
    // tanh(u) and 1 - its square, of which the latter keeps its digits far out, where its factors are great.
    const Tensor above = sigmoid(2 * u), below = sigmoid(-2 * u), t = above - below;
    return 4 * above * below * (du + 0.5 * x * (ddu - 2 * t * square(du)));
}

Tensor silu_second(const Numbers&, const Tensor& x) {
    const Tensor s = sigmoid(x);
    return s * (1 - s) * (2 + x * (1 - 2 * s));
}

Tensor mish_second(const Numbers&, const Tensor& x) {
    const Tensor s = sigmoid(x), w = tanh(softplus(x)), slope = (1 - square(w)) * s;
    return slope * (2 + x * (1 - s - 2 * w * s));
}

Tensor softplus_second(const Numbers& p, const Tensor& x) {
    const Tensor s = sigmoid(x * p.a);
    return where(x * p.a > p.b, 0, s * (1 - s) * p.a);
}

Tensor softsign_second(const Numbers&, const Tensor& x) { return sign(x) * -2 / pow(1 + abs(x), 3); }

Tensor hardswish_second(const Numbers&, const Tensor& x) {
    return where(logical_and(x > -3, x < 3), full_like(x, 1.0 / 3), 0);
}

Tensor logsigmoid_second(const Numbers&, const Tensor& x) {
    const Tensor s = sigmoid(x);
    return s * (s - 1);
}

constexpr Rule kLeakyRelu{"leaky_relu", "leaky_relu_backward", NumbersFn::leaky_relu, NumbersFn::leaky_relu_backward,
                          nullptr};
constexpr Rule kElu{"elu", "elu_backward", NumbersFn::elu, NumbersFn::elu_backward, elu_second};
constexpr Rule kSelu{"selu", "selu_backward", NumbersFn::elu, NumbersFn::elu_backward, elu_second};
constexpr Rule kCelu{"celu", "celu_backward", NumbersFn::elu, NumbersFn::elu_backward, elu_second};
constexpr Rule kGelu{"gelu", "gelu_backward", NumbersFn::gelu, NumbersFn::gelu_backward, gelu_second};
constexpr Rule kGeluTanh{"gelu", "gelu_backward", NumbersFn::gelu_tanh, NumbersFn::gelu_tanh_backward,
                         gelu_tanh_second};
constexpr Rule kSilu{"silu", "silu_backward", NumbersFn::silu, NumbersFn::silu_backward, silu_second};
constexpr Rule kMish{"mish", "mish_backward", NumbersFn::mish, NumbersFn::mish_backward, mish_second};
constexpr Rule kSoftplus{"softplus", "softplus_backward", NumbersFn::softplus, NumbersFn::softplus_backward,
                         softplus_second};
constexpr Rule kSoftsign{"softsign", "softsign_backward", NumbersFn::softsign, NumbersFn::softsign_backward,
                         softsign_second};
constexpr Rule kLogsigmoid{"logsigmoid", "logsigmoid_backward", NumbersFn::logsigmoid, NumbersFn::logsigmoid_backward,
                           logsigmoid_second};
constexpr Rule kHardtanh{"hardtanh", "hardtanh_backward", NumbersFn::clip, NumbersFn::hardtanh_backward, nullptr};
constexpr Rule kRelu6{"relu6", "relu6_backward", NumbersFn::clip, NumbersFn::hardtanh_backward, nullptr};
constexpr Rule kHardsigmoid{"hardsigmoid", "hardsigmoid_backward", NumbersFn::hardsigmoid,
                            NumbersFn::hardsigmoid_backward, nullptr};
constexpr Rule kHardswish{"hardswish", "hardswish_backward", NumbersFn::hardswish, NumbersFn::hardswish_backward,
                          hardswish_second};

Tensor prelu_backward(const Tensor& g, const Tensor& x, const Tensor& w) {
    return record(
        pointwise("prelu_backward"), map("prelu_backward", NumbersFn::prelu_backward, {}, g, x, w),
        wrt(g, [x = saved(x), w = saved(w)](const Tensor& gg) { return prelu_backward(gg, x.get(), w.get()); }),
        wrt(w, [g = saved(g), x = saved(x)](const Tensor& gg) { return where(x.get() > 0, 0, gg * g.get()); }));
}

Tensor prelu_weight_backward(const Tensor& g, const Tensor& x) {
    return record(
        pointwise("prelu_weight_backward"), map("prelu_weight_backward", NumbersFn::prelu_weight_backward, {}, g, x),
        wrt(g, [x = saved(x)](const Tensor& gg) { return prelu_weight_backward(gg, x.get()); }),
        wrt(x, [g = saved(g), x = saved(x)](const Tensor& gg) { return where(x.get() > 0, 0, gg * g.get()); }));
}

/// Where the halves of x along an axis lie: `outer` times `half` elements of the first and then `half` of the second.
struct Halves {
    std::int64_t axis, outer = 1, half = 1;
    Shape result;

    Halves(const Shape& shape, std::int64_t given) : result(shape) {
        const std::size_t at = detail::checked_axis(given, shape, "glu");
        if (shape[at] % 2 != 0)
            throw ShapeError("glu: expected an even size along axis " + std::to_string(given) + ", got the shape " +
                             shape.str());
        axis = static_cast<std::int64_t>(at);
        result[at] /= 2;
        for (std::size_t i = 0; i < shape.rank(); ++i) (i < at ? outer : half) *= result[i];
    }

    /// Calls f(row, begin, n) for stretches of the halves that are worth a task, or part of one.
    template <class F>
    void each(F&& f) const {
        constexpr std::int64_t block = 32768;
        if (outer * half == 0) return;
        const std::int64_t pieces = (half + block - 1) / block, rows = std::max<std::int64_t>(1, block / half);
        const std::int64_t tasks = pieces > 1 ? outer * pieces : (outer + rows - 1) / rows;
        parallel_for(tasks, [&](std::int64_t task) {
            if (pieces > 1) {
                const std::int64_t begin = task % pieces * block;
                f(task / pieces, begin, std::min(block, half - begin));
                return;
            }
            for (std::int64_t row = task * rows; row < std::min(outer, (task + 1) * rows); ++row) f(row, 0, half);
        });
    }

    std::pair<Tensor, Tensor> split(const Tensor& x) const {
        const std::int64_t middle = result[static_cast<std::size_t>(axis)];
        return {slice(x, axis, 0, middle), slice(x, axis, middle, 2 * middle)};
    }
};

Tensor glu_backward(const Tensor& gradient, const Tensor& x, std::int64_t axis) {
    const Halves halves(body(x).shape, axis);
    const Tensor g = gradient.detach().contiguous(), in = x.detach().contiguous();
    Tensor dx = make_tensor(body(x).shape, body(x).dtype);
    const auto value = kernel(NumbersFn::glu_backward, body(x).dtype),
               gate = kernel(NumbersFn::glu_gate_backward, body(x).dtype);
    detail::dispatch(body(x).dtype, [&]<class T>(T*) {
        const T *const from = detail::data_as<T>(in), *const up = detail::data_as<T>(g);
        T* const to = detail::data_as<T>(dx);
        halves.each([&](std::int64_t row, std::int64_t begin, std::int64_t n) {
            const std::int64_t at = row * 2 * halves.half + begin;
            const T* const part = up + row * halves.half + begin;
            const void *const of_value[] = {part, from + at + halves.half}, *const of_gate[] = {
                                                                                part, from + at,
                                                                                from + at + halves.half};
            value(to + at, of_value, n, {});
            gate(to + at + halves.half, of_gate, n, {});
        });
    });
    return record("glu_backward", dx,
                  wrt(gradient,
                      [halves, x = saved(x)](const Tensor& gg) {
                          const auto [a, b] = halves.split(x.get());
                          const auto [ga, gb] = halves.split(gg);
                          const Tensor s = sigmoid(b);
                          return ga * s + gb * a * s * (1 - s);
                      }),
                  wrt(x, [halves, g = saved(gradient), x = saved(x)](const Tensor& gg) {
                      const auto [a, b] = halves.split(x.get());
                      const auto [ga, gb] = halves.split(gg);
                      const Tensor s = sigmoid(b), slope = g.get() * s * (1 - s);
                      return concat({gb * slope, ga * slope + gb * slope * a * (1 - 2 * s)}, halves.axis);
                  }));
}

}  // namespace

Tensor leaky_relu(const Tensor& x, double slope) { return activation(kLeakyRelu, {.a = slope}, x); }

Tensor prelu(const Tensor& v, const Tensor& weight) {
    const Operands operands(v, weight, "prelu");
    const Tensor x = floating(operands.a, "prelu"), p = floating(operands.b, "prelu");
    const Shape& shape = body(x).shape;
    const std::int64_t n = body(p).numel, channels = shape.rank() >= 2 ? shape[1] : 1;
    if (body(p).shape.rank() > 1 || (n != 1 && n != channels))
        throw ShapeError("prelu: expected a weight of one element or of shape (" + std::to_string(channels) +
                         ",), one for each channel of the shape " + shape.str() + ", got " + body(p).shape.str());
    Shape along = Shape::filled(shape.rank(), 1);
    if (n != 1) along[1] = n;
    const Tensor w = p.reshape(along);
    return record(pointwise("prelu"), map("prelu", NumbersFn::prelu, {}, x, w),
                  wrt(x, [x = saved(x), w = saved(w)](const Tensor& g) { return prelu_backward(g, x.get(), w.get()); }),
                  wrt(w, [x = saved(x)](const Tensor& g) { return prelu_weight_backward(g, x.get()); }));
}

Tensor elu(const Tensor& x, double alpha) { return activation(kElu, {.a = alpha, .b = 1, .c = 1}, x); }

Tensor selu(const Tensor& x) {
    constexpr double alpha = 1.6732632423543772, scale = 1.0507009873554805;
    return activation(kSelu, {.a = alpha * scale, .b = scale, .c = 1}, x);
}

Tensor celu(const Tensor& x, double alpha) {
    if (alpha == 0) throw ValueError("celu: alpha must not be 0");
    return activation(kCelu, {.a = alpha, .b = 1, .c = 1 / alpha}, x);
}

Tensor gelu(const Tensor& x, GeluApproximation approximation) {
    return activation(approximation == GeluApproximation::tanh ? kGeluTanh : kGelu, {}, x);
}

Tensor silu(const Tensor& x) { return activation(kSilu, {}, x); }
Tensor mish(const Tensor& x) { return activation(kMish, {}, x); }

Tensor softplus(const Tensor& x, double beta, double threshold) {
    if (!(beta > 0)) throw ValueError(fmt::format("softplus: expected beta > 0, got {}", beta));
    return activation(kSoftplus, {.a = beta, .b = threshold}, x);
}

Tensor softsign(const Tensor& x) { return activation(kSoftsign, {}, x); }
Tensor logsigmoid(const Tensor& x) { return activation(kLogsigmoid, {}, x); }

Tensor hardtanh(const Tensor& x, double min, double max) {
    if (!(min <= max)) throw ValueError(fmt::format("hardtanh: expected min <= max, got {} and {}", min, max));
    return activation(kHardtanh, {.a = min, .b = max}, x);
}

Tensor relu6(const Tensor& x) { return activation(kRelu6, {.a = 0, .b = 6}, x); }
Tensor hardsigmoid(const Tensor& x) { return activation(kHardsigmoid, {}, x); }
Tensor hardswish(const Tensor& x) { return activation(kHardswish, {}, x); }

Tensor glu(const Tensor& v, std::int64_t axis) {
    const Tensor x = floating(v, "glu");
    const Halves halves(body(x).shape, axis);
    const Tensor in = x.detach().contiguous();
    Tensor y = make_tensor(halves.result, body(x).dtype);
    const auto f = kernel(NumbersFn::glu, body(x).dtype);
    detail::dispatch(body(x).dtype, [&]<class T>(T*) {
        const T* const from = detail::data_as<T>(in);
        T* const to = detail::data_as<T>(y);
        halves.each([&](std::int64_t row, std::int64_t begin, std::int64_t n) {
            const T* const a = from + row * 2 * halves.half + begin;
            const void* const inputs[] = {a, a + halves.half};
            f(to + row * halves.half + begin, inputs, n, {});
        });
    });
    return record("glu", y, wrt(x, [axis, x = saved(x)](const Tensor& g) { return glu_backward(g, x.get(), axis); }));
}

}  // namespace xg
