#include <cstring>

#include <xgrad/autograd/detail/index_loops.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// Ranges of targets that are written side by side where nothing else tells tasks apart.
constexpr std::int64_t kRanges = 4;
constexpr std::int64_t kFarFromCache = 1 << 22;  // bytes

/// Tasks of about kIndexBlock elements each: outer entries [o0, o1) with indices [i0, i1).
template <class F>
void blocks_of(std::int64_t outer, std::int64_t n, std::int64_t inner, F&& f) {
    const std::int64_t wide = std::max<std::int64_t>(1, inner),
                       per_index = std::max<std::int64_t>(1, std::min(n, kIndexBlock / wide)),
                       cuts = (n + per_index - 1) / per_index,
                       per_outer =
                           cuts > 1 ? 1 : std::max<std::int64_t>(1, kIndexBlock / wide / std::max<std::int64_t>(1, n)),
                       outers = (outer + per_outer - 1) / per_outer;
    parallel_for(outers * cuts, [&](std::int64_t task) {
        const std::int64_t o = task / cuts * per_outer, i = task % cuts * per_index;
        f(o, std::min(outer, o + per_outer), i, std::min(n, i + per_index));
    });
}

/// Indices whose targets are in [low, high), with where they came from. Without branches, since they fall anyhow.
std::int64_t in_range(const std::int64_t* at, std::int64_t n, std::int64_t low, std::int64_t high,
                      std::int32_t* found) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        found[count] = static_cast<std::int32_t>(i);
        count += static_cast<std::int64_t>((at[i] >= low) & (at[i] < high));
    }
    return count;
}

/// Writes rows with tasks that never meet: by outer entries, by columns of the rows, or else by ranges of targets.
template <class Op, class A, class T>
void write_rows(const Rows& r, A* to, const std::int64_t* index, const T* from, Fault& fault) {
    const auto some = [&](std::int64_t o0, std::int64_t o1, std::int64_t j0, std::int64_t j1, std::int64_t low,
                          std::int64_t high) {
        std::int64_t at[kReady];
        std::int32_t found[kReady];
        const bool all = low == 0 && high == r.size;
        for (std::int64_t i = 0; i < r.n; i += kReady) {
            const std::int64_t n = std::min(kReady, r.n - i);
            if (!ready(index, i, n, r.size, at, fault)) return;
            const std::int64_t count = all ? n : in_range(at, n, low, high, found);
            for (std::int64_t o = o0; o < o1; ++o) {
                A* const target = to + o * r.size * r.inner;
                const T* const source = from + (o * r.n + i) * r.inner;
                if (r.inner == 1) {
                    for (std::int64_t k = 0; k < count; ++k) {
                        const std::int64_t which = all ? k : found[k];
                        Op::row(target + at[which], source + which, 1);
                    }
                } else {
                    for (std::int64_t k = 0; k < count; ++k) {
                        const std::int64_t which = all ? k : found[k];
                        Op::row(target + at[which] * r.inner + j0, source + which * r.inner + j0, j1 - j0);
                    }
                }
            }
        }
    };
    const std::int64_t work = r.outer * r.n * r.inner;
    if (work < kIndexBlock) return some(0, r.outer, 0, r.inner, 0, r.size);
    if (r.outer >= 8) {
        const std::int64_t per_task = std::max<std::int64_t>(1, kIndexBlock / std::max<std::int64_t>(1, r.n * r.inner));
        return parallel_for((r.outer + per_task - 1) / per_task, [&](std::int64_t task) {
            some(task * per_task, std::min(r.outer, (task + 1) * per_task), 0, r.inner, 0, r.size);
        });
    }
    if (r.inner >= 64) {
        const std::int64_t piece = std::max<std::int64_t>(32, (r.inner + 15) / 16);
        return parallel_for((r.inner + piece - 1) / piece, [&](std::int64_t task) {
            some(0, r.outer, task * piece, std::min(r.inner, (task + 1) * piece), 0, r.size);
        });
    }
    // Looking for the indices of a range pays only where targets are far from cache.
    const std::int64_t range = r.size * r.inner * static_cast<std::int64_t>(sizeof(A)) < kFarFromCache
                                   ? r.size
                                   : (r.size + kRanges - 1) / kRanges;
    parallel_for((r.size + range - 1) / range, [&](std::int64_t task) {
        some(0, r.outer, 0, r.inner, task * range, std::min(r.size, (task + 1) * range));
    });
}

}  // namespace

void check_indices(const Tensor& t, const char* operation) {
    check_defined(t, operation);
    if (body(t).dtype != int64)
        throw DTypeError(std::string(operation) + ": expected indices of int64, got " + name(body(t).dtype));
}

void take_rows(const Rows& r, DType dtype, const char* from, const std::int64_t* index, char* to,
               const IndexedAxis& what) {
    const std::int64_t bytes = r.inner * item_size(dtype);
    Fault fault(what, index);
    with_item(bytes, [&]<class T>(T*) {
        blocks_of(r.outer, r.n, r.inner, [&](std::int64_t o0, std::int64_t o1, std::int64_t i0, std::int64_t i1) {
            std::int64_t at[kReady];
            for (std::int64_t i = i0; i < i1; i += kReady) {
                const std::int64_t n = std::min(kReady, i1 - i);
                if (!ready(index, i, n, r.size, at, fault)) return;
                for (std::int64_t o = o0; o < o1; ++o) {
                    if constexpr (std::is_void_v<T>) {
                        if (bytes == 0) continue;
                        const char* const source = from + o * r.size * bytes;
                        char* const target = to + (o * r.n + i) * bytes;
                        for (std::int64_t k = 0; k < n; ++k)
                            std::memcpy(target + k * bytes, source + at[k] * bytes, static_cast<std::size_t>(bytes));
                    } else {
                        const T* const source = reinterpret_cast<const T*>(from) + o * r.size;
                        T* const target = reinterpret_cast<T*>(to) + o * r.n + i;
                        for (std::int64_t k = 0; k < n; ++k) target[k] = source[at[k]];
                    }
                }
            }
        });
    });
    fault.check();
}

void add_positions(const std::int64_t* index, std::int64_t n, std::int64_t size, std::int64_t step, std::int64_t* to,
                   const IndexedAxis& what) {
    Fault fault(what, index);
    parallel_for((n + kIndexBlock - 1) / kIndexBlock, [&](std::int64_t b) {
        std::int64_t at[kReady];
        const std::int64_t end = std::min(n, (b + 1) * kIndexBlock);
        for (std::int64_t i = b * kIndexBlock; i < end; i += kReady) {
            const std::int64_t some = std::min(kReady, end - i);
            if (!ready(index, i, some, size, at, fault)) return;
            for (std::int64_t k = 0; k < some; ++k) to[i + k] += at[k] * step;
        }
    });
    fault.check();
}

void add_rows(const Rows& r, DType dtype, char* to, const std::int64_t* index, const char* from,
              const IndexedAxis& what) {
    Fault fault(what, index);
    dispatch(dtype, [&]<class T>(T*) {
        T* const target = reinterpret_cast<T*>(to);
        const T* const source = reinterpret_cast<const T*>(from);
        if (!needs_wide_sums(dtype, r.size, r.n)) return write_rows<Add>(r, target, index, source, fault);
        const std::int64_t n = r.outer * r.size * r.inner;
        PoolArray<double> sums(static_cast<std::size_t>(n));
        write_rows<Add>(r, sums.data(), index, source, fault);
        add_sums(target, sums.data(), n);
    });
    fault.check();
}

void put_rows(const Rows& r, DType dtype, char* to, const std::int64_t* index, const char* from,
              const IndexedAxis& what) {
    Fault fault(what, index);
    dispatch(dtype, [&]<class T>(T*) {
        write_rows<Put>(r, reinterpret_cast<T*>(to), index, reinterpret_cast<const T*>(from), fault);
    });
    fault.check();
}

}  // namespace xg::detail
