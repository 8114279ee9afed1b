#pragma once

#include <cstdint>

// Kernels of layer, group, instance and root-mean-square normalisation. All arrays are contiguous.

namespace xg::detail {

/// x is (batch, groups, channels, run). Each (channels, run) of it is normalised by itself; weights and biases,
/// (groups, channels), belong to a channel. Layer normalisation has one group of channels that are one number long.
struct NormShape {
    std::int64_t batch, groups, channels, run;
    bool centred;  ///< Whether the mean is taken off.
    double eps;

    std::int64_t rows() const noexcept { return batch * groups; }
    std::int64_t length() const noexcept { return channels * run; }
};

/// y = (x - mean) · rstd · w + b, where rstd = 1 / sqrt(variance + eps); w and b may be null. mean and rstd get one
/// number a row; mean is null where nothing is centred.
template <class T>
void norm_forward(const NormShape& s, const T* x, const T* w, const T* b, T* y, T* mean, T* rstd);

/// The gradients with respect to x, w and b, of which any may be null if it is not wanted.
template <class T>
void norm_backward(const NormShape& s, const T* g, const T* x, const T* w, const T* mean, const T* rstd, T* dx, T* dw,
                   T* db);

}  // namespace xg::detail
