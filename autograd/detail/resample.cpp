#include <xgrad/autograd/detail/resample.hpp>

#include <algorithm>

#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/autograd/detail/sliding.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// Elements of a line, weighted by pairs. A single element is taken twice with half its weight, which is exact.
template <class T>
class PairTable {
public:
    explicit PairTable(const AxisMap<T>& map)
        : n_(map.pairs && map.weighted ? map.count : 0), a_(n_), b_(n_), p_(n_), q_(n_) {
        for (std::int64_t i = 0; i < n_; ++i) {
            const bool two = map.n(i) == 2;
            a_[i] = static_cast<std::int32_t>(map.first(i));
            b_[i] = a_[i] + (two ? 1 : 0);
            p_[i] = two ? map.weight(i, 0) : map.weight(i, 0) / 2;
            q_[i] = two ? map.weight(i, 1) : p_[i];
        }
    }
    bool used() const { return n_ > 0; }
    void apply(const T* line, T* y) const {
        const std::int32_t *const a = a_.data(), *const b = b_.data();
        const T *const p = p_.data(), *const q = q_.data();
        for (std::int64_t i = 0; i < n_; ++i) y[i] = line[a[i]] * p[i] + line[b[i]] * q[i];
    }

private:
    std::int64_t n_;
    Scratch<std::int32_t> a_, b_;
    Scratch<T> p_, q_;
};

template <class T>
T plain_sum(const T* x, std::int64_t n) {
    constexpr std::int64_t kLanes = 16;
    T total = 0;
    std::int64_t i = 0;
    if (n >= 2 * kLanes) {
        T lanes[kLanes] = {};
        for (; i + kLanes <= n; i += kLanes)
            for (std::int64_t k = 0; k < kLanes; ++k) lanes[k] += x[i + k];
        for (const T lane : lanes) total += lane;
    }
    for (; i < n; ++i) total += x[i];
    return total;
}

/// Sums of `taps` elements that begin `step` apart.
template <class T, std::int64_t taps, std::int64_t step>
void sum_taps(const T* __restrict x, T* __restrict y, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
        T total = x[i * step];
        for (std::int64_t k = 1; k < taps; ++k) total += x[i * step + k];
        y[i] = total;
    }
}

template <class T>
void inner_sums(const AxisMap<T>& map, const T* line, T* to) {
    const std::int64_t step = map.inner_step, taps = map.inner_n, n = map.inner_last - map.inner_first;
    const T* __restrict const x = line + map.first(map.inner_first);
    T* __restrict const y = to + map.inner_first;
    if (step == 2 && taps == 2) return sum_taps<T, 2, 2>(x, y, n);
    if (step == 2 && taps == 3) return sum_taps<T, 3, 2>(x, y, n);
    if (step == 1 && taps == 3) return sum_taps<T, 3, 1>(x, y, n);
    for (std::int64_t i = 0; i < n; ++i) y[i] = x[i * step];
    for (std::int64_t k = 1; k < taps; ++k)
        for (std::int64_t i = 0; i < n; ++i) y[i] += x[i * step + k];
}

/// The sums of the inner windows where these are long and overlap.
template <class T>
void long_sums(const AxisMap<T>& map, const T* line, T* y) {
    const std::int64_t taps = map.inner_n, step = map.inner_step, first = map.inner_first, last = map.inner_last,
                       piece = windows_at_once(last - first, taps, step);
    const Scratch<T> room((piece - 1) * step + taps);
    for (std::int64_t i = first; i < last; i += piece) {
        const std::int64_t n = std::min(piece, last - i);
        std::copy_n(line + map.first(i), (n - 1) * step + taps, room.data());
        slide_sums(room.data(), n, taps, step, y + i);
    }
}

template <class T>
void across(const AxisMap<T>& map, const PairTable<T>& table, const T* line, T* y) {
    if (table.used()) return table.apply(line, y);
    if (map.repeats == 1) {
        std::copy_n(line, map.count, y);
        return;
    }
    if (map.repeats == 2) {
        for (std::int64_t i = 0; i < map.size; ++i) y[2 * i] = y[2 * i + 1] = line[i];
        return;
    }
    if (map.repeats > 2) {
        for (std::int64_t i = 0; i < map.size; ++i) std::fill_n(y + i * map.repeats, map.repeats, line[i]);
        return;
    }
    if (map.single && !map.weighted) {
        const std::int64_t* const first = map.firsts();
        for (std::int64_t i = 0; i < map.count; ++i) y[i] = line[first[i]];
        return;
    }
    if (map.weighted) {
        for (std::int64_t i = 0; i < map.count; ++i) {
            const T *const x = line + map.first(i), *const w = map.weights(i);
            T total = 0;
            for (std::int64_t k = 0; k < map.n(i); ++k) total += w[k] * x[k];
            y[i] = total;
        }
        return;
    }
    std::int64_t begin = 0, end = 0;
    const bool longer = map.inner_n > 16 && map.inner_step > 0 && map.inner_n >= 2 * map.inner_step;
    if (map.inner_n > 0 && (map.inner_n <= 16 || longer) && map.inner_last - map.inner_first > 4) {
        begin = map.inner_first;
        end = map.inner_last;
        if (longer)
            long_sums(map, line, y);
        else
            inner_sums(map, line, y);
    }
    for (std::int64_t i = 0; i < begin; ++i) y[i] = plain_sum(line + map.first(i), map.n(i));
    for (std::int64_t i = end; i < map.count; ++i) y[i] = plain_sum(line + map.first(i), map.n(i));
}

/// line += p · x + q · y, or without the sum.
template <class T, bool first>
void add_rows(T* __restrict line, const T* __restrict x, T p, const T* __restrict y, T q, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) line[i] = first ? p * x[i] + q * y[i] : line[i] + p * x[i] + q * y[i];
}
template <class T, bool first>
void add_row(T* __restrict line, const T* __restrict x, T p, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) line[i] = first ? p * x[i] : line[i] + p * x[i];
}

/// The line that a row of the result is made of: one of the plane itself where that is possible.
template <class T>
const T* down(const AxisMap<T>& rows, const AxisMap<T>& columns, std::int64_t row, const T* plane, T* line) {
    const std::int64_t n = rows.n(row), width = columns.size;
    const T* x = plane + rows.first(row) * width;
    const auto w = [&](std::int64_t k) {
        const T weight = rows.weighted ? rows.weight(row, k) : T(1);
        return rows.pre_divided ? weight / rows.divisor(rows.first(row) + k) : weight;
    };
    if (n == 1 && w(0) == T(1) && !columns.pre_divided) return x;
    if (n == 0) std::fill_n(line, width, T(0));
    // Two rows in one pass.
    for (std::int64_t k = 0; k < n; k += 2, x += 2 * width) {
        if (k + 1 < n && k == 0)
            add_rows<T, true>(line, x, w(k), x + width, w(k + 1), width);
        else if (k + 1 < n)
            add_rows<T, false>(line, x, w(k), x + width, w(k + 1), width);
        else if (k == 0)
            add_row<T, true>(line, x, w(k), width);
        else
            add_row<T, false>(line, x, w(k), width);
    }
    if (columns.pre_divided) {
        const T* __restrict const divisor = columns.divisors();
        for (std::int64_t i = 0; i < width; ++i) line[i] /= divisor[i];
    }
    return line;
}

}  // namespace

template <class T>
void resample(std::int64_t planes, const AxisMap<T>& rows, const AxisMap<T>& columns, const T* x, T* y) {
    const std::int64_t tasks = planes * rows.count, width = columns.size;
    const bool same_rows = rows.repeats > 1 || (rows.single && !rows.weighted);
    if (columns.count == 0 || tasks == 0) return;
    const PairTable<T> table(columns);
    const std::int64_t at_once =
        tasks_at_once(tasks, 4 * (columns.count + width * rows.size / std::max<std::int64_t>(rows.count, 1)));
    parallel_for((tasks + at_once - 1) / at_once, [&](std::int64_t part) {
        const Scratch<T> room(width);
        const T* before = nullptr;
        for (std::int64_t i = part * at_once; i < std::min(tasks, (part + 1) * at_once); ++i) {
            const std::int64_t row = i % rows.count;
            T* const to = y + i * columns.count;
            const T* const plane = x + i / rows.count * rows.size * width;
            // A row that is made like the one before.
            const T* const from = same_rows ? plane + rows.first(row) * width : nullptr;
            if (from != nullptr && from == before && !rows.divided) {
                std::copy_n(to - columns.count, columns.count, to);
                continue;
            }
            before = from;
            const T* const line = down(rows, columns, row, plane, room.data());
            across(columns, table, line, to);
            if (rows.divided || columns.divided) {
                const T height = rows.divided ? rows.divisor(row) : T(1);
                for (std::int64_t k = 0; k < columns.count; ++k)
                    to[k] /= columns.divided ? height * columns.divisor(k) : height;
            }
        }
    });
}

template void resample(std::int64_t, const AxisMap<float>&, const AxisMap<float>&, const float*, float*);
template void resample(std::int64_t, const AxisMap<double>&, const AxisMap<double>&, const double*, double*);

}  // namespace xg::detail
