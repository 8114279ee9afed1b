#include <memory>

#include <xgrad/autograd/detail/index_loops.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// An index array as (outer, n, inner) around the axis, with where its elements stand in the array that is indexed.
struct Plane {
    std::int64_t outer = 1, n, inner = 1, step, size;
    Shape outer_shape, outer_strides;
    std::unique_ptr<std::int64_t[]> inner_offsets;  // none where they are 0, 1, 2, …
    bool even = true;

    explicit Plane(const Along& a)
        : n(a.shape[a.axis]),
          inner(Shape(a.shape.data() + a.axis + 1, a.shape.rank() - a.axis - 1).elements()),
          step(a.strides[a.axis]),
          size(a.size),
          outer_shape(a.shape.data(), a.axis),
          outer_strides(a.strides.data(), a.axis),
          even(evenly(a)) {
        if (!even) inner_offsets = std::make_unique_for_overwrite<std::int64_t[]>(static_cast<std::size_t>(inner));
        outer = outer_shape.elements();
        for (std::int64_t i = 0; !even && i < inner; ++i) {
            std::int64_t rest = i, at = 0;
            for (std::size_t k = a.shape.rank(); k-- > a.axis + 1; rest /= a.shape[k])
                at += rest % a.shape[k] * a.strides[k];
            inner_offsets[static_cast<std::size_t>(i)] = at;
        }
    }

    static bool evenly(const Along& a) {
        return is_row_major(Shape(a.shape.data() + a.axis + 1, a.shape.rank() - a.axis - 1),
                            Shape(a.strides.data() + a.axis + 1, a.shape.rank() - a.axis - 1));
    }

    std::int64_t base(std::int64_t o) const {
        std::int64_t at = 0;
        for (std::size_t k = outer_shape.rank(); k-- > 0; o /= outer_shape[k])
            at += o % outer_shape[k] * outer_strides[k];
        return at;
    }

    /// Calls f(position in the index array, offset of the entry, offsets from there, number) for runs of indices, in
    /// outer entries [o0, o1), rows [a0, a1) and columns [i0, i1); false after a fault.
    template <class F>
    bool runs(const std::int64_t* index, std::int64_t o0, std::int64_t o1, std::int64_t a0, std::int64_t a1,
              std::int64_t i0, std::int64_t i1, Fault& fault, F&& f) const {
        std::int64_t at[kReady];
        const std::int64_t* const offsets = inner_offsets.get();
        for (std::int64_t o = o0; o < o1; ++o) {
            const std::int64_t from = base(o);
            // Without inner axes the indices of an entry are one run.
            const bool line = inner == 1;
            const std::int64_t first = line ? a0 : i0, last = line ? a1 : i1;
            for (std::int64_t a = line ? a1 - 1 : a0; a < a1; ++a) {
                const std::int64_t row = line ? o * n : (o * n + a) * inner;
                for (std::int64_t i = first; i < last; i += kReady) {
                    const std::int64_t count = std::min(kReady, last - i);
                    if (!ready(index, row + i, count, size, at, fault)) return false;
                    for (std::int64_t k = 0; k < count; ++k) at[k] *= step;
                    if (inner != 1) {
                        if (even)
                            for (std::int64_t k = 0; k < count; ++k) at[k] += i + k;
                        else
                            for (std::int64_t k = 0; k < count; ++k) at[k] += offsets[i + k];
                    }
                    f(row + i, from, at, count);
                }
            }
        }
        return true;
    }
};

/// Tasks that never write to one place: by outer entries, or by columns.
template <class Op, class A, class T>
void write_along(const Plane& p, A* to, const std::int64_t* index, const T* from, Fault& fault) {
    const auto some = [&](std::int64_t o0, std::int64_t o1, std::int64_t i0, std::int64_t i1) {
        p.runs(index, o0, o1, 0, p.n, i0, i1, fault,
               [&](std::int64_t row, std::int64_t base, const std::int64_t* at, std::int64_t count) {
                   for (std::int64_t k = 0; k < count; ++k) Op::row(to + base + at[k], from + row + k, 1);
               });
    };
    const std::int64_t work = p.outer * p.n * p.inner;
    if (work < kIndexBlock) return some(0, p.outer, 0, p.inner);
    if (p.outer >= 8 || p.inner < 32) {
        const std::int64_t per_task = std::max<std::int64_t>(1, kIndexBlock / std::max<std::int64_t>(1, p.n * p.inner));
        return parallel_for((p.outer + per_task - 1) / per_task, [&](std::int64_t task) {
            some(task * per_task, std::min(p.outer, (task + 1) * per_task), 0, p.inner);
        });
    }
    const std::int64_t piece = std::max<std::int64_t>(16, (p.inner + 15) / 16);
    parallel_for((p.inner + piece - 1) / piece,
                 [&](std::int64_t task) { some(0, p.outer, task * piece, std::min(p.inner, (task + 1) * piece)); });
}

/// Whether the indices of each outer entry are many, and are those of rows of one element: then `f(entry's offset,
/// first index)` does them.
template <class F>
bool by_entries(const Plane& p, F&& f) {
    if (p.inner != 1 || p.step != 1 || (p.outer != 1 && p.n < kIndexBlock)) return false;
    for (std::int64_t o = 0; o < p.outer; ++o) f(p.base(o), o * p.n);
    return true;
}

}  // namespace

void gather_along(const Along& along, DType dtype, const char* from, const std::int64_t* index, char* to,
                  const IndexedAxis& what) {
    const std::int64_t item = item_size(dtype);
    const Plane p(along);
    const Rows rows{1, p.size, 1, p.n};
    const bool done = by_entries(p, [&](std::int64_t at, std::int64_t i) {
        take_rows(rows, dtype, from + at * item, index + i, to + i * item, what);
    });
    if (done) return;
    Fault fault(what, index);
    with_item(item_size(dtype), [&]<class T>(T*) {
        if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::uint32_t> ||
                      std::is_same_v<T, std::uint64_t>) {
            const std::int64_t each = std::max<std::int64_t>(1, p.n * p.inner),
                               per_task = std::max<std::int64_t>(1, kIndexBlock / each);
            // A large entry is cut by its rows.
            const std::int64_t rows_per_task =
                each <= kIndexBlock ? std::max<std::int64_t>(1, p.n) : std::max<std::int64_t>(1, kIndexBlock / p.inner);
            const std::int64_t cuts = (p.n + rows_per_task - 1) / rows_per_task;
            parallel_for((p.outer + per_task - 1) / per_task * cuts, [&](std::int64_t task) {
                const std::int64_t o = task / cuts * per_task, a = task % cuts * rows_per_task;
                p.runs(index, o, std::min(p.outer, o + per_task), a, std::min(p.n, a + rows_per_task), 0, p.inner,
                       fault, [&](std::int64_t row, std::int64_t base, const std::int64_t* at, std::int64_t count) {
                           T* const target = reinterpret_cast<T*>(to) + row;
                           const T* const source = reinterpret_cast<const T*>(from) + base;
                           for (std::int64_t k = 0; k < count; ++k) target[k] = source[at[k]];
                       });
            });
        }
    });
    fault.check();
}

void add_along(const Along& along, DType dtype, char* to, const std::int64_t* index, const char* from,
               const IndexedAxis& what) {
    const std::int64_t item = item_size(dtype);
    const Plane p(along);
    const Rows rows{1, p.size, 1, p.n};
    const bool done = by_entries(p, [&](std::int64_t at, std::int64_t i) {
        add_rows(rows, dtype, to + at * item, index + i, from + i * item, what);
    });
    if (done) return;
    Fault fault(what, index);
    dispatch(dtype, [&]<class T>(T*) {
        T* const target = reinterpret_cast<T*>(to);
        const T* const source = reinterpret_cast<const T*>(from);
        if (!needs_wide_sums(dtype, p.size, p.n)) return write_along<Add>(p, target, index, source, fault);
        const auto n = static_cast<std::int64_t>(what.shape.elements());
        PoolArray<double> sums(static_cast<std::size_t>(n));
        write_along<Add>(p, sums.data(), index, source, fault);
        add_sums(target, sums.data(), n);
    });
    fault.check();
}

void put_along(const Along& along, DType dtype, char* to, const std::int64_t* index, const char* from,
               const IndexedAxis& what) {
    const std::int64_t item = item_size(dtype);
    const Plane p(along);
    const Rows rows{1, p.size, 1, p.n};
    const bool done = by_entries(p, [&](std::int64_t at, std::int64_t i) {
        put_rows(rows, dtype, to + at * item, index + i, from + i * item, what);
    });
    if (done) return;
    Fault fault(what, index);
    dispatch(dtype, [&]<class T>(T*) {
        write_along<Put>(p, reinterpret_cast<T*>(to), index, reinterpret_cast<const T*>(from), fault);
    });
    fault.check();
}

}  // namespace xg::detail
