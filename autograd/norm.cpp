#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/fold.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/detail/reduction.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::Lines;
using detail::make_tensor;
using detail::Plan;
using detail::record_reduction;
using detail::saved;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Σ |x|ᵖ for a p that is neither 0 nor infinite, as scaleᵖ · sum. The scale is 1 unless powers overflow or underflow.
template <class T>
struct PowerSum {
    using Element = T;
    struct State {
        double scale, sum;
    };
    double p;

    double power(double x) const { return p == 1 ? x : p == 2 ? x * x : std::pow(x, p); }

    static bool moderate(double sum) { return sum > 1e-280 && sum < 1e280; }

    double plain(const T* x, std::int64_t n) const {
        const auto plus = [](double a, double b) { return a + b; };
        if (p == 1)
            return detail::over_lanes(
                x, n, 0.0, [](double a, T v) { return a + std::abs(static_cast<double>(v)); }, plus);
        if (p == 2)
            return detail::over_lanes(
                x, n, 0.0, [](double a, T v) { return a + static_cast<double>(v) * static_cast<double>(v); }, plus);
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i) sum += std::pow(std::abs(static_cast<double>(x[i])), p);
        return sum;
    }

    State row(const T* x, std::int64_t n, std::int64_t) const {
        const double sum = plain(x, n);
        return moderate(sum) || std::isnan(sum) ? State{1, sum} : scaled(x, n, 1);
    }

    /// Relative to the element that matters most, so that its power is 1.
    State scaled(const T* x, std::int64_t n, std::int64_t step) const {
        double scale = p > 0 ? 0 : kInfinity;
        for (std::int64_t i = 0; i < n; ++i) {
            const double v = std::abs(static_cast<double>(x[i * step]));
            if (std::isnan(v)) return {1, v};
            scale = p > 0 ? std::max(scale, v) : std::min(scale, v);
        }
        if (scale == 0 || std::isinf(scale)) return {scale, 1};
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i) sum += power(std::abs(static_cast<double>(x[i * step])) / scale);
        return {scale, sum};
    }

    void columns(const T* x, std::int64_t n, std::int64_t step, std::int64_t width, std::int64_t, State* out) const {
        double sums[detail::kFoldWidth] = {};
        for (std::int64_t r = 0; r < n; ++r) {
            const T* const row = x + r * step;
            if (p == 2) {
                for (std::int64_t j = 0; j < width; ++j)
                    sums[j] += static_cast<double>(row[j]) * static_cast<double>(row[j]);
            } else {
                for (std::int64_t j = 0; j < width; ++j) sums[j] += power(std::abs(static_cast<double>(row[j])));
            }
        }
        for (std::int64_t j = 0; j < width; ++j)
            out[j] = moderate(sums[j]) || std::isnan(sums[j]) ? State{1, sums[j]} : scaled(x + j, n, step);
    }

    State join(const State& a, const State& b) const {
        if (std::isnan(a.sum) || std::isnan(b.sum)) return {1, a.sum + b.sum};
        if (a.scale == b.scale) return {a.scale, std::isinf(a.scale) || a.scale == 0 ? 1 : a.sum + b.sum};
        // The part that matters less may vanish.
        const State &high = (a.scale > b.scale) == (p > 0) ? a : b, &low = &high == &a ? b : a;
        if (high.scale == 0 || std::isinf(high.scale)) return {high.scale, 1};
        return {high.scale, high.sum + low.sum * power(low.scale / high.scale)};
    }

    T finish(const State& s) const {
        const double root = p == 1 ? s.sum : p == 2 ? std::sqrt(s.sum) : std::pow(s.sum, 1 / p);
        return static_cast<T>(s.scale * root);
    }
};

/// How many elements are not 0, as a number of T.
template <class T>
struct NotZero : detail::SimpleFold<NotZero<T>, T, double> {
    static double start() { return 0; }
    static double add(double a, T x) { return x != T(0) ? a + 1 : a; }
    static double join(double a, double b) { return a + b; }
    static T finish(double a) { return static_cast<T>(a); }
};

template <class T, bool least>
struct Extreme : detail::SimpleFold<Extreme<T, least>, T, T> {
    static T start() { return least ? std::numeric_limits<T>::infinity() : T(0); }
    static T join(T a, T b) { return (((least ? a < b : a > b)) | (a != a)) ? a : b; }
    static T add(T a, T x) { return join(a, std::abs(x)); }
    static T finish(T a) { return a; }
};

template <class T>
void run(const Lines& lines, double p, T* out) {
    if (p == 0)
        detail::fold(lines, NotZero<T>{}, out);
    else if (p == kInfinity)
        detail::fold(lines, Extreme<T, false>{}, out);
    else if (p == -kInfinity)
        detail::fold(lines, Extreme<T, true>{}, out);
    else
        detail::fold(lines, PowerSum<T>{p}, out);
}

/// (|x| / y)^(p - 1) with the sign of x: what every power's gradient is made of, with nothing that could overflow.
Tensor norm_backward(const Tensor& g, const Tensor& x, const Tensor& y, double p, const Shape& reduced) {
    if (p == 0) return zeros_like(x);
    if (p == 1) return g * sign(x);
    const Tensor none = equal(y, 0);
    if (std::isinf(p)) return g * sign(x) * detail::tie_shares(abs(x.detach()), y.detach(), reduced);
    const Tensor share = x / where(none, 1, y);
    if (p == 2) return where(none, 0, g * share);
    // 1 in place of 0, whose powers have no derivatives; p > 1 gives 0 there, and PyTorch chooses it for the others,
    // too.
    const Tensor zero = equal(share, 0), skip = not_equal(where(zero, 1, 0) + where(none, 1, 0), 0);
    return where(skip, 0, g * sign(x) * pow(abs(where(zero, 1, share)), p - 1));
}

}  // namespace

Tensor norm(const Tensor& v, double p, const Axes& axes, bool keepdims) {
    const Plan plan(v, axes, "norm");
    if (std::isnan(p)) throw ValueError("norm: expected a power that is a number, got NaN");
    if (plan.count == 0 && plan.dropped_shape.elements() > 0 && (p < 0 || std::isinf(p)))
        throw ShapeError("norm: no elements along the reduced axes of the shape " + body(v).shape.str() +
                         ", of which a negative or infinite power has no norm");
    const Tensor x = detail::floating(v, "norm");
    Tensor y = make_tensor(plan.kept_shape, body(x).dtype);
    const Lines lines = detail::lines_over(x, plan.reduced);
    detail::dispatch_floating(body(x).dtype, [&]<class T>(T*) { run(lines, p, data_as<T>(y)); });
    return record_reduction("norm", std::move(y), plan, keepdims, x,
                            [x = saved(x), p, reduced = plan.reduced](const Tensor& g, const Tensor& y) {
                                return norm_backward(g, x.get(), y, p, reduced);
                            });
}

}  // namespace xg
