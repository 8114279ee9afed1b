#include <xgrad/autograd/detail/sort_kernels.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>
#include <utility>

#include <xgrad/core/detail/memory_pool.hpp>
#include <xgrad/core/threads.hpp>

// Elements become unsigned keys of the same order, with their positions behind them: equal elements then differ, any
// way of sorting is stable, and none has to compare floating-point numbers. Long lines are sorted by the keys' bytes,
// the last one first, those that all elements share left out.

namespace xg::detail {
namespace {

/// Memory of the pool for n T, not yet written.
template <class T>
class Scratch {
public:
    explicit Scratch(std::int64_t n)
        : bytes_(static_cast<std::size_t>(n) * sizeof(T)), data_(static_cast<T*>(pool_get(bytes_))) {}
    ~Scratch() { pool_put(data_, bytes_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    T* data() const noexcept { return data_; }

private:
    std::size_t bytes_;
    T* data_;
};

template <class T>
using Key = std::conditional_t<sizeof(T) <= 4, std::uint32_t, std::uint64_t>;

/// Keys in the order of the elements, with all NaN alike behind the rest, and -0 as 0.
template <class T>
Key<T> key_of(T x) {
    if constexpr (std::is_floating_point_v<T>) {
        constexpr Key<T> top = Key<T>(1) << (8 * sizeof(T) - 1);
        const Key<T> bits = std::bit_cast<Key<T>>(x + T(0));
        return x != x ? ~Key<T>(0) : (bits & top) != 0 ? ~bits : bits | top;
    } else if constexpr (std::is_same_v<T, bool>) {
        return x ? 1 : 0;
    } else {
        return static_cast<std::uint64_t>(x) ^ (std::uint64_t(1) << 63);
    }
}

/// The element that a key was made of; looked up where others have the same key. Reading elements in their new order
/// would miss caches.
template <class T>
T element_of(Key<T> key, const T* original) {
    if constexpr (std::is_floating_point_v<T>) {
        constexpr Key<T> top = Key<T>(1) << (8 * sizeof(T) - 1);
        if (key == top || key == ~Key<T>(0)) return *original;
        return std::bit_cast<T>((key & top) != 0 ? key ^ top : ~key);
    } else if constexpr (std::is_same_v<T, bool>) {
        return key != 0;
    } else {
        return static_cast<std::int64_t>(key ^ (std::uint64_t(1) << 63));
    }
}

/// A key of 32 bits and a position in one number.
struct Packed {
    static constexpr int kBytes = 4;
    std::uint64_t both;
    Packed() = default;
    Packed(std::uint32_t key, std::int64_t position)
        : both(static_cast<std::uint64_t>(key) << 32 | static_cast<std::uint64_t>(position)) {}
    std::uint32_t key() const { return static_cast<std::uint32_t>(both >> 32); }
    std::int64_t position() const { return static_cast<std::int64_t>(both & 0xffffffffu); }
    friend bool operator<(Packed a, Packed b) { return a.both < b.both; }
};

struct Pair {
    static constexpr int kBytes = 8;
    std::uint64_t first;
    std::int64_t second;
    Pair() = default;
    Pair(std::uint64_t key, std::int64_t position) : first(key), second(position) {}
    std::uint64_t key() const { return first; }
    std::int64_t position() const { return second; }
    friend bool operator<(const Pair& a, const Pair& b) {
        return a.first != b.first ? a.first < b.first : a.second < b.second;
    }
};

constexpr std::int64_t kFewElements = 40;        ///< That comparisons sort faster.
constexpr std::int64_t kManyElements = 1 << 17;  ///< Of which a line is sorted by all cores.
constexpr std::int64_t kBlocks = 16;
using Histogram = std::array<std::int64_t, 256>;

template <class E>
std::size_t digit(const E& e, int byte) {
    return static_cast<std::size_t>(e.key() >> (8 * byte) & 0xff);
}

/// Sorts n entries that are nearly in order by moving each to its place, with a fixed budget of moves; false if that is
/// used up.
template <class E>
bool sort_nearly_sorted(E* a, std::int64_t n) {
    std::int64_t budget = 4 * n;
    for (std::int64_t i = 1; i < n; ++i) {
        const E e = a[i];
        std::int64_t k = i;
        for (; k > 0 && e < a[k - 1]; --k) a[k] = a[k - 1];
        a[k] = e;
        budget -= i - k;
        if (budget < 0) return false;
    }
    return true;
}

/// Sorts n entries of `a` with the help of `b`, and returns the one of them that the result is in. For not so many the
/// upper two of four bytes bring most of them in order.
template <class E>
E* sort_by_bytes(E* a, E* b, std::int64_t n) {
    const int first = E::kBytes == 4 && n <= 1024 ? 2 : 0;
    std::array<std::array<std::uint32_t, 256>, E::kBytes> counts;
    for (int byte = first; byte < E::kBytes; ++byte) counts[static_cast<std::size_t>(byte)].fill(0);
    for (std::int64_t i = 0; i < n; ++i)
        for (int byte = first; byte < E::kBytes; ++byte) ++counts[static_cast<std::size_t>(byte)][digit(a[i], byte)];
    for (int byte = first; byte < E::kBytes; ++byte) {
        auto& count = counts[static_cast<std::size_t>(byte)];
        if (count[digit(a[0], byte)] == n) continue;
        std::uint32_t at = 0;
        for (std::uint32_t& c : count) c = std::exchange(at, at + c);
        for (std::int64_t i = 0; i < n; ++i) b[count[digit(a[i], byte)]++] = a[i];
        std::swap(a, b);
    }
    if (first != 0 && !sort_nearly_sorted(a, n)) std::sort(a, a + n);
    return a;
}

/// The same on all cores: blocks of the entries count, and then move, their own, to places that depend on no order of
/// time.
template <class E>
E* sort_in_blocks(E* a, E* b, std::int64_t n) {
    const std::int64_t size = (n + kBlocks - 1) / kBlocks;
    std::array<Histogram, kBlocks> counts;
    for (int byte = 0; byte < E::kBytes; ++byte) {
        parallel_for(kBlocks, [&](std::int64_t block) {
            Histogram count{};
            for (std::int64_t i = block * size; i < std::min(n, (block + 1) * size); ++i) ++count[digit(a[i], byte)];
            counts[static_cast<std::size_t>(block)] = count;
        });
        std::int64_t at = 0, most = 0;
        for (std::size_t d = 0; d < 256; ++d) {
            const std::int64_t before = at;
            for (Histogram& count : counts) count[d] = std::exchange(at, at + count[d]);
            most = std::max(most, at - before);
        }
        if (most == n) continue;
        parallel_for(kBlocks, [&](std::int64_t block) {
            Histogram& place = counts[static_cast<std::size_t>(block)];
            for (std::int64_t i = block * size; i < std::min(n, (block + 1) * size); ++i)
                b[place[digit(a[i], byte)]++] = a[i];
        });
        std::swap(a, b);
    }
    return a;
}

template <class E>
E* sort_entries(E* a, E* b, std::int64_t n) {
    if (n > kManyElements) return sort_in_blocks(a, b, n);
    if (n > kFewElements) return sort_by_bytes(a, b, n);
    std::sort(a, a + n);
    return a;
}

/// Calls f(i) for i in [0, n): in blocks on all cores if there are many.
template <class F>
void each(std::int64_t n, F&& f) {
    const std::int64_t blocks = n > kManyElements ? (n + kLineBlock - 1) / kLineBlock : 1;
    parallel_for(blocks, [&](std::int64_t block) {
        const std::int64_t end = blocks == 1 ? n : std::min(n, (block + 1) * kLineBlock);
        for (std::int64_t i = block * kLineBlock; i < end; ++i) f(i);
    });
}

/// For every line, f(entries, as many spare ones, where the line's results begin, how far they are apart), then writes
/// the first `k` entries of what f returns. `descending` turns the keys round.
template <class T, class E, class F>
void each_line(const Lines& lines, std::int64_t k, const Tensor& values, const Tensor& indices, bool descending,
               F&& f) {
    const T* const x = data_as<T>(lines.x);
    T* const value = data_as<T>(values);
    auto* const index = data_as<std::int64_t>(indices);
    const std::int64_t n = lines.size, step = lines.inner, count = lines.count();
    const Key<T> turn = descending ? ~Key<T>(0) : Key<T>(0);
    const auto run = [&](std::int64_t line, E* entries, E* spare) {
        const T* const from = x + lines.begin(line);
        const std::int64_t to = line / step * k * step + line % step;
        each(n, [&](std::int64_t i) { entries[i] = E(key_of(from[i * step]) ^ turn, i); });
        const E* const result = f(entries, spare);
        each(k, [&](std::int64_t i) {
            const std::int64_t at = result[i].position();
            value[to + i * step] = element_of<T>(static_cast<Key<T>>(result[i].key()) ^ turn, from + at * step);
            index[to + i * step] = at;
        });
    };
    // Long lines one after the other, each on all cores; others side by side.
    const std::int64_t per_task =
        n > kManyElements ? count : std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(1, n));
    parallel_for((count + per_task - 1) / per_task, [&](std::int64_t task) {
        E few[kFewElements];
        const bool small = n <= kFewElements;
        const Scratch<E> scratch(small ? 0 : 2 * n);
        E* const entries = small ? few : scratch.data();
        for (std::int64_t i = task * per_task; i < std::min(count, (task + 1) * per_task); ++i)
            run(i, entries, small ? few : entries + n);
    });
}

/// Chooses how entries are kept.
template <class F>
void with_entries(const Lines& lines, F&& f) {
    if (lines.count() == 0 || lines.size == 0) return;
    dispatch(body(lines.x).dtype, [&]<class T>(T* type) {
        if constexpr (sizeof(T) <= 4) {
            if (lines.size <= std::int64_t(1) << 32) return f(type, static_cast<Packed*>(nullptr));
        }
        f(type, static_cast<Pair*>(nullptr));
    });
}

}  // namespace

void sort_lines(const Lines& lines, const Tensor& values, const Tensor& indices, bool descending) {
    with_entries(lines, [&]<class T, class E>(T*, E*) {
        each_line<T, E>(lines, lines.size, values, indices, descending,
                        [n = lines.size](E* entries, E* spare) { return sort_entries(entries, spare, n); });
    });
}

void select_lines(const Lines& lines, std::int64_t k, const Tensor& values, const Tensor& indices, bool descending,
                  bool sorted) {
    const std::int64_t n = lines.size;
    with_entries(lines, [&]<class T, class E>(T*, E*) {
        each_line<T, E>(lines, k, values, indices, descending, [=](E* entries, E*) {
            if (k * 64 <= n) {
                std::partial_sort(entries, entries + k, entries + n);
                return entries;
            }
            if (k < n) std::nth_element(entries, entries + k, entries + n);
            if (sorted) std::sort(entries, entries + k);
            return entries;
        });
    });
}

void pick_lines(const Lines& lines, std::int64_t k, const Tensor& values, const Tensor& indices, bool nan_wins) {
    const std::int64_t n = lines.size;
    with_entries(lines, [&]<class T, class E>(T*, E*) {
        each_line<T, E>(lines, 1, values, indices, false, [=](E* entries, E*) {
            if (std::is_floating_point_v<T> && nan_wins)
                for (std::int64_t i = 0; i < n; ++i)
                    if (entries[i].key() == ~Key<T>(0)) return entries + i;
            std::nth_element(entries, entries + k, entries + n);
            return entries + k;
        });
    });
}

}  // namespace xg::detail
