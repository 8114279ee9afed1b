#include <xgrad/autograd/detail/softmax_kernels.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/exp_rows.hpp>
#include <xgrad/autograd/detail/fold.hpp>
#include <xgrad/autograd/detail/softmax_columns.hpp>

// Lines whose elements lie side by side are rows; softmax_columns.cpp has the others.

namespace xg::detail {
namespace {

constexpr std::int64_t kShort = 32;  ///< Rows of fewer elements share their calls of exp.
constexpr std::int64_t kPiece = 1024;

/// `rows` rows of n < kShort elements.
template <class T>
void short_rows(const T* x, T* y, std::int64_t n, std::int64_t rows, bool logarithm) {
    const std::int64_t together = kPiece / n;
    T scratch[kPiece], sums[kPiece];
    for (std::int64_t r = 0; r < rows; r += together, x += together * n, y += together * n) {
        const std::int64_t k = std::min(together, rows - r);
        T* const e = logarithm ? scratch : y;
        for (std::int64_t i = 0; i < k; ++i) {
            const T* const row = x + i * n;
            T high = row[0];
            for (std::int64_t j = 1; j < n; ++j) high = row[j] > high ? row[j] : high;
            for (std::int64_t j = 0; j < n; ++j) e[i * n + j] = row[j] - high;
        }
        if (logarithm) std::copy(e, e + k * n, y);
        exp_in_place(e, k * n);
        for (std::int64_t i = 0; i < k; ++i) {
            T sum = 0;
            for (std::int64_t j = 0; j < n; ++j) sum += e[i * n + j];
            sums[i] = logarithm ? std::log(sum) : T(1) / sum;
        }
        for (std::int64_t i = 0; i < k; ++i)
            for (std::int64_t j = 0; j < n; ++j)
                y[i * n + j] = logarithm ? y[i * n + j] - sums[i] : y[i * n + j] * sums[i];
    }
}

/// y = (x - high) - log(sum), or y / sum where y is exp(x - high) already.
template <class T>
void finish_row(const T* x, T* y, std::int64_t n, T high, double sum, bool logarithm) {
    if (logarithm) {
        const T log_sum = static_cast<T>(std::log(sum));
        for (std::int64_t i = 0; i < n; ++i) y[i] = (x[i] - high) - log_sum;
    } else {
        const T inverse = static_cast<T>(1 / sum);
        for (std::int64_t i = 0; i < n; ++i) y[i] *= inverse;
    }
}

template <class T>
void rows(const Lines& lines, const T* x, T* y, bool logarithm) {
    const std::int64_t n = lines.size;
    if (n <= kLineBlock) {
        const std::int64_t per_task = pieces_per_task(n);
        parallel_for((lines.outer + per_task - 1) / per_task, [&](std::int64_t task) {
            const std::int64_t begin = task * per_task, end = std::min(lines.outer, begin + per_task);
            if (n < kShort) return short_rows(x + begin * n, y + begin * n, n, end - begin, logarithm);
            for (std::int64_t o = begin; o < end; ++o) {
                const T* const from = x + o * n;
                const T high = greatest(from, n);
                const double sum = sum_of_exp<T>(from, logarithm ? nullptr : y + o * n, n, high);
                finish_row(from, y + o * n, n, high, sum, logarithm);
            }
        });
        return;
    }
    // Longer than a cache: exp is computed once more rather than kept in memory.
    const std::int64_t blocks = (n + kLineBlock - 1) / kLineBlock;
    PoolArray<ExpSum> parts(static_cast<std::size_t>(lines.outer * blocks));
    const auto each_block = [&](auto&& f) {
        parallel_for(lines.outer * blocks, [&](std::int64_t u) {
            const std::int64_t begin = u % blocks * kLineBlock;
            f(u, u / blocks * n + begin, std::min(kLineBlock, n - begin));
        });
    };
    each_block([&](std::int64_t u, std::int64_t at, std::int64_t size) { parts.data()[u] = exp_sum(x + at, size); });
    for (std::int64_t o = 0; o < lines.outer; ++o) {
        ExpSum& whole = parts.data()[o * blocks];
        for (std::int64_t b = 1; b < blocks; ++b) whole = ExpSum::join(whole, parts.data()[o * blocks + b]);
    }
    each_block([&](std::int64_t u, std::int64_t at, std::int64_t size) {
        const ExpSum& whole = parts.data()[u / blocks * blocks];
        const T high = static_cast<T>(whole.high);
        if (!logarithm) sum_of_exp<T>(x + at, y + at, size, high);
        finish_row(x + at, y + at, size, high, whole.sum, logarithm);
    });
}

/// Σ g · y, or Σ g, of n neighbours.
template <class T>
double weight(const T* g, const T* y, std::int64_t n, bool logarithm) {
    constexpr std::int64_t lanes = 32;
    double total = 0;
    std::int64_t i = 0;
    while (i + lanes <= n) {
        T lane[lanes] = {};
        const std::int64_t end = std::min(n, i + kPiece);
        if (logarithm)
            for (; i + lanes <= end; i += lanes)
                for (std::int64_t k = 0; k < lanes; ++k) lane[k] += g[i + k];
        else
            for (; i + lanes <= end; i += lanes)
                for (std::int64_t k = 0; k < lanes; ++k) lane[k] += g[i + k] * y[i + k];
        T part = 0;
        for (const T v : lane) part += v;
        total += static_cast<double>(part);
    }
    for (; i < n; ++i) total += static_cast<double>(logarithm ? g[i] : g[i] * y[i]);
    return total;
}

template <class T>
void backward_row(const T* g, const T* y, T* out, std::int64_t n, double sum, bool logarithm) {
    const T s = static_cast<T>(sum);
    if (logarithm) return subtract_scaled_exp(g, y, out, n, s);
    for (std::int64_t i = 0; i < n; ++i) out[i] = y[i] * (g[i] - s);
}

/// Rows of fewer than kShort elements, with shared calls of exp.
template <class T>
void short_backward_rows(const T* g, const T* y, T* out, std::int64_t n, std::int64_t rows, bool logarithm) {
    const std::int64_t together = kPiece / n;
    T e[kPiece];
    for (std::int64_t r = 0; r < rows; r += together) {
        const std::int64_t k = std::min(together, rows - r), base = r * n;
        if (logarithm) {
            std::copy(y + base, y + base + k * n, e);
            exp_in_place(e, k * n);
        }
        for (std::int64_t i = 0; i < k; ++i) {
            const std::int64_t at = base + i * n;
            T sum = 0;
            if (logarithm) {
                for (std::int64_t j = 0; j < n; ++j) sum += g[at + j];
                for (std::int64_t j = 0; j < n; ++j) out[at + j] = g[at + j] - e[i * n + j] * sum;
            } else {
                for (std::int64_t j = 0; j < n; ++j) sum += g[at + j] * y[at + j];
                for (std::int64_t j = 0; j < n; ++j) out[at + j] = y[at + j] * (g[at + j] - sum);
            }
        }
    }
}

template <class T>
void backward_rows(const Lines& lines, const T* g, const T* y, T* out, bool logarithm) {
    const std::int64_t n = lines.size, blocks = (n + kLineBlock - 1) / kLineBlock;
    if (blocks == 1) {
        const std::int64_t per_task = pieces_per_task(n);
        parallel_for((lines.outer + per_task - 1) / per_task, [&](std::int64_t task) {
            const std::int64_t begin = task * per_task, end = std::min(lines.outer, begin + per_task);
            if (n < kShort)
                return short_backward_rows(g + begin * n, y + begin * n, out + begin * n, n, end - begin, logarithm);
            for (std::int64_t at = begin * n; at < end * n; at += n)
                backward_row(g + at, y + at, out + at, n, weight(g + at, y + at, n, logarithm), logarithm);
        });
        return;
    }
    PoolArray<double> parts(static_cast<std::size_t>(lines.outer * blocks));
    const auto each_block = [&](auto&& f) {
        parallel_for(lines.outer * blocks, [&](std::int64_t u) {
            const std::int64_t begin = u % blocks * kLineBlock;
            f(u, u / blocks * n + begin, std::min(kLineBlock, n - begin));
        });
    };
    each_block([&](std::int64_t u, std::int64_t at, std::int64_t size) {
        parts.data()[u] = weight(g + at, y + at, size, logarithm);
    });
    for (std::int64_t o = 0; o < lines.outer; ++o)
        for (std::int64_t b = 1; b < blocks; ++b) parts.data()[o * blocks] += parts.data()[o * blocks + b];
    each_block([&](std::int64_t u, std::int64_t at, std::int64_t size) {
        backward_row(g + at, y + at, out + at, size, parts.data()[u / blocks * blocks], logarithm);
    });
}

template <class T>
struct LogSumExp {
    using Element = T;
    using State = ExpSum;

    State row(const T* x, std::int64_t n, std::int64_t) const { return exp_sum(x, n); }

    void columns(const T* x, std::int64_t n, std::int64_t step, std::int64_t width, std::int64_t, State* out) const {
        T high[kFoldWidth], e[kFoldWidth];
        double sum[kFoldWidth] = {};
        std::fill(high, high + width, -std::numeric_limits<T>::infinity());
        for (std::int64_t r = 0; r < n; ++r)
            for (std::int64_t j = 0; j < width; ++j) high[j] = x[r * step + j] > high[j] ? x[r * step + j] : high[j];
        for (std::int64_t r = 0; r < n; ++r) {
            for (std::int64_t j = 0; j < width; ++j) e[j] = x[r * step + j] - high[j];
            exp_in_place(e, width);
            for (std::int64_t j = 0; j < width; ++j) sum[j] += static_cast<double>(e[j]);
        }
        for (std::int64_t j = 0; j < width; ++j) out[j] = ExpSum::of(high[j], sum[j], x + j, n, step);
    }

    State join(const State& a, const State& b) const { return ExpSum::join(a, b); }

    T finish(const State& s) const { return static_cast<T>(std::isfinite(s.high) ? s.high + std::log(s.sum) : s.high); }
};

}  // namespace

void softmax_lines(const Lines& lines, const Tensor& out, bool logarithm) {
    if (lines.count() == 0 || lines.size == 0) return;
    dispatch_floating(body(out).dtype, [&]<class T>(T*) {
        if (lines.inner == 1)
            rows(lines, data_as<T>(lines.x), data_as<T>(out), logarithm);
        else
            softmax_columns(lines, data_as<T>(lines.x), data_as<T>(out), logarithm);
    });
}

void softmax_backward_lines(const Lines& g, const Lines& y, const Tensor& out, bool logarithm) {
    if (y.count() == 0 || y.size == 0) return;
    dispatch_floating(body(out).dtype, [&]<class T>(T*) {
        if (y.inner == 1)
            backward_rows(y, data_as<T>(g.x), data_as<T>(y.x), data_as<T>(out), logarithm);
        else
            softmax_backward_columns(y, data_as<T>(g.x), data_as<T>(y.x), data_as<T>(out), logarithm);
    });
}

void logsumexp_lines(const Lines& lines, const Tensor& out) {
    dispatch_floating(body(out).dtype, [&]<class T>(T*) { fold(lines, LogSumExp<T>{}, data_as<T>(out)); });
}

}  // namespace xg::detail
