#include <xgrad/autograd/detail/softmax_columns.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/exp_rows.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

constexpr std::int64_t kColumns = 64;
constexpr std::int64_t kPiece = 1024;

/// Part of some lines: `rows` elements of `width` lines side by side, from element `at` of the array on. Lines that are
/// too long for a cache are cut, by shape alone.
struct Part {
    std::int64_t at, rows, width, index, piece;
};

struct Parts {
    std::int64_t size, inner, width, pieces, rows, cuts, units;

    explicit Parts(const Lines& lines)
        : size(lines.size),
          inner(lines.inner),
          width(std::min(inner, kColumns)),
          pieces((inner + width - 1) / width),
          rows(size * width <= 4 * kLineBlock ? size : kLineBlock / width),
          cuts((size + rows - 1) / rows),
          units(lines.outer * pieces * cuts) {}

    /// Calls f for every part, in parallel. The parts of the same lines are `cuts` in a row.
    template <class F>
    void each(F&& f) const {
        const std::int64_t per_task = pieces_per_task(rows * width);
        parallel_for((units + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t u = task * per_task; u < std::min(units, (task + 1) * per_task); ++u) {
                const std::int64_t first = u % cuts * rows, piece = u / cuts, column = piece % pieces * width;
                f(Part{(piece / pieces * size + first) * inner + column, std::min(rows, size - first),
                       std::min(width, inner - column), u, piece});
            }
        });
    }
};

/// Calls f(row, exp of it) for every row of a part, where `distance(row, to)` writes what exp is taken of. Narrow rows
/// share the calls of exp.
template <class T, class D, class F>
void each_exp(const Part& part, D&& distance, F&& f) {
    T e[kPiece];
    const std::int64_t together = kPiece / part.width;
    for (std::int64_t r = 0; r < part.rows; r += together) {
        const std::int64_t k = std::min(together, part.rows - r);
        for (std::int64_t i = 0; i < k; ++i) distance(r + i, e + i * part.width);
        exp_in_place(e, k * part.width);
        for (std::int64_t i = 0; i < k; ++i) f(r + i, e + i * part.width);
    }
}

/// The greatest element of each column, and the sum of exp of the distances from it; exp goes to `to`, too, if it is
/// not null.
template <class T>
void sum_columns(const Part& part, const T* x, T* to, std::int64_t step, T* high, double* sum) {
    const std::int64_t width = part.width;
    std::copy(x, x + width, high);
    for (std::int64_t r = 1; r < part.rows; ++r)
        for (std::int64_t j = 0; j < width; ++j) high[j] = x[r * step + j] > high[j] ? x[r * step + j] : high[j];
    std::fill(sum, sum + width, 0.0);
    each_exp<T>(
        part,
        [&](std::int64_t r, T* d) {
            for (std::int64_t j = 0; j < width; ++j) d[j] = x[r * step + j] - high[j];
        },
        [&](std::int64_t r, const T* e) {
            for (std::int64_t j = 0; j < width; ++j) sum[j] += static_cast<double>(e[j]);
            if (to != nullptr) std::copy(e, e + width, to + r * step);
        });
}

/// y = (x - high) - log(sum).
template <class T>
void logarithms(const Part& part, const T* x, T* y, std::int64_t step, const T* high, const double* sum) {
    T log_sum[kColumns];
    for (std::int64_t j = 0; j < part.width; ++j) log_sum[j] = static_cast<T>(std::log(sum[j]));
    for (std::int64_t r = 0; r < part.rows * step; r += step)
        for (std::int64_t j = 0; j < part.width; ++j) y[r + j] = (x[r + j] - high[j]) - log_sum[j];
}

}  // namespace

template <class T>
void softmax_columns(const Lines& lines, const T* data, T* out, bool logarithm) {
    const Parts parts(lines);
    const std::int64_t step = lines.inner;
    const auto inverted = [](const double* sum, T* factor, std::int64_t width) {
        for (std::int64_t j = 0; j < width; ++j) factor[j] = static_cast<T>(1 / sum[j]);
    };
    if (parts.cuts == 1) {
        parts.each([&](const Part& part) {
            const T* const x = data + part.at;
            T* const y = out + part.at;
            T high[kColumns], factor[kColumns];
            double sum[kColumns];
            sum_columns(part, x, logarithm ? nullptr : y, step, high, sum);
            if (logarithm) return logarithms(part, x, y, step, high, sum);
            inverted(sum, factor, part.width);
            for (std::int64_t r = 0; r < part.rows * step; r += step)
                for (std::int64_t j = 0; j < part.width; ++j) y[r + j] *= factor[j];
        });
        return;
    }
    PoolArray<ExpSum> sums(static_cast<std::size_t>(parts.units * kColumns));
    parts.each([&](const Part& part) {
        T high[kColumns];
        double sum[kColumns];
        const T* const x = data + part.at;
        sum_columns<T>(part, x, nullptr, step, high, sum);
        for (std::int64_t j = 0; j < part.width; ++j)
            sums.data()[part.index * kColumns + j] = ExpSum::of(high[j], sum[j], x + j, part.rows, step);
    });
    for (std::int64_t p = 0; p < parts.units / parts.cuts; ++p) {
        ExpSum* const whole = sums.data() + p * parts.cuts * kColumns;
        for (std::int64_t cut = 1; cut < parts.cuts; ++cut)
            for (std::int64_t j = 0; j < parts.width; ++j) whole[j] = ExpSum::join(whole[j], whole[cut * kColumns + j]);
    }
    parts.each([&](const Part& part) {
        const T* const x = data + part.at;
        T* const y = out + part.at;
        const ExpSum* const whole = sums.data() + part.piece * parts.cuts * kColumns;
        T high[kColumns], factor[kColumns];
        double sum[kColumns];
        for (std::int64_t j = 0; j < part.width; ++j) {
            high[j] = static_cast<T>(whole[j].high);
            sum[j] = whole[j].sum;
        }
        if (logarithm) return logarithms(part, x, y, step, high, sum);
        inverted(sum, factor, part.width);
        each_exp<T>(
            part,
            [&](std::int64_t r, T* d) {
                for (std::int64_t j = 0; j < part.width; ++j) d[j] = x[r * step + j] - high[j];
            },
            [&](std::int64_t r, const T* e) {
                for (std::int64_t j = 0; j < part.width; ++j) y[r * step + j] = e[j] * factor[j];
            });
    });
}

template <class T>
void softmax_backward_columns(const Lines& lines, const T* gradient, const T* result, T* out, bool logarithm) {
    const Parts parts(lines);
    const std::int64_t step = lines.inner;
    const auto add_up = [&](const Part& part, double* sum) {
        const T *const g = gradient + part.at, *const y = result + part.at;
        std::fill(sum, sum + part.width, 0.0);
        for (std::int64_t r = 0; r < part.rows * step; r += step)
            for (std::int64_t j = 0; j < part.width; ++j)
                sum[j] += static_cast<double>(logarithm ? g[r + j] : g[r + j] * y[r + j]);
    };
    const auto finish = [&](const Part& part, const double* sum) {
        const T *const g = gradient + part.at, *const y = result + part.at;
        T* const to = out + part.at;
        T s[kColumns];
        for (std::int64_t j = 0; j < part.width; ++j) s[j] = static_cast<T>(sum[j]);
        if (!logarithm) {
            for (std::int64_t r = 0; r < part.rows * step; r += step)
                for (std::int64_t j = 0; j < part.width; ++j) to[r + j] = y[r + j] * (g[r + j] - s[j]);
            return;
        }
        each_exp<T>(
            part, [&](std::int64_t r, T* d) { std::copy(y + r * step, y + r * step + part.width, d); },
            [&](std::int64_t r, const T* e) {
                for (std::int64_t j = 0; j < part.width; ++j) to[r * step + j] = g[r * step + j] - e[j] * s[j];
            });
    };
    if (parts.cuts == 1) {
        parts.each([&](const Part& part) {
            double sum[kColumns];
            add_up(part, sum);
            finish(part, sum);
        });
        return;
    }
    PoolArray<double> sums(static_cast<std::size_t>(parts.units * kColumns));
    parts.each([&](const Part& part) { add_up(part, sums.data() + part.index * kColumns); });
    for (std::int64_t p = 0; p < parts.units / parts.cuts; ++p) {
        double* const whole = sums.data() + p * parts.cuts * kColumns;
        for (std::int64_t cut = 1; cut < parts.cuts; ++cut)
            for (std::int64_t j = 0; j < parts.width; ++j) whole[j] += whole[cut * kColumns + j];
    }
    parts.each([&](const Part& part) { finish(part, sums.data() + part.piece * parts.cuts * kColumns); });
}

template void softmax_columns(const Lines&, const float*, float*, bool);
template void softmax_columns(const Lines&, const double*, double*, bool);
template void softmax_backward_columns(const Lines&, const float*, const float*, float*, bool);
template void softmax_backward_columns(const Lines&, const double*, const double*, double*, bool);

}  // namespace xg::detail
