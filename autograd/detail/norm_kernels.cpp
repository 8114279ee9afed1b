#include <xgrad/autograd/detail/norm_kernels.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

// A row goes through the cache once: its moments are taken in two passes (the squares of what is left after the mean),
// and it is read a third time while it is still there. Sums over rows are made in slabs, cut by the shape alone and
// added in order.

namespace xg::detail {
namespace {

template <class T>
struct Moments {
    T mean, rstd;
};

template <class T>
Moments<T> moments(const NormShape& s, const T* x) {
    const std::int64_t n = s.length();
    const auto count = static_cast<double>(n);
    const T mean = s.centred ? static_cast<T>(lane_sum<T>(n, [x](std::int64_t i) { return x[i]; }) / count) : T(0);
    const double squares = lane_sum<T>(n, [x, mean](std::int64_t i) {
        const T d = x[i] - mean;
        return d * d;
    });
    return {mean, static_cast<T>(1 / std::sqrt(squares / count + s.eps))};
}

/// One row with a weight and a bias for each number.
template <class T, bool weighted, bool biased>
void apply_each(std::int64_t n, Moments<T> m, const T* x, const T* w, const T* b, T* y) {
    for (std::int64_t i = 0; i < n; ++i) {
        T v = (x[i] - m.mean) * m.rstd;
        if (weighted) v *= w[i];
        if (biased) v += b[i];
        y[i] = v;
    }
}

template <class T>
void apply_row(const NormShape& s, Moments<T> m, const T* x, const T* w, const T* b, T* y) {
    if (s.run == 1 || (w == nullptr && b == nullptr)) {
        const std::int64_t n = s.length();
        if (w != nullptr && b != nullptr) return apply_each<T, true, true>(n, m, x, w, b, y);
        if (w != nullptr) return apply_each<T, true, false>(n, m, x, w, b, y);
        if (b != nullptr) return apply_each<T, false, true>(n, m, x, w, b, y);
        return apply_each<T, false, false>(n, m, x, w, b, y);
    }
    for (std::int64_t c = 0; c < s.channels; ++c, x += s.run, y += s.run) {
        const T scale = w != nullptr ? m.rstd * w[c] : m.rstd, shift = b != nullptr ? b[c] : T(0);
        for (std::int64_t i = 0; i < s.run; ++i) y[i] = (x[i] - m.mean) * scale + shift;
    }
}

/// What the gradient with respect to x of one row is made of: dx = rstd · (g·w - direct - xhat·along).
template <class T>
struct Pull {
    T direct, along;
};

template <class T>
Pull<T> pull_of(const NormShape& s, double sum, double sum_along) {
    const auto n = static_cast<double>(s.length());
    return {s.centred ? static_cast<T>(sum / n) : T(0), static_cast<T>(sum_along / n)};
}

template <class T, bool weighted>
Pull<T> pull_each(const NormShape& s, Moments<T> m, const T* g, const T* x, const T* w) {
    const auto scaled = [=](std::int64_t i) { return weighted ? g[i] * w[i] : g[i]; };
    const auto along = [=](std::int64_t i) { return scaled(i) * ((x[i] - m.mean) * m.rstd); };
    const auto [a, b] = lane_sums<T>(s.length(), scaled, along);
    return pull_of<T>(s, a, b);
}

/// The second pass over a row of numbers that each have a weight.
template <class T, bool weighted>
void spread_each(std::int64_t n, Moments<T> m, Pull<T> pull, const T* g, const T* x, const T* w, T* dx) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T xhat = (x[i] - m.mean) * m.rstd, scaled = weighted ? g[i] * w[i] : g[i];
        dx[i] = m.rstd * (scaled - pull.direct - xhat * pull.along);
    }
}

template <class T, bool weighted>
void backward_each(const NormShape& s, const T* g, const T* x, const T* w, const T* mean, const T* rstd, T* dx, T* dw,
                   T* db) {
    const std::int64_t n = s.length(), rows = s.rows();
    const auto at = [=](std::int64_t r) { return Moments<T>{mean != nullptr ? mean[r] : T(0), rstd[r]}; };
    const auto spread = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end && dx != nullptr; ++r) {
            const Pull<T> pull = pull_each<T, weighted>(s, at(r), g + r * n, x + r * n, w);
            spread_each<T, weighted>(n, at(r), pull, g + r * n, x + r * n, w, dx + r * n);
        }
    };
    if (dw == nullptr && db == nullptr) {
        const std::int64_t per_block = rows_per_block(n);
        parallel_for(blocks_of(rows, per_block),
                     [&](std::int64_t block) { spread(block * per_block, std::min(rows, (block + 1) * per_block)); });
        return;
    }
    // As many slabs as keep their sums small beside x. A few rows at a time, which are still in the cache for the
    // second sums.
    const std::int64_t slabs = std::clamp<std::int64_t>(std::min(rows / 16, rows * n / 32768), 1, 32),
                       per_slab = blocks_of(rows, slabs), few = std::min<std::int64_t>(32, rows_per_block(n));
    const Scratch<double> partial(slabs * 2 * n);
    parallel_for(slabs, [&](std::int64_t slab) {
        double* const sums = partial.data() + slab * 2 * n;
        std::fill_n(sums, 2 * n, 0.0);
        const std::int64_t end = std::min(rows, (slab + 1) * per_slab);
        for (std::int64_t begin = slab * per_slab; begin < end; begin += few) {
            const std::int64_t stop = std::min(end, begin + few);
            spread(begin, stop);
            column_sums<T>(
                begin, stop, n,
                [=](std::int64_t r, std::int64_t i) {
                    const Moments<T> m = at(r);
                    return g[r * n + i] * ((x[r * n + i] - m.mean) * m.rstd);
                },
                [=](std::int64_t r, std::int64_t i) { return g[r * n + i]; }, sums, sums + n);
        }
    });
    for (std::int64_t i = 0; i < n; ++i) {
        double weights = 0, biases = 0;
        for (std::int64_t slab = 0; slab < slabs; ++slab) {
            weights += partial[slab * 2 * n + i];
            biases += partial[slab * 2 * n + n + i];
        }
        if (dw != nullptr) dw[i] = static_cast<T>(weights);
        if (db != nullptr) db[i] = static_cast<T>(biases);
    }
}

/// Channels longer than one number: their sums give both the row's and the weights' gradients.
template <class T>
void backward_runs(const NormShape& s, const T* g, const T* x, const T* w, const T* mean, const T* rstd, T* dx, T* dw,
                   T* db) {
    const std::int64_t n = s.length(), rows = s.rows(), all = s.groups * s.channels;
    const Scratch<double> direct(rows * s.channels), along(rows * s.channels);
    const std::int64_t per_block = rows_per_block(n);
    parallel_for(blocks_of(rows, per_block), [&](std::int64_t block) {
        for (std::int64_t r = block * per_block; r < std::min(rows, (block + 1) * per_block); ++r) {
            const T *const gr = g + r * n, *const xr = x + r * n;
            const T m = s.centred ? mean[r] : T(0), scale = rstd[r];
            const T* const weights = w != nullptr ? w + r % s.groups * s.channels : nullptr;
            double total = 0, total_along = 0;
            for (std::int64_t c = 0; c < s.channels; ++c) {
                const T *const gc = gr + c * s.run, *const xc = xr + c * s.run;
                const auto [p, q] = lane_sums<T>(
                    s.run, [=](std::int64_t i) { return gc[i]; },
                    [=](std::int64_t i) { return gc[i] * ((xc[i] - m) * scale); });
                direct[r * s.channels + c] = p;
                along[r * s.channels + c] = q;
                const double weight = weights != nullptr ? static_cast<double>(weights[c]) : 1;
                total += weight * p;
                total_along += weight * q;
            }
            if (dx == nullptr) continue;
            const Pull<T> pull = pull_of<T>(s, total, total_along);
            for (std::int64_t c = 0; c < s.channels; ++c) {
                const T weight = weights != nullptr ? weights[c] : T(1);
                const T *const gc = gr + c * s.run, *const xc = xr + c * s.run;
                T* const to = dx + r * n + c * s.run;
                for (std::int64_t i = 0; i < s.run; ++i)
                    to[i] = scale * (weight * gc[i] - pull.direct - (xc[i] - m) * scale * pull.along);
            }
        }
    });
    for (std::int64_t c = 0; c < all && (dw != nullptr || db != nullptr); ++c) {
        double weights = 0, biases = 0;
        for (std::int64_t i = 0; i < s.batch; ++i) {
            weights += along[i * all + c];
            biases += direct[i * all + c];
        }
        if (dw != nullptr) dw[c] = static_cast<T>(weights);
        if (db != nullptr) db[c] = static_cast<T>(biases);
    }
}

}  // namespace

template <class T>
void norm_forward(const NormShape& s, const T* x, const T* w, const T* b, T* y, T* mean, T* rstd) {
    const std::int64_t n = s.length(), rows = s.rows(), per_block = rows_per_block(n);
    parallel_for(blocks_of(rows, per_block), [&](std::int64_t block) {
        for (std::int64_t r = block * per_block; r < std::min(rows, (block + 1) * per_block); ++r) {
            const Moments<T> m = moments(s, x + r * n);
            const std::int64_t first = r % s.groups * s.channels;
            apply_row(s, m, x + r * n, w != nullptr ? w + first : nullptr, b != nullptr ? b + first : nullptr,
                      y + r * n);
            if (s.centred) mean[r] = m.mean;
            rstd[r] = m.rstd;
        }
    });
}

template <class T>
void norm_backward(const NormShape& s, const T* g, const T* x, const T* w, const T* mean, const T* rstd, T* dx, T* dw,
                   T* db) {
    if (s.rows() == 0 || s.length() == 0) {
        if (dw != nullptr) std::fill_n(dw, s.groups * s.channels, T(0));
        if (db != nullptr) std::fill_n(db, s.groups * s.channels, T(0));
        return;
    }
    if (s.run != 1 || s.groups != 1) return backward_runs(s, g, x, w, mean, rstd, dx, dw, db);
    if (w != nullptr)
        backward_each<T, true>(s, g, x, w, mean, rstd, dx, dw, db);
    else
        backward_each<T, false>(s, g, x, w, mean, rstd, dx, dw, db);
}

template void norm_forward(const NormShape&, const float*, const float*, const float*, float*, float*, float*);
template void norm_forward(const NormShape&, const double*, const double*, const double*, double*, double*, double*);
template void norm_backward(const NormShape&, const float*, const float*, const float*, const float*, const float*,
                            float*, float*, float*);
template void norm_backward(const NormShape&, const double*, const double*, const double*, const double*, const double*,
                            double*, double*, double*);

}  // namespace xg::detail
