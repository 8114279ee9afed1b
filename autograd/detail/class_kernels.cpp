#include <algorithm>
#include <cmath>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/loss_kernels.hpp>
#include <xgrad/autograd/detail/row_softmax.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

// Cross-entropy: a row's loss is the sum of coefficient · (log of the sum of exponentials - x), where the coefficients
// are the smoothed and weighted target. Rows go through exp in blocks, since those of a few classes alone would not be
// worth a call.

namespace xg::detail {
namespace {

/// The sum of coefficients and the loss of one row.
template <class T>
double row_loss(const ClassLoss<T>& loss, std::int64_t row, T top, double log_sum) {
    if (loss.skips(row)) return 0;
    const T* const x = loss.x + row * loss.classes;
    // The distance to the greatest first: large logits keep their last bits.
    const auto away = [=](std::int64_t c) { return static_cast<double>(top - x[c]) + log_sum; };
    const double spread = loss.smoothing / static_cast<double>(loss.classes), rest = 1 - loss.smoothing;
    double total = 0;
    if (loss.index != nullptr) {
        total = rest * loss.weight(loss.index[row]) * away(loss.index[row]);
        if (loss.smoothing == 0) return total;
        double even = 0;
        for (std::int64_t c = 0; c < loss.classes; ++c) even += loss.weight(c) * away(c);
        return total + spread * even;
    }
    const T* const p = loss.probabilities + row * loss.classes;
    for (std::int64_t c = 0; c < loss.classes; ++c)
        total += loss.weight(c) * (rest * static_cast<double>(p[c]) + spread) * away(c);
    return total;
}

/// exp(x - top) of a block of rows, in `to`, where each row has its top.
template <class T, class Top>
void shifted_exponentials(const ClassLoss<T>& loss, std::int64_t begin, std::int64_t end, Top&& top, T* to) {
    for (std::int64_t r = begin; r < end; ++r) {
        const T *const x = loss.x + r * loss.classes, shift = top(r);
        T* const row = to + (r - begin) * loss.classes;
        for (std::int64_t c = 0; c < loss.classes; ++c) row[c] = x[c] - shift;
    }
    apply(Fn::exp, to, to, (end - begin) * loss.classes);
}

}  // namespace

template <class T>
double class_losses(const ClassLoss<T>& loss, T* to, T* peaks) {
    if (loss.rows == 0) return 0;
    const std::int64_t per_block = rows_per_block(loss.classes), blocks = blocks_of(loss.rows, per_block);
    const Scratch<double> partial(blocks);
    parallel_for(blocks, [&](std::int64_t block) {
        const std::int64_t begin = block * per_block, end = std::min(loss.rows, begin + per_block);
        const Scratch<T> exponentials((end - begin) * loss.classes);
        shifted_exponentials(
            loss, begin, end,
            [&](std::int64_t r) { return peaks[2 * r] = lane_max(loss.x + r * loss.classes, loss.classes); },
            exponentials.data());
        double total = 0;
        for (std::int64_t r = begin; r < end; ++r) {
            const T* const row = exponentials.data() + (r - begin) * loss.classes;
            const double sum = lane_sum<T>(loss.classes, [row](std::int64_t c) { return row[c]; });
            peaks[2 * r + 1] = static_cast<T>(1 / sum);
            const double value = row_loss(loss, r, peaks[2 * r], std::log(sum));
            if (to != nullptr) to[r] = static_cast<T>(value);
            total += value;
        }
        partial[block] = total;
    });
    double total = 0;
    for (std::int64_t block = 0; block < blocks; ++block) total += partial[block];
    return total;
}

namespace {

/// The gradient of one row, where `row` holds its exponentials.
template <class T>
void row_slope(const ClassLoss<T>& loss, std::int64_t r, T share, T g, T* row) {
    const auto spread = static_cast<T>(loss.smoothing / static_cast<double>(loss.classes)),
               rest = static_cast<T>(1 - loss.smoothing);
    const T* const w = loss.weights;
    if (loss.skips(r)) {
        std::fill_n(row, loss.classes, T(0));
        return;
    }
    if (loss.index != nullptr) {
        const std::int64_t target = loss.index[r];
        const T weight = rest * static_cast<T>(loss.weight(target));
        T all = weight;
        if (loss.smoothing != 0) {
            all += spread * (w == nullptr
                                 ? static_cast<T>(loss.classes)
                                 : static_cast<T>(lane_sum<T>(loss.classes, [w](std::int64_t c) { return w[c]; })));
            const T factor = g * share * all, even = g * spread;
            for (std::int64_t c = 0; c < loss.classes; ++c)
                row[c] = factor * row[c] - (w != nullptr ? even * w[c] : even);
        } else {
            const T factor = g * share * all;
            for (std::int64_t c = 0; c < loss.classes; ++c) row[c] *= factor;
        }
        row[target] -= g * weight;
        return;
    }
    const T* const p = loss.probabilities + r * loss.classes;
    const auto coefficient = [=](std::int64_t c) { return (rest * p[c] + spread) * (w != nullptr ? w[c] : T(1)); };
    const T factor = g * share * static_cast<T>(lane_sum<T>(loss.classes, coefficient));
    for (std::int64_t c = 0; c < loss.classes; ++c) row[c] = factor * row[c] - g * coefficient(c);
}

}  // namespace

template <class T>
void class_slopes(const ClassLoss<T>& loss, const T* peaks, const Incoming<T>& g, T* dx, T* dt) {
    const std::int64_t n = loss.classes, per_block = rows_per_block(n);
    parallel_for(blocks_of(loss.rows, per_block), [&](std::int64_t block) {
        const std::int64_t begin = block * per_block, end = std::min(loss.rows, begin + per_block);
        if (dx != nullptr) {
            shifted_exponentials(
                loss, begin, end, [&](std::int64_t r) { return peaks[2 * r]; }, dx + begin * n);
            for (std::int64_t r = begin; r < end; ++r) row_slope(loss, r, peaks[2 * r + 1], g.at(r), dx + r * n);
        }
        for (std::int64_t r = begin; r < end && dt != nullptr; ++r) {
            const T top = peaks[2 * r], log_sum = -std::log(peaks[2 * r + 1]),
                    factor = g.at(r) * static_cast<T>(1 - loss.smoothing);
            const T* const x = loss.x + r * n;
            for (std::int64_t c = 0; c < n; ++c)
                dt[r * n + c] = factor * ((top - x[c]) + log_sum) * (loss.weights != nullptr ? loss.weights[c] : T(1));
        }
    });
}

template double class_losses(const ClassLoss<float>&, float*, float*);
template double class_losses(const ClassLoss<double>&, double*, double*);
template void class_slopes(const ClassLoss<float>&, const float*, const Incoming<float>&, float*, float*);
template void class_slopes(const ClassLoss<double>&, const double*, const Incoming<double>&, double*, double*);

}  // namespace xg::detail
