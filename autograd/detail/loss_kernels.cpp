#include <xgrad/autograd/detail/loss_kernels.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/row_softmax.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

constexpr std::int64_t kBlock = 32768;  // elements that one task does
constexpr std::int64_t kBuffer = 1024;  // elements that go through several functions while they are in the cache

/// The sum of f(begin, end) over blocks of n elements, which run side by side and are added in order.
template <class F>
double sum_blocks(std::int64_t n, std::int64_t block, F&& f) {
    const std::int64_t blocks = blocks_of(n, block);
    if (blocks <= 1) return n > 0 ? f(std::int64_t{0}, n) : 0.0;
    const Scratch<double> partial(blocks);
    parallel_for(blocks, [&](std::int64_t b) { partial[b] = f(b * block, std::min(n, (b + 1) * block)); });
    double total = 0;
    for (std::int64_t b = 0; b < blocks; ++b) total += partial[b];
    return total;
}

template <class F>
void each_block(std::int64_t n, std::int64_t block, F&& f) {
    parallel_for(blocks_of(n, block), [&](std::int64_t b) { f(b * block, std::min(n, (b + 1) * block)); });
}

template <class T>
struct Squared {
    T term(T d) const { return d * d; }
    T slope(T d) const { return d + d; }
};

template <class T>
struct Absolute {
    T term(T d) const { return d < 0 ? -d : d; }
    T slope(T d) const { return d > 0 ? T(1) : d < 0 ? T(-1) : d; }  // 0 and NaN stay
};

template <class T>
struct Huber {
    T delta;
    T term(T d) const {
        const T a = d < 0 ? -d : d;
        return a <= delta ? T(0.5) * a * a : delta * (a - T(0.5) * delta);
    }
    T slope(T d) const { return d > delta ? delta : d < -delta ? -delta : d; }
};

template <class T>
struct Smooth {
    T beta;
    T term(T d) const {
        const T a = d < 0 ? -d : d;
        return a < beta ? T(0.5) * a * a / beta : a - T(0.5) * beta;
    }
    T slope(T d) const { return d >= beta ? T(1) : d <= -beta ? T(-1) : d / beta; }
};

template <class T, class F>
auto with_loss(PairLoss loss, double parameter, F&& f) {
    switch (loss) {
        case PairLoss::squared: return f(Squared<T>{});
        case PairLoss::absolute: return f(Absolute<T>{});
        case PairLoss::huber: return f(Huber<T>{static_cast<T>(parameter)});
        case PairLoss::smooth: return f(Smooth<T>{static_cast<T>(parameter)});
    }
    __builtin_unreachable();
}

}  // namespace

template <class T>
double pair_total(PairLoss loss, double parameter, const T* p, const T* t, std::int64_t n) {
    return with_loss<T>(loss, parameter, [=](auto kind) {
        return sum_blocks(n, kBlock, [=](std::int64_t begin, std::int64_t end) {
            return lane_sum<T>(end - begin, [=](std::int64_t i) { return kind.term(p[begin + i] - t[begin + i]); });
        });
    });
}

template <class T>
void pair_terms(PairLoss loss, double parameter, const T* p, const T* t, std::int64_t n, T* to) {
    with_loss<T>(loss, parameter, [=](auto kind) {
        each_block(n, kBlock, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) to[i] = kind.term(p[i] - t[i]);
        });
    });
}

template <class T>
void pair_slopes(PairLoss loss, double parameter, const T* p, const T* t, const Incoming<T>& g, std::int64_t n, T* to) {
    with_loss<T>(loss, parameter, [=, &g](auto kind) {
        each_block(n, kBlock, [=, &g](std::int64_t begin, std::int64_t end) {
            if (g.each) {
                for (std::int64_t i = begin; i < end; ++i) to[i] = g.g[i] * kind.slope(p[i] - t[i]);
            } else {
                const T scale = g.at(0);
                for (std::int64_t i = begin; i < end; ++i) to[i] = scale * kind.slope(p[i] - t[i]);
            }
        });
    });
}

template <class T>
void log_one_plus(const T* x, T* to, std::int64_t n) {
    // log(1 + x) · x / ((1 + x) - 1), in which the rounding of 1 + x cancels (Goldberg, What every computer scientist
    // should know, 1991).
    T u[kBuffer], l[kBuffer];
    for (std::int64_t begin = 0; begin < n; begin += kBuffer) {
        const std::int64_t size = std::min(kBuffer, n - begin);
        for (std::int64_t i = 0; i < size; ++i) u[i] = T(1) + x[begin + i];
        apply(Fn::log, u, l, size);
        for (std::int64_t i = 0; i < size; ++i) {
            const T v = x[begin + i], d = u[i] - T(1);
            const T mended = d == T(0) ? v : l[i] * (v / d);
            to[begin + i] = d == v ? l[i] : mended;  // also at infinity
        }
    }
}

template <class T>
void softplus(const T* x, T* to, std::int64_t n) {
    T e[kBuffer];
    for (std::int64_t begin = 0; begin < n; begin += kBuffer) {
        const std::int64_t size = std::min(kBuffer, n - begin);
        for (std::int64_t i = 0; i < size; ++i) e[i] = x[begin + i] < 0 ? x[begin + i] : -x[begin + i];
        apply(Fn::exp, e, e, size);
        log_one_plus(e, e, size);
        for (std::int64_t i = 0; i < size; ++i) to[begin + i] = (x[begin + i] > 0 ? x[begin + i] : T(0)) + e[i];
    }
}

template <class T>
double logit_losses(const LogitLoss<T>& loss, T* to) {
    return sum_blocks(loss.n, kBlock, [&](std::int64_t first, std::int64_t last) {
        T tail[kBuffer], terms[kBuffer];
        double total = 0;
        for (std::int64_t begin = first; begin < last; begin += kBuffer) {
            const std::int64_t size = std::min(kBuffer, last - begin);
            const T *const x = loss.x + begin, *const t = loss.t + begin,
                           *const positive = loss.pos_weight != nullptr ? loss.pos_weight + begin : nullptr;
            for (std::int64_t i = 0; i < size; ++i) tail[i] = x[i] < 0 ? x[i] : -x[i];
            apply(Fn::exp, tail, tail, size);
            log_one_plus(tail, tail, size);
            for (std::int64_t i = 0; i < size; ++i) {
                // Of both signs the softplus, not one by the other: small losses keep their digits.
                const T up = (x[i] > 0 ? x[i] : T(0)) + tail[i], down = (x[i] > 0 ? T(0) : -x[i]) + tail[i];
                const T p = positive != nullptr ? positive[i] : T(1);
                terms[i] = (T(1) - t[i]) * up + p * t[i] * down;
            }
            if (loss.weight != nullptr)
                for (std::int64_t i = 0; i < size; ++i) terms[i] *= loss.weight[begin + i];
            total += lane_sum<T>(size, [&terms](std::int64_t i) { return terms[i]; });
            if (to != nullptr) std::copy_n(terms, size, to + begin);
        }
        return total;
    });
}

template <class T>
void logit_slopes(const LogitLoss<T>& loss, const Incoming<T>& g, T* dx, T* dt) {
    each_block(loss.n, kBlock, [&](std::int64_t first, std::int64_t last) {
        T e[kBuffer], incoming[kBuffer];
        for (std::int64_t begin = first; begin < last; begin += kBuffer) {
            const std::int64_t size = std::min(kBuffer, last - begin);
            const T *const x = loss.x + begin, *const t = loss.t + begin,
                           *const positive = loss.pos_weight != nullptr ? loss.pos_weight + begin : nullptr;
            for (std::int64_t i = 0; i < size; ++i) incoming[i] = g.at(begin + i);
            if (loss.weight != nullptr)
                for (std::int64_t i = 0; i < size; ++i) incoming[i] *= loss.weight[begin + i];
            if (dx != nullptr) {
                for (std::int64_t i = 0; i < size; ++i) e[i] = x[i] < 0 ? x[i] : -x[i];
                apply(Fn::exp, e, e, size);
                for (std::int64_t i = 0; i < size; ++i) {
                    // The sigmoid of x and of -x, neither as 1 less the other.
                    const T big = T(1) / (T(1) + e[i]), small = e[i] * big;
                    const T up = x[i] < 0 ? small : big, down = x[i] < 0 ? big : small;
                    const T p = positive != nullptr ? positive[i] : T(1);
                    dx[begin + i] = incoming[i] * ((T(1) - t[i]) * up - p * t[i] * down);
                }
            }
            if (dt == nullptr) continue;
            for (std::int64_t i = 0; i < size; ++i) dt[begin + i] = -incoming[i] * x[i];
            if (positive == nullptr) continue;
            for (std::int64_t i = 0; i < size; ++i) e[i] = -x[i];
            softplus(e, e, size);
            for (std::int64_t i = 0; i < size; ++i) dt[begin + i] += incoming[i] * (positive[i] - T(1)) * e[i];
        }
    });
}

template double pair_total(PairLoss, double, const float*, const float*, std::int64_t);
template double pair_total(PairLoss, double, const double*, const double*, std::int64_t);
template void pair_terms(PairLoss, double, const float*, const float*, std::int64_t, float*);
template void pair_terms(PairLoss, double, const double*, const double*, std::int64_t, double*);
template void pair_slopes(PairLoss, double, const float*, const float*, const Incoming<float>&, std::int64_t, float*);
template void pair_slopes(PairLoss, double, const double*, const double*, const Incoming<double>&, std::int64_t,
                          double*);
template void log_one_plus(const float*, float*, std::int64_t);
template void log_one_plus(const double*, double*, std::int64_t);
template void softplus(const float*, float*, std::int64_t);
template void softplus(const double*, double*, std::int64_t);
template double logit_losses(const LogitLoss<float>&, float*);
template double logit_losses(const LogitLoss<double>&, double*);
template void logit_slopes(const LogitLoss<float>&, const Incoming<float>&, float*, float*);
template void logit_slopes(const LogitLoss<double>&, const Incoming<double>&, double*, double*);

}  // namespace xg::detail
