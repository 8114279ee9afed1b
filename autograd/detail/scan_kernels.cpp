#include <xgrad/autograd/detail/scan_kernels.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

template <class T>
Wide<T> plus(Wide<T> a, T b) {
    return a + static_cast<Wide<T>>(b);
}

/// Sums of n elements, each `step` (1 or -1) from the one before, on top of `start`. A chain of additions waits for
/// each one; eight parts of a piece, begun with their sums from a first, vectorised look, do not.
template <class T, std::int64_t step>
Wide<T> sum_row(const T* x, T* y, std::int64_t n, Wide<T> start) {
    using A = Wide<T>;
    // Not 512: parts that are a fraction of a page apart get into each other's way in the processor's store buffer.
    constexpr std::int64_t ways = 8, most = 488;
    const std::int64_t part = std::min(most, n / ways);
    std::int64_t i = 0;
    if (part >= 8) {
        for (; i + ways * part <= n; i += ways * part) {
            A sums[ways];
            sums[0] = start;
            for (std::int64_t w = 1; w < ways; ++w) {
                const T* const first = x + (i + (w - 1) * part) * step;
                sums[w] = sums[w - 1] + over_lanes(step > 0 ? first : first - (part - 1), part, A(0), plus<T>,
                                                   [](A a, A b) { return a + b; });
            }
            const T* const from = x + i * step;
            T* const to = y + i * step;
            for (std::int64_t k = 0; k < part; ++k) {
                for (std::int64_t w = 0; w < ways; ++w) {
                    const std::int64_t at = (w * part + k) * step;
                    sums[w] = plus<T>(sums[w], from[at]);
                    to[at] = static_cast<T>(sums[w]);
                }
            }
            start = sums[ways - 1];
        }
    }
    for (; i < n; ++i) {
        start = plus<T>(start, x[i * step]);
        y[i * step] = static_cast<T>(start);
    }
    return start;
}

/// Lines that lie one after another: long ones in blocks, whose sums are taken first.
template <class T, std::int64_t step>
void sum_rows(const Lines& lines, const T* x, T* y) {
    using A = Wide<T>;
    const std::int64_t n = lines.size, blocks = std::max<std::int64_t>(1, (n + kLineBlock - 1) / kLineBlock),
                       first = step > 0 ? 0 : n - 1;
    if (blocks == 1) {
        const std::int64_t per_task = pieces_per_task(n);
        parallel_for((lines.outer + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t o = task * per_task; o < std::min(lines.outer, (task + 1) * per_task); ++o)
                sum_row<T, step>(x + o * n + first, y + o * n + first, n, 0);
        });
        return;
    }
    PoolArray<A> starts(static_cast<std::size_t>(lines.outer * blocks));
    parallel_for(lines.outer * blocks, [&](std::int64_t u) {
        const std::int64_t begin = u % blocks * kLineBlock, size = std::min(kLineBlock, n - begin);
        const T* const from = x + u / blocks * n + first + begin * step;
        starts.data()[u] =
            over_lanes(step > 0 ? from : from - (size - 1), size, A(0), plus<T>, [](A a, A b) { return a + b; });
    });
    for (std::int64_t o = 0; o < lines.outer; ++o) {
        A sum = 0;
        for (std::int64_t b = 0; b < blocks; ++b) {
            A& start = starts.data()[o * blocks + b];
            const A own = start;
            start = sum;
            sum += own;
        }
    }
    parallel_for(lines.outer * blocks, [&](std::int64_t u) {
        const std::int64_t begin = u % blocks * kLineBlock, size = std::min(kLineBlock, n - begin);
        const std::int64_t at = u / blocks * n + first + begin * step;
        sum_row<T, step>(x + at, y + at, size, starts.data()[u]);
    });
}

/// Calls f(the first element, how many lines lie side by side there) for bundles of neighbouring lines, in parallel.
template <class F>
void each_bundle(const Lines& lines, F&& f) {
    if (lines.count() == 0 || lines.size == 0) return;
    const std::int64_t width = std::min<std::int64_t>(lines.inner, 64), pieces = (lines.inner + width - 1) / width,
                       units = lines.outer * pieces, per_task = pieces_per_task(lines.size * width);
    parallel_for((units + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t u = task * per_task; u < std::min(units, (task + 1) * per_task); ++u) {
            const std::int64_t column = u % pieces * width;
            f(u / pieces * lines.size * lines.inner + column, std::min(width, lines.inner - column));
        }
    });
}

/// Lets `step(state, at)` write element `at` of each line after the other, from a state that is `start` at first.
template <class State, class F>
void each_element(const Lines& lines, bool backward, State start, F&& step) {
    const std::int64_t n = lines.size, inner = lines.inner;
    each_bundle(lines, [&](std::int64_t first, std::int64_t width) {
        if (width == 1) {
            State state = start;
            if (backward)
                for (std::int64_t k = n; k-- > 0;) step(state, first + k * inner);
            else
                for (std::int64_t k = 0; k < n; ++k) step(state, first + k * inner);
            return;
        }
        State states[64];
        std::fill(states, states + width, start);
        for (std::int64_t k = 0; k < n; ++k) {
            const std::int64_t row = first + (backward ? n - 1 - k : k) * inner;
            for (std::int64_t j = 0; j < width; ++j) step(states[j], row + j);
        }
    });
}

}  // namespace

void scan_sums(const Lines& lines, const Tensor& out, bool backward) {
    dispatch(body(lines.x).dtype, [&]<class T>(T*) {
        if constexpr (!std::is_same_v<T, bool>) {
            const T* const x = data_as<T>(lines.x);
            T* const y = data_as<T>(out);
            if (lines.inner != 1)
                each_element(lines, backward, Wide<T>(0), [&](Wide<T>& sum, std::int64_t at) {
                    sum = plus<T>(sum, x[at]);
                    y[at] = static_cast<T>(sum);
                });
            else if (backward)
                sum_rows<T, -1>(lines, x, y);
            else
                sum_rows<T, 1>(lines, x, y);
        }
    });
}

void scan_products(const Lines& lines, const Tensor& out) {
    dispatch(body(lines.x).dtype, [&]<class T>(T*) {
        const T* const x = data_as<T>(lines.x);
        T* const y = data_as<T>(out);
        each_element(lines, false, Wide<T>(1), [&](Wide<T>& product, std::int64_t at) {
            product *= static_cast<Wide<T>>(x[at]);
            y[at] = static_cast<T>(product);
        });
    });
}

void scan_logsumexp(const Lines& lines, const Tensor& out) {
    dispatch_floating(body(lines.x).dtype, [&]<class T>(T*) {
        const T* const x = data_as<T>(lines.x);
        T* const y = data_as<T>(out);
        each_element(lines, false, -std::numeric_limits<double>::infinity(), [&](double& sum, std::int64_t at) {
            const double v = static_cast<double>(x[at]), high = v > sum || v != v ? v : sum,
                         low = v > sum || v != v ? sum : v;
            // Infinities would give inf - inf.
            sum = std::isfinite(high) ? high + std::log1p(std::exp(low - high)) : high;
            y[at] = static_cast<T>(sum);
        });
    });
}

void scan_recurrence(const Lines& lines, const Lines& factors, const Tensor& out, bool backward) {
    dispatch_floating(body(lines.x).dtype, [&]<class T>(T*) {
        const T *const g = data_as<T>(lines.x), *const a = data_as<T>(factors.x);
        T* const y = data_as<T>(out);
        // The state is what the next element adds: backward it has its factor already, forward it gets it. The first
        // one's factor has nothing to multiply, and may be infinite.
        struct State {
            double value;
            bool begun;
        };
        each_element(lines, backward, State{0, false}, [&](State& s, std::int64_t at) {
            const double factor = static_cast<double>(a[at]);
            const double value = static_cast<double>(g[at]) + (!s.begun ? 0 : backward ? s.value : factor * s.value);
            s = {backward ? factor * value : value, true};
            y[at] = static_cast<T>(value);
        });
    });
}

void scan_extremes(const Lines& lines, const Tensor& out, const Tensor& positions, bool least) {
    const std::int64_t span = lines.size * lines.inner;
    auto* const index = data_as<std::int64_t>(positions);
    dispatch(body(lines.x).dtype, [&]<class T>(T*) {
        const T* const x = data_as<T>(lines.x);
        T* const y = data_as<T>(out);
        struct State {
            T value;
            std::int64_t position;
        };
        each_element(lines, false, State{T(0), -1}, [&](State& s, std::int64_t at) {
            const T v = x[at];
            const bool better = least ? v <= s.value : v >= s.value;  // false beside NaN
            if (s.position < 0 || better || v != v) s = {v, at % span / lines.inner};
            y[at] = s.value;
            index[at] = s.position;
        });
    });
}

}  // namespace xg::detail
