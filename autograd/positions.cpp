#include <string>
#include <type_traits>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/fold.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/core/error.hpp>

// Reductions to positions, truth and counts: nothing to differentiate.

namespace xg {

using detail::body;
using detail::data_as;
using detail::drop;
using detail::Lines;
using detail::make_tensor;
using detail::Plan;

namespace {

template <class T>
struct NotZero : detail::SimpleFold<NotZero<T>, T, std::int64_t> {
    static std::int64_t start() { return 0; }
    static std::int64_t add(std::int64_t a, T x) { return a + (x != T(0) ? 1 : 0); }
    static std::int64_t join(std::int64_t a, std::int64_t b) { return a + b; }
    static std::int64_t finish(std::int64_t a) { return a; }
};

template <class T, bool least>
struct Position {
    using Element = T;
    struct State {
        T value;
        std::int64_t index;
    };

    static bool nan(T x) {
        if constexpr (std::is_floating_point_v<T>)
            return x != x;
        else
            return false;
    }
    /// Whether b, which comes later, is chosen.
    static bool better(T a, T b) { return (least ? b < a : b > a) | (nan(b) & !nan(a)); }

    State row(const T* x, std::int64_t n, std::int64_t first) const {
        if (n == 0) return {T(0), first};
        const auto choose = [](T a, T b) { return (least ? a < b : a > b) | nan(a) ? a : b; };
        const T value = detail::over_lanes(x, n, x[0], choose, choose);
        std::int64_t i = 0;
        if (nan(value))
            while (!nan(x[i])) ++i;
        else
            while (x[i] != value) ++i;
        return {value, first + i};
    }

    void columns(const T* x, std::int64_t n, std::int64_t step, std::int64_t width, std::int64_t first,
                 State* out) const {
        for (std::int64_t j = 0; j < width; ++j) out[j] = {n > 0 ? x[j] : T(0), first};
        for (std::int64_t r = 1; r < n; ++r)
            for (std::int64_t j = 0; j < width; ++j)
                if (better(out[j].value, x[r * step + j])) out[j] = {x[r * step + j], first + r};
    }

    State join(const State& a, const State& b) const { return better(a.value, b.value) ? b : a; }
    std::int64_t finish(const State& s) const { return s.index; }
};

Tensor counts(const char* operation, const Tensor& x, const Axes& axes, bool keepdims, std::int64_t* per_result) {
    const Plan plan(x, axes, operation);
    *per_result = plan.count;
    Tensor y = make_tensor(plan.kept_shape, int64, operation);
    const Lines lines = detail::lines_over(x, plan.reduced);
    detail::dispatch(body(x).dtype, [&]<class T>(T*) { detail::fold(lines, NotZero<T>{}, data_as<std::int64_t>(y)); });
    return drop(y, plan, keepdims);
}

/// Which of `counts` are at least `least`.
Tensor at_least(const Tensor& counts, std::int64_t least) {
    Tensor y = make_tensor(body(counts).shape, boolean);
    for (std::int64_t i = 0; i < body(y).numel; ++i) data_as<bool>(y)[i] = data_as<std::int64_t>(counts)[i] >= least;
    return y;
}

template <bool least>
Tensor position(const char* operation, const Tensor& x, const Axes& axes, bool keepdims) {
    const Plan plan(x, axes, operation);
    if (plan.count == 0 && plan.dropped_shape.elements() > 0)
        throw ShapeError(std::string(operation) + ": no elements to choose from along the reduced axes of the shape " +
                         body(x).shape.str());
    Tensor y = make_tensor(plan.kept_shape, int64, operation);
    const Lines lines = detail::lines_over(x, plan.reduced);
    detail::dispatch(body(x).dtype,
                     [&]<class T>(T*) { detail::fold(lines, Position<T, least>{}, data_as<std::int64_t>(y)); });
    return drop(y, plan, keepdims);
}

}  // namespace

Tensor count_nonzero(const Tensor& x, const Axes& axes, bool keepdims) {
    std::int64_t n = 0;
    return counts("count_nonzero", x, axes, keepdims, &n);
}

Tensor any(const Tensor& x, const Axes& axes, bool keepdims) {
    std::int64_t n = 0;
    return at_least(counts("any", x, axes, keepdims, &n), 1);
}

Tensor all(const Tensor& x, const Axes& axes, bool keepdims) {
    std::int64_t n = 0;
    const Tensor found = counts("all", x, axes, keepdims, &n);
    return at_least(found, n);
}

Tensor argmax(const Tensor& x, const Axes& axes, bool keepdims) { return position<false>("argmax", x, axes, keepdims); }
Tensor argmin(const Tensor& x, const Axes& axes, bool keepdims) { return position<true>("argmin", x, axes, keepdims); }

}  // namespace xg
