#include <xgrad/autograd/detail/reduce.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <type_traits>

#include <xgrad/autograd/detail/reduce_rows.hpp>
#include <xgrad/core/threads.hpp>

// An array is reduced as a matrix of `outer` × `inner`: either each row to one number, or all rows to one row. Axes
// between are looped over. Work is cut into blocks by shape alone and the blocks' results are combined in order.

namespace xg::detail {
namespace {

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

template <class T>
struct Sum {
    using Accumulator = Wide<T>;
    static constexpr bool sums = true;
    static constexpr Accumulator start() { return 0; }
    static Accumulator join(Accumulator a, Accumulator b) {
        if constexpr (std::is_floating_point_v<T>)
            return a + b;
        else
            return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    }
    static T finish(Accumulator a, std::int64_t) { return static_cast<T>(a); }
};

template <class T>
struct Mean : Sum<T> {
    static T finish(double sum, std::int64_t n) { return static_cast<T>(sum / static_cast<double>(n)); }
};

template <class T>
struct Max {
    using Accumulator = T;
    static constexpr bool sums = false, greatest = true;
    static constexpr T start() {
        return std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
    }
    // | and not ||: without a branch the compiler uses vectors.
    static T join(T a, T b) { return ((a > b) | (a != a)) ? a : b; }
    static T finish(T a, std::int64_t) { return a; }
};

template <class T>
struct Min {
    using Accumulator = T;
    static constexpr bool sums = false, greatest = false;
    static constexpr T start() {
        return std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
    }
    static T join(T a, T b) { return ((a < b) | (a != a)) ? a : b; }
    static T finish(T a, std::int64_t) { return a; }
};

/// Of n elements `step` apart. Lanes of independent accumulators let the compiler use vectors without reordering
/// anything.
template <class T, class R>
typename R::Accumulator reduce_row(const T* x, std::int64_t n, std::int64_t step) {
    using A = typename R::Accumulator;
    if constexpr (R::sums && std::is_same_v<T, float>) {
        if (step == 1) return sum_row(x, n);
    }
    if constexpr (!R::sums && std::is_floating_point_v<T>) {
        if (step == 1 && n >= static_cast<std::int64_t>(xsimd::batch<T>::size)) return extreme_row<T, R>(x, n);
    }
    constexpr std::int64_t lanes = 16;
    A result = R::start();
    if (n >= lanes) {
        A lane[lanes];
        std::fill(lane, lane + lanes, R::start());
        std::int64_t i = 0;
        for (; i + lanes <= n; i += lanes)
            for (std::int64_t k = 0; k < lanes; ++k) lane[k] = R::join(lane[k], static_cast<A>(x[(i + k) * step]));
        for (std::int64_t k = 0; k < lanes; ++k) result = R::join(result, lane[k]);
        x += i * step;
        n -= i;
    }
    for (std::int64_t i = 0; i < n; ++i) result = R::join(result, static_cast<A>(x[i * step]));
    return result;
}

constexpr std::int64_t kBlock = 32768;  // elements that one task reduces
constexpr std::int64_t kBuffer = 256;   // accumulators on the stack

template <class T, class R>
struct Reducer {
    using A = typename R::Accumulator;
    const T* data;
    Shape kept, kept_strides;  // the axes of the result
    Shape gone, gone_strides;  // the axes that are reduced
    T* out;

    static std::int64_t offset(std::int64_t i, const Shape& shape, const Shape& strides) {
        if (shape.rank() == 1) return i * strides[0];
        std::int64_t at = 0;
        for (std::size_t k = shape.rank(); k-- > 0; i /= shape[k]) at += i % shape[k] * strides[k];
        return at;
    }

    /// Joins neighbouring axes that are stepped through as one.
    static void merge(Shape& shape, Shape& strides) {
        std::size_t n = 0;
        for (std::size_t i = 0; i < shape.rank(); ++i) {
            if (shape[i] == 1) continue;
            if (n > 0 && strides[n - 1] == strides[i] * shape[i]) {
                shape[n - 1] *= shape[i];
                strides[n - 1] = strides[i];
            } else {
                shape[n] = shape[i];
                strides[n] = strides[i];
                ++n;
            }
        }
        shape = Shape(shape.data(), n);
        strides = Shape(strides.data(), n);
    }

    /// Reduced elements [begin, end) of n results that lie side by side from x on.
    void columns(const T* x, std::int64_t n, std::int64_t begin, std::int64_t end, A* accumulators) const {
        std::fill(accumulators, accumulators + n, R::start());
        if constexpr (std::is_floating_point_v<T>) {
            if (gone.rank() == 1 && begin < end) {
                const T* const from = x + begin * gone_strides[0];
                if constexpr (R::sums)
                    return sum_columns(from, n, end - begin, gone_strides[0], accumulators);
                else
                    return extreme_columns<T, R>(from, n, end - begin, gone_strides[0], accumulators);
            }
        }
        std::int64_t r = begin;
        // Four rows at a time: the accumulators are read and written once for all of them.
        for (; r + 4 <= end; r += 4) {
            const T *const p = x + offset(r, gone, gone_strides), *const q = x + offset(r + 1, gone, gone_strides),
                           *const s = x + offset(r + 2, gone, gone_strides),
                           *const t = x + offset(r + 3, gone, gone_strides);
            for (std::int64_t j = 0; j < n; ++j)
                accumulators[j] =
                    R::join(accumulators[j], R::join(R::join(static_cast<A>(p[j]), static_cast<A>(q[j])),
                                                     R::join(static_cast<A>(s[j]), static_cast<A>(t[j]))));
        }
        for (; r < end; ++r) {
            const T* row = x + offset(r, gone, gone_strides);
            for (std::int64_t j = 0; j < n; ++j) accumulators[j] = R::join(accumulators[j], static_cast<A>(row[j]));
        }
    }

    void run() {
        merge(kept, kept_strides);
        merge(gone, gone_strides);
        const std::int64_t results = kept.elements(), reduced = gone.elements();
        if (results == 0) return;
        const bool by_columns = !kept.empty() && kept_strides.back() == 1 && (gone.empty() || gone_strides.back() != 1);
        if (by_columns) {
            run_columns();
        } else if (results == 1 || (results < 16 && reduced > kBlock)) {
            // Few results of many elements: all work on each of them.
            for (std::int64_t i = 0; i < results; ++i)
                out[i] = R::finish(whole(data + offset(i, kept, kept_strides), reduced), reduced);
        } else {
            const std::int64_t per_task = std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(1, reduced));
            const bool plain = kept.rank() == 1 && gone.rank() == 1;
            parallel_for((results + per_task - 1) / per_task, [&](std::int64_t task) {
                const std::int64_t begin = task * per_task, end = std::min(results, begin + per_task);
                if (plain) return each_row(begin, end, reduced);
                for (std::int64_t i = begin; i < end; ++i)
                    out[i] = R::finish(rows(data + offset(i, kept, kept_strides), 0, reduced), reduced);
            });
        }
    }

    /// Results [begin, end) of a matrix, each of one row.
    void each_row(std::int64_t begin, std::int64_t end, std::int64_t n) const {
        const std::int64_t apart = kept_strides[0], step = gone_strides[0];
        const T* const x = data;
        T* const y = out;
        for (std::int64_t i = begin; i < end; ++i)
            y[i] = R::finish(R::join(R::start(), reduce_row<T, R>(x + i * apart, n, step)), n);
    }

    /// Reduced elements [begin, end) of one result, in rows of the last reduced axis.
    A rows(const T* x, std::int64_t begin, std::int64_t end) const {
        if (gone.empty()) return begin < end ? R::join(R::start(), static_cast<A>(*x)) : R::start();
        const std::int64_t length = gone.back(), step = gone_strides.back();
        if (gone.rank() == 1) return R::join(R::start(), reduce_row<T, R>(x + begin * step, end - begin, step));
        A result = R::start();
        for (std::int64_t i = begin; i < end;) {
            const std::int64_t in_row = i % length, n = std::min(length - in_row, end - i);
            result = R::join(result, reduce_row<T, R>(x + offset(i, gone, gone_strides), n, step));
            i += n;
        }
        return result;
    }

    /// One result of everything: blocks side by side, joined in order.
    A whole(const T* x, std::int64_t reduced) const {
        const std::int64_t block = std::max(kBlock, (reduced + kBuffer - 1) / kBuffer),
                           blocks = (reduced + block - 1) / block;
        A partial[kBuffer];
        parallel_for(blocks,
                     [&](std::int64_t b) { partial[b] = rows(x, b * block, std::min(reduced, (b + 1) * block)); });
        A result = R::start();
        for (std::int64_t b = 0; b < blocks; ++b) result = R::join(result, partial[b]);
        return result;
    }

    void run_columns() {
        const std::int64_t width = kept.back(), groups = kept.elements() / width, reduced = gone.elements();
        const Shape outer(kept.data(), kept.rank() - 1), outer_strides(kept_strides.data(), kept.rank() - 1);
        const std::int64_t pieces = (width + kBuffer - 1) / kBuffer;
        // Few results of many rows: the rows, too, are cut, and their parts joined in order.
        const std::int64_t rows = std::max<std::int64_t>({1, kBlock / std::min(width, kBuffer), (reduced + 63) / 64});
        const std::int64_t cuts = groups * pieces < 16 ? std::max<std::int64_t>(1, (reduced + rows - 1) / rows) : 1;
        const std::int64_t per_cut = cuts == 1 ? reduced : rows;
        const auto partial = std::make_unique_for_overwrite<A[]>(
            cuts == 1 ? 0 : static_cast<std::size_t>(groups * pieces * cuts * kBuffer));
        const auto reduce_piece = [&](std::int64_t task) {
            const std::int64_t piece = task / cuts, cut = task % cuts;
            const std::int64_t g = piece / pieces, begin = piece % pieces * kBuffer,
                               n = std::min(kBuffer, width - begin);
            const T* const x = data + offset(g, outer, outer_strides) + begin;
            if (cuts > 1)
                return columns(x, n, cut * per_cut, std::min(reduced, (cut + 1) * per_cut),
                               partial.get() + task * kBuffer);
            A accumulators[kBuffer];
            columns(x, n, 0, reduced, accumulators);
            for (std::int64_t j = 0; j < n; ++j) out[g * width + begin + j] = R::finish(accumulators[j], reduced);
        };
        // Neighbouring pieces of few rows make a task: memory is read faster in long runs.
        const std::int64_t all = groups * pieces * cuts, work = std::min(width, kBuffer) * std::min(reduced, per_cut),
                           per_task = std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(1, work));
        parallel_for((all + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t k = task * per_task; k < std::min(all, (task + 1) * per_task); ++k) reduce_piece(k);
        });
        for (std::int64_t piece = 0; cuts > 1 && piece < groups * pieces; ++piece) {
            const std::int64_t begin = piece % pieces * kBuffer, n = std::min(kBuffer, width - begin);
            A* const sums = partial.get() + piece * cuts * kBuffer;
            for (std::int64_t cut = 1; cut < cuts; ++cut)
                for (std::int64_t j = 0; j < n; ++j) sums[j] = R::join(sums[j], sums[cut * kBuffer + j]);
            for (std::int64_t j = 0; j < n; ++j) out[piece / pieces * width + begin + j] = R::finish(sums[j], reduced);
        }
    }
};

template <class T, class R>
void run(const Tensor& x, const Shape& reduced, const Tensor& out) {
    const Body& b = body(x);
    Reducer<T, R> reducer{data_as<T>(x), {}, {}, {}, {}, data_as<T>(out)};
    std::size_t kept = 0, gone = 0;
    reducer.kept = reducer.kept_strides = reducer.gone = reducer.gone_strides = Shape::filled(b.shape.rank(), 0);
    for (std::size_t i = 0; i < b.shape.rank(); ++i) {
        if (reduced[i] != 0) {
            reducer.gone[gone] = b.shape[i];
            reducer.gone_strides[gone++] = b.strides[i];
        } else {
            reducer.kept[kept] = b.shape[i];
            reducer.kept_strides[kept++] = b.strides[i];
        }
    }
    reducer.kept = Shape(reducer.kept.data(), kept);
    reducer.kept_strides = Shape(reducer.kept_strides.data(), kept);
    reducer.gone = Shape(reducer.gone.data(), gone);
    reducer.gone_strides = Shape(reducer.gone_strides.data(), gone);
    reducer.run();
}

}  // namespace

Tensor reduce(Reduction kind, const Tensor& x, const Shape& reduced) {
    Shape shape = body(x).shape;
    for (std::size_t i = 0; i < shape.rank(); ++i)
        if (reduced[i] != 0) shape[i] = 1;
    Tensor out = make_tensor(shape, body(x).dtype);
    dispatch(body(x).dtype, [&]<class T>(T*) {
        switch (kind) {
            case Reduction::sum: return run<T, Sum<T>>(x, reduced, out);
            case Reduction::mean:
                if constexpr (std::is_floating_point_v<T>) run<T, Mean<T>>(x, reduced, out);
                return;
            case Reduction::max: return run<T, Max<T>>(x, reduced, out);
            case Reduction::min: return run<T, Min<T>>(x, reduced, out);
        }
    });
    return out;
}

}  // namespace xg::detail
