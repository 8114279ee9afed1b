#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/fold.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/detail/reduction.hpp>
#include <xgrad/autograd/ops.hpp>

// var and std.

namespace xg {

using detail::body;
using detail::data_as;
using detail::Lines;
using detail::make_tensor;
using detail::Plan;
using detail::record;
using detail::record_reduction;
using detail::saved;
using detail::wrt;

namespace {

/// The sum of squared distances from the mean, of n elements at a time.
template <class T>
struct Moments {
    using Element = T;
    struct State {
        double mean, squares;
        std::int64_t n;
    };

    State row(const T* x, std::int64_t n, std::int64_t) const {
        const auto plus = [](double a, double b) { return a + b; };
        const double sum = detail::over_lanes(
            x, n, 0.0, [](double a, T v) { return a + static_cast<double>(v); }, plus);
        const double mean = sum / static_cast<double>(n);
        const auto add = [mean](double a, T v) {
            const double d = static_cast<double>(v) - mean;
            return a + d * d;
        };
        return {mean, detail::over_lanes(x, n, 0.0, add, plus), n};
    }

    void columns(const T* x, std::int64_t n, std::int64_t step, std::int64_t width, std::int64_t, State* out) const {
        double mean[detail::kFoldWidth] = {}, squares[detail::kFoldWidth] = {};
        for (std::int64_t r = 0; r < n; ++r)
            for (std::int64_t j = 0; j < width; ++j) mean[j] += static_cast<double>(x[r * step + j]);
        for (std::int64_t j = 0; j < width; ++j) mean[j] /= static_cast<double>(n);
        for (std::int64_t r = 0; r < n; ++r) {
            for (std::int64_t j = 0; j < width; ++j) {
                const double d = static_cast<double>(x[r * step + j]) - mean[j];
                squares[j] += d * d;
            }
        }
        for (std::int64_t j = 0; j < width; ++j) out[j] = {mean[j], squares[j], n};
    }

    State join(const State& a, const State& b) const {
        const double p = static_cast<double>(a.n), q = static_cast<double>(b.n), n = p + q, d = b.mean - a.mean;
        return {a.mean + d * (q / n), a.squares + b.squares + d * d * (p * q / n), a.n + b.n};
    }

    State finish(const State& s) const { return s; }
};

/// The sum of squares over this is the variance.
double degrees(std::int64_t n, double correction) {
    const double left = static_cast<double>(n) - correction;
    return left < 0 ? 0 : left;  // NaN stays
}

/// scale · g · (x - mean), not recorded; g and mean, of float64, have size 1 along the reduced axes.
Tensor centred(const Tensor& given, const Tensor& x, const Tensor& means, const Shape& reduced, double scale) {
    const Lines lines = detail::lines_over(x, reduced);
    if (lines.x.unsafe_body() != x.unsafe_body()) {
        const NoGrad no_grad;
        return given * (x - means.to(body(x).dtype)) * scale;
    }
    Tensor out = make_tensor(body(x).shape, body(x).dtype);
    const Tensor g = detail::make_alias(given).contiguous();
    const double* const mean = data_as<double>(means);
    detail::dispatch_floating(body(x).dtype, [&]<class T>(T*) {
        const T *const from = data_as<T>(x), *const weight = data_as<T>(g);
        T* const to = data_as<T>(out);
        const std::int64_t inner = lines.inner, size = lines.size;
        if (inner == 1) {
            // Blocks of the whole array, each of which covers parts of lines.
            const std::int64_t total = lines.outer * size,
                               blocks = (total + detail::kLineBlock - 1) / detail::kLineBlock;
            parallel_for(blocks, [&](std::int64_t b) {
                const std::int64_t end = std::min(total, (b + 1) * detail::kLineBlock);
                for (std::int64_t i = b * detail::kLineBlock; i < end;) {
                    const std::int64_t line = i / size, stop = std::min(end, (line + 1) * size);
                    const double m = mean[line];
                    const double w = static_cast<double>(weight[line]) * scale;
                    for (; i < stop; ++i) to[i] = static_cast<T>(w * (static_cast<double>(from[i]) - m));
                }
            });
            return;
        }
        const std::int64_t rows = lines.outer * size, per_task = detail::pieces_per_task(inner);
        parallel_for((rows + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t r = task * per_task; r < std::min(rows, (task + 1) * per_task); ++r) {
                const double* const m = mean + r / size * inner;
                const T *const w = weight + r / size * inner, *const v = from + r * inner;
                for (std::int64_t j = 0; j < inner; ++j)
                    to[r * inner + j] =
                        static_cast<T>(static_cast<double>(w[j]) * scale * (static_cast<double>(v[j]) - m[j]));
            }
        });
    });
    return out;
}

Tensor var_backward(const Tensor& g, const Tensor& x, const Tensor& mean, const Shape& reduced, double scale) {
    std::vector<std::int64_t> list;
    for (std::size_t i = 0; i < reduced.rank(); ++i)
        if (reduced[i] != 0) list.push_back(static_cast<std::int64_t>(i));
    return record("var_backward", centred(g, x, mean, reduced, scale),
                  wrt(g,
                      [=, x = saved(x)](const Tensor& gg) {
                          const Tensor v = x.get();
                          return sum(gg * (v - xg::mean(v, list, true)), list, true) * scale;
                      }),
                  wrt(x, [=, g = saved(g)](const Tensor& gg) {
                      const Tensor v = gg * g.get();
                      return (v - xg::mean(v, list, true)) * scale;
                  }));
}

Tensor moments(const char* operation, bool root, const Tensor& v, const Axes& axes, const VarOptions& options) {
    const Plan plan(v, axes, operation);
    const Tensor x = detail::floating(v, operation);
    const Lines lines = detail::lines_over(x, plan.reduced);
    const double n = degrees(plan.count, options.correction);
    Tensor y = make_tensor(plan.kept_shape, body(x).dtype), mean = make_tensor(plan.kept_shape, float64);
    detail::dispatch_floating(body(x).dtype, [&]<class T>(T*) {
        using State = typename Moments<T>::State;
        detail::PoolArray<State> states(static_cast<std::size_t>(lines.count()));
        detail::fold(lines, Moments<T>{}, states.data());
        for (std::int64_t i = 0; i < lines.count(); ++i) {
            const double variance = states.data()[i].squares / n;
            data_as<T>(y)[i] = static_cast<T>(root ? std::sqrt(variance) : variance);
            data_as<double>(mean)[i] = states.data()[i].mean;
        }
    });
    const auto backward = [=, x = saved(x), reduced = plan.reduced](const Tensor& g) {
        return var_backward(g, x.get(), mean, reduced, 2 / n);
    };
    if (!root) return record_reduction(operation, std::move(y), plan, options.keepdims, x, backward);
    return record_reduction(operation, std::move(y), plan, options.keepdims, x,
                            [backward](const Tensor& g, const Tensor& y) {
                                const Tensor flat = equal(y, 0);
                                return backward(where(flat, 0, g / (where(flat, 1, y) * 2)));
                            });
}

}  // namespace

Tensor var(const Tensor& x, const Axes& axes, const VarOptions& options) {
    return moments("var", false, x, axes, options);
}
Tensor std(const Tensor& x, const Axes& axes, const VarOptions& options) {
    return moments("std", true, x, axes, options);
}

}  // namespace xg
