#pragma once

#include <algorithm>

#include <xgrad/autograd/detail/lines.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

// Reductions with a state of their own (moments, norms, positions), each line to one result.

namespace xg::detail {

inline constexpr std::int64_t kFoldWidth = 256;  ///< Lines side by side that one task works on.

/// Reduces each line to `f.finish(state)`. F has the types Element and State and
///   State row(x, n, first): of n neighbouring elements, of which the first is number `first` of its line;
///   void columns(x, n, step, width, first, State* out): of `width` lines side by side, whose elements are `step` apart;
///   State join(a, b): of two parts, a before b.
/// Long lines are cut into blocks by shape alone, and joined in order.
template <class F, class Out>
void fold(const Lines& lines, const F& f, Out* out) {
    using State = typename F::State;
    if (lines.count() == 0) return;
    const auto* const data = data_as<typename F::Element>(lines.x);
    const std::int64_t size = lines.size, inner = lines.inner, width = std::min(inner, kFoldWidth),
                       pieces = (inner + width - 1) / width, rows = std::max<std::int64_t>(1, kLineBlock / width),
                       cuts = std::max<std::int64_t>(1, (size + rows - 1) / rows), units = lines.outer * pieces * cuts,
                       per_task = pieces_per_task(std::min(size, rows) * width);
    PoolArray<State> partial(cuts > 1 ? static_cast<std::size_t>(units * width) : 0);
    parallel_for((units + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t u = task * per_task; u < std::min(units, (task + 1) * per_task); ++u) {
            const std::int64_t first = u % cuts * rows, n = std::min(rows, size - first),
                               column = u / cuts % pieces * width, w = std::min(width, inner - column),
                               o = u / cuts / pieces;
            const auto* const x = data + (o * size + first) * inner + column;
            State local[kFoldWidth];
            State* const states = cuts > 1 ? partial.data() + u * width : local;
            if (inner == 1)
                states[0] = f.row(x, n, first);
            else
                f.columns(x, n, inner, w, first, states);
            for (std::int64_t j = 0; cuts == 1 && j < w; ++j) out[o * inner + column + j] = f.finish(states[j]);
        }
    });
    for (std::int64_t p = 0; cuts > 1 && p < lines.outer * pieces; ++p) {
        const std::int64_t column = p % pieces * width, w = std::min(width, inner - column);
        const State* const states = partial.data() + p * cuts * width;
        for (std::int64_t j = 0; j < w; ++j) {
            State state = states[j];
            for (std::int64_t cut = 1; cut < cuts; ++cut) state = f.join(state, states[cut * width + j]);
            out[p / pieces * inner + column + j] = f.finish(state);
        }
    }
}

/// A fold whose state is one number, joined with an element by `Self::add`.
template <class Self, class T, class A>
struct SimpleFold {
    using Element = T;
    using State = A;
    A row(const T* x, std::int64_t n, std::int64_t) const {
        return over_lanes(x, n, Self::start(), Self::add, Self::join);
    }
    void columns(const T* x, std::int64_t n, std::int64_t step, std::int64_t width, std::int64_t, A* out) const {
        std::fill(out, out + width, Self::start());
        for (std::int64_t r = 0; r < n; ++r)
            for (std::int64_t j = 0; j < width; ++j) out[j] = Self::add(out[j], x[r * step + j]);
    }
};

/// x's shape with 1 along the marked axes.
inline Shape kept_shape(const Tensor& x, const Shape& reduced) {
    Shape shape = body(x).shape;
    for (std::size_t i = 0; i < shape.rank(); ++i)
        if (reduced[i] != 0) shape[i] = 1;
    return shape;
}

}  // namespace xg::detail
