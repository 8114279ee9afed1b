#pragma once

#include <cstdint>

// Kernels of the losses that are made in one pass forward and one backward. All arrays are contiguous.

namespace xg::detail {

/// Losses of a difference, by which they are named.
enum class PairLoss : std::uint8_t {
    squared,   ///< d²
    absolute,  ///< |d|
    huber,     ///< d²/2 up to |d| = parameter, then a line
    smooth,    ///< the same divided by the parameter
};

/// The gradient that flows into a loss: one for each element, or one for all.
template <class T>
struct Incoming {
    const T* g;
    bool each;
    double scale;  ///< What the reduction multiplied with.

    T at(std::int64_t i) const { return each ? g[i] : static_cast<T>(static_cast<double>(*g) * scale); }
};

/// The sum of the losses of p - t.
template <class T>
double pair_total(PairLoss loss, double parameter, const T* p, const T* t, std::int64_t n);
template <class T>
void pair_terms(PairLoss loss, double parameter, const T* p, const T* t, std::int64_t n, T* to);
/// The gradient with respect to p; that with respect to t has the other sign.
template <class T>
void pair_slopes(PairLoss loss, double parameter, const T* p, const T* t, const Incoming<T>& g, std::int64_t n, T* to);

/// Binary cross-entropy of logits; weights may be null.
template <class T>
struct LogitLoss {
    const T *x, *t, *weight, *pos_weight;
    std::int64_t n;
};
/// Their sum; also writes them to `to` unless that is null.
template <class T>
double logit_losses(const LogitLoss<T>& loss, T* to);
/// The gradients with respect to x and t, of which either may be null.
template <class T>
void logit_slopes(const LogitLoss<T>& loss, const Incoming<T>& g, T* dx, T* dt);

/// log(1 + x) and log(1 + exp(x)) of n numbers, exact for small ones.
template <class T>
void log_one_plus(const T* x, T* to, std::int64_t n);
template <class T>
void softplus(const T* x, T* to, std::int64_t n);

/// Cross-entropy of rows of logits x, (rows, classes), with either the classes or the probabilities that are to be.
template <class T>
struct ClassLoss {
    const T* x;
    std::int64_t rows, classes;
    const std::int64_t* index;
    const T* probabilities;
    const T* weights;  ///< Of each class; may be null.
    std::int64_t ignored;
    double smoothing;

    bool skips(std::int64_t row) const { return index != nullptr && index[row] == ignored; }
    double weight(std::int64_t c) const { return weights != nullptr ? static_cast<double>(weights[c]) : 1.0; }
};
/// The losses' sum; also writes the loss of each row to `to` unless that is null, and of each row two numbers that its
/// softmax can be made of again: exp(x - first) · second.
template <class T>
double class_losses(const ClassLoss<T>& loss, T* to, T* peaks);
/// The gradients with respect to x and the probabilities, of which either may be null.
template <class T>
void class_slopes(const ClassLoss<T>& loss, const T* peaks, const Incoming<T>& g, T* dx, T* dt);

}  // namespace xg::detail
